"""clusters.tiles: what one tile holds for each of its sides."""

import numpy as np
import pytest

from facecluster.clusters import tiles as tiles_module
from facecluster.clusters.tiles import Side, Tile, search_tile

from .pairs import lattice_faces, sorted_pairs


def side(grid, start=0, bound=-np.inf):
    return Side(start, grid, np.full(len(grid), bound, np.float32))


@pytest.mark.parametrize("block_rows", [1, 7, 32, 33, 100, 512])
def test_a_tile_holds_the_best_for_both_sides_in_blocks_of_any_size(monkeypatch, block_rows):
    monkeypatch.setattr(tiles_module, "BLOCK_ROWS", block_rows)
    left, right = lattice_faces(70, 5, seed=0), lattice_faces(101, 5, seed=1)
    found = search_tile(Tile(side(left, 1000), side(right, 2000), 6))
    assert np.array_equal(found.left.rows - 2000, sorted_pairs(left, right, 6, -2).rows)
    assert np.array_equal(found.right.rows - 1000, sorted_pairs(right, left, 6, -2).rows)


@pytest.mark.parametrize("block_rows", [1, 7, 32, 33, 100, 512])
def test_faces_among_themselves_in_blocks_of_any_size(monkeypatch, block_rows):
    monkeypatch.setattr(tiles_module, "BLOCK_ROWS", block_rows)
    grid = lattice_faces(101, 5, seed=2)
    found = search_tile(Tile(side(grid, 300), None, 6))
    assert found.right is None
    assert np.array_equal(found.left.rows - 300, sorted_pairs(grid, grid, 6, -2).rows)


def test_only_what_reaches_the_bound_of_a_face_is_found_and_the_tile_stays_as_it_was():
    left, right = lattice_faces(40, 5, seed=3), lattice_faces(50, 5, seed=4)
    dots = left.astype(np.int64) @ right.astype(np.int64).T
    bounds = dots[:, 0].astype(np.float32)
    tile = Tile(Side(0, left, bounds), Side(40, right, np.full(50, np.inf, np.float32)), 50)
    found = search_tile(tile)
    reached = [set(np.flatnonzero(row >= bound) + 40) for row, bound in zip(dots, bounds, strict=True)]
    assert [set(rows[rows >= 0]) for rows in found.left.rows] == reached
    assert (found.right.rows == -1).all()
    assert np.array_equal(tile.left.bounds, dots[:, 0])
