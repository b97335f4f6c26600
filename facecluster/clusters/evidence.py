"""What speaks for two groups of faces being one person's: how far their likeness exceeds that of strangers.

The cosine of two strangers varies for three reasons: who the two are, which picture of the one and of the other it is,
and chance. Let g be the mean cosine of two photos of one person, the share of a vector that is the person's. Then the
three have g^2, twice g (1 - g), and (1 - g)^2 of the variance, and over groups of a and b independent faces the mean
cosine has the variance sd^2 (g^2 + g (1 - g) (1 / a + 1 / b) + (1 - g)^2 / (a b)). That is why a group needs less
likeness than a pair. Near-equal frames of a burst are not independent; they count as about one.

A person has several looks, and two groups of one person may share but one of them. So it is the mean over the most
alike pairs that is held against what strangers of those sizes reach: for two faces the cosine itself, for large groups
the best part of all pairs.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float64, Int32

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import GRID_LENGTH, Grid
from facecluster.clusters.threshold import MAX_SHARED_PHOTOS, PHOTO_PRIOR, SIZE_STEPS, expected_excess

UPPER_SHARE = 0.3
"""Of all pairs between two groups, the share that is looked at: one look of three in common is enough. With .2
the labelled libraries are grouped alike, with .4 the largest loses .001 of F; the mean over all pairs misses people of
many looks."""

MAX_FACES = 64
"""Faces of a group that are compared with another's, spread evenly over it."""

FAR_SHORT = -0.5
"""Deviations: evidence that lacks more is of no use to anybody."""

DOT_UNIT = 1 / GRID_LENGTH**2

EXCESS = np.array([0.0] + [expected_excess(np.ceil(UPPER_SHARE * n) / n) for n in range(1, MAX_FACES**2 + 1)])
"""By number of pairs: the mean of the most alike of them where all are strangers', in standard deviations."""


class Yardstick(NamedTuple):
    """What evidence is held against."""

    impostor_means: Float64[np.ndarray, "n"]  # calibration.Impostors
    impostor_sd: float
    genuine_median: float  # threshold.Calibration
    least_mean: float  # threshold.least_mean, in deviations above what strangers have
    critical: Float64[np.ndarray, "photos sizes"]  # threshold.critical_values
    excess: Float64[np.ndarray, "_pairs"] = EXCESS


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def independent_faces(size: int, within: float, genuine_median: float) -> float:
    """How many independent faces a group is worth: all of them if they are as alike as two occasions are, else fewer.

    `within` is the sum of the cosines of all its faces with all, themselves included.
    """
    correlation = (within / size**2 - genuine_median) / (1 - genuine_median)
    # Rounding to the grid lets a face be a little more than alike to itself.
    return float(size) if correlation * size <= 1 else max(1 / correlation, 1.0)


@compiled
@no_type_check
def needed_evidence(
    yardstick: Yardstick, one: float, other: float, credit: float, n_pairs: int, shared_photos: int
) -> float:
    """The deviations that the most alike of `n_pairs` pairs, at most MAX_FACES^2, must reach on average.

    `one` and `other` are the numbers of independent faces, `credit` the size of group that one of the two is: the
    larger it is, the fewer there are of which one could be alike by chance.
    """
    share = yardstick.genuine_median
    of_faces = share * (1 - share)
    of_pairs = (1 - share) ** 2
    spread = share**2 + of_faces / one + of_faces / other + of_pairs / (one * other)
    among_pairs = of_faces * (2 - 1 / one - 1 / other) + of_pairs * (1 - 1 / (one * other))
    column = SIZE_STEPS * np.log2(credit)
    left = min(int(column), yardstick.critical.shape[1] - 2)
    row = yardstick.critical[min(shared_photos, MAX_SHARED_PHOTOS)]
    critical = row[left] + (column - left) * (row[left + 1] - row[left])
    return yardstick.excess[n_pairs] * np.sqrt(among_pairs) + critical * np.sqrt(spread)


@compiled
@no_type_check
def weigh(
    grid: Grid, yardstick: Yardstick, one: Int32[np.ndarray, "a"], other: Int32[np.ndarray, "b"], needed: float
) -> tuple[float, float]:
    """The evidence between some faces of two groups beyond what is needed, and the mean cosine between them.

    The most alike pairs must reach what is needed, and the mean over all pairs what parts of one person have at least.
    Where the mean is far from that the pairs are not looked at: the evidence is then no more than what is told.
    """
    ours, our_stranger = _sum_of(grid, yardstick, one)
    theirs, their_stranger = _sum_of(grid, yardstick, other)
    total = 0.0
    for axis in range(grid.shape[1]):
        total += np.float64(ours[axis]) * theirs[axis]
    cosine = total * DOT_UNIT / (len(one) * len(other))
    spare = (cosine - (our_stranger + their_stranger) / 2) / yardstick.impostor_sd - yardstick.least_mean
    if spare < FAR_SHORT:
        return spare, cosine
    deviations = np.empty(len(one) * len(other))
    for i in range(len(one)):
        for j in range(len(other)):
            dot = np.int32(0)
            for axis in range(grid.shape[1]):
                dot += np.int32(grid[one[i], axis]) * np.int32(grid[other[j], axis])
            stranger = (yardstick.impostor_means[one[i]] + yardstick.impostor_means[other[j]]) / 2
            deviations[i * len(other) + j] = (dot * DOT_UNIT - stranger) / yardstick.impostor_sd
    upper = _upper_mean(deviations, int(np.ceil(UPPER_SHARE * len(deviations))))
    return min(upper - needed, spare), cosine


@compiled
@no_type_check
def _sum_of(grid: Grid, yardstick: Yardstick, rows: Int32[np.ndarray, "m"]) -> tuple[Int32[np.ndarray, "d"], float]:
    """The sum of the vectors of some faces, and their mean cosine with strangers."""
    total, stranger = np.zeros(grid.shape[1], np.int32), 0.0  # holds 2^19 components of 2^12
    for row in rows:
        stranger += yardstick.impostor_means[row]
        for axis in range(grid.shape[1]):
            total[axis] += np.int32(grid[row, axis])
    return total, stranger / len(rows)


@compiled
@no_type_check
def _upper_mean(values: Float64[np.ndarray, "n"], count: int) -> float:
    """The mean of the `count` largest values, to the last digits: found by halving, since sorting takes long."""
    if len(values) == 1:
        return values[0]
    low, high = values.min(), values.max()
    for _ in range(32):
        middle = (low + high) / 2
        above = 0
        for value in values:
            above += value > middle
        if above >= count:
            low = middle
        else:
            high = middle
    above, total = 0, 0.0
    for value in values:
        if value > high:
            above += 1
            total += value
    return (total + (count - above) * high) / count


@compiled
@no_type_check
def counted_photos(shared: int, smaller: int) -> int:
    """The shared photos that speak against one person: not those that mirrors and collages explain."""
    return max(0, shared - int(PHOTO_PRIOR * smaller))


@compiled
@no_type_check
def spread_evenly(members: Int32[np.ndarray, "n"]) -> Int32[np.ndarray, "m"]:
    """At most `MAX_FACES` of the faces, at even distances."""
    count = min(len(members), MAX_FACES)
    chosen = np.empty(count, np.int32)
    for place in range(count):
        chosen[place] = members[place * len(members) // count]
    return chosen
