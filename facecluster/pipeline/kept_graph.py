"""The lists of neighbours of a library's faces, kept from one run to the next.

They are derived data, replaced whole: what is damaged, or of another floor, counts as not there. A face is known again
by its id and by its vector; one whose vector is another, is another.
"""

from collections.abc import Iterable

import numpy as np
from jaxtyping import Int32, UInt64

from facecluster.clusters.graph import NEIGHBOURS
from facecluster.clusters.insertion import Kept, nothing_kept
from facecluster.clusters.nearest import Nearest
from facecluster.store.work import Saved, Work

LISTS = "neighbours"
"""Name of the file."""

Ids = np.ndarray
"""Face ids as bytes, all of one length."""


class KeptGraph:
    """The kept lists of a library, seen from the faces of now."""

    def __init__(self, folder: Work, founders: Ids, joiners: Ids) -> None:
        """The ids of founders and of joiners, each sorted."""
        self._folder = folder
        self._founders, self._joiners = founders, joiners

    def load(self, prints: UInt64[np.ndarray, "n"], floor: float) -> Kept:
        """The lists of before, and where their faces are now; nothing, if there are none that can be used.

        Args:
            prints: of the vectors (insertion.fingerprints), founders first, in the order of the ids.
            floor: the least cosine of two neighbours.
        """
        saved = self._folder.load(LISTS, _key(floor))
        if saved is None:
            return nothing_kept(NEIGHBOURS)
        ids, old_prints, rows, dots = saved.arrays
        then, now = saved.done, len(self._founders)
        founders = _rows_now(ids[:then], old_prints[:then], self._founders, prints[:now])
        joiners = _rows_now(ids[then:], old_prints[then:], self._joiners, prints[now:])
        joiners[joiners >= 0] += now
        return Kept(Nearest(rows, dots), np.concatenate([founders, joiners]))

    def save(self, prints: UInt64[np.ndarray, "n"], floor: float, nearest: Nearest) -> None:
        """Keep the lists in the place of those before.

        Raises:
            StorageError: the write failed; what was kept before still is.
        """
        ids = np.concatenate([self._founders, self._joiners])
        self._folder.save(LISTS, _key(floor), Saved(len(self._founders), [ids, prints, *nearest]))


def to_ids(face_ids: Iterable[str]) -> Ids:
    """Face ids, which are ASCII, as bytes that sort as they do."""
    return np.array([face_id.encode("ascii") for face_id in face_ids], "S")


def _rows_now(
    ids: Ids, prints: UInt64[np.ndarray, "m"], ids_now: Ids, prints_now: UInt64[np.ndarray, "n"]
) -> Int32[np.ndarray, "m"]:
    """The row of each face of before among those of now, both sorted by id; -1: it is not there, or another."""
    rows = np.searchsorted(ids_now, ids).astype(np.int32)
    rows[rows == len(ids_now)] = -1
    there = np.flatnonzero(rows >= 0)
    same = (ids_now[rows[there]] == ids[there]) & (prints_now[rows[there]] == prints[there])
    rows[there[~same]] = -1
    return rows


def _key(floor: float) -> str:
    return f"{NEIGHBOURS} neighbours down to {floor!r}"
