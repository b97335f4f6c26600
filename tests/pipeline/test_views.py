import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import NotAFace
from facecluster.pipeline.people import people_of
from facecluster.pipeline.views import face_records, rows_shown, unnamed_clusters
from tests.pipeline.people_library import ANNA, FACE, SHORT, add_names, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def test_the_faces_of_a_person_by_photo(library):
    named(library, ANNA, "Anna", "a2", "a1")
    add_names(library, ("c1", ANNA, 0.75, False))
    people = people_of(library)
    records = face_records(people, rows_shown(people, "Anna"))
    assert [SHORT[one["face_id"]] for one in records] == ["a1", "a2", "c1"]
    assert records[2] == {
        "face_id": FACE["c1"],
        "photo_path": "p4.jpg",
        "cluster_id": 2,
        "person": ANNA,
        "name": "Anna",
        "provenance": "proposed",
        "probability": 0.75,
        "not_a_face": False,
    }


def test_the_faces_of_a_cluster_and_a_face_alone(library):
    told(library, NotAFace((FACE["d1"],)))
    people = people_of(library)
    assert len(face_records(people, rows_shown(people, "0"))) == 3
    (alone,) = face_records(people, rows_shown(people, FACE["d1"]))
    assert (alone["cluster_id"], alone["person"], alone["name"], alone["provenance"]) == (None, None, None, None)
    assert (alone["probability"], alone["not_a_face"]) == (None, True)
    with pytest.raises(UsageError):
        rows_shown(people, "9")


def test_clusters_that_nobody_has_named_largest_first(library):
    assert unnamed_clusters(people_of(library)) == {0: 3, 1: 3, 2: 2}
    named(library, ANNA, "Anna", "a1", "a2", "c1")
    add_names(library, ("c2", ANNA, 0.9, True))
    told(library, NotAFace((FACE["b1"],)))
    assert list(unnamed_clusters(people_of(library)).items()) == [(1, 2), (0, 1)]
