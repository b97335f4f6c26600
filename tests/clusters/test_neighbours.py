"""clusters.neighbours: the same as by sorting all pairs, however the work is cut up and whoever does it."""

import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters import neighbours as neighbours_module
from facecluster.clusters.grid import to_grid
from facecluster.clusters.nearest import nobody
from facecluster.clusters.neighbours import (
    cut,
    in_order,
    nearest_among,
    nearest_neighbours,
    on_threads,
    search,
    to_neighbours,
    upper_triangle,
)
from facecluster.clusters.tiles import search_tile

from .pairs import lattice_faces, sorted_pairs
from .people import people_faces

SEEDS = st.integers(0, 10_000)


def same(found, expected):
    return np.array_equal(found.rows, expected.rows) and np.array_equal(found.cosines, expected.cosines)


def triangle(n, tile_rows):
    return upper_triangle(cut(0, n, tile_rows))


def one_by_one(tiles):
    """A runner in this thread."""
    return (search_tile(tile) for tile in tiles)


def far_away(tiles):
    """A runner that sends tiles and results as a cluster does, where arrays arrive read-only."""
    for tile in tiles:
        arrived = pickle.loads(pickle.dumps(tile))
        for side in (arrived.left, arrived.right):
            if side is not None:
                side.grid.flags.writeable = side.bounds.flags.writeable = False
        found = pickle.loads(pickle.dumps(search_tile(arrived)))
        found.left.rows.flags.writeable = found.left.dots.flags.writeable = False
        yield found


def stale(tiles):
    """A runner that draws all tiles before it searches the first, so that none knows what another found."""
    return one_by_one(list(tiles))


@given(st.integers(0, 60), st.integers(1, 5), st.integers(1, 9), st.floats(-1, 1), st.integers(1, 70), SEEDS)
@settings(max_examples=80)
def test_neighbours_are_those_of_all_pairs_sorted(n, dimension, k, floor, tile_rows, seed):
    grid = lattice_faces(n, dimension, seed)
    nearest = nobody(n, k)
    searched = list(search(in_order(grid), triangle(n, tile_rows), floor, nearest, one_by_one))
    assert searched == triangle(n, tile_rows)
    assert same(to_neighbours(nearest), sorted_pairs(grid, grid, k, floor))


@pytest.mark.parametrize("run", [one_by_one, stale, far_away, on_threads(1), on_threads(3)])
@pytest.mark.parametrize("tile_rows", [37, 600, 5000])
def test_the_result_depends_neither_on_the_tiles_nor_on_who_searches_them_nor_on_their_order(run, tile_rows):
    vectors, _ = people_faces([40] * 20 + [3] * 60 + [1] * 120, dimension=32)
    grid = to_grid(vectors)
    ranges = triangle(len(grid), tile_rows)
    nearest = nobody(len(grid), 8)
    shuffled = [ranges[place] for place in np.random.default_rng(tile_rows).permutation(len(ranges))]
    list(search(in_order(grid), shuffled, 0.3, nearest, run))
    assert same(to_neighbours(nearest), sorted_pairs(grid, grid, 8, 0.3))


def test_a_search_is_taken_up_where_it_was_saved():
    vectors, _ = people_faces([30] * 10, dimension=16)
    grid = to_grid(vectors)
    ranges = triangle(len(grid), 64)
    nearest = nobody(len(grid), 6)
    running = search(in_order(grid), ranges, 0.2, nearest, on_threads(2))
    for _ in range(4):
        next(running)
    saved = pickle.loads(pickle.dumps(nearest))
    running.close()
    assert not same(to_neighbours(saved), sorted_pairs(grid, grid, 6, 0.2))
    list(search(in_order(grid), ranges[4:], 0.2, saved, on_threads(2)))
    assert same(to_neighbours(saved), sorted_pairs(grid, grid, 6, 0.2))


