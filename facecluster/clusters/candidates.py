"""Which groups may be one person's: those that a few of the nearest neighbours of their faces are in."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from facecluster.clusters.calibration import group_vectors
from facecluster.clusters.compiled import compiled
from facecluster.clusters.evidence import DOT_UNIT, Yardstick
from facecluster.clusters.grid import Grid, to_grid
from facecluster.clusters.neighbours import Neighbours, nearest_among

GROUPS_A_FACE = 8
"""Groups, apart from its own, that each face proposes: the nearest."""

SURE = np.float32(np.inf)
"""Stands for the best pair of two groups that were proposed by their means: it is unknown, so nothing is ruled out."""

FORBIDDEN = np.float32(-np.inf)
"""Stands there where the two are known to be different people's."""


Offsets = Int64[np.ndarray, "_"]
"""Where the members of each part begin in an array of all, and at last where it ends."""


class Parts(NamedTuple):
    """Faces by the group that a first look put them in; a face that is alone is a part of one."""

    labels: Int32[np.ndarray, "n"]  # part of each face, 0 to p - 1: groups first
    members: Int32[np.ndarray, "n"]  # rows of the faces, part by part, rising within each
    offsets: Offsets  # part i has members[offsets[i] : offsets[i + 1]]


class Candidates(NamedTuple):
    """Pairs of parts that may be one person's: the edges of a graph, each from both its ends, part by part."""

    others: Int32[np.ndarray, "edges"]
    best: Float32[np.ndarray, "edges"]  # deviations of the most alike pair of faces that is known
    offsets: Offsets  # part i has others[offsets[i] : offsets[i + 1]]


def to_parts(labels: Int32[np.ndarray, "n"]) -> Parts:
    """The groups, numbered from 0 without gaps, and after them each face that is alone, -1, as a part of its own."""
    parts = labels.copy()
    alone = labels < 0
    parts[alone] = labels.max(initial=-1) + 1 + np.arange(np.count_nonzero(alone), dtype=np.int32)
    members = np.argsort(parts, kind="stable").astype(np.int32)
    return Parts(parts, members, offsets_of(parts[members], int(parts.max(initial=-1)) + 1))


def offsets_of(rising: Int32[np.ndarray, "n"], n_groups: int) -> Offsets:
    """Where each group begins in an array of rising group numbers, and where the last ends."""
    return np.searchsorted(rising, np.arange(n_groups + 1)).astype(np.int64)


def propose(
    grid: Grid, neighbours: Neighbours, parts: Parts, yardstick: Yardstick, touched: Bool[np.ndarray, "p"] | None = None
) -> Candidates:
    """The pairs of parts between which a face has one of its nearest, or whose means are near.

    Where `touched` is given, only pairs of which one is.
    """
    n_parts = len(parts.offsets) - 1
    touched = np.ones(n_parts, np.bool_) if touched is None else touched
    ones, others, best = _neighbouring_parts(*neighbours, parts.labels, yardstick.impostor_means, touched)
    best = (best / yardstick.impostor_sd).astype(np.float32)
    ours, theirs = _near_means(grid, neighbours, parts, touched)
    ones, others = np.concatenate([ones, ours]), np.concatenate([others, theirs])
    best = np.concatenate([best, np.full(len(ours), SURE)])
    # Each pair once, with its best edge, and then from both ends.
    keys = np.minimum(ones, others) * np.int64(n_parts) + np.maximum(ones, others)
    order = np.lexsort((-best, keys))
    first = np.append([True], np.diff(keys[order]) > 0)[: len(order)]
    kept = order[first]
    ones, others, best = np.minimum(ones, others)[kept], np.maximum(ones, others)[kept], best[kept]
    ones, others, best = np.concatenate([ones, others]), np.concatenate([others, ones]), np.concatenate([best, best])
    order = np.lexsort((others, ones))
    return Candidates(others[order].astype(np.int32), best[order], offsets_of(ones[order], n_parts))


