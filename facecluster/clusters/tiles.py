"""The search for neighbours in one tile, a range of faces against another: the piece of work that is dealt out.

A tile is cut into blocks whose dot products fit in the cache; while a block is there, every product is held against
what its row and its column have found so far. Most lose against both, so runs of products are first tested together.
"""

from collections.abc import Iterator
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import Grid
from facecluster.clusters.nearest import Nearest

BLOCK_ROWS = 512
"""Faces on each side of a block: 1 MB of products, which the second level of cache holds."""

RUN = 32
"""Products that are tested together: a few vector registers."""


class Side(NamedTuple):
    """The faces on one side of a tile, which stand in places that follow each other."""

    start: int  # place of the first
    grid: Grid
    bounds: Float32[np.ndarray, "n"]  # the least dot product that is of use to each face; inf: it looks for nobody


class Tile(NamedTuple):
    """All that the search in one tile needs, so that it can be done anywhere."""

    left: Side
    right: Side | None  # None: the faces of the left side among themselves
    k: int


class Found(NamedTuple):
    """What a tile holds for its two sides; `right` is None where the tile has no right side."""

    left: Nearest
    right: Nearest | None


class _Search(NamedTuple):
    """Where a side, or the part of it in one block, stands."""

    start: int
    rows: Int32[np.ndarray, "n k"]
    dots: Float32[np.ndarray, "n k"]
    bounds: Float32[np.ndarray, "n"]

    def part(self, block: slice) -> "_Search":
        return _Search(self.start + block.start, self.rows[block], self.dots[block], self.bounds[block])


def search_tile(tile: Tile) -> Found:
    """The k best partners of each face of a tile on its other side, of those that reach the face's bound.

    A pure function, the same on every machine. It runs on one thread, but for the matrix product of numpy.
    """
    left, left_vectors = _begin(tile.left, tile.k)
    right, right_vectors = (left, left_vectors) if tile.right is None else _begin(tile.right, tile.k)
    room = np.empty(BLOCK_ROWS**2, np.float32)
    for above in _blocks(len(left_vectors)):
        for across in _blocks(len(right_vectors)):
            if tile.right is None and across.start < above.start:
                continue
            shape = len(left_vectors[above]), len(right_vectors[across])
            products = room[: shape[0] * shape[1]].reshape(shape)
            np.matmul(left_vectors[above], right_vectors[across].T, out=products)
            same = tile.right is None and across == above
            _take_products(products, left.part(above), right.part(across), same)
    return Found(Nearest(left.rows, left.dots), None if tile.right is None else Nearest(right.rows, right.dots))


def _begin(side: Side, k: int) -> tuple[_Search, Float32[np.ndarray, "n d"]]:
    n_faces = len(side.grid)
    rows, dots = np.full((n_faces, k), -1, np.int32), np.full((n_faces, k), -np.inf, np.float32)
    return _Search(side.start, rows, dots, side.bounds.copy()), side.grid.astype(np.float32)


def _blocks(n_faces: int) -> Iterator[slice]:
    for start in range(0, n_faces, BLOCK_ROWS):
        yield slice(start, min(start + BLOCK_ROWS, n_faces))


@compiled
@no_type_check  # the checks of the tests cannot be compiled
def _take_products(products: Float32[np.ndarray, "p q"], above: _Search, across: _Search, same: bool) -> None:  # noqa: FBT001  # compiled functions take no keywords only
    """Enter every product that is of use in the lists of its row and its column.

    Where both sides are the `same` faces, each pair is looked at once, and no face is paired with itself.
    """
    for row in range(products.shape[0]):
        values = products[row]
        for begin in range(row + 1 if same else 0, len(values), RUN):
            end = min(begin + RUN, len(values))
            if _any_reaches(values[begin:end], across.bounds[begin:end], above.bounds[row]):
                for column in range(begin, end):
                    if values[column] >= above.bounds[row]:
                        _append(above, row, values[column], across.start + column)
                    if values[column] >= across.bounds[column]:
                        _append(across, column, values[column], above.start + row)


@compiled
@no_type_check
def _any_reaches(values: Float32[np.ndarray, "n"], bounds: Float32[np.ndarray, "n"], bound: float) -> bool:
    """Whether a value reaches its own bound or the one of all; written so that it compiles to vector instructions."""
    reaches = False
    for place in range(len(values)):
        reaches |= (values[place] >= bound) | (values[place] >= bounds[place])
    return reaches


@compiled
@no_type_check
def _append(search: _Search, face: int, dot: float, partner: int) -> None:
    """Enter a partner behind its equals: within a tile every face meets its partners by rising row.

    For the same reason a full list asks more than its last product of those that come later: products are integers.
    """
    rows, dots = search.rows[face], search.dots[face]
    slot = len(dots) - 1
    while slot > 0 and dots[slot - 1] < dot:
        rows[slot], dots[slot] = rows[slot - 1], dots[slot - 1]
        slot -= 1
    rows[slot], dots[slot] = partner, dot
    search.bounds[face] = max(search.bounds[face], dots[-1] + np.float32(1))
