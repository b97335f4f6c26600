"""Vectors to a map: where each face lies in the plane, such that faces that are alike lie side by side.

This is t-SNE with all pairs, not with cells that stand for far faces: a few thousand faces are few enough, the loops
run several pairs an instruction, and no sum depends on threads. The same faces give the same map to the last bit.

Source: van der Maaten and Hinton, "Visualizing Data using t-SNE", 2008.
"""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.grid import to_grid
from facecluster.clusters.neighbours import Neighbours, nearest_neighbours
from facecluster.types import Embeddings

PERPLEXITY = 30
"""Neighbours that a face is drawn to, in effect: the usual number; 15 tore large groups apart more often."""

NEIGHBOURS = 3 * PERPLEXITY
"""That are looked at: the pull of those further away is next to nothing."""

ROUNDS = 500
"""Steps of the descent. Beyond it, the share of true neighbours that lie side by side no longer rose."""

EARLY_ROUNDS = 150
"""Of them, the first, in which like faces are drawn together `EARLY_PULL` times as hard, so that groups can form."""

EARLY_PULL = np.float32(12)
EARLY_MOMENTUM, MOMENTUM = np.float32(0.5), np.float32(0.8)

STEP_A_FACE = 1 / EARLY_PULL
"""Length of a step for each face of the map: Belkina et al., "Automated optimized parameters for t-SNE", 2019."""

MIN_STEP = 50.0  # of small maps

GAIN, LOSS, MIN_GAIN = np.float32(0.2), np.float32(0.8), np.float32(0.01)
"""How a coordinate that keeps its direction speeds up, and one that turns slows down: Jacobs, 1988."""

START_RADIUS = 1e-4
"""Of the disc on which the faces lie at first: small beside 1, the distance at which faces begin to part."""

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

BISECTIONS = 50  # of the reach of a face, from 0 to infinity to the last bit that matters

STRIP_FACES = 1024
"""Whose sums are updated together: they stay in the processor's nearest cache."""

Places = Float32[np.ndarray, "n 2"]


class Pulls(NamedTuple):
    """Who draws whom: those of face i are at starts[i] to starts[i + 1]. Both faces of a pair have the other."""

    starts: Int64[np.ndarray, "faces_and_one"]
    others: Int32[np.ndarray, "pulls"]
    weights: Float32[np.ndarray, "pulls"]  # of sum 1


def map_layout(embeddings: Embeddings) -> Places:
    """The places of faces on a map that reaches from -1 to 1, as wide or as high as it can be.

    It does not depend on threads, but on the order of the faces: pass them sorted by face id. Time grows with n^2:
    5,000 faces take about three seconds of one core.

    Raises:
        ValueError: a vector is not finite or not of unit length.
    """
    n_faces = len(embeddings)
    if n_faces < 2:
        return np.zeros((n_faces, 2), np.float32)
    neighbours = nearest_neighbours(to_grid(embeddings), min(NEIGHBOURS, n_faces - 1), floor=-np.inf)
    pulls = _symmetric(neighbours, _shares(neighbours.cosines))
    places = _descend(_sunflower(n_faces), pulls)
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - (low + high) / 2) / ((high - low).max() / 2)


def _shares(cosines: Float32[np.ndarray, "n k"]) -> Float64[np.ndarray, "n k"]:
    """How much of a face's attention each of its neighbours has, of sum 1 a face.

    The reach of each face is found by bisection, such that it has `PERPLEXITY` neighbours in effect, or a third of
    those there are.
    """
    distances = 2 * (cosines[:, :1].astype(np.float64) - cosines)  # squared, beyond that of the nearest
    wanted = np.log(max(1.0, min(PERPLEXITY, cosines.shape[1] / 3)))
    low, high = np.zeros((len(cosines), 1)), np.full((len(cosines), 1), np.inf)
    sharpness = np.ones((len(cosines), 1))
    for _ in range(BISECTIONS):
        shares = _softmax(-distances * sharpness)
        entropies = -(shares * np.log(np.maximum(shares, np.finfo(np.float64).tiny))).sum(axis=1, keepdims=True)
        low = np.where(entropies > wanted, sharpness, low)
        high = np.where(entropies > wanted, high, sharpness)
        sharpness = np.where(np.isinf(high), sharpness * 2, (low + high) / 2)
    return _softmax(-distances * sharpness)


