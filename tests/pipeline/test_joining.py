import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Different, Merge, Name, NotAFace, Reject
from facecluster.pipeline import joining
from facecluster.pipeline.joining import differ, merge
from facecluster.pipeline.people import people_of
from tests.pipeline.people_library import ANNA, BERTA, CARL, CLUSTER, FACE, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def ids(*names):
    return tuple(sorted(FACE[name] for name in names))


def test_two_clusters_become_a_person_without_a_name(library):
    both = tuple(sorted(CLUSTER[0] + CLUSTER[2]))
    assert merge(people_of(library), ["0", "2"], CARL) == (Name(CARL, both),)


def test_clusters_and_faces_join_the_person(library):
    named(library, ANNA, "Anna", "a1")
    told(library, NotAFace((FACE["b1"],)), Reject(ANNA, (FACE["b2"],)))
    people = people_of(library)
    assert merge(people, ["1", "Anna", FACE["d1"]], CARL) == (Name(ANNA, ids("b3", "d1")),)


def test_a_cluster_stands_for_the_person_who_is_in_it(library):
    named(library, ANNA, "Anna", "a1")
    assert merge(people_of(library), ["0", "2"], CARL) == (Name(ANNA, ids("a2", "a3", "c1", "c2")),)
    told(library, Name(CARL, (FACE["c1"],)))
    assert merge(people_of(library), ["anna", "2"], "f" * 12) == (Merge(ANNA, (CARL,)), Name(ANNA, ids("c2")))


def test_people_are_merged_into_the_first(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    assert merge(people_of(library), ["Berta", "Anna"], CARL) == (Merge(BERTA, (ANNA,)),)


def test_two_people_with_names_are_merged_by_their_names_alone(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    with pytest.raises(UsageError, match=f"said to be Anna .{ANNA}. and Berta .{BERTA}.. Say whom you mean"):
        merge(people_of(library), ["0", "1"], CARL)
    assert merge(people_of(library), ["Anna", "1"], CARL) == (Name(ANNA, ids("b2", "b3")),), "b1 stays Berta's"
    assert merge(people_of(library), ["Anna", "1", "Berta"], CARL)[0] == Merge(ANNA, (BERTA,))


def test_what_is_one_already_is_not_merged(library):
    named(library, ANNA, "Anna", "a1", "a2", "a3")
    for words in (["Anna", "anna"], ["Anna", "0"], ["0", "0"], ["Anna", ANNA]):
        with pytest.raises(UsageError, match="nothing to make one of"):
            merge(people_of(library), words, CARL)


def test_two_words_for_the_same_faces_are_not_two(library):
    for other in ("0", "00"):
        with pytest.raises(UsageError, match="nothing to make one of"):
            merge(people_of(library), ["0", other], CARL)
    with pytest.raises(UsageError, match="faces in common"):
        differ(people_of(library), "0", FACE["a1"])


def test_two_clusters_are_kept_apart_by_their_best_faces(library, monkeypatch):
    assert differ(people_of(library), "0", "2") == (Different(CLUSTER[0], CLUSTER[2]),)
    monkeypatch.setattr(joining, "MAX_PROOFS", 2)
    assert differ(people_of(library), "0", "1") == (Different(ids("a1", "a2"), ids("b1", "b2")),)
    faces = f"{FACE['a1']},{FACE['a2']}"
    assert differ(people_of(library), faces, FACE["b3"]) == (Different(ids("a1", "a2"), ids("b3")),)


def test_a_cluster_that_is_not_the_person_is_rejected_whole(library):
    named(library, ANNA, "Anna", "a1", "b1")
    rejected = (Reject(ANNA, ids("b2", "b3")),)
    assert differ(people_of(library), "Anna", "1") == differ(people_of(library), "1", "Anna") == rejected
    told(library, *rejected)
    with pytest.raises(UsageError, match="nothing to say of cluster 1 and Anna"):
        differ(people_of(library), "Anna", "1")


def test_two_people_are_kept_apart(library):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    assert differ(people_of(library), "Anna", "Berta") == (Different(ids("a1", "a2"), ids("b1")),)
    with pytest.raises(UsageError, match="faces in common"):
        differ(people_of(library), "Anna", ANNA)
