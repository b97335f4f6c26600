import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from facecluster.people import precision as module
from facecluster.people.gallery import ALONE
from facecluster.people.precision import CONFIDENCE, FOLDS, SURENESS, Answers, choose_threshold, measure_names
from facecluster.people.propagate import Proposals, propose
from facecluster.people.who import NOBODY
from tests.people.made_up_album import Album

TARGET = 0.995
ENOUGH = math.ceil(math.log(1 - CONFIDENCE) / math.log(TARGET))  # 598


def answers(*groups):
    """Answers in groups of sureness, right ones, wrong ones; half of the faces measured had a known person."""
    sureness = np.concatenate([np.empty(0), *(np.full(right + wrong, at) for at, right, wrong in groups)])
    is_right = [np.arange(right + wrong) < right for _, right, wrong in groups]
    right = np.concatenate([np.empty(0, np.bool_), *is_right])
    return Answers(sureness, right, len(right), 2 * len(right))


def proposals(*sureness):
    n = len(sureness)
    return Proposals(np.arange(n), np.zeros(n, np.int32), np.array(sureness, float), np.array(sureness, float))


def test_the_lowest_threshold_that_enough_answers_bear_out_is_taken():
    found = choose_threshold(proposals(0.9), answers((0.99, 2000, 0), (0.93, 500, 40)), TARGET)
    assert found.by_measure
    assert found.sureness == 0.94
    assert (found.precision, found.named) == (1.0, 2000)
    assert found.bound == pytest.approx(0.05 ** (1 / 2000))
    assert found.coverage == pytest.approx(2000 / (2 * 2540))
    assert choose_threshold(proposals(0.9), answers((0.99, 2000, 0), (0.93, 500, 0)), TARGET).sureness == SURENESS[0]


def test_it_is_the_lower_bound_that_must_reach_the_target_and_not_the_share():
    assert choose_threshold(proposals(), answers((0.9, 1196, 4), (0.999, 2000, 0)), TARGET).sureness == SURENESS[0]
    found = choose_threshold(proposals(), answers((0.9, 996, 4)), TARGET)
    assert found.sureness != SURENESS[0], "996 of 1,000 are more than the target, the bound is less"


def test_with_few_answers_it_is_the_models_word_for_the_faces_to_be_named():
    few = answers((0.95, ENOUGH - 1, 0))
    found = choose_threshold(proposals(*[0.999] * 10, 0.91, 0.93), few, TARGET)
    assert not found.by_measure
    assert found.sureness == 0.94
    assert choose_threshold(proposals(*[0.999] * 100, 0.91, 0.93), few, TARGET).sureness == SURENESS[0]
    assert choose_threshold(proposals(0.95), answers((0.95, ENOUGH, 0)), TARGET).by_measure


def test_few_answers_may_contradict_the_model():
    found = choose_threshold(proposals(*[0.999] * 10), answers((0.9, 20, 3), (0.99, 30, 0)), TARGET)
    assert not found.by_measure
    assert found.sureness == 0.92
    one_wrong = choose_threshold(proposals(*[0.999] * 10), answers((0.9, 50, 1)), TARGET)
    assert one_wrong.sureness == SURENESS[0], "one of 51 happens once in four times"


def test_a_single_answer_stops_nothing():
    assert choose_threshold(proposals(0.999), answers((0.9999, 0, 1)), TARGET).sureness == SURENESS[0]
    assert choose_threshold(proposals(0.999), answers((0.9999, 0, 2)), TARGET).sureness is None


def test_no_name_is_sure_enough_where_many_of_the_surest_are_wrong():
    found = choose_threshold(proposals(0.99999), answers((0.99999, 900, 100)), TARGET)
    assert found.sureness is None
    assert (found.precision, found.bound, found.named) == (None, None, 0)


def test_without_any_answer_there_is_nothing_to_tell():
    found = choose_threshold(proposals(), answers(), TARGET)
    assert (found.sureness, found.by_measure) == (SURENESS[0], False)
    assert (found.precision, found.bound, found.coverage, found.faces) == (None, None, None, 0)


@given(st.integers(1, 5000), st.data())
def test_the_bound_is_that_of_clopper_and_pearson(named, data):
    wrong = data.draw(st.integers(0, min(named, 300)))
    expected = beta.ppf(1 - CONFIDENCE, named - wrong, wrong + 1) if wrong < named else 0
    assert module._lower_bound(wrong, named) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 3000), st.integers(-1, 200), st.floats(0, 1))
def test_at_most_so_many_wrong_is_the_binomial_sum(named, wrong, share):
    assert module._at_most(wrong, named, share) == pytest.approx(binom.cdf(wrong, named, share), abs=1e-9)


def family(named=8, seed=0):
    """Three people with so many named faces each in a cluster of their own, and strangers."""
    album = Album(seed=seed, noise=0.6)
    for said in range(3):
        album.add(album.person(), named, cluster=said, said=said)
    album.add_strangers(10, size=2)
    return album


def measured(album, looked_at=None, n_people=3, rejected=()):
    said = album.said(n_people, rejected=rejected)
    looked_at = said.persons != NOBODY if looked_at is None else looked_at
    return measure_names(album.faces(), said, looked_at, album.likeness)


def test_clear_people_are_found_again_and_not_taken_for_others():
    found = measured(family())
    assert (found.faces, found.findable) == (24, 24)
    assert found.right.all()
    assert np.count_nonzero(found.sureness > 0.9) > 20


