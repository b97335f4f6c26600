"""Faces cut in two as well as can be, and how likely the two sides are two people.

Faces of one person who are cut in two are still alike; those of two people are little more so than strangers. What two
sides have in common by chance depends on their sizes, as in the evidence of the grouping (clusters.evidence): the
spread of their mean cosine goes with the root of g^2 + g (1 - g) (1 / a + 1 / b) + (1 - g)^2 / (a b), where g is the
cosine of two occasions of one person.
"""

import numpy as np
from jaxtyping import Bool, Float64

from facecluster.people.likeness import Likeness
from facecluster.types import Embeddings

EVEN_LIKENESS = 0.8
"""Likeness of the two sides, over that root, at which a unit is as likely two people as one. Of 238 labelled clusters
of one person 2 have less than .87; of those fused with the likest of the others all but 2 have less; the two of three
faces and more that the grouping itself mixed up have .72 and .78."""

STEEPNESS = 20.0
"""How fast the logarithm of the odds falls with that likeness, by the same clusters."""

ROUNDS = 16
"""At most, of dealing faces to the nearer of two sides; few units need more than five."""


def two_sides(vectors: Embeddings, begin: Bool[np.ndarray, "m"]) -> Bool[np.ndarray, "m"]:
    """Which of two sides each of some faces is on: from a first cut on, dealt to the nearer mean until that is so."""
    side = begin
    for _ in range(ROUNDS):
        if side.all() or not side.any():
            break
        again = dealt(vectors, direction(vectors[side]), direction(vectors[~side]))
        if np.array_equal(again, side):
            break
        side = again
    return side


def first_cut(vectors: Embeddings) -> Bool[np.ndarray, "m"]:
    """Which side of their mean some faces are on, along the axis on which they differ most."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float64)
    axis = centred[np.square(centred).sum(axis=1).argmax()]
    for _ in range(ROUNDS):
        axis = centred.T @ (centred @ axis)
        axis /= max(np.linalg.norm(axis), np.finfo(np.float64).tiny)
    return centred @ axis > 0


def probability_of_two(vectors: Embeddings, side: Bool[np.ndarray, "m"], likeness: Likeness) -> float:
    """How likely it is that the two sides of some faces are two people; 0 where there is but one side."""
    one, other = int(side.sum()), int((~side).sum())
    if not one or not other:
        return 0.0
    cosine = vectors[side].mean(axis=0, dtype=np.float64) @ vectors[~side].mean(axis=0, dtype=np.float64)
    share = likeness.one
    spread = share**2 + share * (1 - share) * (1 / one + 1 / other) + (1 - share) ** 2 / (one * other)
    return float(1 / (1 + np.exp(STEEPNESS * (likeness.of(cosine) / np.sqrt(spread) - EVEN_LIKENESS))))


def dealt(vectors: Embeddings, one: Float64[np.ndarray, "d"], other: Float64[np.ndarray, "d"]) -> Bool[np.ndarray, "n"]:
    """Which faces are nearer to the one direction than to the other."""
    return vectors @ one > vectors @ other


def direction(vectors: Embeddings) -> Float64[np.ndarray, "d"]:
    """The direction of the mean of some faces."""
    mean = vectors.mean(axis=0, dtype=np.float64)
    return mean / max(np.linalg.norm(mean), np.finfo(np.float64).tiny)
