"""The best partners of faces as far as was looked: what a search begins with, still needs, and is merged into."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import grid_dot


class Nearest(NamedTuple):
    """The best partners of n faces as far as was looked: by falling dot product on the grid, then by rising row."""

    rows: Int32[np.ndarray, "n k"]  # of the partners; -1: no more were found
    dots: Float32[np.ndarray, "n k"]  # with them; -inf where there is none


def nobody(n_faces: int, k: int) -> Nearest:
    """What is known before the first tile.

    Raises:
        ValueError: k is less than 1.
    """
    if k < 1:
        raise ValueError(f"expected to look for at least 1 neighbour, found k = {k}")
    return Nearest(np.full((n_faces, k), -1, np.int32), np.full((n_faces, k), -np.inf, np.float32))


def least_useful(nearest: Nearest, side: slice, floor: float, partners_start: int) -> Float32[np.ndarray, "rows"]:
    """The least dot product that each face of a side needs with partners in rows from `partners_start` on.

    An equal of its last neighbour is of use only if it may come before it; where not, the next integer is the least.
    """
    last = nearest.dots[side, -1]
    ahead = nearest.rows[side, -1] < partners_start
    return np.maximum(last + ahead.astype(np.float32), np.float32(grid_dot(floor)))


def merge_nearest(nearest: Nearest, side: slice, found: Nearest) -> None:
    """Put what was found for the faces in rows `side` where it belongs in their lists, in place.

    What is merged when makes no difference, but the same partner must not be merged twice.
    """
    _merge_rows(nearest.rows[side], nearest.dots[side], found.rows, found.dots)


@compiled
@no_type_check  # the checks of the tests cannot be compiled
def _merge_rows(
    rows: Int32[np.ndarray, "n k"],
    dots: Float32[np.ndarray, "n k"],
    new_rows: Int32[np.ndarray, "n k"],
    new_dots: Float32[np.ndarray, "n k"],
) -> None:
    """Insert sorted lists into sorted lists, which stay as long as they are."""
    last = rows.shape[1] - 1
    for face in range(len(rows)):
        for new in range(last + 1):
            row, dot = new_rows[face, new], new_dots[face, new]
            if row < 0 or dot < dots[face, last] or (dot == dots[face, last] and row > rows[face, last]):
                break
            slot = last
            while slot > 0 and (
                dots[face, slot - 1] < dot or (dots[face, slot - 1] == dot and rows[face, slot - 1] > row)
            ):
                rows[face, slot], dots[face, slot] = rows[face, slot - 1], dots[face, slot - 1]
                slot -= 1
            rows[face, slot], dots[face, slot] = row, dot
