"""Faces against the people that were found: who joins, how firmly each belongs, which other person is nearest."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from facecluster.clusters.calibration import group_vectors
from facecluster.clusters.candidates import GROUPS_A_FACE, Offsets, sums_within, to_parts
from facecluster.clusters.compiled import compiled
from facecluster.clusters.evidence import (
    Yardstick,
    independent_faces,
    needed_evidence,
    spread_evenly,
    weigh,
)
from facecluster.clusters.grid import Grid

JOINER_SHARE = 0.7
"""Of the cosine of two occasions of one person, what a joiner has with a group on average: blurred strangers have
less, whereas what founds a group has the many looks of a person to show."""


class Belonging(NamedTuple):
    """How each of n faces stands to the groups."""

    strengths: Float32[np.ndarray, "n"]  # cosine to the mean of the group's other faces, at least 0; 0 where alone
    rivals: Int32[np.ndarray, "n"]  # the nearest other group that one of its neighbours is in; -1: there is none
    rival_cosines: Float32[np.ndarray, "n"]  # cosine to the mean of that group; nan: there is none


def join_groups(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    labels: Int32[np.ndarray, "n"],
    joiners: Int64[np.ndarray, "j"],
    nearest: Int32[np.ndarray, "j k"],
    yardstick: Yardstick,
) -> Int32[np.ndarray, "n"]:
    """The labels, each joiner now in the group with the strongest evidence, if that is enough.

    Joiners neither see each other nor count among a group's faces, so none of them founds a group or bridges two.

    Args:
        grid: the vectors.
        photos: a number for the photo each face stands in.
        labels: the groups, 0 to g - 1 without gaps; -1: alone, as all joiners are.
        joiners: rows of the faces that may join.
        nearest: rows of the faces nearest to each joiner, by falling cosine; -1: no more.
        yardstick: of the evidence.
    """
    parts = to_parts(labels)
    within = sums_within(grid, parts.members, parts.offsets)
    joined = labels.copy()
    joined[joiners] = _strongest(
        grid, photos, labels, joiners, nearest, yardstick, parts.members, parts.offsets, within
    )
    return joined


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _strongest(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    labels: Int32[np.ndarray, "n"],
    joiners: Int64[np.ndarray, "j"],
    nearest: Int32[np.ndarray, "j k"],
    yardstick: Yardstick,
    members: Int32[np.ndarray, "n"],
    offsets: Offsets,
    within: Float64[np.ndarray, "p"],
) -> Int32[np.ndarray, "j"]:
    """The group with the strongest evidence for each joiner; -1: none has enough."""
    chosen = np.full(len(joiners), -1, np.int32)
    for place in range(len(joiners)):
        joiner = joiners[place : place + 1].astype(np.int32)
        strongest = 0.0
        tried, n_tried = np.full(GROUPS_A_FACE, -1, np.int32), 0
        for face in nearest[place]:
            if face < 0 or n_tried == GROUPS_A_FACE:
                break
            group = labels[face]
            if group < 0 or (tried == group).any():
                continue
            tried[n_tried] = group
            n_tried += 1
            faces = members[offsets[group] : offsets[group + 1]]
            shown = spread_evenly(faces)
            shared = int((photos[faces] == photos[joiner[0]]).any())
            worth = independent_faces(len(faces), within[group], yardstick.genuine_median)
            needed = needed_evidence(yardstick, 1.0, worth, worth, len(shown), shared)
            evidence, cosine = weigh(grid, yardstick, joiner, shown, needed)
            alike = cosine >= JOINER_SHARE * yardstick.genuine_median
            equal = evidence == strongest and (chosen[place] < 0 or group < chosen[place])
            if alike and (evidence > strongest or equal):
                strongest, chosen[place] = evidence, group
    return chosen


def number_by_size(labels: Int32[np.ndarray, "n"]) -> Int32[np.ndarray, "n"]:
    """The same groups numbered from 0 by falling size, equals by the row of their first face; -1 stays."""
    names, first_rows, sizes = np.unique(labels, return_index=True, return_counts=True)
    grouped = names >= 0
    order = np.lexsort((first_rows[grouped], -sizes[grouped]))
    numbers = np.full(names.max(initial=-1) + 2, -1, np.int32)  # the last entry serves label -1
    numbers[names[grouped][order]] = np.arange(len(order))
    return numbers[labels]


def belonging(grid: Grid, labels: Int32[np.ndarray, "n"], rows: Int32[np.ndarray, "n k"]) -> Belonging:
    """How firmly each face belongs, and where else it might.

    A face is taken out of the mean of its own group, else one of two faces would always seem firm.

    Args:
        grid: the vectors.
        labels: the groups, 0 to g - 1; -1: alone.
        rows: of the nearest faces to each; -1: no more.
    """
    sums, _ = group_vectors(grid, labels, int(labels.max(initial=-1)) + 1)
    lengths = np.sqrt(np.square(sums.astype(np.float64)).sum(axis=1))
    return Belonging(*_belonging(grid, labels, rows, sums, lengths))


@compiled
@no_type_check
def _belonging(
    grid: Grid,
    labels: Int32[np.ndarray, "n"],
    rows: Int32[np.ndarray, "n k"],
    sums: Int64[np.ndarray, "g d"],
    lengths: Float64[np.ndarray, "g"],
) -> tuple[Float32[np.ndarray, "n"], Int32[np.ndarray, "n"], Float32[np.ndarray, "n"]]:
    n_faces, dimension = grid.shape
    strengths = np.zeros(n_faces, np.float32)
    rivals, rival_cosines = np.full(n_faces, -1, np.int32), np.full(n_faces, np.nan, np.float32)
    for face in range(n_faces):
        own_square = 0
        for axis in range(dimension):
            own_square += np.int64(grid[face, axis]) ** 2
        own = np.sqrt(own_square)
        group = labels[face]
        if group >= 0:
            dot, square = 0, 0.0
            for axis in range(dimension):
                other = sums[group, axis] - grid[face, axis]
                dot += grid[face, axis] * other
                square += np.float64(other) * other
            strengths[face] = min(max(dot / max(own * np.sqrt(square), 1.0), 0.0), 1.0)
        for neighbour in rows[face]:
            if neighbour < 0:
                break
            rival = labels[neighbour]
            if rival < 0 or rival == group or rival == rivals[face]:
                continue
            dot = 0
            for axis in range(dimension):
                dot += grid[face, axis] * sums[rival, axis]
            cosine = np.float32(dot / max(own * lengths[rival], 1.0))
            if rivals[face] < 0 or cosine > rival_cosines[face]:
                rivals[face], rival_cosines[face] = rival, cosine
    return strengths, rivals, rival_cosines
