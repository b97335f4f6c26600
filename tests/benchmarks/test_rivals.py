"""tests.benchmarks.rivals: methods to compare with do what they are known for."""

import numpy as np
import pytest

from facecluster.clusters.score import score_groups
from tests.benchmarks.rivals import (
    RIVALS,
    Outcome,
    alone_apart,
    average_link_outcomes,
    best_outcome,
    chinese_whispers,
    dbscan_outcomes,
)
from tests.clusters.people import people_faces, unit


def at(outcomes, setting):
    return next(outcome.labels for outcome in outcomes if outcome.setting == setting)


def chain(n, step_degrees):
    """Unit vectors in a plane, each turned a little from the one before."""
    angles = np.radians(step_degrees * np.arange(n))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.mark.parametrize("rival", RIVALS)
def test_easy_people_are_found(rival):
    vectors, people = people_faces([20, 12, 7, 4, 3], spread=0.6)
    best = best_outcome(RIVALS[rival](vectors), lambda labels: score_groups(people, labels).bcubed.f)
    assert best.value == 1


@pytest.mark.parametrize("rival", [name for name in RIVALS if name != "hdbscan"])
def test_pairs_and_strangers_are_told_apart(rival):
    vectors, people = people_faces([9, 2, 2, 1, 1], spread=0.6)
    best = best_outcome(RIVALS[rival](vectors), lambda labels: score_groups(people, labels).bcubed.f)
    assert best.value == 1
    assert (best.outcome.labels[-2:] == -1).all()


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_faces(rival, n):
    vectors = unit(np.eye(4)[:n]).reshape(n, 4)
    for outcome in RIVALS[rival](vectors):
        assert outcome.labels.tolist() == [-1] * n


@pytest.mark.parametrize("rival", RIVALS)
def test_settings_differ_by_name(rival):
    vectors, _ = people_faces([6, 5])
    settings = [outcome.setting for outcome in RIVALS[rival](vectors)]
    assert len(settings) == len(set(settings)) >= 50


def test_dbscan_follows_a_chain_and_average_link_does_not():
    vectors = chain(9, step_degrees=30)
    assert at(dbscan_outcomes(vectors), "0.70, 2 samples").tolist() == [0] * 9
    assert len(set(at(average_link_outcomes(vectors), "0.70").tolist())) > 1


def test_dbscan_with_more_samples_leaves_pairs_alone():
    vectors, people = people_faces([6, 2], spread=0.4)
    assert at(dbscan_outcomes(vectors), "0.50, 2 samples").tolist() == people.tolist()
    assert at(dbscan_outcomes(vectors), "0.50, 3 samples").tolist() == [0] * 6 + [-1] * 2


def test_one_weak_link_does_not_join_two_crowds_of_whisperers():
    cosines = np.full((10, 10), 0.1, np.float32)
    cosines[:5, :5] = cosines[5:, 5:] = 0.8
    cosines[4, 5] = cosines[5, 4] = 0.5
    np.fill_diagonal(cosines, -1)
    labels = chinese_whispers(cosines, 0.4)
    assert len(set(labels[:5])) == len(set(labels[5:])) == 1
    assert labels[0] != labels[5]


def test_whispers_are_the_same_every_time_and_end_though_two_faces_could_swap_names_for_ever():
    pair = np.array([[-1, 0.9], [0.9, -1]], np.float32)
    first = chinese_whispers(pair, 0.5)
    assert first[0] == first[1] >= 0
    assert np.array_equal(first, chinese_whispers(pair, 0.5))


def test_the_best_outcome_is_the_middle_of_equals():
    values = {"a": 1, "b": 3, "c": 3, "d": 2, "e": 3}
    outcomes = [Outcome(name, np.array([value])) for name, value in values.items()]
    best = best_outcome(outcomes, lambda labels: float(labels[0]))
    assert (best.outcome.setting, best.value) == ("c", 3)
    with pytest.raises(ValueError, match="empty"):
        best_outcome([], lambda labels: float(labels[0]))


def test_groups_of_one_are_alone():
    assert alone_apart(np.array([7, 7, 3, -1, -1, 5, 5])).tolist() == [7, 7, -1, -1, -1, 5, 5]