def _softmax(values: Float64[np.ndarray, "n k"]) -> Float64[np.ndarray, "n k"]:
    """Of rows whose largest value is 0."""
    powers = np.exp(values)
    return powers / powers.sum(axis=1, keepdims=True)


def _symmetric(neighbours: Neighbours, shares: Float64[np.ndarray, "n k"]) -> Pulls:
    """The mutual pull of faces: half of the attention that each gives the other, of sum 1 over the map."""
    n_faces, k = shares.shape
    givers, takers = np.repeat(np.arange(n_faces, dtype=np.int32), k), neighbours.rows.ravel()
    faces, others = np.concatenate([givers, takers]), np.concatenate([takers, givers])
    order = np.argsort(faces, kind="stable")
    starts = np.searchsorted(faces[order], np.arange(n_faces + 1))
    weights = np.tile(shares.ravel() / (2 * n_faces), 2)[order]
    return Pulls(starts, others[order], weights.astype(np.float32))


def _sunflower(n_faces: int) -> Places:
    """Places spread evenly over a small disc, so that no two are the same."""
    turns = np.arange(n_faces) * GOLDEN_ANGLE
    radii = START_RADIUS * np.sqrt((np.arange(n_faces) + 0.5) / n_faces)
    return np.stack([radii * np.cos(turns), radii * np.sin(turns)], axis=1).astype(np.float32)


def _descend(places: Places, pulls: Pulls) -> Places:
    """The places after `ROUNDS` steps down the gradient of t-SNE."""
    step = np.float32(max(MIN_STEP, STEP_A_FACE * len(places)))
    moves, gains = np.zeros_like(places), np.ones_like(places)
    for number in range(ROUNDS):
        early = number < EARLY_ROUNDS
        gradient = _gradient(places, pulls, EARLY_PULL if early else np.float32(1))
        turned = np.sign(gradient) == np.sign(moves)
        gains = np.maximum(np.where(turned, gains * LOSS, gains + GAIN), MIN_GAIN)
        moves = (EARLY_MOMENTUM if early else MOMENTUM) * moves - step * gains * gradient
        places = places + moves
        places -= places.mean(axis=0)
    return places


def _gradient(places: Places, pulls: Pulls, pull: np.float32) -> Places:
    x, y = np.ascontiguousarray(places.T)
    away_x, away_y, near = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    for start in range(0, len(x), STRIP_FACES):
        strip = slice(start, start + STRIP_FACES)
        _repel(x, y, x[strip], y[strip], away_x[strip], away_y[strip], near[strip])
    total = np.float32(near.sum(dtype=np.float64) - len(x))  # a face is not its own neighbour
    away = np.stack([away_x, away_y], axis=1)
    return 4 * (pull * _attract(places, *pulls) - away / total)


# The inner loop adds to one sum of each face, so that the order in which a sum grows is the order of the outer loop.
@compiled
@no_type_check  # the checks of the tests cannot be compiled
def _repel(
    x: Float32[np.ndarray, "n"],
    y: Float32[np.ndarray, "n"],
    strip_x: Float32[np.ndarray, "strip"],
    strip_y: Float32[np.ndarray, "strip"],
    away_x: Float32[np.ndarray, "strip"],
    away_y: Float32[np.ndarray, "strip"],
    near: Float32[np.ndarray, "strip"],
) -> None:
    """Add to the sums of a strip of faces how all faces drive them away, and how near they all are."""
    one = np.float32(1)
    for i in range(len(x)):
        for j in range(len(strip_x)):
            right, down = strip_x[j] - x[i], strip_y[j] - y[i]
            nearness = one / (one + right * right + down * down)
            near[j] += nearness
            away_x[j] += nearness * nearness * right
            away_y[j] += nearness * nearness * down


@compiled
@no_type_check
def _attract(
    places: Places,
    starts: Int64[np.ndarray, "faces_and_one"],
    others: Int32[np.ndarray, "pulls"],
    weights: Float32[np.ndarray, "pulls"],
) -> Places:
    """How each face is drawn away from where it is, by those it is like: from them to it."""
    drawn = np.zeros_like(places)
    for i in range(len(places)):
        for pull in range(starts[i], starts[i + 1]):
            j = others[pull]
            right, down = places[i, 0] - places[j, 0], places[i, 1] - places[j, 1]
            weight = weights[pull] / (np.float32(1) + right * right + down * down)
            drawn[i, 0] += weight * right
            drawn[i, 1] += weight * down
    return drawn
