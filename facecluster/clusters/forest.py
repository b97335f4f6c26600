"""Neighbours to a spanning forest: the few edges that say at which cosine any two faces become connected.

Two faces are mutually reachable at the least of three cosines: their own, and the core cosine of either, which is that
of its `min_samples`-th neighbour. The maximum spanning forest of those weights holds the whole of HDBSCAN's hierarchy.
Edges have a total order, falling weight and then the rows of their ends, so the forest is unique, and the forest of a
union of graphs is that of the union of their forests.

Sources: Campello et al., "Density-Based Clustering Based on Hierarchical Density Estimates", 2013; Borůvka, 1926.
"""

from collections.abc import Iterable
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.neighbours import Neighbours


class Forest(NamedTuple):
    """Edges without a cycle, in falling order of cosines, equals by their rows; every component is a tree."""

    first: Int32[np.ndarray, "m"]  # row of the one face ...
    second: Int32[np.ndarray, "m"]  # ... and of the other, which is larger
    cosines: Float32[np.ndarray, "m"]  # at which the two are mutually reachable


Edges = tuple[Int32[np.ndarray, "m"], Int32[np.ndarray, "m"], Float32[np.ndarray, "m"]]
"""The fields of a forest, in any order."""


def core_cosines(neighbours: Neighbours, min_samples: int) -> Float32[np.ndarray, "n"]:
    """The cosine of the `min_samples`-th neighbour of each face; -inf where it has fewer.

    A face is no neighbour of its own. The `hdbscan` package counts in the same way, scikit-learn does not: its
    `min_samples` is one more.
    """
    if min_samples < 1:
        raise ValueError(f"expected at least 1 neighbour to make a face dense, found min_samples {min_samples}")
    n_faces, k = neighbours.rows.shape
    if k < min_samples:
        return np.full(n_faces, -np.inf, np.float32)
    nth = min_samples - 1
    return np.where(neighbours.rows[:, nth] >= 0, neighbours.cosines[:, nth], np.float32(-np.inf))


def spanning_forest(neighbours: Neighbours, cores: Float32[np.ndarray, "n"], floor: float, start: int = 0) -> Forest:
    """The maximum spanning forest of mutual reachability over the edges of some rows of the graph.

    Args:
        neighbours: of the faces from row `start` on, as many as there are.
        cores: core cosines of all faces.
        floor: edges of less are left out.
        start: row of the first face in `neighbours`.
    """
    edges = _reachability(neighbours.rows, neighbours.cosines, cores, floor, start)
    return _maximum_forest(Forest(*edges), len(cores))


def join_forests(forests: Iterable[Forest], n_faces: int) -> Forest:
    """The maximum spanning forest of all edges together: forests of parts of a graph give that of the whole."""
    parts = list(zip(*forests, strict=True)) or [(np.empty(0, dtype),) for dtype in (np.int32, np.int32, np.float32)]
    return _maximum_forest(Forest(*map(np.concatenate, parts)), n_faces)


def _maximum_forest(edges: Forest, n_faces: int) -> Forest:
    """The forest in its order; the arrays of `edges` are used up."""
    first, second, cosines = _boruvka(*edges, n_faces)
    order = np.lexsort((second, first, -cosines))
    return Forest(first[order], second[order], cosines[order])


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _reachability(
    rows: Int32[np.ndarray, "rows k"],
    cosines: Float32[np.ndarray, "rows k"],
    cores: Float32[np.ndarray, "n"],
    floor: float,
    start: int,
) -> Edges:
    """Every edge not below the floor; an edge in the lists of both its ends stands here once."""
    n_rows, k = rows.shape
    first, second = np.empty(n_rows * k, np.int32), np.empty(n_rows * k, np.int32)
    weights = np.empty(n_rows * k, np.float32)
    found = 0
    for index in range(n_rows):
        row = start + index
        for slot in range(k):
            other = rows[index, slot]
            if other < 0:
                break
            weight = min(cosines[index, slot], cores[row], cores[other])
            if weight < floor:
                continue
            there = other - start
            if start <= other < row and row in rows[there]:
                continue
            first[found], second[found], weights[found] = min(row, other), max(row, other), weight
            found += 1
    return first[:found], second[:found], weights[:found]


@compiled
@no_type_check
def _boruvka(
    first: Int32[np.ndarray, "m"], second: Int32[np.ndarray, "m"], weights: Float32[np.ndarray, "m"], n_faces: int
) -> Edges:
    """The edges of the maximum spanning forest, in no order; uses the arrays up."""
    components = np.arange(n_faces)
    kept_first, kept_second = np.empty(n_faces, np.int32), np.empty(n_faces, np.int32)
    kept_weights = np.empty(n_faces, np.float32)
    kept, left = 0, len(first)
    while left > 0:
        best, left = _best_edges(first, second, weights, left, components)
        for edge in best:
            if edge < 0:
                continue
            one, other = root_of(components, first[edge]), root_of(components, second[edge])
            if one == other:
                continue
            components[max(one, other)] = min(one, other)
            kept_first[kept], kept_second[kept], kept_weights[kept] = first[edge], second[edge], weights[edge]
            kept += 1
        for face in range(n_faces):  # the root of a component is its smallest row, so what lies before is done
            components[face] = components[components[face]]
    return kept_first[:kept], kept_second[:kept], kept_weights[:kept]


@compiled
@no_type_check
def _best_edges(
    first: Int32[np.ndarray, "m"],
    second: Int32[np.ndarray, "m"],
    weights: Float32[np.ndarray, "m"],
    n_edges: int,
    components: Int64[np.ndarray, "n"],
) -> tuple[Int64[np.ndarray, "n"], int]:
    """The first in order of the edges that leave each component, or -1; moves those that leave any to the front.

    Also how many these are. `components` is the root of the component of each face.
    """
    best = np.full(len(components), -1)
    left = 0
    for edge in range(n_edges):
        one, other, weight = first[edge], second[edge], weights[edge]
        ends = components[one], components[other]
        if ends[0] == ends[1]:
            continue
        for component in ends:
            rival = best[component]
            if rival < 0 or (-weight, one, other) < (-weights[rival], first[rival], second[rival]):
                best[component] = left
        first[left], second[left], weights[left] = one, other, weight
        left += 1
    return best, left


@compiled
@no_type_check
def root_of(components: Int64[np.ndarray, "n"], face: int) -> int:
    """The face that stands for the component of a face; shortens the way there."""
    while components[face] != face:
        components[face] = components[components[face]]
        face = components[face]
    return face
