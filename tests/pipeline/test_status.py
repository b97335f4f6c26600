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


def test_the_calibration_in_use_is_told(tmp_path):
    library = small_library(tmp_path)
    before = library_status(library)
    assert before["calibrated"] is None
    assert before["calibration"] == {"impostor_median": 0.1, "impostor_sd": 0.1, "genuine_median": 0.6}
    measured = {"impostor_median": 0.2, "impostor_sd": 0.05, "genuine_median": 0.7}
    library.add_calibration(**measured, measured_at="now", source="labels.csv")
    after = library_status(library)
    assert after["calibration"] == measured
    assert after["calibrated"] == {"number": 1, "measured_at": "now", "source": "labels.csv"}


def test_no_run_is_none(tmp_path):
    assert library_status(small_library(tmp_path, clusters=None))["run"] is None


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        library_status(create_library(tmp_path / "empty", PACK))
