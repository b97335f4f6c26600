"""People as rings of parts: who has which faces after any order of unions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.candidates import FORBIDDEN, Candidates, to_parts
from facecluster.clusters.grid import to_grid
from facecluster.clusters.persons import (
    Faces,
    Marks,
    People,
    forbidden,
    members_of,
    parts_of,
    proposed_with,
    roots_of,
    shared_photos,
    unite,
)
from tests.clusters.people import people_faces


def alone(n_parts, sizes=None):
    sizes = np.ones(n_parts, np.int64) if sizes is None else sizes
    numbers = np.arange(n_parts)
    return People(
        numbers.copy(),
        numbers.copy(),
        sizes.copy(),
        sizes.astype(float),
        sizes.copy(),
        np.zeros(n_parts, np.int64),
        np.full(n_parts, -1),
    )


def faces_of(labels, photos):
    vectors, _ = people_faces([1] * len(labels), dimension=16)
    parts = to_parts(np.array(labels, np.int32))
    return Faces(to_grid(vectors), np.array(photos), parts.members, parts.offsets)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=10))
def test_after_any_unions_parts_and_faces_are_those_of_a_naive_partition(pairs):
    labels = [0, 0, 1, 2, 2, 2, 3, 4, 5, 6, 7]
    faces, state = faces_of(labels, range(len(labels))), alone(8, np.bincount(labels))
    naive = [{part} for part in range(8)]
    for one, other in pairs:
        roots = roots_of(state.roots)
        if roots[one] != roots[other]:
            unite(state, int(roots[one]), int(roots[other]), 0.5)
            joined = next(people for people in naive if one in people) | next(p for p in naive if other in p)
            naive = [people for people in naive if not people & joined] + [joined]
    for people in naive:
        (root,) = {int(roots_of(state.roots)[part]) for part in people}
        assert set(parts_of(state, root)) == people
        assert sorted(members_of(faces, state, root)) == [row for row, part in enumerate(labels) if part in people]
        assert state.sizes[root] == len(members_of(faces, state, root))


def test_a_union_adds_the_cosines_between_the_two():
    state = alone(2, np.array([2, 3]))
    unite(state, 0, 1, 0.5)
    assert state.within[0] == 2 + 3 + 2 * 0.5 * 2 * 3
    assert state.versions.tolist() == [0, 1]


def test_who_was_proposed_comes_once_with_the_best_pair_and_not_if_forbidden():
    others = np.array([1, 2, 3, 0, 0, 0], np.int32)
    best = np.array([3.0, 4.0, FORBIDDEN, 3.0, 4.0, FORBIDDEN], np.float32)
    candidates, state = Candidates(others, best, np.array([0, 3, 4, 5, 6])), alone(4)
    marks = Marks(np.zeros(4, np.int64), np.zeros(4, np.float32), np.zeros(4, np.int64))
    unite(state, 1, 2, 0.0)
    assert proposed_with(candidates, state, marks, 0, parts_of(state, 0), 1) == [1]
    assert marks.best[1] == 4
    assert forbidden(candidates, state, parts_of(state, 0), 3)
    assert not forbidden(candidates, state, parts_of(state, 0), 1)


def test_a_shared_photo_counts_once_and_again_for_the_next():
    faces = faces_of([0, 1, 1, 2], [5, 5, 5, 6])
    marks = Marks(np.zeros(3, np.int64), np.zeros(3, np.float32), np.zeros(7, np.int64))
    marks.photos[5] = 9
    for _ in range(2):
        assert shared_photos(faces, marks, np.array([1, 2, 3], np.int32), 9) == 1
    assert shared_photos(faces, marks, np.array([3], np.int32), 9) == 0
