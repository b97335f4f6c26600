"""The vectors of made-up people: a direction each, and what age, event, camera and blur do to it.

A person is a direction that moves with age; an event adds what its faces share, a face what is its own; all blurred
faces of the world are a little alike.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int64

EVENT_FACES = 4.0  # mean number of faces that one person has at one event
AGEING_FACES = 3  # people with fewer do not age
SIBLING_COSINES = (0.35, 0.60)  # between the directions of two siblings
REPEATED, REPEAT_NOISE = 0.02, 0.05  # share of faces that are the one before once more, and what is new in them
BLUR_NOISE = 0.25  # length of what blur adds to a face
SPECTRUM_EXPONENT = 0.30  # the i-th principal axis of any noise is i ** -SPECTRUM_EXPONENT long
BLOCK_FACES = 16_384  # made at once, rounded up to whole people


class Recipe(NamedTuple):
    """How much makes two faces of one person differ, where 1 is the length of the person."""

    event_power: float  # squared length of what an event adds: median
    face_power: float  # the same of a face
    power_log_sd: float  # spread of both
    drift: float  # length of what age adds at either end of a life


RECIPES = {512: Recipe(0.36, 0.56, 0.5, 0.55), 128: Recipe(0.40, 0.58, 0.5, 0.50)}
"""By number of dimensions. Equal error 0.6 % at 512, as large face networks have it, and 3 % at 128, small ones."""


class Siblings(NamedTuple):
    """Pairs of people."""

    first: Int64[np.ndarray, "pairs"]
    second: Int64[np.ndarray, "pairs"]


class _Noise:
    """Gaussian vectors, of length 1 in the mean of squares, longer along some axes than others."""

    def __init__(self, dimension: int, rng: np.random.Generator) -> None:
        axes = np.arange(1, dimension + 1) ** -SPECTRUM_EXPONENT
        self._axes = (axes / np.linalg.norm(axes)).astype(np.float32)
        self._rng = rng

    def __call__(self, count: int) -> Float32[np.ndarray, "count d"]:
        vectors = self._rng.standard_normal((count, len(self._axes)), np.float32)
        vectors *= self._axes
        return vectors


def vector_blocks(
    sizes: Int64[np.ndarray, "people"],
    siblings: Siblings,
    blends: Float32[np.ndarray, "n"],
    dimension: int,
    rng: np.random.Generator,
) -> Iterator[Float32[np.ndarray, "block d"]]:
    """The vectors of all faces, person by person, some whole people at a time."""
    noise = _Noise(dimension, rng)
    centres = _centres(len(sizes), siblings, noise, rng)
    blur = _unit(noise(1))
    # The axes of the noise are those of the vectors up to here; no method may profit from it.
    turn = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0].astype(np.float32)
    ends = np.cumsum(sizes)
    start = 0
    for some in np.split(np.arange(len(sizes)), np.flatnonzero(np.diff((ends - 1) // BLOCK_FACES)) + 1):
        looks = _looks(centres[some], sizes[some], RECIPES[dimension], noise, rng)
        stop = start + len(looks)
        yield _unit(_as_photographed(looks, blends[start:stop, None], blur, noise) @ turn)
        start = stop


def _centres(
    count: int, siblings: Siblings, noise: _Noise, rng: np.random.Generator
) -> Float32[np.ndarray, "people d"]:
    """The direction of each person."""
    centres = _unit(noise(count))
    cosines = rng.uniform(*SIBLING_COSINES, (len(siblings.first), 1)).astype(np.float32)
    own = np.sqrt(1 - cosines**2) * centres[siblings.second]
    centres[siblings.second] = _unit(cosines * centres[siblings.first] + own)
    return centres


def _looks(
    centres: Float32[np.ndarray, "people d"],
    sizes: Int64[np.ndarray, "people"],
    recipe: Recipe,
    noise: _Noise,
    rng: np.random.Generator,
) -> Float32[np.ndarray, "faces d"]:
    """The faces of some people as a perfect camera takes them: person, age, event, face."""
    people = np.repeat(np.arange(len(sizes)), sizes)
    starts = rng.random(len(people)) < 1 / EVENT_FACES
    starts[np.cumsum(sizes) - sizes] = True
    events = np.cumsum(starts) - 1
    ages = rng.uniform(-recipe.drift, recipe.drift, starts.sum()) * (sizes[people[starts]] >= AGEING_FACES)

    def lengths(median_power: float, count: int) -> Float32[np.ndarray, "count 1"]:
        power = median_power * np.exp(recipe.power_log_sd * rng.standard_normal((count, 1), np.float32))
        return np.sqrt(power).astype(np.float32)

    aged = centres[people[starts]] + ages[:, None].astype(np.float32) * _unit(noise(len(sizes)))[people[starts]]
    at_event = _unit(aged) + lengths(recipe.event_power, len(ages)) * noise(len(ages))
    looks = _unit(at_event[events] + lengths(recipe.face_power, len(people)) * noise(len(people)))
    again = np.flatnonzero((rng.random(len(people)) < REPEATED) & ~starts)
    looks[again] = looks[again - 1] + np.float32(REPEAT_NOISE) * noise(len(again))
    return looks


def _as_photographed(
    looks: Float32[np.ndarray, "faces d"],
    blends: Float32[np.ndarray, "faces 1"],
    blur: Float32[np.ndarray, "1 d"],
    noise: _Noise,
) -> Float32[np.ndarray, "faces d"]:
    """The faces, some of them blurred: blended with the common blur and noisier."""
    blurred = np.flatnonzero(blends[:, 0])
    blend = blends[blurred]
    looks[blurred] = (1 - blend) * looks[blurred] + blend * blur + np.float32(BLUR_NOISE) * noise(len(blurred))
    return looks


def _unit(vectors: Float32[np.ndarray, "n d"]) -> Float32[np.ndarray, "n d"]:
    """The vectors at length 1, in place."""
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors
