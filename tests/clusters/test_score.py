"""clusters.score: agreement of groups with people, against counting pair by pair and face by face."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.cluster import pair_confusion_matrix

from facecluster.clusters.score import (
    ALONE,
    MixedGroup,
    Score,
    SplitPerson,
    contingency,
    mixed_groups,
    score_groups,
    split_people,
)

LABELLED = st.lists(st.tuples(st.integers(0, 5), st.integers(ALONE, 5)), max_size=40)


def columns(faces):
    table = np.array(faces, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def ratio(part, whole):
    return part / whole if whole else 1.0


def brute_force(people, groups):
    """Precision and recall of both kinds by looking at every pair and every face."""
    n = len(people)

    def grouped(i, j):
        return i == j or (groups[i] == groups[j] != ALONE)

    both = sum(people[i] == people[j] and grouped(i, j) for i, j in combinations(range(n), 2))
    pairs_grouped = sum(grouped(i, j) for i, j in combinations(range(n), 2))
    pairs_true = sum(people[i] == people[j] for i, j in combinations(range(n), 2))
    precisions, recalls = [], []
    for i in range(n):
        mates = [j for j in range(n) if grouped(i, j)]
        own = [j for j in range(n) if people[i] == people[j]]
        right = len(set(mates) & set(own))
        precisions.append(right / len(mates))
        recalls.append(right / len(own))
    return (
        ratio(both, pairs_grouped),
        ratio(both, pairs_true),
        np.mean(precisions) if n else 1.0,
        np.mean(recalls) if n else 1.0,
    )


@given(LABELLED)
def test_equals_counting_every_pair_and_face(faces):
    people, groups = columns(faces)
    found = score_groups(people, groups)
    assert (*astuple(found.pairwise), *astuple(found.bcubed)) == pytest.approx(brute_force(people, groups))


def astuple(score):
    return score.precision, score.recall


def test_pairwise_equals_scikit_learn():
    rng = np.random.default_rng(0)
    people, groups = rng.integers(0, 40, 1_000), rng.integers(0, 60, 1_000)
    (_, wrong), (torn, right) = pair_confusion_matrix(people, groups)
    found = score_groups(people, groups).pairwise
    assert astuple(found) == pytest.approx((right / (right + wrong), right / (right + torn)))


@given(LABELLED, st.permutations(range(6)), st.permutations(range(6)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(faces, person_names, group_names, random):
    people, groups = columns(faces)
    before = score_groups(people, groups)
    renamed = [(person_names[p], ALONE if g == ALONE else group_names[g]) for p, g in faces]
    random.shuffle(renamed)
    after = score_groups(*columns(renamed))
    for kind in ("pairwise", "bcubed"):
        assert astuple(getattr(after, kind)) == pytest.approx(astuple(getattr(before, kind)))


@given(LABELLED)
def test_swapping_the_two_swaps_precision_and_recall(faces):
    people, groups = columns([(p, g) for p, g in faces if g != ALONE])
    one, other = score_groups(people, groups), score_groups(groups, people)
    assert astuple(one.bcubed) == pytest.approx(astuple(other.bcubed)[::-1])
    assert astuple(one.pairwise) == pytest.approx(astuple(other.pairwise)[::-1])


@given(st.lists(st.integers(0, 5), max_size=40))
def test_the_truth_itself_is_perfect_and_nothing_is_wrong_with_it(people):
    people = np.array(people, np.int64)
    assert score_groups(people, people + 7) == (Score(1.0, 1.0), Score(1.0, 1.0))
    assert mixed_groups(people, people) == []
    assert split_people(people, people) == []


def test_faces_alone_are_groups_of_their_own():
    people = np.zeros(4, np.int64)
    alone = score_groups(people, np.full(4, ALONE))
    assert alone.pairwise == Score(1.0, 0.0)
    assert alone.bcubed == Score(1.0, 0.25)
    assert alone == score_groups(people, np.arange(4))


@pytest.mark.parametrize("n", [0, 1])
def test_no_face_and_one_face_cannot_be_wrong(n):
    assert score_groups(np.zeros(n, np.int64), np.full(n, ALONE)) == (Score(1.0, 1.0), Score(1.0, 1.0))


def test_f_is_the_harmonic_mean_and_0_of_nothing():
    assert Score(0.5, 1.0).f == pytest.approx(2 / 3)
    assert Score(0.0, 0.0).f == 0


def test_mixed_groups_come_worst_first_with_their_people():
    people = np.array([0, 0, 1, 2, 2, 1, 0, 1])
    groups = np.array([5, 5, 5, 3, 3, 3, ALONE, ALONE])
    assert mixed_groups(people, groups) == [
        MixedGroup(3, ((2, 2), (1, 1))),
        MixedGroup(5, ((0, 2), (1, 1))),
    ]
    worse = np.append(people, [1]), np.append(groups, [5])
    assert [found.group for found in mixed_groups(*worse)] == [5, 3]


def test_split_people_come_worst_first_with_what_is_alone():
    people = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3])
    groups = np.array([4, 4, 6, ALONE, ALONE, 7, ALONE, ALONE, ALONE])
    assert split_people(people, groups) == [
        SplitPerson(2, ((7, 1),), 2),
        SplitPerson(0, ((4, 2), (6, 1)), 0),
        SplitPerson(1, (), 2),
    ]


@given(LABELLED)
def test_pairs_torn_and_mixed_explain_the_scores_exactly(faces):
    people, groups = columns(faces)
    perfect_precision = not mixed_groups(people, groups)
    perfect_recall = not split_people(people, groups)
    found = score_groups(people, groups)
    assert (found.bcubed.precision == pytest.approx(1)) == perfect_precision
    assert (found.bcubed.recall == pytest.approx(1)) == perfect_recall


def test_contingency_counts_every_face_once():
    table = contingency(np.array([1, 0, 1, 1]), np.array([0, 0, 0, ALONE]))
    assert [column.tolist() for column in table] == [[0, 1, 1], [0, ALONE, 0], [1, 1, 2]]


def test_lengths_that_differ_are_refused():
    with pytest.raises((ValueError, TypeError)):  # by jaxtyping, where it checks
        score_groups(np.zeros(3, np.int64), np.zeros(2, np.int64))
