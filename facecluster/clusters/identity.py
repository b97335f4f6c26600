"""New groups to the numbers of the groups before: who is mostly the same keeps the number."""

import numpy as np
from jaxtyping import Int32


def kept_ids(
    old_labels: Int32[np.ndarray, "n"], new_labels: Int32[np.ndarray, "n"], next_id: int
) -> tuple[Int32[np.ndarray, "n"], int]:
    """The new groups under the numbers of the old ones, as far as they go, and the next number that is free.

    One new group is given the number of one old group, the pair with the most faces in common first, of equals that of
    the smaller old number and then of the smaller new one. The rest are numbered from `next_id` on, in their order.

    Args:
        old_labels: numbers of the groups before; -1: alone, or not there.
        new_labels: groups of the same faces now, numbered from 0 without gaps; -1: alone.
        next_id: above all numbers that were ever given.
    """
    n_groups = int(new_labels.max(initial=-1)) + 1
    ids = np.full(n_groups + 1, -1, np.int32)  # the last stands for no group
    both = (old_labels >= 0) & (new_labels >= 0)
    pairs, shared = np.unique(old_labels[both].astype(np.int64) << 32 | new_labels[both], return_counts=True)
    given: set[int] = set()
    for place in np.lexsort((pairs, -shared)).tolist():
        old, new = int(pairs[place]) >> 32, int(pairs[place]) & 0xFFFFFFFF
        if old not in given and ids[new] < 0:
            ids[new] = old
            given.add(old)
    fresh = np.flatnonzero(ids[:-1] < 0)
    ids[fresh] = next_id + np.arange(len(fresh), dtype=np.int32)
    return ids[new_labels], next_id + len(fresh)
