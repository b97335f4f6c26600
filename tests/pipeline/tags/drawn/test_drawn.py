"""pipeline.tags.drawn.drawn: regions become faces, and everything goes on with these."""

import json
import shutil

import numpy as np
import pytest

from facecluster.errors import PackMismatchError
from facecluster.people.statements import Name
from facecluster.pipeline.catalogue import faces_of, latest_scan, vectors_of_faces
from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.journal import decide
from facecluster.pipeline.people import people_of
from facecluster.pipeline.tags.drawn import drawn as drawn_module
from facecluster.pipeline.tags.drawn.drawn import GONE as GONE_REASON
from facecluster.pipeline.tags.drawn.drawn import REGIONS, Drawn, draw_faces
from facecluster.settings import IndexSettings
from facecluster.store.library import Library, open_library
from tests.pipeline.small_library import small_library
from tests.pipeline.tags.drawn_album import (
    AGAIN,
    ALL,
    BESIDE,
    BEYOND,
    BROKEN,
    CLICKED,
    GONE,
    LYING,
    ON_FACE,
    SETTINGS,
    SMALL,
    WALL,
    files_of,
    regions_in,
)
from tests.pipeline.tags.tagged_library import run_here

UNSEEN, SEEN = (WALL, BESIDE, BEYOND), (LYING, SMALL)
ADA, BO = "a" * 12, "b" * 12


@pytest.fixture
def drawn(drawn_regions):
    """What became of each region."""
    return drawn_regions[1]


@pytest.fixture
def library(drawn_regions, tmp_path):
    """The library in which they were drawn."""
    return open_library(shutil.copytree(drawn_regions[0], tmp_path / "library"))


def faces_by_id(library, *columns):
    photos = files_of(library).reset_index()
    return faces_of(library, latest_scan(library), photos, columns).to_pandas().set_index("face_id")


@pytest.fixture
def here(monkeypatch):
    """The work is done in this process."""
    monkeypatch.setattr(drawn_module, "runner_of", lambda _: run_here)


def silent(_done, _total):
    """Progress that nobody follows."""


def test_every_region_is_a_face_or_told_why_not(library, drawn):
    hashes = files_of(library)["photo_hash"].str[:20]
    assert drawn[WALL] == drawn[AGAIN] == (f"{hashes['coffee.jpg']}-20-20-120-140", None)
    assert drawn[BEYOND].face_id == f"{hashes['coffee.jpg']}-0-350-60-400"
    assert drawn[BROKEN].face_id is None
    assert drawn[BROKEN].reason.startswith("corrupt: ")
    assert drawn[GONE] == Drawn(None, GONE_REASON)
    assert drawn[CLICKED] == Drawn(None, "expected a region of at least 8 px a side within the photo")
    faces = faces_by_id(library, "x0", "y0", "x1", "y1", "quality")
    assert faces.loc[drawn[ON_FACE].face_id, "quality"] > 0.9, "it is the face that was there"
    assert len(faces) == 6
    for region in (*SEEN, *UNSEEN):
        row = faces.loc[drawn[region].face_id]
        assert row[["x0", "y0", "x1", "y1"]].tolist() == np.clip(region[1], 0, [600, 400] * 2).tolist()


def test_a_face_that_an_index_pass_does_not_find_gets_the_vector_of_its_person(library, drawn, demo_library):
    faces = faces_by_id(library, "score", "quality", "landmarks")
    for region in SEEN:
        row = faces.loc[drawn[region].face_id]
        assert row["score"] > 0.5
        assert row["quality"] > 0
        assert row["landmarks"].shape == (10,)
    demo = open_library(demo_library)
    photos, known = files_of(demo), faces_by_id(demo, "embedding").set_index("photo_hash")["embedding"]
    upright, other, hopper = (
        known[photos.loc[f"{name}.jpg", "photo_hash"]].astype(np.float32)
        for name in ("obama-blue-room", "obama-congress", "hopper-portrait")
    )
    found = faces_by_id(library, "embedding")["embedding"]
    lying, small = (found[drawn[region].face_id].astype(np.float32) for region in SEEN)
    assert lying @ upright > 0.9, "it was turned upright"
    assert small @ other > small @ hopper + 0.2


