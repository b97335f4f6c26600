"""pipeline.review.written: names on photos, held against the groups of a library."""

import hashlib

import pyarrow as pa
import pytest

from facecluster.people.hinted import Hinted
from facecluster.people.statements import Name
from facecluster.pipeline.review.written import WrittenNames
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.schemas import IMPORTS
from tests.pipeline.painted_library import Painted, id_of, moment_of, painted_library, rows_of
from tests.pipeline.people_library import ANNA, told

GROUP = [Painted(f"g{n}.jpg", cluster=0) for n in range(3)]
BESIDE = [Painted(f"g{n}.jpg", left=100, cluster=1) for n in range(2)]


@pytest.fixture
def library(tmp_path):
    return painted_library(tmp_path, [*GROUP, *BESIDE])


def imported(library, *rows):
    """An import that found names on photos: (path, name, what became of it) each."""
    columns = [
        {
            "path": path,
            "photo_hash": hashlib.sha256(path.encode()).hexdigest(),
            "file": path,
            "name": name,
            "outcome": str(outcome),
        }
        for path, name, outcome in rows
    ]
    library.imports.add(pa.Table.from_pylist(columns, IMPORTS), {})


def written(library, faces, names=None):
    moment = moment_of(library)
    return (names or WrittenNames(library)).of(moment, rows_of(moment, faces))


def test_before_the_first_import_nothing_is_written(library):
    assert written(library, GROUP) == []


def test_names_without_a_place_and_names_of_two_people_are_offered(library):
    imported(
        library,
        ("g0.jpg", "Anna", Outcome.HINT),
        ("g1.jpg", "Anna", Outcome.AMBIGUOUS),
        ("g2.jpg", "Bob", Outcome.HINT),
        *((f"g{n}.jpg", "Carl", Outcome.NAMED) for n in range(3)),
        *((f"g{n}.jpg", None, Outcome.FAILED) for n in range(3)),
    )
    assert written(library, GROUP) == [Hinted("anna", "Anna", 2, 3)]
    assert written(library, []) == []


def test_a_name_that_another_face_of_the_photo_has_says_nothing(library):
    imported(library, *((f"g{n}.jpg", "anna", Outcome.HINT) for n in range(3)))
    assert [one.photos for one in written(library, GROUP)] == [3]
    told(library, Name(ANNA, tuple(map(id_of, BESIDE)), "Anna"))
    assert written(library, GROUP) == []
    assert [one.photos for one in written(library, BESIDE)] == [2]  # their own name is no other's


def test_another_import_is_read_and_the_same_one_once(library, monkeypatch):
    imported(library, *((f"g{n}.jpg", "Anna", Outcome.HINT) for n in range(3)))
    names = WrittenNames(library)
    assert [one.name for one in written(library, GROUP, names)] == ["Anna"]
    imported(library, *((f"g{n}.jpg", "Bob", Outcome.HINT) for n in range(3)))
    assert [one.name for one in written(library, GROUP, names)] == ["Bob"]
    monkeypatch.setattr(library.imports, "table", None)  # would fail if it was asked for
    assert [one.name for one in written(library, GROUP, names)] == ["Bob"]
