"""Vectors to the graph that groups are read from: the nearest neighbours of each face, and their spanning forest."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Int16

from facecluster.clusters.forest import Forest, core_cosines, spanning_forest
from facecluster.clusters.grid import Grid
from facecluster.clusters.neighbours import Neighbours, nearest_among, nearest_neighbours

NEIGHBOURS = 32
"""Neighbours that are kept of a face. With 64 the plain hierarchy of 10,000 faces agrees no better with that of the
`hdbscan` package."""

MIN_SAMPLES = 1
"""Neighbours that make a face dense: with more, a person of two photos is nobody."""


class Graph(NamedTuple):
    """What is known of the alikeness of n faces."""

    neighbours: Neighbours
    forest: Forest
    of_joiners: Neighbours  # of other faces, which found no groups, among these


GraphMaker = Callable[[Grid, Grid, float], Graph]
"""From vectors, those of joiners and the least cosine of an edge to a graph: on this machine, on a cluster, resumed or
anew."""


def make_graph(founders: Grid, joiners: Int16[np.ndarray, "j d"], floor: float, threads: int = 1) -> Graph:
    """The graph of the vectors, made in one go on this machine."""
    neighbours = nearest_neighbours(founders, NEIGHBOURS, floor, threads)
    forest = spanning_forest(neighbours, core_cosines(neighbours, MIN_SAMPLES), floor)
    return Graph(neighbours, forest, nearest_among(joiners, founders, NEIGHBOURS, floor, threads))
