"""people.wrong: faces of a person that look wrong."""

import numpy as np
import pytest

from facecluster.people import wrong
from facecluster.people.likeness import Likeness, Looks
from facecluster.people.questions import MAX_SHOWN
from facecluster.people.units import units_of
from facecluster.people.wrong import SLIP, references, suspect_faces, wrong_questions
from tests.clusters.people import PRIOR, people_faces

from .asked import faces_of, unit_ids, who_of

LIKENESS = Likeness(PRIOR.impostor_median, PRIOR.genuine_median)


def asked(faces, who, vectors, limit=10):
    units = units_of(faces, who)
    suspects = suspect_faces(faces, units, LIKENESS)
    looks = Looks(np.arange(len(vectors)), vectors)
    return wrong_questions(faces, units, who, suspects, looks, LIKENESS, limit)


def album(sizes, slips, clusters=None, **said):
    """People by their faces, each in a cluster of its own; `slips` are rows with the person that they were given."""
    vectors, people = people_faces(sizes)
    persons = people.tolist()
    for row, person in slips.items():
        persons[row] = person
    faces = faces_of(people.tolist() if clusters is None else clusters, persons)
    return faces, who_of(faces, [f"N{person}" for person in range(len(sizes))], **said), vectors


def test_a_face_in_another_persons_cluster_and_like_that_person_is_wrong():
    faces, who, vectors = album((6, 6, 6), {1: 2})
    (one,) = asked(faces, who, vectors)
    assert (unit_ids(one), one.sides, one.shown) == (["p2"], (("f1",),), (("f1",),))
    assert one.settles == one.probability > 0.95


def test_right_faces_are_not_asked_about():
    faces, who, vectors = album((6, 6), {})
    assert asked(faces, who, vectors) == []
    outside, who, vectors = album((6, 6), {}, clusters=[None] * 3 + [0] * 3 + [1] * 6)  # alone, but like the others
    assert asked(outside, who, vectors) == []


def test_a_face_that_is_like_nobody_is_in_doubt():
    vectors, _ = people_faces((8, 1))
    faces = faces_of([0] * 8 + [None], [0] * 9)
    (one,) = asked(faces, who_of(faces, ["Ada"]), vectors)
    assert one.sides == (("f8",),)
    assert 0.3 < one.probability < 0.95


def test_within_a_cluster_a_weak_face_deserves_a_look_and_one_near_a_rival():
    faces = faces_of(
        [0] * 4 + [1] * 2,
        [0] * 4 + [None] * 2,
        strengths=[0.8, 0.2, 0.6, 0.6, 0.8, 0.8],
        rivals=[1, None, 1, 1, 0, 0],
        rival_cosines=[0.7, None, 0.65, 0.1, 0.9, 0.9],
    )
    found = suspect_faces(faces, units_of(faces, who_of(faces, ["Ada"])), LIKENESS)
    assert found.rows.tolist() == [1, 2]
    assert found.rivals.tolist() == [[-1, -1], [-1, 2]]


def test_a_rival_within_the_cluster_counts():
    vectors, _ = people_faces((6, 6))
    faces = faces_of([0] * 6 + [1] * 6, [0] * 5 + [1] + [1] * 6, strengths=[0.8] * 5 + [0.1] + [0.8] * 6)
    (one,) = asked(faces, who_of(faces, ["Ada", "Bo"]), vectors)
    assert (unit_ids(one), one.sides) == (["p1"], (("f5",),))


def test_confirmed_faces_come_last_and_the_oldest_of_them_last_of_all():
    slips = {0: 4, 5: 4, 10: 4, 15: 4}  # one of each other person
    decided = np.zeros(40)
    decided[[0, 5, 10, 15]] = [5, 7, 6, 1]
    faces, who, vectors = album((5, 5, 5, 5, 20), slips, confirmed=[0, 5, 15], decided=decided)
    (one,) = asked(faces, who, vectors)
    assert one.sides == (("f10", "f5", "f0", "f15"),)
    assert one.settles < 1 + 3 * SLIP


def test_people_with_more_wrong_faces_come_first():
    faces, who, vectors = album((8, 8, 8), {0: 2, 1: 2, 2: 1})
    first, second = asked(faces, who, vectors)
    assert (unit_ids(first), sorted(first.sides[0]), unit_ids(second)) == (["p2"], ["f0", "f1"], ["p1"])
    assert [unit_ids(one) for one in asked(faces, who, vectors, limit=1)] == [["p2"]]


def test_only_what_is_shown_counts(monkeypatch):
    monkeypatch.setattr(wrong, "MAX_SHOWN", 2)
    faces, who, vectors = album((20, 30), dict.fromkeys(range(5), 1))
    (one,) = asked(faces, who, vectors)
    assert (len(one.sides[0]), len(one.shown[0])) == (5, 2)
    assert one.settles <= 2 < MAX_SHOWN


def test_a_face_without_company_cannot_be_wrong():
    vectors, _ = people_faces((1, 3))
    faces = faces_of([None, 0, 0, 0], [0, None, None, None])
    assert asked(faces, who_of(faces, ["Ada"]), vectors) == []
    assert asked(faces_of([]), who_of(faces_of([])), vectors[:0]) == []


def test_faces_are_held_against_few_of_a_large_person():
    faces = faces_of([0] * 500, [0] * 500, strengths=[0.1] * 500)
    units = units_of(faces, who_of(faces, ["Ada"]))
    against = references(suspect_faces(faces, units, LIKENESS), units)
    assert {unit: len(rows) for unit, rows in against.items()} == {0: wrong.REFERENCES + 1}


@pytest.mark.parametrize("limit", [3, 500])
def test_the_most_doubtful_faces_are_looked_at(monkeypatch, limit):
    monkeypatch.setattr(wrong, "MAX_SUSPECTS", limit)
    strengths = np.linspace(0, 0.9, 50)
    faces = faces_of([0] * 50, [0] * 50, strengths=strengths.tolist())
    found = suspect_faces(faces, units_of(faces, who_of(faces, ["Ada"])), LIKENESS)
    doubtful = np.flatnonzero(strengths < LIKENESS.cosine(0.6))
    assert found.rows.tolist() == doubtful[:limit].tolist()
