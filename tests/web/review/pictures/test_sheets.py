import io

import numpy as np
import pytest
from PIL import Image

from facecluster.people.statements import Name, NotAFace
from facecluster.web.review.pages import Pages
from facecluster.web.review.pictures import sheets as sheets_module
from facecluster.web.review.pictures.served_sheets import ServedSheets
from facecluster.web.review.pictures.sheets import STATIC_CELL_PX, StaticSheets, sheet_key
from tests.pipeline.painted_library import Painted, add_names, id_of, moment_of, painted_library, rows_of
from tests.pipeline.people_library import ANNA, BERTA, told

FACES = [Painted(f"{n:03d}.jpg", colour=(n % 250, 250 - n % 250, n * 7 % 250), shard=n % 3) for n in range(250)]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return painted_library(tmp_path_factory.mktemp("painted"), FACES)


@pytest.fixture(scope="module")
def moment(library):
    return moment_of(library)


@pytest.fixture(params=["served", "static"])
def sheets(request, library, tmp_path):
    """Both kinds, and how the image of a tile is had."""
    if request.param == "static":
        made = StaticSheets(library, tmp_path / "out" / "sheets", "sheets/")
        yield made, lambda tile: (made.write(), (tmp_path / "out" / tile.sheet).read_bytes())[1]
    else:
        made = ServedSheets(library)
        yield made, lambda tile: made.jpeg(tile.sheet.removeprefix("/sheets/").removesuffix(".jpg"))
        made.close()


@pytest.mark.parametrize("count", [0, 1, 2, 12, 13, 120, 121, 250])
def test_every_tile_shows_its_face(sheets, moment, count):
    made, image_of = sheets
    rows = np.random.default_rng(count).permutation(250)[:count]
    tiles = made.tiles(moment, rows)
    assert [tile.face_id for tile in tiles] == moment.people.faces["face_id"].iloc[rows].tolist()
    assert len({tile.sheet for tile in tiles}) == -(-count // 120)
    by_id = {id_of(face): face for face in FACES}
    images = {tile.sheet: Image.open(io.BytesIO(image_of(tile))) for tile in tiles}
    for tile in tiles:
        image = images[tile.sheet]
        cell_px = image.width // 12
        seen = image.getpixel((int((tile.column + 0.5) * cell_px), int((tile.row + 0.5) * cell_px)))
        assert np.abs(np.subtract(seen, by_id[tile.face_id].colour)).max() < 8


def test_the_same_faces_have_the_same_sheet_and_others_another(sheets, moment):
    made, _ = sheets
    addresses = {
        tuple(rows): {tile.sheet for tile in made.tiles(moment, np.array(rows))}
        for rows in [(1, 2), (2, 1), (1,), (1, 2)]
    }
    assert len(set.union(*addresses.values())) == 3
    assert sheet_key(["a", "b"], 160) == sheet_key(["a", "b"], 160)
    assert sheet_key(["a", "b"], 160) not in {sheet_key(["a", "b"], 112), sheet_key(["ab"], 160)}


def test_a_sheet_that_is_a_file_is_written_once(library, moment, tmp_path):
    made = StaticSheets(library, tmp_path, "../sheets/")
    (tile,) = made.tiles(moment, np.array([3]))
    assert made.tiles(moment, np.array([3])) == [tile]
    assert tile.sheet.startswith("../sheets/")
    assert not list(tmp_path.iterdir())
    made.write()
    (file,) = tmp_path.iterdir()
    assert Image.open(io.BytesIO(file.read_bytes())).size == (12 * STATIC_CELL_PX, STATIC_CELL_PX)
    file.write_bytes(b"already here")
    made.write()
    assert file.read_bytes() == b"already here"


def test_sheets_written_together_are_those_written_alone(library, moment, tmp_path, monkeypatch):
    chosen = [np.random.default_rng(seed).permutation(250)[: 1 + 50 * seed] for seed in range(5)]
    together = StaticSheets(library, tmp_path / "together", "")
    tiles = [tile for rows in chosen for tile in together.tiles(moment, rows)]
    together.write()
    monkeypatch.setattr(sheets_module, "SHEETS_AT_ONCE", 1)
    for rows in chosen:
        alone = StaticSheets(library, tmp_path / "alone", "")
        alone.tiles(moment, rows)
        alone.write()
    both = [{file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("together", "alone")]
    assert both[0] == both[1]
    assert both[0].keys() == {tile.sheet for tile in tiles}


@pytest.fixture
def told_apart(tmp_path):
    """A tile of each kind, by what it is."""
    names = ["human", "automatic", "proposed", "nameless", "nobody", "no face"]
    faces = {
        name: Painted(f"{name}.jpg", taken_at="2021-08-03" if place % 2 else None) for place, name in enumerate(names)
    }
    library = painted_library(tmp_path, list(faces.values()))
    told(library, Name(ANNA, (id_of(faces["human"]),), "Anna <b>"), Name(BERTA, (id_of(faces["nameless"]),)))
    told(library, NotAFace((id_of(faces["no face"]),)))
    add_names(library, (faces["automatic"], ANNA, 0.996, True), (faces["proposed"], ANNA, 0.625, False))
    moment = moment_of(library)
    sheets = ServedSheets(library)
    tiles = sheets.tiles(moment, rows_of(moment, faces.values()))
    sheets.close()
    return dict(zip(names, tiles, strict=True))


def test_tiles_say_who_it_is_and_how_that_is_known(told_apart):
    labels = {name: tile.label for name, tile in told_apart.items()}
    assert labels == {
        "human": "Anna <b>",
        "automatic": "Anna <b>, 3 Aug 2021",
        "proposed": "perhaps Anna <b>",
        "nameless": "somebody without a name, 3 Aug 2021",
        "nobody": "unknown",
        "no face": "no face, 3 Aug 2021",
    }
    known = {name: (tile.name, tile.provenance, tile.probability) for name, tile in told_apart.items()}
    assert known["human"] == ("Anna <b>", "human", 1)
    assert known["automatic"] == ("Anna <b>", "automatic", pytest.approx(0.996))
    assert known["proposed"] == ("Anna <b>", "proposed", pytest.approx(0.625))
    assert known["nameless"] == (None, "human", 1)
    assert known["nobody"] == known["no face"] == (None, None, None)
    assert [tile.year for tile in told_apart.values()] == [None, 2021] * 3


def test_a_face_in_html_has_its_cell_its_label_and_its_mark(told_apart):
    pages = Pages({"editable": True, "to": str, "asset": str})
    macro = pages._environment.get_template("review/face.html.j2").module.face
    html = {name: macro(tile) for name, tile in told_apart.items()}
    assert all("style" not in text for text in html.values())
    assert 'class="x0 y0"' in html["human"]
    assert 'class="x5 y0"' in html["no face"]
    assert 'alt="perhaps Anna &lt;b&gt;"' in html["proposed"]
    assert "mark" not in html["human"] + html["nobody"] + html["nameless"]
    assert 'title="Named by facecluster, 99 % sure">auto<' in html["automatic"]
    assert "Perhaps Anna &lt;b&gt;, 62 % sure" in html["proposed"]
    assert 'class="face proposed"' in html["proposed"]
