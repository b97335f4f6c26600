"""Vectors to the graph that groups are read from: the nearest neighbours of each face, and their spanning forest."""

from collections.abc import Callable
from typing import NamedTuple

from facecluster.clusters.forest import Forest, core_cosines, spanning_forest
from facecluster.clusters.grid import Grid
from facecluster.clusters.insertion import insertion, nothing_kept
from facecluster.clusters.nearest import Nearest
from facecluster.clusters.neighbours import TILE_ROWS, Neighbours, Places, on_threads, search, to_neighbours

NEIGHBOURS = 32
"""Neighbours that are kept of a face. With 64 the plain hierarchy of 10,000 faces agrees no better with that of the
`hdbscan` package."""

MIN_SAMPLES = 1
"""Neighbours that make a face dense: with more, a person of two photos is nobody."""


class Graph(NamedTuple):
    """What is known of the alikeness of n faces, of which the first founded the graph and the others look at those."""

    nearest: Nearest  # of all faces; rows of founders
    forest: Forest  # of the founders

    def neighbours(self, n_founders: int) -> Neighbours:
        """Of the founders."""
        return neighbours_of(self.nearest, n_founders)


GraphMaker = Callable[[Grid, int, float], Graph]
"""From vectors, founders first, how many of them there are, and the least cosine of an edge to a graph: on this
machine, on a cluster, resumed or anew."""


def make_graph(grid: Grid, n_founders: int, floor: float, threads: int = 1) -> Graph:
    """The graph of the vectors, made in one go on this machine."""
    begun = insertion(nothing_kept(NEIGHBOURS), n_founders, len(grid))
    places, tiles = Places(grid, begun.rows), begun.tiles(TILE_ROWS)
    for _ in search(places, tiles, floor, begun.nearest, on_threads(threads)):
        pass
    neighbours = neighbours_of(begun.nearest, n_founders)
    return Graph(begun.nearest, spanning_forest(neighbours, core_cosines(neighbours, MIN_SAMPLES), floor))


def neighbours_of(nearest: Nearest, n_founders: int) -> Neighbours:
    """Of the founders among each other."""
    return to_neighbours(Nearest(nearest.rows[:n_founders], nearest.dots[:n_founders]))
