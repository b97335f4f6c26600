"""Clusters of the tree against their parts: two large ones that hang together by a chain of faces are two people."""

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import GRID_LENGTH, Grid
from facecluster.clusters.tree import CondensedTree

LARGE = 10
"""Faces of a part that can speak for a person of its own; the mean of fewer is a matter of chance."""


def coherent(tree: CondensedTree, grid: Grid, least_cosine: float) -> Bool[np.ndarray, "clusters"]:
    """Whether no large parts, that a cluster or a descendant falls into, are as little alike as strangers.

    One face between two people, or a row of them, is enough to join two branches of the tree. The mean over all their
    pairs is not deceived.

    Args:
        tree: of the vectors.
        grid: the vectors.
        least_cosine: mean cosine of two parts of one person.
    """
    dots, pairs = _between_children(grid, tree.face_parents, tree.parents, tree.sizes)
    strange = dots < least_cosine * GRID_LENGTH**2 * pairs
    return ~_or_below(tree.parents, strange)


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _between_children(
    grid: Grid,
    face_parents: Int32[np.ndarray, "n"],
    parents: Int32[np.ndarray, "clusters"],
    sizes: Int32[np.ndarray, "clusters"],
) -> tuple[Float64[np.ndarray, "clusters"], Float64[np.ndarray, "clusters"]]:
    """The sum of the dot products between the large children of each cluster, and how many those are."""
    n_clusters, dimension = len(parents), grid.shape[1]
    places, n_large = _places_of_large(parents, sizes)
    sums = np.zeros((n_large, dimension), np.int64)
    for face in range(len(face_parents)):
        if face_parents[face] >= 0 and places[face_parents[face]] >= 0:
            for axis in range(dimension):
                sums[places[face_parents[face]], axis] += grid[face, axis]
    dots, pairs = np.zeros(n_clusters), np.zeros(n_clusters)
    met, n_met = np.zeros((n_large, dimension), np.int64), np.zeros(n_clusters, np.int64)  # of large children
    for child in range(n_clusters - 1, -1, -1):
        parent = parents[child]
        if parent < 0 or sizes[child] < LARGE:
            continue
        ours, theirs = places[child], places[parent]
        for axis in range(dimension):
            dots[parent] += np.float64(sums[ours, axis]) * met[theirs, axis]
            met[theirs, axis] += sums[ours, axis]
            sums[theirs, axis] += sums[ours, axis]
        pairs[parent] += np.float64(sizes[child]) * n_met[parent]
        n_met[parent] += sizes[child]
    return dots, pairs


@compiled
@no_type_check
def _places_of_large(
    parents: Int32[np.ndarray, "clusters"], sizes: Int32[np.ndarray, "clusters"]
) -> tuple[Int64[np.ndarray, "clusters"], int]:
    """A number for the large cluster that each cluster is or lies in, -1: there is none; and how many there are."""
    places, n_large = np.full(len(parents), -1), 0
    for cluster in range(len(parents)):
        if sizes[cluster] >= LARGE:
            places[cluster] = n_large
            n_large += 1
        elif parents[cluster] >= 0:
            places[cluster] = places[parents[cluster]]
    return places, n_large


@compiled
@no_type_check
def _or_below(
    parents: Int32[np.ndarray, "clusters"], marked: Bool[np.ndarray, "clusters"]
) -> Bool[np.ndarray, "clusters"]:
    """Whether each cluster or one of its descendants is marked."""
    found = marked.copy()
    for cluster in range(len(parents) - 1, -1, -1):
        if parents[cluster] >= 0 and found[cluster]:
            found[parents[cluster]] = True
    return found
