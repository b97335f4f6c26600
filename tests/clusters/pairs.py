"""The neighbours of faces by the plain way: all pairs in whole numbers, sorted."""

import numpy as np

from facecluster.clusters.grid import GRID_LENGTH, to_grid
from facecluster.clusters.neighbours import Neighbours

from .people import unit


def lattice_faces(n, dimension, seed):
    """Faces on the grid with many copies and many equal cosines: few directions are possible."""
    steps = np.random.default_rng(seed).integers(-1, 2, (n, dimension))
    steps[~steps.any(axis=1), 0] = 1
    return to_grid(unit(steps))


def sorted_pairs(queries, others, k, floor):
    """The k others nearest to each query; where `queries` is `others` no face is its own neighbour."""
    dots = queries.astype(np.int64) @ others.astype(np.int64).T
    near = dots >= floor * GRID_LENGTH**2
    if queries is others:
        np.fill_diagonal(near, val=False)
    rows, cosines = np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf)
    for query, (query_dots, query_near) in enumerate(zip(dots, near, strict=True)):
        best = sorted(np.flatnonzero(query_near), key=lambda row, found=query_dots: (-found[row], row))[:k]
        rows[query, : len(best)], cosines[query, : len(best)] = best, query_dots[best] / GRID_LENGTH**2
    return Neighbours(rows.astype(np.int32), cosines.astype(np.float32))
