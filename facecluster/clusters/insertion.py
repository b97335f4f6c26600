"""Lists of neighbours that were searched before, and what is left to search for the faces that are there now.

All look at a face that is new, and it looks at all. A face whose full list has lost a neighbour no longer knows who
comes next and looks at all anew; whoever is there knows of it. Nothing else has changed, so the work grows with new
faces times all, and what comes out are the lists of a search from nothing, which is the insertion of all.

Joiners, faces that found no groups, have lists of founders and stand in none.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int8, Int32, UInt64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import Grid
from facecluster.clusters.nearest import Nearest, nobody
from facecluster.clusters.neighbours import Ranges, cut, rectangle, upper_triangle

NEW, BEREFT, SETTLED = 0, 1, 2
"""What a face knows: nothing; nothing any more, a neighbour being gone; all but what is new."""


FACTOR = np.uint64(6364136223846793005)
"""Odd, with its bits well mixed: of Knuth's generator of random numbers, MMIX."""


class Kept(NamedTuple):
    """The lists of m faces from a search before, and where those faces are now."""

    nearest: Nearest
    rows: Int32[np.ndarray, "m"]  # of each now, in the same order; -1: gone, or a joiner that founds or the reverse


class Insertion(NamedTuple):
    """What is known of the faces, founders first, and what is to be searched."""

    nearest: Nearest
    rows: Int32[np.ndarray, "n"]  # of the face in each place of the search
    stops: tuple[int, ...]  # where founders end that are new, bereft, settled, and joiners that seek, and the rest

    def tiles(self, tile_rows: int) -> list[Ranges]:
        """What is left to search, in tiles of so many faces on each side."""
        spans = zip((0, *self.stops), self.stops, strict=False)
        new, bereft, settled, seeking, seated = (cut(start, stop, tile_rows) for start, stop in spans)
        return [
            *upper_triangle(new),
            *rectangle(new, bereft + settled, both=True),
            *upper_triangle(bereft),
            *rectangle(bereft, settled, both=False),
            *rectangle(seeking, new + bereft + settled, both=False),
            *rectangle(seated, new, both=False),
        ]


def nothing_kept(k: int) -> Kept:
    """What there is before the first search for k neighbours."""
    return Kept(nobody(0, k), np.empty(0, np.int32))


def insertion(kept: Kept, n_founders: int, n_faces: int) -> Insertion:
    """How the lists of the faces of now are found.

    Args:
        kept: what was known before.
        n_founders: faces that may found groups: the first rows.
        n_faces: all of them.
    """
    nearest = nobody(n_faces, kept.nearest.rows.shape[1])
    knows = np.full(n_faces, NEW, np.int8)
    _carry(*kept.nearest, kept.rows, *nearest, knows)
    founds = np.arange(n_faces) < n_founders
    kinds = [
        np.flatnonzero(kind)
        for kind in (
            founds & (knows == NEW),
            founds & (knows == BEREFT),
            founds & (knows == SETTLED),
            ~founds & (knows != SETTLED),
            ~founds & (knows == SETTLED),
        )
    ]
    stops = np.cumsum([len(kind) for kind in kinds]).tolist()
    return Insertion(nearest, np.concatenate(kinds).astype(np.int32), tuple(stops))


def fingerprints(grid: Grid) -> UInt64[np.ndarray, "n"]:
    """A number for each vector that tells it from others, if nobody means to deceive."""
    return _fingerprints(grid)


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _fingerprints(grid: Grid) -> UInt64[np.ndarray, "n"]:
    prints = np.empty(len(grid), np.uint64)
    for face in range(len(grid)):
        value = np.uint64(0)
        for axis in range(grid.shape[1]):
            value = value * FACTOR + np.uint64(np.int64(grid[face, axis]))
        prints[face] = value
    return prints


@compiled
@no_type_check
def _carry(
    old_rows: Int32[np.ndarray, "m k"],
    old_dots: Float32[np.ndarray, "m k"],
    rows_now: Int32[np.ndarray, "m"],
    rows: Int32[np.ndarray, "n k"],
    dots: Float32[np.ndarray, "n k"],
    knows: Int8[np.ndarray, "n"],
) -> None:
    """Put the lists of before into those of now, where they still hold."""
    k = rows.shape[1]
    for face in range(len(old_rows)):
        now = rows_now[face]
        if now < 0:
            continue
        found = 0
        for slot in range(k):
            if old_rows[face, slot] < 0:
                break
            partner = rows_now[old_rows[face, slot]]
            if partner >= 0:
                rows[now, found], dots[now, found] = partner, old_dots[face, slot]
                found += 1
        knows[now] = SETTLED
        if found < k and old_rows[face, k - 1] >= 0:
            rows[now], dots[now] = -1, -np.inf
            knows[now] = BEREFT
