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


def least_useful(
    nearest: Nearest, faces: Int32[np.ndarray, "m"], floor: float, first_partner: int
) -> Float32[np.ndarray, "m"]:
    """The least dot product that each of some faces needs with partners in rows from `first_partner` on.

    An equal of its last neighbour is of use only if it may come before it; where not, the next integer is the least.
    """
    last = nearest.dots[faces, -1]
    ahead = nearest.rows[faces, -1] < first_partner
    return np.maximum(last + ahead.astype(np.float32), np.float32(grid_dot(floor)))


def merge_nearest(
    nearest: Nearest, faces: Int32[np.ndarray, "m"], found: Nearest, rows: Int32[np.ndarray, "places"]
) -> None:
    """Put what was found for some faces where it belongs in their lists, in place.

    What is merged when makes no difference, but the same partner must not be merged twice.

    Args:
        nearest: the lists of all faces.
        faces: rows of those that something was found for.
        found: for each of them, by the places of the partners.
        rows: the row of the face in each place.
    """
    _merge_rows(nearest.rows, nearest.dots, faces, rows, found.rows, found.dots)


@compiled
@no_type_check  # the checks of the tests cannot be compiled
def _merge_rows(
    rows: Int32[np.ndarray, "n k"],
    dots: Float32[np.ndarray, "n k"],
    faces: Int32[np.ndarray, "m"],
    names: Int32[np.ndarray, "places"],
    new_places: Int32[np.ndarray, "m k"],
    new_dots: Float32[np.ndarray, "m k"],
) -> None:
    """Insert sorted lists into sorted lists, which stay as long as they are."""
    last = rows.shape[1] - 1
    for found in range(len(faces)):
        face = faces[found]
        for new in range(last + 1):
            place, dot = new_places[found, new], new_dots[found, new]
            if place < 0:
                break
            row = names[place]
            if dot < dots[face, last] or (dot == dots[face, last] and row > rows[face, last]):
                break
            slot = last
            while slot > 0 and (
                dots[face, slot - 1] < dot or (dots[face, slot - 1] == dot and rows[face, slot - 1] > row)
            ):
                rows[face, slot], dots[face, slot] = rows[face, slot - 1], dots[face, slot - 1]
                slot -= 1
            rows[face, slot], dots[face, slot] = row, dot
