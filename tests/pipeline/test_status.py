import json

import pytest

from facecluster.errors import LibraryError
from facecluster.pipeline.status import library_status
from facecluster.store.library import create_library
from tests.pipeline.small_library import PACK, small_library


def test_counts_of_everything(tmp_path):
    found = library_status(small_library(tmp_path))
    assert found["photos"] == {
        "listed": 5,
        "indexed": 5,
        "pending": 0,
        "vanished": 1,
        "offline": 0,
        "ok": 3,
        "no_face": 1,
        "error": 1,
    }
    assert found["faces"] == 3
    assert found["run"]["clusters"] == 1
    assert found["archive"] == "/photos"
    assert json.loads(json.dumps(found)) == found


def test_no_run_is_none(tmp_path):
    assert library_status(small_library(tmp_path, clusters=None))["run"] is None


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        library_status(create_library(tmp_path / "empty", PACK))
