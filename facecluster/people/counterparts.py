"""Two groupings of one set of faces -> which groups are the same, which split, which merged.

Groups are told by the faces they share, not by their numbers: runs that never heard of each other compare as well.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, Int64

ALONE = -1
NOT_THERE = -2


class Overlaps(NamedTuple):
    """The pairs of a group before and a group after that share faces; most faces first.

    Of equal pairs those of one number come first, then the smaller numbers: an order that is the same whichever of the
    two groupings is called the first.
    """

    before: Int64[np.ndarray, "m"]
    after: Int64[np.ndarray, "m"]
    faces: Int64[np.ndarray, "m"]


class Counterparts(NamedTuple):
    """What each of m overlaps means. A group has at most one counterpart."""

    same: Bool[np.ndarray, "m"]  # the two are one group
    split_off: Bool[np.ndarray, "m"]  # the group after has no counterpart, and most of it is from that before
    merged_into: Bool[np.ndarray, "m"]  # the group before has no counterpart, and most of it is in that after


def overlaps_of(before: Int32[np.ndarray, "n"], after: Int32[np.ndarray, "n"]) -> Overlaps:
    """How many faces each two groups share; face by face in which group it is, `ALONE` or `NOT_THERE`."""
    both = (before >= 0) & (after >= 0)
    width = int(after.max(initial=0)) + 1
    keys, faces = np.unique(before[both].astype(np.int64) * width + after[both], return_counts=True)
    one, other = keys // width, keys % width
    order = np.lexsort((np.maximum(one, other), np.minimum(one, other), one != other, -faces))
    return Overlaps(one[order], other[order], faces[order].astype(np.int64))


def counterparts_of(overlaps: Overlaps) -> Counterparts:
    """Which groups are one: the largest overlap first, each group once; and where the others came from or went.

    A group that split has a counterpart among its parts, and so has one that others merged into.
    """
    same = _largest_first(overlaps)
    return Counterparts(
        same,
        _first_of_each(overlaps.after, ~np.isin(overlaps.after, overlaps.after[same])),
        _first_of_each(overlaps.before, ~np.isin(overlaps.before, overlaps.before[same])),
    )


def _largest_first(overlaps: Overlaps) -> Bool[np.ndarray, "m"]:
    taken_before: set[int] = set()
    taken_after: set[int] = set()
    same = np.zeros(len(overlaps.faces), bool)
    for row, (before, after) in enumerate(zip(overlaps.before.tolist(), overlaps.after.tolist(), strict=True)):
        if before not in taken_before and after not in taken_after:
            same[row] = True
            taken_before.add(before)
            taken_after.add(after)
    return same


def _first_of_each(groups: Int64[np.ndarray, "m"], among: Bool[np.ndarray, "m"]) -> Bool[np.ndarray, "m"]:
    """The first overlap of every group that has one among these."""
    rows = np.flatnonzero(among)
    _, first = np.unique(groups[rows], return_index=True)
    chosen = np.zeros(len(groups), bool)
    chosen[rows[first]] = True
    return chosen
