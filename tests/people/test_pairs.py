"""people.pairs: which two units may be one person."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.pairs import EVEN, FALL, MOMENT_ODDS, MOMENT_SECONDS, SHARED_CLUSTER, pairs_of_one
from facecluster.people.units import UNDATED, units_of

from .asked import NOTHING_ALMOST, almost, faces_of, who_of


def pairs(faces, who, nearly=NOTHING_ALMOST):
    """By the words of a question: {(id, id): probability}, and those of one moment."""
    units = units_of(faces, who)
    found = pairs_of_one(faces, units, who, nearly)
    both = [
        (units.told(one).id, units.told(other).id) for one, other in np.stack([found.ones, found.others], 1).tolist()
    ]
    assert len(set(both)) == len(both)
    moments = {names for names, moment in zip(both, found.moments, strict=True) if moment}
    return dict(zip(both, found.probabilities.tolist(), strict=True)), moments


def test_nothing_is_known_of_nobody():
    assert pairs(faces_of([]), who_of(faces_of([]))) == ({}, set())


def test_what_a_run_almost_joined_is_the_likelier_the_less_it_lacks():
    faces = faces_of([0, 0, 1, 1, None])
    found, _ = pairs(faces, who_of(faces), almost((0, 2, 0.0), (3, 4, -0.25)))
    assert found == {("0", "1"): EVEN, ("1", "f4"): pytest.approx(EVEN * np.exp(-FALL / 4))}


def test_a_suggestion_speaks_of_the_unit_that_most_of_its_cluster_is_in():
    faces = faces_of([0, 0, 0, 1, 1], persons=[1, 0, 0, None, None])  # the first face was taken out since
    found, _ = pairs(faces, who_of(faces, ["Ada", "Bo"]), almost((0, 3, 0.0)))
    assert found == {("p0", "1"): EVEN}


def test_two_people_may_be_one():
    faces = faces_of([0, 0, 1, 1], persons=[0, 0, 1, 1])
    found, _ = pairs(faces, who_of(faces, ["Ada", "Ada Lovelace"]), almost((0, 2, 0.0)))
    assert found == {("p0", "p1"): EVEN}


def test_what_somebody_said_is_one_is_no_question():
    faces = faces_of([0, 0, 1, 1], persons=[0, 0, 0, 0])
    assert pairs(faces, who_of(faces, [None]), almost((0, 2, 0.0)))[0] == {}


def test_ignored_people_and_what_is_no_face_are_no_question():
    faces = faces_of([0, 0, 1, 1, 2], persons=[0, 0, None, None, None])
    who = who_of(faces, ["Somebody"], ignored=[0], not_faces=[4])
    assert pairs(faces, who, almost((0, 2, 0.0), (2, 4, 0.0)))[0] == {}


def test_a_cluster_whose_faces_are_mostly_proposed_to_be_a_person_is_asked_about_as_a_whole():
    faces = faces_of([0, 1, 1, 1, None], [0, None, None, None, None], [None, 0, 0, None, 0], [1, 0.9, 0.8, None, 0.9])
    found, _ = pairs(faces, who_of(faces, ["Ada"]))
    assert found == {("p0", "1"): pytest.approx(1.7 / 3)}
    fewer = faces._replace(probabilities=np.array([1, 0.7, 0.7, np.nan, 0.9], np.float32))
    assert pairs(fewer, who_of(fewer, ["Ada"]))[0] == {}


def test_the_rest_of_a_cluster_is_probably_its_one_known_person():
    faces = faces_of([0, 0, 0, 1, 1, 1], persons=[0, None, None, 0, 1, None])
    found, _ = pairs(faces, who_of(faces, ["Ada", "Bo"]))
    assert found == {("p0", "0"): pytest.approx(SHARED_CLUSTER)}


def test_proposals_overrule_the_company_of_a_known_face():
    faces = faces_of([0, 0, 0], [0, None, None], [None, 0, None], [1, 0.6, None])
    assert pairs(faces, who_of(faces, ["Ada"]))[0] == {}


def test_names_overrule_the_evidence_of_the_run():
    faces = faces_of([0, 1, 1], [0, None, None], [None, 0, 0], [1, 0.9, 0.9])
    found, _ = pairs(faces, who_of(faces, ["Ada"]), almost((0, 1, -0.5)))
    assert found == {("p0", "1"): pytest.approx(0.9)}


@pytest.mark.parametrize("said", [(0, 3), (3, 0), (1, 2)])
def test_two_that_somebody_told_apart_are_not_asked_about_again(said):
    faces = faces_of([0, 0, 1, 1])
    assert pairs(faces, who_of(faces, different=[said]), almost((0, 2, 0.0)))[0] == {}
    elsewhere = faces_of([0, 0, 1, 1, 2, 2])
    assert pairs(elsewhere, who_of(elsewhere, different=[(0, 4)]), almost((0, 2, 0.0)))[0] == {("0", "1"): EVEN}


def test_a_person_from_whom_a_face_of_the_other_was_taken_is_another():
    faces = faces_of([0, 0, 1, 1], persons=[0, 0, 1, 1])
    for rejected in ([(3, 0)], [(0, 1)]):
        assert pairs(faces, who_of(faces, ["Ada", "Bo"], rejected=rejected), almost((0, 2, 0.0)))[0] == {}


def test_a_cluster_is_refused_once_half_of_it_is():
    faces = faces_of([0, 1, 1, 1, 1], persons=[0, None, None, None, None])
    nearly = almost((0, 1, 0.0))
    one, two = [(1, 0)], [(1, 0), (4, 0)]
    assert pairs(faces, who_of(faces, ["Ada"], rejected=one), nearly)[0] == {("p0", "1"): EVEN}
    assert pairs(faces, who_of(faces, ["Ada"], rejected=two), nearly)[0] == {}


@pytest.mark.parametrize(("apart", "near"), [(0, True), (MOMENT_SECONDS, True), (MOMENT_SECONDS + 1, False)])
def test_two_of_one_moment_are_likelier_one(apart, near):
    faces = faces_of([0, 0, 1, 1], seconds=[5000, -90_000, 5000 - apart, None])
    found, moments = pairs(faces, who_of(faces), almost((0, 2, -0.25)))
    before = EVEN * np.exp(-FALL / 4)
    odds = before / (1 - before) * (MOMENT_ODDS if near else 1)
    assert found == {("0", "1"): pytest.approx(odds / (1 + odds))}
    assert moments == ({("0", "1")} if near else set())


def test_two_who_were_on_one_photo_are_not_likelier_one():
    faces = faces_of([0, 0, 1, 1], seconds=[5000, 9000, 5000, 9000], photos=[1, 2, 3, 2])
    assert pairs(faces, who_of(faces), almost((0, 2, 0.0))) == ({("0", "1"): EVEN}, set())


@given(st.data())
def test_moments_are_those_of_all_pairs_of_faces(data):
    rows = st.tuples(st.integers(0, 3), st.sampled_from([UNDATED, -(10**9), 0, 60, 121, 200, 400]), st.integers(0, 6))
    told = data.draw(st.lists(rows, min_size=2, max_size=12))
    clusters, seconds, photos = zip(*told, strict=True)
    faces = faces_of(list(clusters), seconds=list(seconds), photos=list(photos))
    nearly = almost(*((a, b, -0.1) for a in range(len(told)) for b in range(a)))
    expected = set()
    for one in range(4):
        for other in range(one + 1, 4):
            ours, theirs = ([row for row in told if row[0] == cluster] for cluster in (one, other))
            near = any(UNDATED not in (a[1], b[1]) and abs(a[1] - b[1]) <= MOMENT_SECONDS for a in ours for b in theirs)
            if near and not {a[2] for a in ours} & {b[2] for b in theirs}:
                expected.add((str(one), str(other)))
    assert pairs(faces, who_of(faces), nearly)[1] == expected
