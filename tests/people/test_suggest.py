"""people.suggest: questions of who is one, who is unknown and which names hold."""

import numpy as np
import pytest

from facecluster.people.pairs import EVEN, pairs_of_one
from facecluster.people.questions import MAX_SHOWN
from facecluster.people.suggest import same_questions, uncertain_questions, who_questions
from facecluster.people.units import units_of

from .asked import NOTHING_ALMOST, almost, faces_of, unit_ids, who_of


def asked(make, faces, who, nearly=NOTHING_ALMOST, limit=10):
    units = units_of(faces, who)
    return make(faces, units, pairs_of_one(faces, units, who, nearly), limit)


def test_of_two_clusters_the_smaller_is_settled():
    faces = faces_of([0] * 5 + [1] * 2 + [2] * 4)
    first, second = asked(same_questions, faces, who_of(faces), almost((5, 0, 0.0), (0, 7, 0.0)))
    assert (unit_ids(first), first.settles, first.probability) == (["0", "2"], 4 * EVEN, EVEN)
    assert (unit_ids(second), second.settles) == (["0", "1"], 2 * EVEN)
    assert first.shown == (("f0", "f1", "f2", "f3", "f4"), ("f7", "f8", "f9", "f10"))
    assert (first.sides, first.same_moment) == ((), False)


def test_of_a_person_and_a_cluster_the_cluster_is_settled_however_large():
    faces = faces_of([0] + [1] * 30, persons=[0] + [None] * 30)
    (one,) = asked(same_questions, faces, who_of(faces, ["Ada"]), almost((0, 1, 0.0)))
    assert (one.settles, [unit.kind for unit in one.units]) == (30 * EVEN, ["person", "cluster"])
    assert len(one.shown[1]) == MAX_SHOWN // 2


def test_only_the_best_are_asked():
    faces = faces_of([0] * 3 + [1] * 2 + [2] * 3)
    (one,) = asked(same_questions, faces, who_of(faces), almost((0, 3, 0.0), (0, 5, 0.0)), limit=1)
    assert unit_ids(one) == ["0", "2"]


def test_one_moment_is_told():
    faces = faces_of([0, 0, 1, 1], seconds=[0, 1, 2, 3])
    assert [one.same_moment for one in asked(same_questions, faces, who_of(faces), almost((0, 2, 0.0)))] == [True]


def test_the_unknown_met_most_come_first():
    clusters = [0] * 4 + [1] * 4 + [2] * 4 + [3] * 5 + [None] + [4]
    photos = [0, 1, 2, 3, *[4, 5, 6, 6], *range(7, 11), *range(11, 16), 16, 17]
    day = 24 * 3600
    seconds = [0, 1, 2, 3, 4, 5, 6, 6, 0, -day, 2 * day, 3, *[0] * 7]
    faces = faces_of(clusters, photos=photos, seconds=seconds)
    found = asked(who_questions, faces, who_of(faces))
    assert [unit_ids(one) for one in found] == [["3"], ["2"], ["0"], ["1"]]
    assert [one.settles for one in found] == [5, 4, 4, 4]
    assert {one.probability for one in found} == {None}
    assert [unit_ids(one) for one in asked(who_questions, faces, who_of(faces), limit=2)] == [["3"], ["2"]]


def test_named_and_ignored_people_are_known_but_nameless_ones_are_not():
    faces = faces_of([0, 0, 1, 1, 2, 2], persons=[0, 0, 1, 1, 2, 2])
    found = asked(who_questions, faces, who_of(faces, ["Ada", None, None], ignored=[2]))
    assert [(one.units[0].kind, one.units[0].id, one.units[0].faces) for one in found] == [("person", "p1", 2)]


def test_whoever_is_probably_known_is_not_asked_about_as_unknown():
    faces = faces_of([0, 0, 0, 1, 1], persons=[0, None, None, None, None])
    assert [unit_ids(one) for one in asked(who_questions, faces, who_of(faces, ["Ada"]))] == [["1"]]


def test_proposed_names_are_asked_by_person_the_likeliest_first():
    clusters = [0, None, None, None, None]
    faces = faces_of(clusters, [0, None, None, None, None], [None, 0, 0, 1, 0], [1, 0.5, 0.75, 0.9, 0.5])
    first, second = asked(uncertain_questions, faces, who_of(faces, ["Ada", "Bo"]))
    assert (unit_ids(first), first.sides, first.shown) == (["p0"], (("f2", "f1", "f4"),), (("f2", "f1", "f4"),))
    assert (first.settles, first.probability) == (pytest.approx(1.75), pytest.approx(1.75 / 3))
    assert (unit_ids(second), second.settles) == (["p1"], pytest.approx(0.9))


def test_only_as_many_proposals_count_as_are_shown():
    faces = faces_of([None] * 40, proposed=[0] * 40, probabilities=[0.5] * 40)
    (one,) = asked(uncertain_questions, faces, who_of(faces, ["Ada"]))
    assert (len(one.sides[0]), len(one.shown[0]), one.settles) == (40, MAX_SHOWN, MAX_SHOWN / 2)


def test_proposals_of_a_cluster_that_is_asked_about_as_a_whole_are_left_out():
    faces = faces_of([1, 1, None], proposed=[0, 0, 0], probabilities=[0.9, 0.8, 0.6])
    (one,) = asked(uncertain_questions, faces, who_of(faces, ["Ada"]))
    assert one.sides == (("f2",),)


def test_names_of_the_ignored_are_no_question():
    faces = faces_of([None, None], proposed=[0, 1], probabilities=[0.9, 0.9])
    (one,) = asked(uncertain_questions, faces, who_of(faces, ["Somebody", "Bo"], ignored=[0]))
    assert unit_ids(one) == ["p1"]


@pytest.mark.parametrize("make", [same_questions, who_questions, uncertain_questions])
def test_nothing_is_asked_of_no_faces(make):
    assert asked(make, faces_of([]), who_of(faces_of([]))) == []


@pytest.mark.parametrize("make", [same_questions, who_questions, uncertain_questions])
def test_no_question_settles_more_than_there_is_and_none_shows_too_much(make):
    rng = np.random.default_rng(3)
    clusters = rng.integers(0, 9, 200).tolist()
    persons = [place if place < 4 else None for place in rng.integers(0, 12, 200).tolist()]
    proposed = [
        None if person is not None else place
        for person, place in zip(persons, rng.integers(0, 4, 200).tolist(), strict=True)
    ]
    faces = faces_of(clusters, persons, proposed, rng.random(200).tolist())
    nearly = almost(*((int(a), int(b), -0.1) for a, b in rng.integers(0, 200, (30, 2))))
    found = asked(make, faces, who_of(faces, ["A", "B", None, "D"]), nearly)
    assert found
    for one in found:
        assert 0 < one.settles <= sum(unit.faces for unit in one.units) + sum(map(len, one.sides))
        assert 0 < sum(map(len, one.shown)) <= MAX_SHOWN