def test_where_no_detector_sees_a_face_it_is_unseen(library, drawn):
    faces = faces_by_id(library, "score", "quality", "landmarks", "embedding", "thumbnail")
    for region in UNSEEN:
        row = faces.loc[drawn[region].face_id]
        assert (row["score"], row["quality"], row["landmarks"], row["embedding"]) == (0, 0, None, None)
        assert row["thumbnail"].startswith(b"\xff\xd8")


def test_the_files_of_a_photo_know_how_many_faces_it_has(library):
    files = files_of(library)
    counts = {"broken": 0, "coffee": 2, "copy": 2, "lying": 1, "portrait": 2, "small": 1}
    assert files["n_faces"].to_dict() == {f"{name}.jpg": count for name, count in counts.items()}
    assert files["status"].to_dict() == {f"{name}.jpg": "ok" if count else "error" for name, count in counts.items()}


def test_progress_goes_to_the_number_of_photos(drawn_regions):
    progress = drawn_regions[2]
    assert progress[0] == (0, 4)
    assert progress[-1] == (4, 4)
    assert progress == sorted(progress)


def test_what_was_drawn_is_not_drawn_again(library, drawn, monkeypatch):
    monkeypatch.setattr(drawn_module, "runner_of", None)
    before = [commit.shard for commit in library.commits()]
    assert draw_faces(library, regions_in(library, *ALL), SETTINGS, silent) == list(drawn.values())
    assert draw_faces(library, regions_in(library), SETTINGS, silent) == []
    assert [commit.shard for commit in library.commits()] == before


def test_what_was_committed_before_a_stop_is_not_done_again(indexed_album, drawn_regions, tmp_path, monkeypatch):
    library = open_library(shutil.copytree(indexed_album, tmp_path / "library"))
    settings = SETTINGS.model_copy(update={"index": IndexSettings(photos_per_shard=2)})
    looked_at = []

    def one_shard(shards, job, progress, work):
        looked_at.append([file.path for shard in shards for file in shard.files])
        run_here(shards[:1], job, progress, work)
        if len(shards) > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(drawn_module, "runner_of", lambda _: one_shard)
    regions = regions_in(library, *ALL)
    with pytest.raises(KeyboardInterrupt):
        draw_faces(library, regions, settings, silent)
    assert draw_faces(library, regions, settings, silent) == list(drawn_regions[1].values())
    photos = ["coffee.jpg", "copy.jpg", "lying.jpg", "small.jpg"]
    assert looked_at == [photos, photos[2:]]
    whole = open_library(drawn_regions[0])
    columns = ("x0", "score", "quality", "embedding", "landmarks", "thumbnail")
    tables = [faces_of(one, latest_scan(one), files_of(one).reset_index(), columns) for one in (library, whole)]
    assert tables[0].equals(tables[1]), "the faces are those of an uninterrupted call"
    assert files_of(library).equals(files_of(whole))


@pytest.mark.usefixtures("here")
def test_later_regions_add_to_the_faces_of_a_photo(library, tmp_path):
    more = ("coffee.jpg", (300, 200, 380, 280))
    (face,) = draw_faces(library, regions_in(library, more), SETTINGS, silent)
    assert files_of(library).loc["coffee.jpg", "n_faces"] == 3
    assert face.face_id in faces_by_id(library).index
    assert latest_scan(library).number == 3, "one for each call, so that an open review reads the faces anew"
    # The next index pass sees nothing new, and a photo that was only touched keeps its faces.
    album = tmp_path / "album"
    shutil.copytree(latest_scan(library).archive, album)
    (album / "coffee.jpg").touch()
    summary = index_archive(album, library.folder, SETTINGS, silent, moved=True)
    assert summary.faces_found == 0
    assert files_of(library).loc["coffee.jpg", "n_faces"] == 3
    assert len(faces_by_id(library)) == 7


