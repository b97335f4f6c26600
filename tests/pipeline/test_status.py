import json

import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Ignore, Name, NotAFace
from facecluster.pipeline.journal import decide
from facecluster.pipeline.status import library_status
from facecluster.schemas import SUGGESTIONS
from facecluster.store.library import RunTables, create_library
from tests.pipeline.small_library import FACES, LABELS, NODES, PACK, small_library
from tests.pipeline.unseen_faces import add_unseen


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


def test_people_are_counted_by_whose_word_their_faces_bear_their_name(tmp_path):
    library = small_library(tmp_path)
    assert (library_status(library)["decisions"], library_status(library)["people"]["named"]) == (0, 0)
    decide(library, lambda _: (Name("p", (FACES[0],), "Ada"), Ignore("q", (FACES[1],)), NotAFace((FACES[2],))), "me")
    found = library_status(library)
    assert found["decisions"] == 1
    assert found["people"] == {
        "named": 1,
        "unnamed": 0,
        "ignored": 1,
        "not_faces": 1,
        "human": 2,
        "imported": 0,
        "automatic": 0,
        "proposed": 0,
    }


def test_the_newest_run_is_told_where_an_older_one_was_chosen(tmp_path):
    library = small_library(tmp_path)
    library.add_run(RunTables(LABELS, NODES, SUGGESTIONS.empty_table()), library.run_record(1))
    library.make_current(1, "2026-01-02T03:04:05+00:00")
    found = library_status(library)
    assert (found["run"]["run"], found["newest_run"]) == (1, 2)


def test_no_run_is_none(tmp_path):
    assert library_status(small_library(tmp_path, clusters=None))["run"] is None


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        library_status(create_library(tmp_path / "empty", PACK))


def test_unseen_faces_are_counted_as_such(tmp_path):
    library = small_library(tmp_path)
    unseen = [add_unseen(library, path) for path in ("empty-room.jpg", "b.jpg")]
    decide(library, lambda _: (Name("p", (unseen[0],), "Ada"), NotAFace((FACES[2],))), "me", "imported")
    found = library_status(library)
    assert (found["faces"], found["unseen"]) == (5, 2)
    assert (found["people"]["not_faces"], found["people"]["imported"]) == (1, 1)
    assert found["photos"]["no_face"] == 0
