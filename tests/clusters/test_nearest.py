"""clusters.nearest: lists of best partners, merged in any order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.grid import grid_dot
from facecluster.clusters.nearest import Nearest, least_useful, merge_nearest, nobody

PARTNERS = st.dictionaries(st.integers(0, 30), st.integers(-3, 3), max_size=20)


PLACES = np.arange(31, dtype=np.int32)


def rows(*values):
    return np.array(values, np.int32)


def lists(partners, k):
    """One face's best k of partners, given as row -> dot product."""
    best = sorted(partners, key=lambda row: (-partners[row], row))[:k]
    found = nobody(1, k)
    found.rows[0, : len(best)], found.dots[0, : len(best)] = best, [partners[row] for row in best]
    return found


@given(PARTNERS, st.integers(1, 6), st.randoms())
def test_parts_merged_in_any_order_are_the_best_of_all(partners, k, random):
    parts = [{}, {}, {}]
    for row, dot in partners.items():
        random.choice(parts)[row] = dot
    nearest = nobody(3, k)
    for part in parts:
        merge_nearest(nearest, rows(1), lists(part, k), PLACES)
    expected = lists(partners, k)
    assert np.array_equal(nearest.rows[1:2], expected.rows)
    assert np.array_equal(nearest.dots[1:2], expected.dots)
    assert (nearest.rows[[0, 2]] == -1).all()


@given(PARTNERS, st.integers(1, 6), st.integers(0, 30), st.integers(-4, 4))
def test_what_is_not_useful_would_change_nothing_and_what_is_would(partners, k, row, dot):
    known = {other: its for other, its in partners.items() if other != row}
    nearest = lists(known, k)
    changed = not np.array_equal(lists({**known, row: dot}, k).rows, nearest.rows)
    useful = dot >= least_useful(nearest, rows(0), -1, row)[0]
    assert useful or not changed
    if not np.isin(dot, nearest.dots):
        assert useful == changed


def test_the_floor_is_the_least_that_is_useful_until_a_list_is_full():
    nearest = nobody(2, 1)
    found = Nearest(np.array([[7]], np.int32), np.array([[grid_dot(0.8)]], np.float32))
    merge_nearest(nearest, rows(0), found, PLACES)
    assert least_useful(nearest, rows(0, 1), 0.5, 8).tolist() == [grid_dot(0.8) + 1, grid_dot(0.5)]
    assert least_useful(nearest, rows(0, 1), 0.5, 3).tolist() == [grid_dot(0.8), grid_dot(0.5)]
    assert least_useful(nearest, rows(0, 1), 0.9, 8).tolist() == [grid_dot(0.9)] * 2


def test_partners_are_named_by_the_rows_of_their_places():
    nearest = nobody(4, 3)
    found = Nearest(rows(2, 0, -1)[None], np.array([[5, 5, -np.inf]], np.float32))
    merge_nearest(nearest, rows(3), found, rows(9, 8, 7))
    assert nearest.rows[3].tolist() == [7, 9, -1]
    assert nearest.dots[3].tolist() == [5, 5, -np.inf]
    assert (nearest.rows[:3] == -1).all()
