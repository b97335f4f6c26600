import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Merge, NotAFace
from facecluster.pipeline.open_faces import ids_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.review.lists import faces_listed, units_listed
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, add_names, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def listed(library, name):
    people = people_of(library)
    return [SHORT[face] for face in ids_of(people, faces_listed(people, name))]


def test_the_faces_of_a_person_by_time_and_those_without_a_time_last(library):
    named(library, ANNA, "Anna", "b3", "a3", "a1", "c1")
    add_names(library, ("a2", ANNA, 0.99, True), ("b1", ANNA, 0.7, False), ("d1", ANNA, 0.8, False))
    undated = sorted(("b3", "c1"), key=FACE.__getitem__)
    assert listed(library, f"person-{ANNA}") == ["a1", "a2", "a3", *undated]
    assert listed(library, f"ignored-{ANNA}") == ["a1", "a2", "a3", *undated]
    assert listed(library, f"decided-{ANNA}") == ["a1", "a3", *undated]
    assert listed(library, f"automatic-{ANNA}") == ["a2"]
    assert listed(library, f"maybe-{ANNA}") == ["d1", "b1"]


def test_the_faces_of_a_group_but_for_what_is_no_face(library):
    named(library, ANNA, "Anna", "b2")
    told(library, NotAFace((FACE["b1"],)))
    assert listed(library, "cluster-1") == ["b2", "b3"]
    assert listed(library, "cluster-9") == []


def test_the_faces_alone_that_are_nobodys_the_clearest_first(library):
    assert listed(library, "alone") == ["d1", "e1"]
    named(library, ANNA, "Anna", "d1")
    add_names(library, ("e1", ANNA, 0.7, False))
    assert listed(library, "alone") == []


def test_nothing_is_grouped_yet(tmp_path):
    library = people_library(tmp_path, grouped=False)
    assert len(listed(library, "alone")) == len(FACE)
    assert listed(library, "cluster-0") == []
    assert list(units_listed(people_of(library), "groups")) == []


def test_who_was_merged_is_found_by_the_old_id(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(ANNA, (BERTA,)))
    assert listed(library, f"person-{BERTA}") == ["a1", "b1"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "persons",
        "person-",
        f"person-{CARL}",
        "cluster-",
        "cluster--1",
        "cluster-x",
        "cluster-" + "9" * 5000,
        "people",
    ],
)
def test_what_is_no_list_of_faces(library, name):
    with pytest.raises(UsageError):
        faces_listed(people_of(library), name)


@pytest.mark.parametrize("name", ["", "alone", "person-" + ANNA, "x" * 10_000])
def test_what_is_no_list_of_units(library, name):
    with pytest.raises(UsageError, match="no list of people or groups"):
        units_listed(people_of(library), name)
