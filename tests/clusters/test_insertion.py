"""clusters.insertion: lists brought up to date are the lists of a search from nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.graph import NEIGHBOURS, make_graph
from facecluster.clusters.grid import to_grid
from facecluster.clusters.insertion import Kept, fingerprints, insertion, nothing_kept
from facecluster.clusters.neighbours import Places, on_threads, search

from .pairs import lattice_faces
from .people import people_faces
from .test_neighbours import far_away, one_by_one, stale

GONE, FOUNDER, JOINER = 0, 1, 2


class State:
    """Some faces of a table, as a library holds them at one time."""

    def __init__(self, table, roles):
        self.founders, self.joiners = np.flatnonzero(roles == FOUNDER), np.flatnonzero(roles == JOINER)
        self.faces = np.concatenate([self.founders, self.joiners])
        self.grid = table[self.faces]

    def rows_in(self, later):
        """Where each face is later, if it has the same role there."""
        rows = np.full(len(self.faces), -1, np.int32)
        for place, face in enumerate(self.faces):
            same_role = later.founders if place < len(self.founders) else later.joiners
            if face in same_role:
                rows[place] = np.flatnonzero(later.faces == face)[0]
        return rows

    def searched(self, kept, floor, tile_rows, run):
        begun = insertion(kept, len(self.founders), len(self.faces))
        tiles = begun.tiles(tile_rows)
        assert list(search(Places(self.grid, begun.rows), tiles, floor, begun.nearest, run)) == tiles
        return begun.nearest, tiles


def same(one, other):
    return np.array_equal(one.rows, other.rows) and np.array_equal(one.dots, other.dots)


def pairs_in(tiles):
    return sum((left.stop - left.start) * (right.stop - right.start) for left, right, _ in tiles)


@st.composite
def histories(draw):
    """The roles of up to 40 faces at some times, one after the other."""
    n_faces = draw(st.integers(0, 40))
    roles = st.sampled_from([GONE, FOUNDER, FOUNDER, FOUNDER, JOINER])
    return [np.array(draw(st.lists(roles, min_size=n_faces, max_size=n_faces)), int) for _ in range(4)]


@given(histories(), st.integers(1, 6), st.integers(1, 50), st.floats(-1, 1), st.integers(0, 10_000))
@settings(max_examples=150)
def test_after_any_comings_and_goings_the_lists_are_those_of_a_search_from_nothing(times, k, tile_rows, floor, seed):
    table = lattice_faces(len(times[0]), 4, seed)
    before, kept = None, nothing_kept(k)
    for roles in times:
        now = State(table, roles)
        if before is not None:
            kept = Kept(nearest, before.rows_in(now))
        nearest, _ = now.searched(kept, floor, tile_rows, one_by_one)
        fresh, _ = now.searched(nothing_kept(k), floor, tile_rows, one_by_one)
        assert same(nearest, fresh)
        before = now


@pytest.mark.parametrize("run", [one_by_one, stale, far_away, on_threads(3)])
@pytest.mark.parametrize("tile_rows", [60, 5000])
def test_who_searches_and_in_which_tiles_makes_no_difference(run, tile_rows):
    vectors, _ = people_faces([40] * 10 + [3] * 40 + [1] * 60, dimension=32)
    table, random = to_grid(vectors), np.random.default_rng(0)
    then, now = (State(table, random.choice(3, len(table), p=[0.1, 0.8, 0.1])) for _ in range(2))
    nearest, _ = then.searched(nothing_kept(8), 0.3, 100, one_by_one)
    found, _ = now.searched(Kept(nearest, then.rows_in(now)), 0.3, tile_rows, run)
    assert same(found, now.searched(nothing_kept(8), 0.3, 100, one_by_one)[0])


def test_a_search_from_nothing_is_that_of_a_graph():
    vectors, _ = people_faces([20, 10, 1, 1, 1])
    now = State(to_grid(vectors), np.where(np.arange(33) % 5, FOUNDER, JOINER))
    found, _ = now.searched(nothing_kept(NEIGHBOURS), 0.3, 7, one_by_one)
    assert same(found, make_graph(now.grid, len(now.founders), 0.3).nearest)


def test_the_work_is_new_faces_times_all():
    table, k = lattice_faces(400, 16, seed=1), 4
    roles = np.full(400, FOUNDER)
    roles[::10] = JOINER
    before = roles.copy()
    before[:5] = GONE
    then, now = State(table, before), State(table, roles)
    nearest, tiles = then.searched(nothing_kept(k), 0.0, 1, one_by_one)
    _, added = now.searched(Kept(nearest, then.rows_in(now)), 0.0, 1, one_by_one)
    assert pairs_in(tiles) > 70_000
    assert 4 * 356 < pairs_in(added) <= 5 * 400 + 400


def test_without_change_nothing_is_searched():
    now = State(lattice_faces(50, 8, seed=1), np.arange(50) % 3)
    nearest, _ = now.searched(nothing_kept(4), 0.2, 10, one_by_one)
    again, tiles = now.searched(Kept(nearest, now.rows_in(now)), 0.2, 10, one_by_one)
    assert tiles == []
    assert same(again, nearest)


def test_who_loses_a_neighbour_of_a_list_that_was_not_full_needs_no_search():
    table = to_grid(people_faces([5] * 8)[0])
    then = State(table, np.full(40, FOUNDER))
    fewer = State(table, np.where(np.arange(40) % 5, FOUNDER, GONE))
    nearest, _ = then.searched(nothing_kept(6), 0.35, 10, one_by_one)
    found, tiles = fewer.searched(Kept(nearest, then.rows_in(fewer)), 0.35, 10, one_by_one)
    assert tiles == []
    assert same(found, fewer.searched(nothing_kept(6), 0.35, 10, one_by_one)[0])


def test_another_vector_has_another_fingerprint():
    grid = lattice_faces(3000, 12, seed=3)
    distinct = np.unique(grid, axis=0)
    assert len(np.unique(fingerprints(distinct))) == len(distinct)
    assert np.array_equal(fingerprints(grid[5:9]), fingerprints(grid)[5:9])
    turned = grid[:, ::-1].copy()
    differs = (turned != grid).any(axis=1)
    assert ((fingerprints(grid) != fingerprints(turned)) == differs).all()