def test_larger_than_a_tile_on_threads(monkeypatch):
    monkeypatch.setattr(neighbours_module, "TILE_ROWS", 256)
    vectors, _ = people_faces([50] * 30, dimension=64)
    grid = to_grid(vectors)
    assert same(nearest_neighbours(grid, 32, 0.25, threads=2), sorted_pairs(grid, grid, 32, 0.25))


@pytest.mark.parametrize("n", [0, 1, 2])
@pytest.mark.parametrize("k", [1, 2, 32])
def test_few_faces(n, k):
    grid = lattice_faces(n, 4, seed=0)
    found = nearest_neighbours(grid, k, -1)
    assert found.rows.shape == found.cosines.shape == (n, k)
    assert same(found, sorted_pairs(grid, grid, k, -1))


def test_fewer_faces_than_neighbours_are_asked_for():
    grid = lattice_faces(7, 16, seed=3)
    found = nearest_neighbours(grid, 32, -1.1)
    assert (found.rows[:, :6] >= 0).all()
    assert (found.rows[:, 6:] == -1).all()
    assert np.isneginf(found.cosines[:, 6:]).all()


def test_nobody_reaches_a_floor_above_all():
    found = nearest_neighbours(lattice_faces(50, 4, seed=0), 5, 1.02)
    assert (found.rows == -1).all()
    assert np.isneginf(found.cosines).all()


def test_of_ten_thousand_copies_of_one_face_the_first_are_the_neighbours():
    vectors, _ = people_faces([1], dimension=16)
    found = nearest_neighbours(to_grid(np.repeat(vectors, 10_000, axis=0)), 32, 0.5, threads=2)
    expected = np.tile(np.arange(32), (10_000, 1))
    expected[:32] += np.arange(32) >= np.arange(32)[:, None]
    assert np.array_equal(found.rows, expected)
    assert len(np.unique(found.cosines)) == 1


def test_memory_grows_with_the_faces_and_not_with_their_square():
    vectors, _ = people_faces([1000] * 12, dimension=16)
    grid = to_grid(vectors)
    nearest_neighbours(grid[:100], 8, 0.5)  # compiles
    tracemalloc.start()
    nearest_neighbours(grid, 8, 0.5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(grid) ** 2 * 4 / 30


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 6), st.floats(-1, 1), SEEDS)
@settings(max_examples=60)
def test_the_nearest_among_others_are_those_of_all_pairs_sorted(n_queries, n_others, k, floor, seed):
    queries, others = lattice_faces(n_queries, 4, seed), lattice_faces(n_others, 4, seed + 1)
    assert same(nearest_among(queries, others, k, floor), sorted_pairs(queries, others, k, floor))


def test_the_nearest_among_more_others_than_a_tile_holds(monkeypatch):
    monkeypatch.setattr(neighbours_module, "TILE_ROWS", 50)
    queries, others = lattice_faces(130, 6, seed=0), lattice_faces(320, 6, seed=1)
    assert same(nearest_among(queries, others, 7, 0.2, threads=2), sorted_pairs(queries, others, 7, 0.2))


@given(st.integers(0, 60), st.integers(1, 70))
def test_the_tiles_of_the_upper_triangle_hold_each_pair_once(n, tile_rows):
    held = np.zeros((n, n), int)
    for left, right, both in triangle(n, tile_rows):
        assert both
        assert left == right or left.stop <= right.start
        held[left, right] += 1
    assert (np.triu(held) == np.triu(np.ones((n, n)))).all()


@pytest.mark.parametrize("k", [0, -1])
def test_no_neighbours_cannot_be_looked_for(k):
    grid = lattice_faces(3, 4, seed=0)
    with pytest.raises(ValueError, match=f"at least 1 neighbour, found k = {k}"):
        nearest_neighbours(grid, k, 0.5)
    with pytest.raises(ValueError, match=f"at least 1 neighbour, found k = {k}"):
        nearest_among(grid, grid, k, 0.5)
