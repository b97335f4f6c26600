import json
import os
import shutil
from html.parser import HTMLParser

import pytest


@pytest.fixture
def library(demo_library, tmp_path):
    """A library of the demo album to write to."""
    return shutil.copytree(demo_library, tmp_path / "library")


def test_run_again_does_nothing_and_says_so(facecluster, demo_album, library):
    ended = facecluster("run", demo_album, "--library", library)
    assert ended.code == 0
    lines = dict(line.split(maxsplit=1) for line in ended.out.splitlines())
    assert list(lines) == ["photos", "new", "faces", "report", "then"]
    assert lines["photos"].startswith("13")
    assert lines["new"] == "nothing: every photo is known from before"
    assert lines["faces"].endswith("(run 1, as before)")
    assert lines["report"] == f"{library}/report.html, to open in a browser"
    assert lines["then"] == f"facecluster review --library {library}, to name people"


def test_the_report_it_names_is_a_page(facecluster, demo_album, library):
    facecluster("run", demo_album, "--library", library)
    parser = HTMLParser()
    parser.feed((library / "report.html").read_text())
    assert (library / "report.html").stat().st_mode & 0o777 == 0o600


def test_json_is_one_object_and_nothing_else(facecluster, demo_album, library):
    ended = facecluster("run", demo_album, "--library", library, "--json")
    record = json.loads(ended.out)
    assert record["index"]["indexed"] == 0
    assert record["index"]["step_seconds"]["decode"] == 0
    assert record["numbers"]["photos"] == record["index"]["listed"] == 13
    assert record["run"]["fresh"] is False
    assert record["report"] == f"{library}/report.html"


def test_only_what_is_new_is_looked_at_and_failures_count_when_strict(facecluster, demo_album, library, tmp_path):
    album = shutil.copytree(demo_album, tmp_path / "album")
    (album / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more of it")
    (album / "\x1b[31mred.jpg").write_bytes(b"")
    flags = ["--library", library, "--moved", "--workers", "1"]
    ended = facecluster("run", album, *flags, "--strict")
    assert ended.code == 3
    assert "2 failed: the report says why" in ended.out
    assert "2 photos looked at in" in ended.out
    assert "\x1b" not in ended.out + ended.err
    assert facecluster("run", album, *flags).code == 0, "without --strict failed photos are no failure"
    next(album.glob("*.jpg")).unlink()
    assert "1 file no longer there, or moved" in facecluster("run", album, *flags).out


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        ("missing", "There is no folder"),
        ("file", "is a file"),
        ("empty", "No photos in"),
    ],
)
def test_an_archive_that_is_none_makes_no_library(archive, sentence, facecluster, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    ended = facecluster("run", archive)
    assert (ended.code, ended.out) == (1, "")
    assert sentence in ended.err
    assert sorted(os.listdir()) == ["empty", "file"]


def test_another_archive_is_refused(facecluster, library, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "photo.jpg").write_bytes(b"")
    ended = facecluster("run", "other", "--library", library)
    assert ended.code == 1
    assert "--moved" in ended.err


def test_a_library_that_is_a_file_is_left_alone(facecluster, demo_album, tmp_path):
    (tmp_path / "file").write_text("dear")
    ended = facecluster("run", demo_album, "--library", "file")
    assert ended.code == 1
    assert "is a file" in ended.err
    assert (tmp_path / "file").read_text() == "dear"


@pytest.mark.parametrize(("pack", "code"), [("nonsense", 2), ("insightface:none", 1)])
def test_a_pack_that_is_none_makes_no_library(pack, code, facecluster, demo_album, tmp_path):
    ended = facecluster("run", demo_album, "--pack", pack, "--pack-root", tmp_path)
    assert ended.code == code
    assert "expected" in ended.err
    assert os.listdir() == []
