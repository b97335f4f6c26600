"""Two groupings of one set of faces -> what became of each cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Bool, Int32, Int64

from facecluster.people.counterparts import Overlaps, counterparts_of

Change = Literal["merged", "split", "gone", "created", "shrunk", "grown"]


class Part(NamedTuple):
    """A cluster, as a part of a change."""

    cluster: int
    faces: int  # all of them
    shared: int  # those in common with the other side of the change


@dataclass(frozen=True)
class ClusterChange:
    """What became of a cluster, or of several.

    A cluster that split is the one of `before`, one that others merged into the one of `after`; the other side are the
    parts, the counterpart first. Faces that went to a cluster with a counterpart of its own are in no part: they moved.
    """

    change: Change
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    people: tuple[str, ...] = ()  # ids of those who have decided faces in these clusters, if that is known


def cluster_changes(
    before: Int32[np.ndarray, "n"], after: Int32[np.ndarray, "n"], overlaps: Overlaps
) -> list[ClusterChange]:
    """What became of the clusters that did not stay as they were.

    Args:
        before: the cluster of each face, or less than 0.
        after: the same in the other grouping.
        overlaps: of the two (counterparts.overlaps_of).
    """
    fates = counterparts_of(overlaps)
    sizes_before, sizes_after = _sizes(before), _sizes(after)
    one = [Part(cluster, sizes_before[cluster], faces) for cluster, faces in _pairs(overlaps.before, overlaps.faces)]
    other = [Part(cluster, sizes_after[cluster], faces) for cluster, faces in _pairs(overlaps.after, overlaps.faces)]
    splits = _by_hub(overlaps.before, fates.same, fates.split_off)
    merges = _by_hub(overlaps.after, fates.same, fates.merged_into)
    resized = fates.same & ~np.isin(overlaps.before, list(splits)) & ~np.isin(overlaps.after, list(merges))
    return [
        *(ClusterChange("split", (_whole(one, rows),), tuple(other[row] for row in rows)) for rows in splits.values()),
        *(ClusterChange("merged", tuple(one[row] for row in rows), (_whole(other, rows),)) for rows in merges.values()),
        *(_resized(one[row], other[row]) for row in np.flatnonzero(resized) if one[row].faces != other[row].faces),
        *(ClusterChange("gone", (part,), ()) for part in _without_overlap(sizes_before, overlaps.before)),
        *(ClusterChange("created", (), (part,)) for part in _without_overlap(sizes_after, overlaps.after)),
    ]


def _sizes(groups: Int32[np.ndarray, "n"]) -> dict[int, int]:
    found, faces = np.unique(groups[groups >= 0], return_counts=True)
    return dict(_pairs(found, faces))


def _pairs(one: np.ndarray, other: np.ndarray) -> Iterator[tuple[int, int]]:
    return zip(one.tolist(), other.tolist(), strict=True)


def _by_hub(
    hubs: Int64[np.ndarray, "m"], same: Bool[np.ndarray, "m"], others: Bool[np.ndarray, "m"]
) -> dict[int, list[int]]:
    """The overlaps of each cluster that has others besides its counterpart: with its counterpart and with these."""
    rows = np.flatnonzero((same | others) & np.isin(hubs, hubs[others]))
    by_hub: dict[int, list[int]] = {}
    for row in rows.tolist():
        by_hub.setdefault(int(hubs[row]), []).append(row)
    return by_hub


def _whole(parts: list[Part], rows: list[int]) -> Part:
    """The cluster that these overlaps have in common, and all that they hold of it."""
    return parts[rows[0]]._replace(shared=sum(parts[row].shared for row in rows))


def _resized(before: Part, after: Part) -> ClusterChange:
    return ClusterChange("grown" if after.faces > before.faces else "shrunk", (before,), (after,))


def _without_overlap(sizes: dict[int, int], overlapping: Int64[np.ndarray, "m"]) -> list[Part]:
    known = set(overlapping.tolist())
    return [Part(cluster, faces, 0) for cluster, faces in sizes.items() if cluster not in known]
