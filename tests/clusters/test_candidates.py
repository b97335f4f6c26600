"""clusters.candidates: which pairs of groups are looked at, against small graphs by hand and by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.candidates import FORBIDDEN, GROUPS_A_FACE, SURE, forbid, propose, sums_within, to_parts
from facecluster.clusters.grid import GRID_LENGTH, to_grid
from facecluster.clusters.neighbours import Neighbours, nearest_neighbours

from .graphs import neighbours_of, random_cosines
from .people import people_faces, unit, yardstick_of

LABELS = st.lists(st.integers(-1, 5), max_size=30)


def dense(values):
    """Labels without gaps, as the groups of a tree come."""
    values = np.array(values, np.int32)
    names, labels = np.unique(values, return_inverse=True)
    return (labels - (len(names) > 0 and names[0] < 0)).astype(np.int32)


def as_dict(candidates):
    """The pairs and their best, each from both its ends."""
    ends = candidates.offsets
    return {
        (one, int(candidates.others[edge])): float(candidates.best[edge])
        for one in range(len(ends) - 1)
        for edge in range(ends[one], ends[one + 1])
    }


@given(LABELS)
def test_groups_stay_and_who_is_alone_is_a_part(values):
    labels = dense(values)
    parts = to_parts(labels)
    grouped = labels >= 0
    assert np.array_equal(parts.labels[grouped], labels[grouped])
    alone = parts.labels[~grouped]
    assert sorted(alone.tolist()) == list(range(labels.max(initial=-1) + 1, len(parts.offsets) - 1))
    assert parts.offsets[0] == 0
    for part in range(len(parts.offsets) - 1):
        members = parts.members[parts.offsets[part] : parts.offsets[part + 1]]
        assert members.tolist() == np.flatnonzero(parts.labels == part).tolist()
    assert parts.offsets[-1] == len(labels)


def proposed_by_hand(neighbours, labels, yardstick):
    """The best pair of faces that proposes two parts, of the nearest GROUPS_A_FACE groups of each face."""
    best = {}
    for face, (rows, cosines) in enumerate(zip(*neighbours, strict=True)):
        groups = {}
        for other, cosine in zip(rows, cosines, strict=True):
            if other >= 0 and labels[other] != labels[face]:
                stranger = (yardstick.impostor_means[face] + yardstick.impostor_means[other]) / 2
                groups.setdefault(labels[other], (cosine - stranger) / yardstick.impostor_sd)
        for group, deviations in list(groups.items())[:GROUPS_A_FACE]:
            for pair in ((labels[face], group), (group, labels[face])):
                best[pair] = max(best.get(pair, -np.inf), deviations)
    return best


@given(st.integers(0, 40), st.integers(1, 30), st.integers(2, 50), st.floats(0, 0.6), st.integers(0, 10_000))
@settings(max_examples=80)
def test_pairs_are_those_of_neighbouring_faces(n, k, levels, floor, seed):
    rng = np.random.default_rng(seed)
    found = neighbours_of(random_cosines(rng, n, levels), k) if n else neighbours_of(np.empty((0, 0), np.float32), k)
    rows = np.where(found.cosines >= floor, found.rows, -1).astype(np.int32)
    neighbours = Neighbours(rows, np.where(rows >= 0, found.cosines, -np.inf).astype(np.float32))
    parts = to_parts(dense(rng.integers(-1, max(n // 2, 1), n)))
    yardstick = yardstick_of(n, means=rng.normal(0, 0.05, n))
    grid = to_grid(unit(rng.normal(size=(n, 8))))
    candidates = propose(grid, neighbours, parts, yardstick)
    pairs = as_dict(candidates)
    known = {pair: best for pair, best in pairs.items() if best != SURE}  # the others: by their means
    expected = proposed_by_hand(neighbours, parts.labels, yardstick)
    assert set(known) <= set(expected)
    assert set(expected) <= set(pairs)
    assert known == {pair: pytest.approx(expected[pair], abs=1e-4) for pair in known}
    assert all(one != other and pairs[other, one] == best for (one, other), best in pairs.items())


def test_each_pair_stands_once_at_both_ends_in_order():
    vectors, people = people_faces([6, 6, 6, 1, 1], spread=1.2)
    grid = to_grid(vectors)
    parts = to_parts(np.where(people > 2, -1, people).astype(np.int32))
    candidates = propose(grid, nearest_neighbours(grid, 32, 0.0), parts, yardstick_of(len(grid)))
    assert len(as_dict(candidates)) == len(candidates.others)
    for part in range(5):
        assert (np.diff(candidates.others[candidates.offsets[part] : candidates.offsets[part + 1]]) > 0).all()


def test_a_face_proposes_the_nearest_groups_only():
    """One face sees twenty strangers, who see nobody."""
    rows, cosines = np.full((21, 20), -1, np.int32), np.full((21, 20), -np.inf, np.float32)
    rows[0], cosines[0] = np.arange(1, 21), np.linspace(0.6, 0.4, 20)
    grid = to_grid(np.eye(21, dtype=np.float32))
    candidates = propose(grid, Neighbours(rows, cosines), to_parts(np.full(21, -1, np.int32)), yardstick_of(21))
    assert candidates.others[: candidates.offsets[1]].tolist() == list(range(1, 1 + GROUPS_A_FACE))


def test_groups_whose_faces_see_none_but_their_own_are_proposed_by_their_means():
    """Two halves of a person of 300 photos, each with bursts that fill the lists of neighbours, and a stranger."""
    halves, people = people_faces([150, 150, 150], spread=0.3)
    centres = np.repeat([0, 0, 1], 150)
    person = people_faces([1, 1], seed=9)[0]
    vectors = unit(person[centres] + 0.3 * halves)
    grid, labels = to_grid(vectors), people.astype(np.int32)
    neighbours = nearest_neighbours(grid, 32, 0.2)
    assert (labels[neighbours.rows] == labels[:, None]).all(), "as the test wants it"
    pairs = as_dict(propose(grid, neighbours, to_parts(labels), yardstick_of(len(grid))))
    assert pairs[0, 1] == pairs[1, 0] == SURE


def test_small_groups_are_not_proposed_by_their_means():
    vectors, people = people_faces([10, 10], spread=0.3)
    grid, labels = to_grid(unit(vectors + 0.9 * unit(np.ones(128)))), people.astype(np.int32)
    neighbours = nearest_neighbours(grid, 12, -1.0)  # more than a group has: each face sees some of the other
    assert all(best != SURE for best in as_dict(propose(grid, neighbours, to_parts(labels), yardstick_of(20))).values())


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_faces(n):
    grid = to_grid(np.tile(np.eye(4, dtype=np.float32)[:1], (n, 1)))
    parts = to_parts(np.full(n, -1, np.int32))
    candidates = propose(grid, nearest_neighbours(grid, 32, 0.0), parts, yardstick_of(n))
    assert list(as_dict(candidates)) == ([(0, 1), (1, 0)] if n == 2 else [])
    assert len(candidates.offsets) == n + 1


def test_forbidden_pairs_stand_among_the_others_whether_proposed_or_not():
    vectors, people = people_faces([4, 4, 4], spread=1.2)
    grid, labels = to_grid(vectors), people.astype(np.int32)
    candidates = propose(grid, nearest_neighbours(grid, 32, -1.0), to_parts(labels), yardstick_of(12))
    before = as_dict(candidates)
    forbidden = forbid(candidates, np.array([[2, 0]], np.int32))
    ends = forbidden.offsets
    edges = {
        (one, int(forbidden.others[edge]), float(forbidden.best[edge]))
        for one in range(3)
        for edge in range(ends[one], ends[one + 1])
    }
    assert edges == {(*pair, best) for pair, best in before.items()} | {(0, 2, FORBIDDEN), (2, 0, FORBIDDEN)}
    assert np.array_equal(ends[[0, -1]], [0, len(forbidden.others)])


def test_nothing_forbidden_changes_nothing():
    grid = to_grid(people_faces([4, 4], spread=1.2)[0])
    candidates = propose(grid, nearest_neighbours(grid, 3, -1.0), to_parts(np.full(8, -1, np.int32)), yardstick_of(8))
    for before, after in zip(candidates, forbid(candidates, np.empty((0, 2), np.int32)), strict=True):
        assert np.array_equal(before, after)


def test_sums_within_are_those_of_all_pairs():
    vectors, people = people_faces([7, 3, 1])
    grid = to_grid(vectors)
    parts = to_parts(np.where(people == 2, -1, people).astype(np.int32))
    dots = grid.astype(np.int64) @ grid.astype(np.int64).T
    expected = [dots[np.ix_(people == person, people == person)].sum() / GRID_LENGTH**2 for person in range(3)]
    assert sums_within(grid, parts.members, parts.offsets) == pytest.approx(expected)
