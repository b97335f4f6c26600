"""clusters.graph: neighbours and forest of one set of faces, made in one go."""

import numpy as np
import pytest

from facecluster.clusters.forest import core_cosines, spanning_forest
from facecluster.clusters.graph import MIN_SAMPLES, NEIGHBOURS, make_graph
from facecluster.clusters.grid import to_grid
from facecluster.clusters.neighbours import to_neighbours

from .pairs import sorted_pairs
from .people import people_faces

FLOOR = 0.3


@pytest.mark.parametrize("threads", [1, 3])
def test_a_graph_holds_what_all_pairs_give(threads):
    vectors, _ = people_faces([80, 40, 9, 2, *[1] * 30], dimension=32)
    grid = to_grid(vectors)
    founders, joiners = grid[20:], grid[:20]
    graph = make_graph(np.concatenate([founders, joiners]), len(founders), FLOOR, threads)
    neighbours = sorted_pairs(founders, founders, NEIGHBOURS, FLOOR)
    forest = spanning_forest(neighbours, core_cosines(neighbours, MIN_SAMPLES), FLOOR)
    of_joiners = sorted_pairs(joiners, founders, NEIGHBOURS, FLOOR)
    found = [*graph.neighbours(len(founders)), *graph.forest, *to_neighbours(graph.nearest)]
    everybody = (np.concatenate(columns) for columns in zip(neighbours, of_joiners, strict=True))
    for column, wanted in zip(found, [*neighbours, *forest, *everybody], strict=True):
        assert column.dtype == wanted.dtype
        assert np.array_equal(column, wanted)
    assert (of_joiners.rows >= 0).any()


@pytest.mark.parametrize(("n_founders", "n_joiners"), [(0, 0), (0, 3), (1, 0), (1, 1), (2, 0), (3, 1)])
def test_few_faces_have_a_graph_too(n_founders, n_joiners):
    grid = to_grid(np.eye(8, dtype=np.float32))
    graph = make_graph(grid[: n_founders + n_joiners], n_founders, FLOOR)
    assert graph.neighbours(n_founders).rows.shape == (n_founders, NEIGHBOURS)
    assert len(graph.forest.cosines) == 0
    assert graph.nearest.rows.shape == (n_founders + n_joiners, NEIGHBOURS)
