"""How alike strangers are: what a pack says, and what the library itself says the more faces it has."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.evidence import Yardstick
from facecluster.clusters.grid import GRID_LENGTH, Grid
from facecluster.clusters.threshold import Calibration, critical_values, least_mean

PRIOR_STRANGERS = 1000
"""Strangers that weigh as much as the pack's prior: a small library is mostly one family, and so are its chance pairs.
With 300 one face of 113 film stills is left alone, with 3,000 the largest labelled library loses .001 of F."""

SAMPLED_PAIRS = 1 << 16
"""Pairs from which the spread is read; its error is then below one percent."""

LOWER_DEVIATION = 0.158655
"""Share of a normal distribution that lies more than one standard deviation below its median."""


class Impostors(NamedTuple):
    """What the cosine of two strangers is like in a library."""

    means: Float64[np.ndarray, "n"]  # of each face with strangers; that of two faces is the mean of theirs
    median: float  # of all pairs
    sd: float  # around what the two faces let expect


def impostors_of(grid: Grid, labels: Int32[np.ndarray, "n"], prior: Calibration) -> Impostors:
    """The cosines of faces to faces outside their groups, shrunk towards the prior where there are few of those.

    A face that the network knows less well (a child, a blurred picture, a group of people it saw too little of) is more
    alike to everybody; measured from its own mean it gets a fair hearing. The normalisation of scores by each side's
    impostors is known as s-norm in speaker verification. The spread is read below the median, where no two photos of
    one person are that the groups have missed.

    Args:
        grid: the vectors.
        labels: a first grouping, so strict that hardly anybody is in the wrong group; -1: alone.
        prior: of the pack.
    """
    sums, strangers = _dots_with_strangers(grid, labels)
    weights = strangers / (strangers + PRIOR_STRANGERS)
    own = sums / np.maximum(strangers, 1) / GRID_LENGTH**2
    means = weights * own + (1 - weights) * prior.impostor_median
    weight = float(weights.mean()) if len(weights) else 0.0
    spread = _lower_spread(grid, labels, means)
    sd = prior.impostor_sd if spread is None else weight * spread + (1 - weight) * prior.impostor_sd
    median = float(np.median(means)) if len(means) else prior.impostor_median
    return Impostors(means, median, sd)


def yardstick_of(
    impostors: Impostors, prior: Calibration, n_founders: int, false_links: float
) -> tuple[Yardstick, Calibration]:
    """What evidence is held against in a library, and what cosines mean there."""
    own = prior._replace(impostor_median=impostors.median, impostor_sd=impostors.sd)
    least = (least_mean(own) - own.impostor_median) / own.impostor_sd
    critical = critical_values(n_founders, false_links)
    return Yardstick(impostors.means, impostors.sd, prior.genuine_median, least, critical), own


def _dots_with_strangers(
    grid: Grid, labels: Int32[np.ndarray, "n"]
) -> tuple[Float64[np.ndarray, "n"], Int64[np.ndarray, "n"]]:
    """The sum of each face's dot products with all faces outside its group, and how many those are."""
    n_groups = int(labels.max(initial=-1)) + 1
    group_sums, total = group_vectors(grid, labels, n_groups)
    sizes = np.append(np.bincount(labels[labels >= 0], minlength=n_groups), 1)
    sums = _dots_outside(grid, labels, group_sums, total)
    return sums.astype(np.float64), len(grid) - sizes[labels]


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def group_vectors(
    grid: Grid, labels: Int32[np.ndarray, "n"], n_groups: int
) -> tuple[Int64[np.ndarray, "g d"], Int64[np.ndarray, "d"]]:
    """The sum of the vectors of each group, and of all vectors; exact, so in any order."""
    sums, total = np.zeros((n_groups, grid.shape[1]), np.int64), np.zeros(grid.shape[1], np.int64)
    for face in range(len(grid)):
        for axis in range(grid.shape[1]):
            total[axis] += grid[face, axis]
            if labels[face] >= 0:
                sums[labels[face], axis] += grid[face, axis]
    return sums, total


@compiled
@no_type_check
def _dots_outside(
    grid: Grid, labels: Int32[np.ndarray, "n"], sums: Int64[np.ndarray, "g d"], total: Int64[np.ndarray, "d"]
) -> Int64[np.ndarray, "n"]:
    dots = np.zeros(len(grid), np.int64)
    for face in range(len(grid)):
        group = labels[face]
        for axis in range(grid.shape[1]):
            own = sums[group, axis] if group >= 0 else np.int64(grid[face, axis])
            dots[face] += grid[face, axis] * (total[axis] - own)
    return dots


def _lower_spread(grid: Grid, labels: Int32[np.ndarray, "n"], means: Float64[np.ndarray, "n"]) -> float | None:
    """The standard deviation of strangers' cosines around what their means let expect; None: there are no strangers."""
    left, right = _spaced_pairs(len(grid))
    strangers = (labels[left] < 0) | (labels[left] != labels[right])
    left, right = left[strangers], right[strangers]
    if not len(left):
        return None
    rest = np.empty(len(left))
    for start in range(0, len(left), 1 << 14):
        one, other = left[start : start + (1 << 14)], right[start : start + (1 << 14)]
        dots = np.einsum("nd,nd->n", grid[one].astype(np.float32), grid[other].astype(np.float32))
        rest[start : start + len(one)] = dots.astype(np.float64) / GRID_LENGTH**2 - (means[one] + means[other]) / 2
    spread = float(np.median(rest) - np.quantile(rest, LOWER_DEVIATION))
    return spread if spread > 0 else None


def _spaced_pairs(n_faces: int) -> tuple[Int64[np.ndarray, "p"], Int64[np.ndarray, "p"]]:
    """Up to `SAMPLED_PAIRS` pairs of different faces, every face in as many; all there are where these are fewer."""
    if n_faces < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    n_steps = min(n_faces - 1, max(1, SAMPLED_PAIRS // n_faces))
    steps = 1 + np.arange(n_steps, dtype=np.int64) * (n_faces - 1) // n_steps
    stride = max(1, n_faces * n_steps // SAMPLED_PAIRS)
    faces = np.arange(0, n_faces, stride, dtype=np.int64)
    left, step = np.repeat(faces, n_steps), np.tile(steps, len(faces))
    return left, (left + step) % n_faces
