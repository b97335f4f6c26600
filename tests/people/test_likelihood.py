import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from facecluster.people.gallery import gallery_of
from facecluster.people.likelihood import (
    MAX_LIKENESS,
    MAX_MATES,
    MIN_LIBRARY,
    MIN_LIKENESS,
    Measures,
    log_odds,
    measure,
    probabilities,
)
from facecluster.people.shortlist import LEAST_LIKENESS, FacePersons
from tests.people.made_up_album import Album

A, B = 0, 1


def measured(album, pairs, n_people=2, rejected=(), counted=None):
    faces = album.faces()
    counted = np.ones(len(faces.clusters), np.bool_) if counted is None else counted
    gallery = gallery_of(faces, album.said(n_people, rejected=rejected), counted)
    rows, persons = np.array(pairs).T
    pairs = FacePersons(rows.astype(np.int64), persons.astype(np.int32))
    return measure(faces.vectors, faces.clusters, gallery, counted, pairs, album.likeness)


def likeness(album, cosine):
    return np.clip(album.likeness.of(cosine), MIN_LIKENESS, MAX_LIKENESS)


def test_likeness_is_to_the_named_faces_and_to_the_mean_of_the_cluster_without_the_face():
    album = Album(seed=3)
    ann = album.person()
    album.add(ann, 2, cluster=0, said=A)
    (row,) = album.add(ann, cluster=0)
    album.add(ann, 3, cluster=0)
    found = measured(album, [(row, A)])
    vectors = album.faces().vectors.astype(np.float64)
    cosines = np.delete(vectors @ vectors[row], row)
    assert found.own[0] == pytest.approx(likeness(album, cosines[:2].max()), abs=1e-5)
    assert found.home[0] == pytest.approx(likeness(album, cosines.mean()), abs=1e-5)
    assert found.voted.tolist() == [True]
    assert found.votes.tolist() == [1]
    assert not found.has_mates[0]
    assert found.rival[0] == LEAST_LIKENESS


def test_the_other_faces_of_a_cluster_without_a_name_are_held_against_the_named_ones():
    album = Album(seed=4)
    ann = album.person()
    album.add(ann, 2, cluster=0, said=A)
    row, *others = album.add(ann, 4, cluster=1)
    (alone,) = album.add(ann)
    found = measured(album, [(row, A), (alone, A)])
    vectors = album.faces().vectors.astype(np.float64)
    assert found.mates[0] == pytest.approx(
        min(likeness(album, (vectors[others] @ vectors[:2].T).mean()), MAX_MATES), abs=1e-5
    )
    assert found.has_mates.tolist() == [True, False]
    assert found.mates[1] == 0
    assert found.voted.tolist() == [False, False]
    assert found.votes.tolist() == [0, 0]


def test_a_face_that_does_not_count_is_held_against_all_of_the_cluster_it_would_join():
    album = Album(seed=5)
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    (row,) = album.add(ann, cluster=0)
    found = measured(album, [(row, A)], counted=np.array([True, False]))
    vectors = album.faces().vectors.astype(np.float64)
    assert found.home[0] == pytest.approx(likeness(album, vectors[0] @ vectors[1]), abs=1e-5)


def test_votes_against_are_those_for_others_and_rejections():
    album = Album()
    ann = album.person()
    album.add(ann, 3, cluster=0, said=A)
    album.add(ann, 1, cluster=0, said=B)
    row, refused = album.add(ann, 2, cluster=0)
    plain = measured(album, [(row, A), (row, B)])
    assert plain.votes.tolist() == pytest.approx([3 / 4, 1 / 4])
    assert measured(album, [(row, A)], rejected=[(refused, A)]).votes[0] == 3 / 5


def test_the_rival_is_the_most_alike_of_the_others():
    album = Album(noise=0.4)
    ann = album.person()
    album.add(ann, said=A)
    album.add(album.person(like=ann, cosine=0.8), said=B)
    album.add(album.person(like=ann, cosine=0.7), said=2)
    (row,) = album.add(ann)
    found = measured(album, [(row, A), (row, B), (row, 2)], n_people=3)
    assert found.home[A] > found.home[B] > LEAST_LIKENESS
    assert found.rival.tolist() == [found.home[B], found.home[A], found.home[A]]


def test_one_look_in_common_is_enough():
    album = Album(noise=0.3)
    young = album.person()
    album.add(album.person(), 4, said=A)
    album.add(young, 2, said=A)
    (row,) = album.add(young)
    found = measured(album, [(row, A)])
    assert found.own[0] > 0.9
    assert found.home[0] > 0.9


MEASURES = ("own", "home", "mates", "votes", "rival")


@given(
    st.sampled_from([(name, voted) for name in MEASURES for voted in (True, False)]),
    st.floats(0, 1),
    st.floats(0.01, 0.3),
    st.integers(1, 10**7),
)
def test_more_likeness_never_speaks_against_a_person_and_a_rival_never_for(which, value, more, n_faces):
    name, voted = which

    def odds(value):
        columns = {one: np.full(1, 0.5) for one in MEASURES} | {name: np.full(1, value)}
        return float(
            log_odds(Measures(**columns, has_mates=np.full(1, not voted), voted=np.full(1, voted)), n_faces)[0]
        )

    change = odds(value + more) - odds(value)
    assert change <= 0 if name == "rival" else change >= 0


def test_of_people_who_are_equally_like_the_one_named_in_the_cluster_is_the_likelier():
    own, home, rival = (np.full(2, MAX_LIKENESS) for _ in range(3))
    voted = np.array([True, False])
    found = Measures(own, home, np.where(voted, 0, MAX_MATES), ~voted, voted, np.where(voted, 1.0, 0), rival)
    here, elsewhere = log_odds(found, 100)
    assert here > elsewhere


def test_strangers_are_more_in_a_large_library():
    found = Measures(*(np.full(1, 0.5) for _ in range(3)), np.full(1, True), np.full(1, False), *np.full((2, 1), 0.5))
    assert log_odds(found, 0) == log_odds(found, MIN_LIBRARY) > log_odds(found, 1000) > log_odds(found, 10**6)


@given(arrays(np.float64, 7, elements=st.floats(-800, 800)))
def test_probabilities_of_a_face_leave_room_for_nobody(odds):
    faces = np.array([0, 0, 0, 4, 5, 5, 9])
    found = probabilities(faces, odds)
    for face in (0, 4, 5, 9):
        ours = np.append(odds[faces == face], 0)
        expected = [1 / np.exp(np.clip(ours - one, -700, 700)).sum() for one in ours[:-1]]
        np.testing.assert_allclose(found[faces == face], expected, atol=1e-9)


def test_no_pairs_have_no_probabilities():
    assert probabilities(np.empty(0, np.int64), np.empty(0)).shape == (0,)
