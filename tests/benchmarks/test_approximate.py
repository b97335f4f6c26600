"""tests.benchmarks.approximate: routes are held against the exact search, and 8-bit integers lose nothing."""

import importlib.util

import numpy as np
import pytest

from facecluster.clusters.grid import to_grid
from facecluster.clusters.neighbours import nearest_neighbours
from facecluster.clusters.tiles import Side, Tile, search_tile
from tests.benchmarks import int8_tiles
from tests.benchmarks.approximate import (
    EXACT,
    HEAD,
    NEIGHBOURS,
    ROUTES,
    Run,
    best_others,
    cosines_of,
    growth,
    is_found,
    library,
    measure,
    table_row,
)
from tests.benchmarks.scale import Cost
from tests.benchmarks.synthetic import synthetic_faces

PACKAGES = ("usearch", "faiss", "pynndescent")


@pytest.fixture(scope="module")
def grid():
    return to_grid(synthetic_faces(1_500, 128, seed=1).vectors)


@pytest.mark.parametrize("name", [name for name in ROUTES if not any(package in name for package in PACKAGES)])
def test_routes_of_our_own_find_nearly_all(grid, name):
    true, found = (best_others(ROUTES[route](grid, 0.4, 2)) for route in (EXACT, name))
    assert is_found(true, found)[true >= 0].mean() > 0.97


@pytest.mark.parametrize("k", [1, 5])
@pytest.mark.parametrize("floor", [-1.0, 0.3])
def test_tiles_of_8_bit_integers_first_are_exact(grid, k, floor):
    bounds = np.full(700, floor * 4080**2, np.float32)
    left = Side(0, grid[:700], bounds)
    for right in (None, Side(700, grid[700:1400], bounds), Side(700, grid[:700], bounds)):
        ours, exact = int8_tiles.search_tile(Tile(left, right, k), 1), search_tile(Tile(left, right, k))
        np.testing.assert_equal(ours, exact)


def test_a_coarse_product_is_off_by_no_more_than_is_allowed_for(grid):
    left, right = int8_tiles.coarse(grid[:600], 127), int8_tiles.coarse(grid[600:], 63)
    ours = (left.values + int8_tiles.ZERO).astype(np.uint8)
    products = int8_tiles.multiply(ours, right.values.astype(np.int8).T) * (left.step * right.step)
    off = np.abs(products - grid[:600].astype(np.int64) @ grid[600:].T.astype(np.int64))
    assert off.max() > 0
    assert (off <= int8_tiles.errors(left, right)[:, None]).all()
    assert (off <= int8_tiles.errors(right, left)).all()


def test_others_are_the_first_that_are_not_the_face_itself():
    rows = np.array([[0, 2, 1], [-1, 0, 2], [1, 0, 2]])
    assert best_others(rows).tolist() == [[-1, 1, 2], [-1, 0, 2], [-1, 0, 1]]
    assert best_others(np.tile(np.arange(1, 41), (1, 1))).tolist() == [list(range(1, NEIGHBOURS + 1))]


def test_found_and_cosines_are_by_face(grid):
    true = nearest_neighbours(grid, 3, 0.4)
    np.testing.assert_allclose(cosines_of(grid, true.rows), np.maximum(true.cosines, -1), atol=1e-6)
    found = is_found(true.rows, np.roll(true.rows, 1, axis=1)[:, :2])
    assert found[:, [0, 2]].all()


def test_the_exact_search_misses_nothing():
    (run,) = measure(400, 128, [])
    assert (run.route, run.faces, run.links, run.neighbours, run.differing) == (EXACT, 400, 1, 1, 0)
    assert run.cost.cpu_seconds > 0
    assert table_row(run, run.cost).count("|") == len(HEAD) + 1


def test_a_cheaper_growth_meets_the_exact_search():
    def run(route, faces, seconds):
        return Run(route, faces, Cost(seconds, seconds, 1, 1), 1, 1, 0)

    told = list(growth([run(EXACT, 10, 1), run("other", 10, 100), run(EXACT, 100, 100), run("other", 100, 1000)]))
    assert told == [
        "exact: CPU seconds grow as n^2.00",
        "other: CPU seconds grow as n^1.00",
        "other: as cheap as the exact search at 1,000 faces",
    ]


def test_a_package_that_is_not_there_is_named():
    assert importlib.util.find_spec("no_such_module") is None
    with pytest.raises(SystemExit, match="pip install no-such-package"):
        library("no_such_module", "no-such-package")
