"""people.mixed: units that may hold two people."""

import numpy as np
import pytest

from facecluster.people import mixed
from facecluster.people.likeness import Likeness, Looks
from facecluster.people.mixed import mixed_questions, suspects_of_mixture
from facecluster.people.questions import MAX_SHOWN
from facecluster.people.units import units_of
from tests.clusters.people import PRIOR, people_faces

from .asked import faces_of, unit_ids, who_of

LIKENESS = Likeness(PRIOR.impostor_median, PRIOR.genuine_median)


def asked(faces, who, vectors, limit=10):
    """All vectors are at hand."""
    units = units_of(faces, who)
    suspects = suspects_of_mixture(faces, units, who, LIKENESS)
    looks = Looks(np.arange(len(vectors)), vectors)
    return mixed_questions(faces, units, suspects, looks, LIKENESS, limit)


def strengths_of(vectors, clusters):
    """The cosine of each face to the mean of the others of its cluster."""
    clusters = np.array(clusters)
    sums = np.stack([vectors[clusters == cluster].sum(axis=0) for cluster in clusters]) - vectors
    return (np.einsum("nd,nd->n", vectors, sums) / np.linalg.norm(sums, axis=1)).tolist()


def test_a_cluster_of_two_people_is_asked_about_with_its_sides():
    vectors, _ = people_faces((6, 4, 8))
    clusters = [0] * 10 + [1] * 8
    faces = faces_of(clusters, strengths=strengths_of(vectors, clusters))
    (one,) = asked(faces, who_of(faces), vectors)
    assert unit_ids(one) == ["0"]
    assert sorted(one.sides, key=len) == [("f6", "f7", "f8", "f9"), ("f0", "f1", "f2", "f3", "f4", "f5")]
    assert one.settles == pytest.approx(4 * one.probability)
    assert sum(map(len, one.shown)) <= MAX_SHOWN


def test_what_settles_most_is_asked_first():
    vectors, _ = people_faces((3, 2, 9, 7))
    clusters = [0] * 5 + [1] * 16
    faces = faces_of(clusters, strengths=strengths_of(vectors, clusters))
    assert [unit_ids(one) for one in asked(faces, who_of(faces), vectors)] == [["1"], ["0"]]
    assert [unit_ids(one) for one in asked(faces, who_of(faces), vectors, limit=1)] == [["1"]]


def test_a_person_is_asked_about_until_somebody_looked_at_both_sides():
    vectors, _ = people_faces((6, 4))
    faces = faces_of([0] * 6 + [1] * 4, persons=[0] * 10)  # nothing odd within the clusters, but they are two
    (one,) = asked(faces, who_of(faces, ["Ada"], confirmed=[0]), vectors)
    assert (one.units[0].name, {len(side) for side in one.sides}) == ("Ada", {4, 6})
    assert asked(faces, who_of(faces, ["Ada"], confirmed=[0, 9]), vectors) == []


def test_a_cluster_is_not_asked_about_again_once_somebody_told_faces_of_it_apart():
    vectors, _ = people_faces((6, 4))
    faces = faces_of([0] * 10, strengths=strengths_of(vectors, [0] * 10))
    assert len(asked(faces, who_of(faces, different=[(0, 1)]), vectors)) == 0
    assert len(asked(faces_of([0] * 10, strengths=[0.5] * 10), who_of(faces), vectors)) == 1


@pytest.mark.parametrize(("said", "questions"), [((0, 1), 1), ((0, 9), 0)])
def test_a_cluster_is_not_asked_about_again_once_faces_of_both_sides_were_said_to_be_one(said, questions):
    vectors, _ = people_faces((6, 4))
    persons = [0 if row in said else None for row in range(10)]
    faces = faces_of([0] * 10, persons, strengths=strengths_of(vectors, [0] * 10))
    assert len(asked(faces, who_of(faces, [None]), vectors)) == questions
    by_machine = who_of(faces._replace(persons=np.full(10, -1)), [None])  # a name that spread is nobody's word
    assert len(asked(faces, by_machine, vectors)) == 1


def test_two_faces_alone_are_not_cut():
    vectors, _ = people_faces((1, 1))
    faces = faces_of([0, 0], strengths=[0, 0])
    assert asked(faces, who_of(faces), vectors) == []
    assert asked(faces_of([]), who_of(faces_of([])), vectors[:0]) == []


def test_what_is_left_of_a_cluster_with_two_people_is_dealt_to_them():
    vectors, _ = people_faces((5, 6))
    persons = [1, None, None, None, None, 0, 0, None, None, None, None]
    faces = faces_of([0] * 11, persons)
    (one,) = asked(faces, who_of(faces, ["Ada", "Bo"]), vectors)
    assert unit_ids(one) == ["0", "p0", "p1"]
    assert one.sides == (("f7", "f8", "f9", "f10"), ("f1", "f2", "f3", "f4"))
    assert one.settles == pytest.approx(8 * one.probability)


def test_one_wrong_name_does_not_make_a_cluster_two_people():
    vectors, _ = people_faces((9,))
    faces = faces_of([0] * 9, [0, 0, 1, *[None] * 6])
    assert asked(faces, who_of(faces, ["Ada", "Bo"]), vectors) == []


def test_faces_with_a_proposed_name_are_not_dealt():
    vectors, _ = people_faces((2, 2))
    faces = faces_of([0] * 4, [0, None, 1, None], [None, 0, None, 1], [1, 0.6, 1, 0.6])
    assert asked(faces, who_of(faces, ["Ada", "Bo"]), vectors) == []


def test_no_more_faces_are_looked_at_than_can_be(monkeypatch):
    monkeypatch.setattr(mixed, "MAX_FACES", 4)
    monkeypatch.setattr(mixed, "ALL_FACES", 8)
    faces = faces_of([0] * 6 + [1] * 5 + [2] * 3, strengths=[0.2] * 6 + [0.1] * 5 + [0.3] * 3)
    suspects = suspects_of_mixture(faces, units_of(faces, who_of(faces)), who_of(faces), LIKENESS)
    assert [(one.unit, one.rows.tolist()) for one in suspects] == [(0, [0, 1, 3, 4]), (1, [6, 7, 8, 9])]
