"""Unit vectors on a grid of integers, where a product of float32 matrices is exact: the root of all determinism here.

A vector of length GRID_LENGTH, rounded to integers, is at most GRID_LENGTH + sqrt(d) / 2 long, and 4096 for d up to
MAX_DIMENSION. Whatever terms of the dot product of two such vectors are added up, by Cauchy-Schwarz their sum is an
integer of at most 4096^2 = 2^24, and float32 holds all of these. So no addition is ever rounded, and neither their
order nor block size, library, threads or processor can change a result. The rounding to the grid moves a cosine by
about 1e-4, as the rounding to float16 in tables does.
"""

import numpy as np
from jaxtyping import Float32, Int16

from facecluster.types import Embeddings

GRID_LENGTH = 4080
"""Length of a vector before it is rounded to the grid, in steps of the grid: 4096 less room for the rounding."""

MAX_DIMENSION = 1024
"""Components that a vector may have: GRID_LENGTH + sqrt(1024) / 2 = 4096."""

UNIT_TOLERANCE = 0.01
"""How far from 1 the length of a unit vector may be; float16 storage moves it by less than 0.001."""

CHUNK_ROWS = 4096
"""Vectors that are held in double precision at a time."""

Grid = Int16[np.ndarray, "n d"]


def to_grid(embeddings: Embeddings) -> Grid:
    """The vectors at length GRID_LENGTH, each component rounded to the nearest integer, halves to even.

    Raises:
        ValueError: a vector has more than MAX_DIMENSION components, is not finite or not of unit length (the message
            names the row).
    """
    n_faces, dimension = embeddings.shape
    if dimension > MAX_DIMENSION:
        raise ValueError(f"expected vectors of at most {MAX_DIMENSION} components, found {dimension}")
    grid = np.empty((n_faces, dimension), np.int16)
    for start in range(0, n_faces, CHUNK_ROWS):
        vectors = embeddings[start : start + CHUNK_ROWS].astype(np.float64)
        lengths = _checked_lengths(vectors, start)
        grid[start : start + CHUNK_ROWS] = np.rint(vectors * (GRID_LENGTH / lengths)[:, None])
    return grid


def grid_cosines(dots: Float32[np.ndarray, "*shape"]) -> Float32[np.ndarray, "*shape"]:
    """The cosines that belong to dot products on the grid; they rise with the products; a copy's is near 1."""
    return dots / np.float32(GRID_LENGTH**2)


def grid_dot(cosine: float) -> float:
    """The smallest dot product on the grid of two vectors with at least this cosine."""
    return float(np.float32(np.ceil(cosine * GRID_LENGTH**2)))


def _checked_lengths(vectors: np.ndarray, start: int) -> np.ndarray:
    """The lengths of vectors of which the first stands in row `start`."""
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise ValueError(f"expected finite vectors, found row {start + int(np.argmin(finite))} with nan or infinity")
    lengths = np.sqrt(np.square(vectors).sum(axis=1))
    odd = np.abs(lengths - 1) > UNIT_TOLERANCE
    if odd.any():
        row = int(np.argmax(odd))
        raise ValueError(f"expected unit vectors, found length {lengths[row]:.4g} in row {start + row}")
    return lengths
