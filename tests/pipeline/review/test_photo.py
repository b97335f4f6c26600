import hashlib
import io
import os
import shutil
import threading

import pytest
from PIL import Image

from facecluster.pipeline.review.photo import LONG_SIDE_PX, Box, NoPicture, Photos, Picture, box_of, faces_of_photo
from facecluster.settings import DecodeSettings
from tests.pipeline.painted_library import Painted, moment_of, painted_library, rows_of


def image_bytes(kind="JPEG", size=(400, 300), **options):
    """A file whose left half is red and right half blue."""
    image = Image.new("RGB", size, (220, 20, 20))
    image.paste((20, 20, 220), (size[0] // 2, 0, *size))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def sideways():
    """The same, stored turned to the left, with a position in its metadata."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a secret place"
    image = Image.open(io.BytesIO(image_bytes("PNG"))).transpose(Image.Transpose.ROTATE_90)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=95)
    return buffer.getvalue()


CONTENTS = {
    "a.jpg": image_bytes(),
    "sub/b.png": image_bytes("PNG"),
    "large.jpg": image_bytes(size=(6000, 3000)),
    "sideways.jpg": sideways(),
    "cut short.webp": image_bytes("WEBP")[:60],
    "nothing.jpg": b"",
    "no photo.jpg": b"#!/bin/sh\n" * 20,
}
FACES = [Painted(path, cluster=0) for path in CONTENTS]


@pytest.fixture
def archive(tmp_path):
    for path, data in CONTENTS.items():
        file = tmp_path / "archive" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return tmp_path / "archive"


@pytest.fixture
def shown(tmp_path, archive):
    """Path -> its picture, or why there is none."""
    library = painted_library(tmp_path, FACES, archive, CONTENTS)
    moment = moment_of(library)

    photos = Photos(library, DecodeSettings(timeout_seconds=60))
    yield lambda path: photos.picture(moment, int(rows_of(moment, [Painted(path)], CONTENTS)[0]))
    photos.close()


def colours(picture):
    """Those in the middle of its left and its right half."""
    image = Image.open(io.BytesIO(picture.jpeg))
    return [image.getpixel((image.width * part // 4, image.height // 2)) for part in (1, 3)]


@pytest.mark.parametrize("path", ["a.jpg", "sub/b.png", "sideways.jpg"])
def test_a_photo_is_shown_upright(shown, path):
    picture = shown(path)
    assert picture[1:] == (400, 300)
    assert Image.open(io.BytesIO(picture.jpeg)).size == (400, 300)
    left, right = colours(picture)
    assert left == pytest.approx((220, 20, 20), abs=8)
    assert right == pytest.approx((20, 20, 220), abs=8)


def test_nothing_but_pixels_leaves_the_archive(shown):
    jpeg = shown("sideways.jpg").jpeg
    assert b"secret" not in jpeg
    assert not Image.open(io.BytesIO(jpeg)).getexif()


def test_a_large_photo_is_made_smaller_and_keeps_its_measures(shown):
    picture = shown("large.jpg")
    assert (picture.width, picture.height) == (6000, 3000)
    assert Image.open(io.BytesIO(picture.jpeg)).size == (LONG_SIDE_PX, LONG_SIDE_PX // 2)


@pytest.mark.parametrize("path", ["cut short.webp", "nothing.jpg", "no photo.jpg"])
def test_what_cannot_be_decoded_gives_a_sentence_and_harms_no_other(shown, path):
    assert shown(path).why.startswith("The photo cannot be decoded now (")
    assert isinstance(shown("a.jpg"), Picture)


def test_a_file_that_has_changed_is_not_shown(shown, archive):
    (archive / "a.jpg").write_bytes(image_bytes(quality=50))
    assert "has changed since it was indexed" in shown("a.jpg").why
    (archive / "a.jpg").write_bytes(CONTENTS["a.jpg"])
    assert isinstance(shown("a.jpg"), Picture)


@pytest.mark.parametrize("become", ["gone", "folder", "pipe"])
def test_a_file_that_is_not_there_gives_a_sentence(shown, archive, become):
    (archive / "a.jpg").unlink()
    if become == "folder":
        (archive / "a.jpg").mkdir()
    if become == "pipe":
        os.mkfifo(archive / "a.jpg")
    why = shown("a.jpg").why
    assert why.startswith("The file cannot be read now (")
    assert str(archive) not in why


def test_an_archive_that_is_not_there_is_told_of(shown, archive):
    shutil.move(archive, archive.with_name("elsewhere"))
    assert shown("a.jpg") == NoPicture(
        "The archive is not there now (is its disk connected?): only the small pictures are."
    )


def test_nothing_is_written_to_the_archive(shown, archive):
    before = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    for path in CONTENTS:
        shown(path)
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*")} == before
    assert all(
        hashlib.sha256((archive / path).read_bytes()).digest() == hashlib.sha256(data).digest()
        for path, data in CONTENTS.items()
    )


def test_many_may_ask_at_once(shown):
    found = {}
    threads = [
        threading.Thread(target=lambda path=path: found.__setitem__(path, shown(path))) for path in list(CONTENTS) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(one, Picture) for one in found.values()) == 4


def test_a_photo_that_was_shown_is_kept_for_a_while(shown, archive):
    first = shown("a.jpg")
    (archive / "a.jpg").unlink()
    assert shown("a.jpg") is first


def test_few_are_kept(shown, archive, monkeypatch):
    monkeypatch.setattr("facecluster.pipeline.review.photo.MAX_KEPT", 1)
    shown("a.jpg")
    shown("sub/b.png")
    (archive / "a.jpg").unlink()
    (archive / "sub/b.png").unlink()
    assert isinstance(shown("sub/b.png"), Picture)
    assert isinstance(shown("a.jpg"), NoPicture)


def test_a_decoder_that_cannot_be_started_is_told_of(shown, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert "decoder process" in shown("a.jpg").why
    monkeypatch.undo()
    assert isinstance(shown("a.jpg"), Picture)


def test_at_the_end_nobody_waits_for_what_was_not_begun(tmp_path, archive, monkeypatch):
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(*_):
        begun.set()
        may_go_on.wait()
        return NoPicture("slow")

    monkeypatch.setattr(Photos, "_bytes", slow)
    moment = moment_of(library := painted_library(tmp_path, FACES, archive, CONTENTS))
    photos = Photos(library, DecodeSettings())
    found = []
    asking = [threading.Thread(target=lambda row=row: found.append(photos.picture(moment, row))) for row in range(3)]
    for thread in asking:
        thread.start()
    begun.wait()
    while photos._maker._work_queue.qsize() < 2:
        asking[-1].join(0.01)
    ending = threading.Thread(target=photos.close)
    ending.start()
    while len(found) < 2:
        asking[-1].join(0.01)
    may_go_on.set()
    for thread in [*asking, ending]:
        thread.join()
    assert sorted(one.why for one in found) == [*["facecluster is about to end."] * 2, "slow"]


def test_the_decoder_ends_with_them(tmp_path, archive):
    library = painted_library(tmp_path, FACES[:1], archive, CONTENTS)
    moment = moment_of(library)
    photos = Photos(library, DecodeSettings())
    assert isinstance(photos.picture(moment, 0), Picture)
    assert photos._decoder.pid
    photos.close()
    assert photos._decoder.pid is None


def test_the_faces_of_a_photo_stand_from_left_to_right(tmp_path):
    faces = [Painted("p.jpg", left=left) for left in (200, 1000, 50)] + [Painted("q.jpg"), Painted("o.jpg")]
    moment = moment_of(painted_library(tmp_path, faces))
    rows = rows_of(moment, faces)
    for row in rows[:3]:
        assert faces_of_photo(moment, int(row)).tolist() == rows[[2, 0, 1]].tolist()
    assert faces_of_photo(moment, int(rows[3])).tolist() == [rows[3]]


@pytest.mark.parametrize(
    ("face_id", "box"),
    [
        ("0123456789abcdef0123-10-20-30-40", Box(10, 20, 30, 40)),
        ("0123456789abcdef0123--5--6-30-40", Box(-5, -6, 30, 40)),
        ("hash-a-1", None),
        ("", None),
    ],
)
def test_an_id_says_where_the_face_is(face_id, box):
    assert box_of(face_id) == box
