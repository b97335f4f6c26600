import numpy as np
import pytest

from facecluster.people.statements import Confirm, Ignore, Merge, Name, NotAFace, Reject, Rename, Split, Undo, Unignore
from facecluster.web.review.deciding.marks import marks_of_clusters, marks_of_faces, marks_of_people
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, add_names, named, people_library, told
from tests.web.review.lists_shown import Opened


@pytest.fixture
def opened(tmp_path):
    return Opened(people_library(tmp_path))


def faces_marked(then, now):
    marks = marks_of_faces(then.people, now.people, np.arange(len(then.people.faces)))
    return {SHORT[then.people.faces["face_id"].iloc[row]]: mark for row, mark in marks.items()}


def faces(*names):
    return tuple(FACE[name] for name in names)


def test_nothing_has_changed_since_this_very_moment(opened):
    named(opened.library, ANNA, "Anna", "a1")
    now = opened.now
    assert faces_marked(now, now) == {}
    assert marks_of_people(now.people, now.people, [ANNA]) == {}
    assert marks_of_clusters(now.people, now.people, [0, 1, 2]) == {}


CHANGES = [
    (Name(BERTA, faces("a1", "b1"), "Berta"), {"a1": "Berta", "b1": "Berta"}),
    (Name(CARL, faces("b1")), {"b1": "one person"}),
    (Confirm(ANNA, faces("a2", "a3", "d1")), {"a2": "confirmed", "a3": "confirmed", "d1": "confirmed"}),
    (Reject(ANNA, faces("a1", "a2", "b1")), {"a1": "not Anna", "a2": "not Anna"}),
    (Split(ANNA, CARL, faces("a1"), "Carl"), {"a1": "Carl"}),
    (NotAFace(faces("a1", "c1")), {"a1": "not a face", "c1": "not a face"}),
    (Ignore(CARL, faces("c1")), {"c1": "ignored"}),
    (Ignore(ANNA), dict.fromkeys(("a1", "a2", "a3", "d1"), "ignored")),
    (Rename(ANNA, "Anne"), {}),
    (Undo("{first}"), {"a1": "not Anna"}),
]


@pytest.mark.parametrize(("said", "marks"), CHANGES)
def test_what_became_of_faces(opened, said, marks):
    """Of Anna's faces one is decided, two are automatic and one is proposed."""
    first = named(opened.library, ANNA, "Anna", "a1")
    add_names(opened.library, ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.98, True), ("d1", ANNA, 0.7, False))
    then = opened.now
    told(opened.library, Undo(first.id) if isinstance(said, Undo) else said)
    found = faces_marked(then, opened.now)
    if isinstance(said, Undo):  # nobody is called so any more, and what the machine took for Anna is nobody's
        marks = dict.fromkeys(("a1", "a2", "a3", "d1"), "not Anna")
    assert found == marks


def test_a_face_that_is_one_again(opened):
    said = told(opened.library, NotAFace(faces("a1")))
    then = opened.now
    told(opened.library, Undo(said.id))
    assert faces_marked(then, opened.now) == {"a1": "no name"}


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        (Merge(BERTA, (ANNA,)), "one with Berta"),
        (Merge(ANNA, (BERTA,)), None),
        (Rename(ANNA, "Anne"), "now Anne"),
        (Ignore(ANNA), "ignored"),
        (Name(ANNA, faces("a2")), None),
    ],
)
def test_what_became_of_a_person(opened, said, mark):
    named(opened.library, ANNA, "Anna", "a1")
    named(opened.library, BERTA, "Berta", "b1")
    then = opened.now
    told(opened.library, said)
    assert marks_of_people(then.people, opened.now.people, [ANNA]) == ({ANNA: mark} if mark else {})


def test_a_person_whose_naming_is_undone_and_one_who_is_back(opened):
    first = named(opened.library, ANNA, "Anna", "a1")
    told(opened.library, Ignore(BERTA, faces("b1")))
    then = opened.now
    told(opened.library, Undo(first.id), Unignore(BERTA))
    assert marks_of_people(then.people, opened.now.people, [ANNA, BERTA]) == {ANNA: "undone", BERTA: "back again"}


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        (Name(ANNA, faces("a1", "a2", "a3"), "Anna"), "Anna"),
        (Name(ANNA, faces("a1", "a2"), "Anna"), "1 left"),
        (Ignore(CARL, faces("a1", "a2", "a3")), "ignored"),
        (NotAFace(faces("a1", "a2", "a3")), "not a face"),
        (Name(ANNA, faces("b1"), "Anna"), None),
    ],
)
def test_what_became_of_a_group(opened, said, mark):
    then = opened.now
    told(opened.library, said)
    assert marks_of_clusters(then.people, opened.now.people, [0]) == ({0: mark} if mark else {})


def test_a_group_is_called_by_whom_most_of_it_went_to(opened):
    then = opened.now
    named(opened.library, ANNA, "Anna", "a1", "a2")
    named(opened.library, BERTA, "Berta", "a3", "b1", "b2", "b3")
    assert marks_of_clusters(then.people, opened.now.people, [0, 1, 2]) == {0: "Anna", 1: "Berta"}
