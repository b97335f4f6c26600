"""How alike two faces, or two groups, must be before chance no longer explains it."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64

MAX_COSINE = 0.99  # a threshold beyond it would part two copies of one face

SIZE_STEPS = 8
"""Steps of the table of critical values for each doubling of a group."""

PHOTO_PRIOR = 0.02
"""Share of the pictures of a person in which the person is twice: mirrors, collages, photos on the wall. The chance
that two groups are one person's, where they share a photo, is so much smaller."""

LEAST_SHARE = 0.36
"""Of the way from strangers to two occasions of one person. Below it a large library finds groups that are alike by
chance; above a half, people of many looks fall apart."""

MAX_SHARED_PHOTOS = 3
"""Shared photos that count; more say the same again."""


class Calibration(NamedTuple):
    """How alike faces are to a pack. Cosine scales differ from network to network, so every pack brings its own."""

    impostor_median: float  # cosine of two different people
    impostor_sd: float  # standard deviation of that, by its lower side
    genuine_median: float  # cosine of two photos of one person, taken on different occasions


def link_threshold(n_faces: int, impostor_median: float, impostor_sd: float, false_links: float) -> float:
    """The cosine that a face exceeds with about `false_links` strangers among the `n_faces` of its library.

    Every face meets every stranger, so the threshold must rise with the library: at a fixed one the chance links
    multiply until all people hang together. Cosines of strangers are nearly Gaussian, hence median + sd * z(false_links
    / n_faces), where z(p) is exceeded with probability p: the Bonferroni correction of one test a stranger.

    Args:
        n_faces: faces in the library; fewer than two are taken as two.
        impostor_median: median cosine of two different people under the pack that made the vectors.
        impostor_sd: their standard deviation, above 0.
        false_links: expected links of one face to strangers, above 0 and at most 1.

    Raises:
        ValueError: a number is out of its range.
    """
    if not (-1 <= impostor_median <= 1 and 0 < impostor_sd <= 1 and 0 < false_links <= 1):
        raise ValueError(
            "expected -1 <= impostor_median <= 1, 0 < impostor_sd <= 1 and 0 < false_links <= 1, "
            f"found {impostor_median}, {impostor_sd} and {false_links}"
        )
    return min(impostor_median + impostor_sd * deviations(false_links / max(n_faces, 2)), MAX_COSINE)


def least_mean(calibration: Calibration) -> float:
    """The mean cosine that all pairs between two parts of one person have at least, however much their looks differ."""
    return calibration.impostor_median + LEAST_SHARE * (calibration.genuine_median - calibration.impostor_median)


def deviations(probability: float) -> float:
    """The standard deviations above the mean that a normal variable exceeds with a probability of at most a half."""
    # By symmetry -z(p): the upper tail itself, without the rounding of 1 - p.
    return -NormalDist().inv_cdf(min(probability, 0.5))


def critical_values(n_faces: int, false_links: float) -> Float64[np.ndarray, "photos sizes"]:
    """The deviations that evidence between two groups must exceed: by shared photos, and by the larger group's size.

    A face meets at most n / s groups of s faces and more, so for each size its budget of false links is spread over as
    many tests; what is alike to a large group needs less to be taken for its person's. Column c is for groups of
    2 ** (c / SIZE_STEPS) faces.
    """
    sizes = 2 ** (np.arange(np.ceil(np.log2(max(n_faces, 2))) * SIZE_STEPS + 2) / SIZE_STEPS)
    chances = false_links * sizes / max(n_faces, 2)
    return np.array(
        [
            [deviations(float(chance) * PHOTO_PRIOR**shared) for chance in chances]
            for shared in range(MAX_SHARED_PHOTOS + 1)
        ]
    )


def expected_excess(share: float) -> float:
    """The mean of the upper share of a normal variable, in standard deviations: 0 of all of it."""
    if share >= 1:
        return 0.0
    normal = NormalDist()
    return normal.pdf(normal.inv_cdf(1 - share)) / share