@pytest.mark.usefixtures("here")
def test_a_photo_that_was_changed_since_is_told_of(indexed_album, tmp_path):
    library = open_library(shutil.copytree(indexed_album, tmp_path / "library"))
    album = shutil.copytree(latest_scan(library).archive, tmp_path / "album")
    index_archive(album, library.folder, SETTINGS, silent, moved=True)
    (album / "coffee.jpg").write_bytes((album / "lying.jpg").read_bytes())
    (album / "lying.jpg").unlink()
    changed, gone, small = draw_faces(library, regions_in(library, WALL, LYING, SMALL), SETTINGS, silent)
    assert changed == (None, "unreadable: the file was changed since it was indexed: run again")
    assert gone.reason.startswith("unreadable: ")
    assert small.face_id
    assert len(faces_by_id(library)) == 2
    assert files_of(library).loc[["coffee.jpg", "lying.jpg"], "status"].tolist() == ["no_face"] * 2


def test_another_pack_is_refused(tmp_path):
    with pytest.raises(PackMismatchError):
        draw_faces(small_library(tmp_path), REGIONS.empty_table(), SETTINGS, silent)


def test_the_whole_story(library, drawn, facecluster, tmp_path):
    """Named, grouped, spread, looked at, written out, and taken back: nothing fails and every count is right."""
    run = people_of(library).run
    names = {ADA: (ON_FACE, BESIDE, WALL), BO: (LYING, SMALL, BEYOND)}
    statements = [
        Name(person, tuple(drawn[region].face_id for region in regions), f"Name {person[0]}")
        for person, regions in names.items()
    ]
    decision = decide(library, lambda _: statements, "me", "imported")

    def told(*words):
        ended = facecluster(*words, "--library", library.folder)
        assert ended.code == 0, ended.err
        return json.loads(ended.out) if "--json" in words else ended.out

    grouped = told("cluster", "--json")["run"]
    assert (grouped["run"], grouped["faces"]) == (run + 1, 3), "of six faces three are seen"
    spread = told("propagate", "--json")["names"]
    assert (spread["automatic"], spread["proposed"], spread["undecided"]) == (0, 0, 0)
    status = told("status", "--json")
    assert (status["faces"], status["unseen"], status["people"]["imported"]) == (6, 3, 6)
    assert status["people"]["not_faces"] == 0
    assert "changed since" not in told("status")
    assert [person["imported"] for person in told("people", "list", "--json")["people"]] == [3, 3]
    shown = told("people", "show", ADA, "--json")["faces"]
    assert {face["face_id"] for face in shown} == {drawn[region].face_id for region in names[ADA]}
    told("people", "suggest", "--json")
    told("report")
    out = tmp_path / "faces.csv"
    told("export", "--format", "csv", "--output", out)
    assert len(out.read_text().splitlines()) == 7
    assert told("evaluate", "--json")["faces"] == 3

    told("people", "undo", decision.id)
    status = told("status", "--json")
    assert (status["faces"], status["unseen"], status["people"]["imported"]) == (6, 3, 0)
    assert status["people"]["not_faces"] == 0
    told("report")
    assert json.loads(facecluster("people", "list", "--json", "--library", library.folder).out)["people"] == []
    again = decide(library, lambda _: statements, "me", "imported")
    assert again.id != decision.id
    assert people_of(library).known[0].imported == 3


@pytest.mark.usefixtures("here")
def test_nothing_in_the_grouping_changes_by_unseen_faces(indexed_album, library, drawn, tmp_path):
    group_library(library.folder, SETTINGS.cluster)
    seen = open_library(shutil.copytree(indexed_album, tmp_path / "seen"))
    draw_faces(seen, regions_in(seen, *SEEN), SETTINGS, silent)
    group_library(seen.folder, SETTINGS.cluster)
    for table in (Library.clusters, Library.tree, Library.suggestions):
        assert table(library, 2).equals(table(seen, 2))
    ids, _ = vectors_of_faces(library, latest_scan(library), [face.face_id for face in drawn.values() if face.face_id])
    assert len(ids) == 3
