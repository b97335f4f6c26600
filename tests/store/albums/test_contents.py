import json

import pytest

from facecluster.errors import UsageError
from facecluster.store.albums.contents import CONTENTS, OURS, read_contents, with_mark, write_contents
from facecluster.store.albums.entries import Mark

LIBRARY = "0123"
LINK, COPY, EMPTY = Mark("../../x.jpg"), Mark("/photos/x.jpg", 4, 5_000_000_001), Mark("/photos/y.jpg", 0, 0)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / OURS).mkdir()
    return tmp_path


def test_what_is_written_down_is_read_again(folder):
    assert read_contents(folder, LIBRARY) is None
    marks = {"Ada/x.jpg": (LINK, COPY), 'Bob/\u00e9 ".jpg': (EMPTY,)}
    write_contents(folder, LIBRARY, marks, None)
    assert read_contents(folder, LIBRARY) == marks
    assert [path.name for path in (folder / OURS).iterdir()] == [CONTENTS]


def test_nothing_is_written_where_nothing_is_new(folder):
    write_contents(folder, LIBRARY, {}, None)
    file = folder / OURS / CONTENTS
    before = file.stat()
    write_contents(folder, LIBRARY, {}, {})
    assert file.stat() == before


def test_a_mark_is_there_once():
    assert with_mark(LINK, ()) == (LINK,)
    assert with_mark(COPY, (LINK,)) == (LINK, COPY)
    assert with_mark(LINK, (LINK, COPY)) == (LINK, COPY)


def test_contents_of_another_library_are_not_ours(folder):
    write_contents(folder, "other", {}, None)
    with pytest.raises(UsageError, match="album of another library"):
        read_contents(folder, LIBRARY)


HARMLESS = {"version": 1, "library": LIBRARY, "entries": {}}


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        json.dumps(HARMLESS | {"version": 2}).encode(),
        json.dumps(HARMLESS | {"entries": []}).encode(),
        *(
            json.dumps(HARMLESS | {"entries": {name: [["x", 4, 0]]}}).encode()
            for name in (
                "mine",
                "../mine",
                "a/../mine",
                "/mine",
                "a/",
                "./mine",
                "../../archive",
                f"{OURS}/lock",
                "a/b/c",
            )
        ),
        json.dumps(HARMLESS | {"entries": {"a/b": [["x"]]}}).encode(),
    ],
)
def test_contents_that_make_no_sense_are_believed_in_nothing(folder, contents):
    (folder / OURS / CONTENTS).write_bytes(contents)
    with pytest.raises(UsageError, match=r"contents\.json is damaged"):
        read_contents(folder, LIBRARY)
