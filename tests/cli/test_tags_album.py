import json

import pytest

from tests.pipeline.tags.tagged_library import ANNA, BERTA, tagged_library


@pytest.fixture
def tagged(tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg", "two.jpg"])
    tagged.name(ANNA, "one.jpg", "two.jpg", name="Anna")
    tagged.name(BERTA, "one.jpg", name="Berta")
    return tagged


@pytest.fixture
def album(facecluster, tagged):
    """`facecluster tags album` of a library of Anna and Berta, in a folder `album`."""
    return lambda *words: facecluster("tags", "album", "album", *words, "--library", tagged.library.folder)


def test_it_says_what_it_made(album, tmp_path):
    ended = album()
    assert ended.code == 0
    assert ended.out == "album    album: 2 people, 3 links\nchanges  3 new, 0 taken away\n"
    assert (tmp_path / "album/Anna aaaa/one.jpg").is_symlink()
    assert (
        album("--person", "anna", "--copy").out == "album    album: 1 person, 2 copies\nchanges  2 new, 1 taken away\n"
    )
    assert not (tmp_path / "album/Anna aaaa/one.jpg").is_symlink()


def test_as_json(album, tagged, tmp_path):
    told = json.loads(album("--json").out)
    assert told["library"] == str(tagged.library.folder.resolve())
    assert told["folder"] == str(tmp_path / "album")
    assert told["album"] == {"people": 2, "photos": 3, "made": 3, "removed": 0, "incomplete": False, "failed": []}


def test_what_is_in_the_way_is_told_and_counts_with_strict(album, tmp_path):
    album()
    (tmp_path / "album/Anna aaaa/one.jpg").unlink()
    (tmp_path / "album/Anna aaaa/one.jpg").write_text("mine")
    ended = album()
    assert ended.code == 0
    assert ended.out.splitlines()[2:] == [
        "not made (1)",
        "  Anna aaaa/one.jpg: something else is there, which stays",
    ]
    assert album("--strict").code == 3


def test_a_bad_place_is_wrong_usage(facecluster, tagged):
    where = tagged.archive / "album"
    ended = facecluster("tags", "album", where, "--library", tagged.library.folder)
    assert (ended.code, ended.out) == (2, "")
    assert "Expected a folder outside the archive" in ended.err