def test_only_faces_that_somebody_looked_at_are_measured():
    album = family()
    looked_at = np.zeros(len(album.rows["photos"]), np.bool_)
    assert measured(album, looked_at).faces == 0
    looked_at[[0, 8]] = True
    assert measured(album, looked_at).faces == 2
    looked_at[-1] = True
    assert measured(album, looked_at).faces == 2, "of the last nobody said whom it shows"


def test_the_only_face_of_a_person_is_not_measured():
    album = family()
    (only,) = album.add(album.person(), said=3)
    looked_at = np.zeros(len(album.rows["photos"]), np.bool_)
    looked_at[only] = True
    assert measured(album, looked_at, n_people=4).faces == 0
    assert measured(album, n_people=4).faces == 24


def test_a_sibling_whom_nobody_named_shows_what_can_go_wrong():
    album = Album(noise=0.4)
    ann = album.person()
    album.add(ann, 8, cluster=0, said=0)
    album.add(album.person(like=ann, cosine=0.95), 8, cluster=1, said=1)
    found = measured(album, n_people=2)
    assert found.right.any()
    assert not found.right.all(), "with the one unknown, the other is taken for it"


def test_a_hidden_face_has_nothing_of_the_cluster_that_people_put_it_in():
    album = family()
    (odd,) = album.add(album.person(), cluster=0, said=0)
    looked_at = np.zeros(len(album.rows["photos"]), np.bool_)
    looked_at[odd] = True
    found = measured(album, looked_at)
    assert (found.faces, found.findable) == (1, 1)
    assert not (found.right & (found.sureness > 0.5)).any(), "it is not like the others, and no more is known of it"


def test_a_hidden_face_is_asked_for_as_one_that_came_today(monkeypatch):
    album = family()
    (odd,) = album.add(album.person(), cluster=0, said=0)
    looked_at = np.zeros(len(album.rows["photos"]), np.bool_)
    looked_at[[3, odd]] = True
    asked = []

    def record(faces, said, counted, targets, likeness):
        asked.append((faces, said, counted, targets))
        return propose(faces, said, counted, targets, likeness)

    monkeypatch.setattr(module, "propose", record)
    measured(album, looked_at)
    assert sorted(np.concatenate([targets for *_, targets in asked]).tolist()) == [3, 3, odd, odd]
    given = album.faces()
    for faces, said, counted, targets in asked:
        assert not counted[targets].any()
        assert (said.persons[targets] == NOBODY).all()
        assert faces.clusters[targets].tolist() == [ALONE if row == odd else 0 for row in targets]
        others = np.setdiff1d(np.arange(len(counted)), targets)
        assert counted[others].all()
        np.testing.assert_array_equal(faces.clusters[others], given.clusters[others])


def test_a_name_that_somebody_refused_counts_as_wrong_and_no_other():
    album = Album(noise=0.6)
    ann, ben = album.person(), album.person()
    album.add(ann, 8, cluster=0, said=0)
    album.add(ben, 8, cluster=1, said=1)
    (refused,) = album.add(ann, cluster=0)
    nothing = np.zeros(17, np.bool_)
    assert measured(album, nothing, 2, rejected=[(refused, 0)]).right.tolist() == [False]
    assert measured(album, nothing, 2, rejected=[(refused, 1)]).right.tolist() == []


def test_what_is_no_face_is_not_measured():
    album = family()
    album.rows["not_faces"][0] = True
    assert measured(album).faces == 23


def test_by_a_face_that_says_nothing_of_looks_nobody_can_be_found():
    """As is the case of faces that somebody drew and no detector sees."""
    album = family()
    album.add(album.person(), 1, said=2, no_face=True)
    assert measured(album)[2:] == measured(family())[2:]
    twins = Album(noise=0.5)
    ann = twins.person()
    twins.add(ann, 2, photo=1, said=0)
    twins.add(ann, 1, photo=2, said=0, no_face=True)
    found = measured(twins, n_people=1)
    assert (found.faces, found.findable) == (2, 0), "the two are hidden together"


def test_many_faces_are_measured_by_some(monkeypatch):
    monkeypatch.setattr(module, "MAX_MEASURED", 7)
    assert measured(family()).faces == 6


@pytest.mark.parametrize("named", [0, 1, 2])
def test_where_hardly_anything_is_known_hardly_anything_is_measured(named):
    album = Album(noise=0.5)
    album.add_strangers(3)
    album.add(album.person(), named, said=0)
    found = measured(album, n_people=1)
    assert (found.faces, found.findable) == ((2, 2) if named == 2 else (0, 0))
    assert found.right.all()


def test_faces_of_a_photo_are_hidden_together():
    photos = np.array([3, 3, 5, 9, 9, 9, 10, 12, 14], np.int64)
    parts = module._folds(np.arange(9), photos)
    assert len(parts) == FOLDS
    assert sorted(np.concatenate(parts).tolist()) == list(range(9))
    assert all(
        len(set(photos[part].tolist()) & set(photos[other].tolist())) == 0
        for one, part in enumerate(parts)
        for other in parts[:one]
    )


def test_a_new_face_joins_the_cluster_it_is_near_to():
    album = Album(noise=0.5)
    ann = album.person()
    album.add(ann, 4, cluster=0)
    album.add(album.person(), 4, cluster=2)
    rows = np.array(album.add(ann) + album.add(album.person()))
    faces = album.faces()
    assert module.joined_clusters(faces.vectors, faces.clusters, rows, album.likeness).tolist() == [0, ALONE]
    alone = np.full(10, ALONE, np.int32)
    assert module.joined_clusters(faces.vectors, alone, rows, album.likeness).tolist() == [ALONE, ALONE]
