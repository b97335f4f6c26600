"""Small graphs of neighbours for tests, and their hierarchy, all by brute force."""

import numpy as np
from scipy.sparse.csgraph import connected_components

from facecluster.clusters.forest import core_cosines, spanning_forest
from facecluster.clusters.neighbours import Neighbours
from facecluster.clusters.tree import condensed_tree


def neighbours_of(cosines, k):
    """The k nearest by a matrix of all cosines, equals by their row; -1 where there are fewer."""
    n = len(cosines)
    cosines = np.where(np.eye(n, dtype=bool), -np.inf, cosines)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : min(k, max(n - 1, 0))]
    rows, values = np.full((n, k), -1, np.int32), np.full((n, k), -np.inf, np.float32)
    rows[:, : order.shape[1]] = order
    values[:, : order.shape[1]] = np.take_along_axis(cosines, order, axis=1)
    return Neighbours(rows, values)


def cosines_of(vectors):
    vectors = np.asarray(vectors, np.float64)
    return (vectors @ vectors.T).astype(np.float32)


def random_cosines(rng, n, levels):
    """A symmetric matrix of families, nearer to one another than to others, on so many levels: few are many ties.

    It need not be one of vectors.
    """
    families = rng.integers(0, n // 3 + 1, n)
    matrix = (rng.integers(0, levels, (n, n)) / levels + (families[:, None] == families)) / 2
    return np.maximum(matrix, matrix.T).astype(np.float32)


def tree_of(neighbours, min_samples, min_size, floor=-1.0):
    forest = spanning_forest(neighbours, core_cosines(neighbours, min_samples), floor)
    return condensed_tree(forest, len(neighbours.rows), min_size, floor)


def reachability_of(neighbours, min_samples):
    """The matrix of mutual reachability of the graph, -inf where there is no edge."""
    n = len(neighbours.rows)
    matrix = np.full((n, n), -np.inf)
    cores = [cosines[min_samples - 1] if len(cosines) >= min_samples else -np.inf for cosines in neighbours.cosines]
    for face, (rows, cosines) in enumerate(zip(*neighbours, strict=True)):
        for other, cosine in zip(rows, cosines, strict=True):
            if other >= 0:
                matrix[face, other] = matrix[other, face] = min(cosine, cores[face], cores[other])
    return matrix


def components_at(matrix, cosine):
    """The components of two faces or more at a cosine, as a set of sets of faces."""
    _, names = connected_components(matrix >= cosine, directed=False)
    groups = [frozenset(np.flatnonzero(names == name).tolist()) for name in set(names.tolist())]
    return {group for group in groups if len(group) > 1}