def forbid(candidates: Candidates, pairs: Int32[np.ndarray, "m 2"]) -> Candidates:
    """The candidates, of which these pairs of parts may never be one person's."""
    n_parts = len(candidates.offsets) - 1
    ones = np.repeat(np.arange(n_parts, dtype=np.int32), np.diff(candidates.offsets))
    ones = np.concatenate([ones, pairs[:, 0], pairs[:, 1]])
    others = np.concatenate([candidates.others, pairs[:, 1], pairs[:, 0]])
    best = np.concatenate([candidates.best, np.full(2 * len(pairs), FORBIDDEN)])
    order = np.lexsort((others, ones))
    return Candidates(others[order], best[order], offsets_of(ones[order], n_parts))


def _near_means(
    grid: Grid, neighbours: Neighbours, parts: Parts, touched: Bool[np.ndarray, "p"]
) -> tuple[Int32[np.ndarray, "m"], Int32[np.ndarray, "m"]]:
    """Pairs of groups whose means are near, for those so large that most of their faces see none but their own."""
    sizes = np.diff(parts.offsets)
    n_groups = int(np.count_nonzero(sizes > 1))
    if not touched[:n_groups].any():
        return np.empty(0, np.int32), np.empty(0, np.int32)
    own = (neighbours.rows >= 0) & (parts.labels[neighbours.rows] == parts.labels[:, None])
    blind = np.bincount(parts.labels[own.all(axis=1)], minlength=len(sizes))
    queries = np.flatnonzero(touched[:n_groups] & (2 * blind[:n_groups] > sizes[:n_groups])).astype(np.int32)
    if not len(queries):
        return queries, queries
    sums, _ = group_vectors(grid, np.where(parts.labels < n_groups, parts.labels, -1).astype(np.int32), n_groups)
    lengths = np.sqrt(np.square(sums.astype(np.float64)).sum(axis=1, keepdims=True))
    means = to_grid((sums / np.maximum(lengths, 1)).astype(np.float32))
    found = nearest_among(means[queries], means, GROUPS_A_FACE + 1, 0.0).rows
    ones, others = np.repeat(queries, found.shape[1]), found.ravel()
    apart = (others >= 0) & (others != ones)
    return ones[apart], others[apart]


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _neighbouring_parts(
    rows: Int32[np.ndarray, "n k"],
    cosines: Float32[np.ndarray, "n k"],
    labels: Int32[np.ndarray, "n"],
    impostor_means: Float64[np.ndarray, "n"],
    touched: Bool[np.ndarray, "p"],
) -> tuple[Int32[np.ndarray, "m"], Int32[np.ndarray, "m"], Float64[np.ndarray, "m"]]:
    """Pairs of parts, and by how much the cosine of two of their faces exceeds that of strangers."""
    ones, others = np.empty(len(rows) * GROUPS_A_FACE, np.int32), np.empty(len(rows) * GROUPS_A_FACE, np.int32)
    excess = np.empty(len(ones))
    found = 0
    seen_by = np.full(labels.max() + 1 if len(labels) else 1, -1)
    for face in range(len(rows)):
        proposed = 0
        seen_by[labels[face]] = face
        for slot in range(rows.shape[1]):
            other = rows[face, slot]
            if other < 0 or proposed == GROUPS_A_FACE:
                break
            if seen_by[labels[other]] == face:
                continue
            seen_by[labels[other]] = face
            proposed += 1
            if not (touched[labels[face]] or touched[labels[other]]):
                continue
            stranger = (impostor_means[face] + impostor_means[other]) / 2
            ones[found], others[found] = labels[face], labels[other]
            excess[found] = cosines[face, slot] - stranger
            found += 1
    return ones[:found], others[:found], excess[:found]


@compiled
@no_type_check
def sums_within(grid: Grid, members: Int32[np.ndarray, "n"], offsets: Offsets) -> Float64[np.ndarray, "p"]:
    """The sum of the cosines of all faces of each part with all, themselves included."""
    within = np.empty(len(offsets) - 1)
    for part in range(len(within)):
        total = np.zeros(grid.shape[1], np.int64)
        for place in range(offsets[part], offsets[part + 1]):
            for axis in range(grid.shape[1]):
                total[axis] += grid[members[place], axis]
        square = 0.0
        for value in total:
            square += np.float64(value) * value
        within[part] = square * DOT_UNIT
    return within
