import io
import re
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import pytest
from PIL import Image

from facecluster.people.statements import Name
from facecluster.web.review.app import open_review
from tests.pipeline.painted_library import Painted, id_of, painted_library
from tests.pipeline.people_library import ANNA, FACE, told
from tests.web.review.clients import HERE, client_of, opened

AWKWARD = Path(__file__).parents[5] / "shared" / "photos" / "awkward"
MAX_AWKWARD_BYTES = 100_000  # most of the files; larger ones only take longer

NO_FACES = ["0" * 20 + "-1-2-3-4", "nobody", "-", "1" * 4000, "%00", "..%2f..%2flibrary.json", "🙂"]


@contextmanager
def client_with(folder, contents, faces=None):
    """A client that is logged in to a library of these files, which are there, and the library."""
    for path, data in contents.items():
        file = folder / "archive" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    faces = faces or [Painted(path) for path in contents]
    library = painted_library(folder, faces, folder / "archive", contents)
    with open_review(library, HERE) as review:
        yield client_of(review, logged_in=True), library


def png(size=(300, 200)):
    buffer = io.BytesIO()
    Image.new("RGB", size, (30, 120, 200)).save(buffer, "PNG")
    return buffer.getvalue()


def opened_image(answer):
    assert answer.headers["content-type"] == "image/jpeg"
    return Image.open(io.BytesIO(answer.content))


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """A client of the library of ten faces, whose archive is not there."""
    with opened(tmp_path_factory.mktemp("offline")) as review:
        yield client_of(review, logged_in=True)


def test_a_sheet_is_the_readers_for_ever(offline):
    dialog = offline.get(f"/photo/{FACE['a1']}").text
    (sheet,) = set(re.findall(r"/sheets/[0-9a-f]+\.jpg", dialog))
    answer = offline.get(sheet)
    assert opened_image(answer).size == (12 * 160, 160)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("key", ["0" * 32, "x", "library", "a" * 3000])
def test_a_sheet_that_is_not_known_is_told_so_and_may_be_known_later(offline, key):
    answer = offline.get(f"/sheets/{key}.jpg")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


@pytest.mark.parametrize("face", NO_FACES)
@pytest.mark.parametrize("address", ["/photo/{}", "/photos/{}.jpg"])
def test_a_face_that_is_not_there_has_no_photo(offline, face, address):
    assert offline.get(address.format(face)).status_code in {400, 404, 414}


def test_an_archive_that_is_offline_leaves_the_small_picture(offline):
    answer = offline.get(f"/photo/{FACE['a1']}")
    assert answer.status_code == 200
    assert "only the small pictures are" in answer.text
    assert "/photos/" not in answer.text
    assert 'class="instead"' in answer.text
    picture = offline.get(f"/photos/{FACE['a1']}.jpg")
    assert picture.status_code == 404
    assert "The archive is not there now" in picture.json()["error"]


def test_the_photo_of_a_face_with_all_its_faces_outlined(tmp_path):
    faces = [Painted("day/p.png", left=left, taken_at="2021-08-03T12:00:00", cluster=3) for left in (200, 20, 100)]
    with client_with(tmp_path, {"day/p.png": png()}, faces) as (client, library):
        contents = {"day/p.png": png()}
        asked, named = (id_of(face, contents) for face in faces[:2])
        told(library, Name(ANNA, (named,), "Anna"))
        answer = client.get(f"/photo/{asked}")
        assert answer.status_code == 200
        html = answer.text
        assert 'viewBox="0 0 300 200"' in html
        # Each is a sixth of its width larger on all sides.
        lefts = re.findall(r'<rect(?: class="(asked)")? x="(-?\d+)" y="4" width="52" height="62"', html)
        assert lefts == [("", "14"), ("", "94"), ("asked", "194")]
        assert f'href="/people/{ANNA}"' in html
        assert html.count('href="/groups/3"') == 2
        assert "day/p.png</bdi> · 3 Aug 2021" in html
        assert "style" not in html
        (address,) = set(re.findall(r'src="(/photos/[^"]+)"', html))
        picture = client.get(address)
        assert opened_image(picture).size == (300, 200)
        assert picture.headers["cache-control"] == "private, max-age=3600"


def test_no_path_of_the_machine_is_told(tmp_path):
    contents = {"a.png": png(), "b.png": b"no photo", "c.png": png((20, 20))}
    with client_with(tmp_path, contents) as (client, _):
        (tmp_path / "archive" / "c.png").write_bytes(b"another")
        for path, said in {"a.png": "/photos/", "b.png": "cannot be decoded", "c.png": "has changed"}.items():
            html = client.get(f"/photo/{id_of(Painted(path), contents)}").text
            assert said in html
            assert str(tmp_path) not in html


def test_names_and_paths_of_any_kind_are_text(tmp_path):
    path = '"><img src=x onerror=alert(1)>\u202egpj.png'
    with client_with(tmp_path, {path: png()}) as (client, library):
        face = id_of(Painted(path), {path: png()})
        told(library, Name(ANNA, (face,), "<script>alert(1)</script>"))
        html = client.get(f"/photo/{face}").text
        assert "<script" not in html
        assert "<img src=x" not in html
        assert "\u202e" not in html
        assert "onerror=alert(1)" in unescape(html)
        assert "<script>alert(1)</script>" in unescape(html)


@pytest.mark.skipif(not AWKWARD.exists(), reason="the awkward photos are not here")
def test_awkward_photos_give_an_image_or_a_sentence(tmp_path):
    files = [path for path in sorted(AWKWARD.rglob("*")) if path.is_file() and path.stat().st_size < MAX_AWKWARD_BYTES]
    contents = {str(path.relative_to(AWKWARD)): path.read_bytes() for path in files}
    shown = 0
    with client_with(tmp_path, contents) as (client, _):
        for path in contents:
            face = id_of(Painted(path), contents)
            answer = client.get(f"/photo/{face}")
            assert answer.status_code == 200, path
            there = f"/photos/{face}.jpg" in answer.text
            shown += there
            if there:
                image = opened_image(client.get(f"/photos/{face}.jpg"))
                image.load()
                assert max(image.size) <= 2048, path
            else:
                assert "The photo cannot be decoded now (" in answer.text, path
    assert shown > len(contents) / 2
