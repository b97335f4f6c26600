import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Merge, Name
from facecluster.pipeline.people import people_of
from facecluster.pipeline.targets import (
    MAX_QUOTED,
    called,
    clusters_of_faces,
    is_target,
    meant,
    people_called,
    person_meant,
    place_of,
    places_by_id,
    quoted,
    rows_of_ids,
    target_meant,
)
from facecluster.pipeline.targets import told as told_again
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def faces_at(people, rows):
    return {SHORT[face] for face in people.faces["face_id"].iloc[rows]}


@pytest.mark.parametrize(
    ("word", "faces"),
    [
        ("0", {"a1", "a2", "a3"}),
        ("002", {"c1", "c2"}),
        (FACE["d1"], {"d1"}),
        (f"{FACE['d1']},{FACE['a1']}", {"a1", "d1"}),
    ],
)
def test_targets(library, word, faces):
    people = people_of(library)
    assert is_target(word, people)
    assert faces_at(people, target_meant(word, people).rows) == faces
    assert target_meant(word, people).chosen == (len(word) > 3)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("7", 'Run 1 has no cluster "7"'),
        ("9" * 5000, r"has no cluster \"9{60}\.\.\.\" \(5,000 characters\)"),
        ("٣", "Expected the number of a cluster or the id of a face"),
        ("-1", "Expected the number of a cluster"),
        ("Anna", 'the id of a face, found "Anna"'),
        ("0" * 20 + "-1-2-3-4", "No photo that is there now has the face 0{20}-1-2-3-4"),
        (f"{FACE['d1']},", "Expected the number of a cluster"),
        ("", 'found ""'),
    ],
)
def test_what_is_no_target(library, word, sentence):
    with pytest.raises(UsageError, match=sentence):
        target_meant(word, people_of(library))


def test_there_are_no_clusters_before_the_first_run(tmp_path):
    with pytest.raises(UsageError, match="not grouped yet.*`facecluster cluster`"):
        target_meant("0", people_of(people_library(tmp_path, grouped=False)))


def test_a_person_is_its_name_its_id_or_the_beginning_of_it(library):
    named(library, ANNA, "Anna  María", "a1")
    named(library, CARL, "Carl", "c1")
    people = people_of(library)
    for word in ("Anna María", " anna maría", "\uff21nna María", ANNA, ANNA.upper(), "aaaa"):
        assert person_meant(word, people) == 0, word
    assert person_meant("abba", people) == 1
    assert not is_target("Carl", people)


def test_a_name_goes_before_the_beginning_of_an_id(library):
    named(library, CARL, "Carl", "c1")
    named(library, BERTA, "Abba", "b1")
    assert person_meant("abba", people_of(library)) == 1


def test_what_was_looked_up_is_as_it_is(library):
    named(library, ANNA, "Anna", "a1")
    people = people_of(library)
    group = target_meant("0", people)
    assert meant("0", people).rows.tolist() == group.rows.tolist()
    assert meant(group, people) is target_meant(group, people) is group
    assert meant("Anna", people) == meant(0, people) == person_meant(0, people) == 0
    assert [told_again(one, people) for one in (group, 0, "Anna")] == ["cluster 0", "Anna", '"Anna"']


def test_faces_and_people_are_found_by_their_ids_alone(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(ANNA, (BERTA,)))
    people = people_of(library)
    assert [place_of(id_, people) for id_ in (ANNA, BERTA, CARL, "Anna", "")] == [0, 0, None, None, None]
    assert places_by_id(people) == {ANNA: 0, BERTA: 0}
    rows = rows_of_ids([FACE["b1"], "no face", FACE["a1"]], people)
    assert rows[1] == -1
    assert faces_at(people, rows[[0, 2]]) == {"a1", "b1"}
    assert not len(rows_of_ids([], people))
    assert clusters_of_faces(people)[rows[[0, 2]]].tolist() == [1, 0]
    assert (clusters_of_faces(people) == -1).sum() == 2


def test_who_was_merged_is_meant_by_the_old_id_too(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(ANNA, (BERTA,)))
    people = people_of(library)
    assert person_meant(BERTA, people) == person_meant("Anna", people) == 0
    with pytest.raises(UsageError, match='Nobody is called "Berta"'):
        person_meant("Berta", people)


def test_two_of_one_name_are_told_apart_by_their_ids(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "ANNA", "b1", "b2")
    people = people_of(library)
    assert people_called("anna", people) == [0, 1]
    listed = f"2 people: {BERTA} \\(ANNA, 2 faces\\), {ANNA} \\(Anna, 1 face\\). Give the id"
    with pytest.raises(UsageError, match=listed):
        person_meant("Anna", people)
    assert person_meant(BERTA, people) == 1


def test_ids_that_begin_alike_are_listed(library):
    told(library, Name("abba00000000", (FACE["a1"],)), Name(CARL, (FACE["c1"],)))
    with pytest.raises(UsageError, match=r"\(no name, 1 face\)"):
        person_meant("abba", people_of(library))


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("Ana", 'Nobody is called "Ana". Did you mean "Anna"?'),
        ("", 'Nobody is called ""'),
        ("aaa", 'Nobody is called "aaa"'),
        ("x" * 10_000, r"\(10,000 characters\)"),
        ("../../x", "`facecluster people list`"),
    ],
)
def test_nobody_is_called_so(library, word, sentence):
    named(library, ANNA, "Anna", "a1")
    with pytest.raises(UsageError, match=sentence.replace("?", r"\?")):
        person_meant(word, people_of(library))


def test_people_without_a_name_are_called_by_their_ids(library):
    told(library, Name(CARL, (FACE["c1"],)))
    named(library, ANNA, "Anna", "a1")
    assert [called(place, people_of(library)) for place in (0, 1)] == [f"the person {CARL}", "Anna"]


def test_a_long_word_is_cut():
    assert quoted("a" * MAX_QUOTED) == f'"{"a" * MAX_QUOTED}"'
    assert quoted("a" * (MAX_QUOTED + 1)) == f'"{"a" * MAX_QUOTED}..." (61 characters)'
