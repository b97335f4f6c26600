"""clusters.identity: numbers of groups that outlive a run."""

from itertools import count

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.identity import kept_ids

from .people import same_partition

PAIRS = st.lists(st.tuples(st.integers(-1, 6), st.integers(-1, 6)), max_size=40)


def numbered(labels):
    """The labels without gaps."""
    names, numbers = np.unique(np.append(labels, -1), return_inverse=True)
    assert names[0] == -1
    return (numbers[:-1] - 1).astype(np.int32)


def kept(old, new, next_id=100):
    labels, free = kept_ids(np.array(old, np.int32), np.array(new, np.int32), next_id)
    return labels.tolist(), free


def naive(old, new, next_id):
    """The same by the plain way."""
    shared = {}
    for one, other in zip(old, new, strict=True):
        if one >= 0 and other >= 0:
            shared[one, other] = shared.get((one, other), 0) + 1
    ids = {-1: -1}
    for one, other in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if one not in ids.values() and other not in ids:
            ids[other] = one
    free = count(next_id)
    for other in range(max(new, default=-1) + 1):
        if other not in ids:
            ids[other] = next(free)
    return [ids[other] for other in new], next(free)


@given(PAIRS)
def test_ids_are_those_of_the_plain_way(pairs):
    old, new = (np.array(side, np.int32) for side in (zip(*pairs, strict=True) if pairs else ([], [])))
    new = numbered(new)
    assert kept(old, new, 7) == naive(old.tolist(), new.tolist(), 7)


@given(PAIRS)
def test_the_groups_stay_and_no_number_is_given_twice(pairs):
    old, new = (np.array(side, np.int32) for side in (zip(*pairs, strict=True) if pairs else ([], [])))
    new = numbered(new)
    labels, free = kept_ids(old, new, 7)
    assert same_partition(labels, new)
    assert np.array_equal(labels < 0, new < 0)
    assert set(labels[labels >= 7].tolist()) == set(range(7, free))
    assert set(labels[labels < 7].tolist()) <= set(old.tolist()) | {-1}


def test_the_first_groups_are_numbered_as_they_come():
    assert kept([-1] * 4, [0, 1, -1, 0], 0) == ([0, 1, -1, 0], 2)
    assert kept([], [], 0) == ([], 0)


def test_of_a_group_that_fell_apart_the_larger_part_keeps_the_number():
    assert kept([3] * 5, [0, 0, 1, 1, 1]) == ([100, 100, 3, 3, 3], 101)


def test_of_groups_that_became_one_the_larger_gives_its_number():
    assert kept([3, 3, 5, 5, 5], [0] * 5) == ([5] * 5, 100)
    assert kept([5, 5, 3, 3], [0] * 4) == ([3] * 4, 100), "of equals the smaller number"


def test_a_number_that_is_lost_is_not_given_to_another():
    assert kept([2, 2, -1, -1], [-1, -1, 0, 0], 3) == ([-1, -1, 3, 3], 4)
