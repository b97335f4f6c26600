"""Made-up faces of any number, as hard to tell apart as real ones, to measure what no labelled set is large enough for.

    python -m tests.benchmarks.synthetic [FACES DIMENSION SEED]

prints how hard they are. Photo archives are long-tailed: a few people have thousands of faces, most have one or two.
Siblings look alike and stand side by side, some faces are blurred, and a burst gives nearly the same face twice.
"""

import sys
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from facecluster.clusters.verification import equal_error, roc
from tests.benchmarks.synthetic_vectors import AGEING_FACES, Siblings, vector_blocks

STRANGERS = 0.15  # share of faces that are the only one of a passer-by
SIZE_EXPONENT = 2.0  # of all others, people with s faces are as frequent as s ** -SIZE_EXPONENT
LARGEST_SHARE, LARGEST_AT_LEAST = 0.02, 20  # of the faces, the most that one person has
SIBLINGS = 0.06  # share of people with AGEING_FACES or more who have a sibling among them
SIBLINGS_TOGETHER = 0.3  # share of the faces of the lesser sibling that have the other beside them
PHOTO_FACES = 2.2  # mean number of faces on a photo
BLURRED, BLURRED_STRANGERS = 0.08, 0.20  # share of blurred faces
BLUR_BLENDS = (0.15, 0.45)  # how far blur draws a face towards the common blur
SHARP_QUALITY, SHARP_QUALITY_SD = 0.68, 0.14
BLURRED_QUALITY, QUALITY_PER_BLEND, BLURRED_QUALITY_SD = 0.45, 0.55, 0.08  # 9 of 10 blurred faces come out below 0.4
BLOCK_PAIRS = 16_384  # compared at once

POOR_QUALITY = 0.4  # below it `cluster.min_quality` lets no face found a group


class SyntheticFaces(NamedTuple):
    """n faces in no order."""

    vectors: Float32[np.ndarray, "n d"]  # of unit length
    people: Int64[np.ndarray, "n"]  # who it is
    photos: Int64[np.ndarray, "n"]  # the photo it stands in; nobody is on one twice
    qualities: Float32[np.ndarray, "n"]  # 0..1, as a measure that overlooks one blurred face in ten gives them
    blurred: Bool[np.ndarray, "n"]


class Difficulty(NamedTuple):
    """How well a threshold on the cosine tells pairs of one person (genuine) from pairs of two (impostor)."""

    equal_error: float
    genuine_mean: float
    genuine_sd: float
    genuine_median: float
    impostor_median: float
    impostor_sd: float


def synthetic_faces(n: int, dimension: int, seed: int) -> SyntheticFaces:
    """n made-up faces; the same for equal arguments, up to the rounding of the linear algebra at hand.

    Memory beyond the vectors is about half of theirs; a million faces of 128 dimensions take some ten seconds.

    Args:
        n: faces, 0 or more.
        dimension: of the vectors, 128 or 512.
        seed: another one, other people.
    """
    rng = np.random.default_rng(seed)
    sizes = _person_sizes(n, rng)
    people = np.repeat(np.arange(len(sizes)), sizes)
    siblings = _siblings(sizes, rng)
    photos = _photos(people, sizes, siblings, rng)
    blurred = rng.random(n) < np.where(sizes[people] == 1, BLURRED_STRANGERS, BLURRED)
    blends = (rng.uniform(*BLUR_BLENDS, n) * blurred).astype(np.float32)
    rows = rng.permutation(n)
    faces = SyntheticFaces(
        np.empty((n, dimension), np.float32), *(np.empty_like(one) for one in (people, photos, blends, blurred))
    )
    faces.people[rows], faces.photos[rows], faces.blurred[rows] = people, photos, blurred
    faces.qualities[rows] = _qualities(blends, rng)
    start = 0
    for block in vector_blocks(sizes, siblings, blends, dimension, rng):
        faces.vectors[rows[start : start + len(block)]] = block
        start += len(block)
    return faces


def difficulty(faces: SyntheticFaces, pairs: int = 200_000) -> Difficulty:
    """How hard the faces are, from random pairs: of the other faces of a random face, and of any two people.

    Raises:
        ValueError: nobody has two faces, or all are one person's.
    """
    rng = np.random.default_rng(0)
    order = np.argsort(faces.people, kind="stable")
    _, firsts, position, counts = np.unique(
        faces.people[order], return_index=True, return_inverse=True, return_counts=True
    )
    several = np.flatnonzero(counts[position] > 1)
    if not len(several) or len(firsts) < 2:
        raise ValueError(f"expected two people and two faces of one, found {len(firsts)} and {counts.max(initial=0)}")
    face = rng.choice(several, pairs)
    first, size = firsts[position[face]], counts[position[face]]
    other = first + (face - first + 1 + rng.integers(0, size - 1)) % size
    genuine = _cosines(faces.vectors, order[face], order[other])
    some, any_other = rng.integers(0, len(order), (2, pairs))
    apart = faces.people[some] != faces.people[any_other]
    impostor = _cosines(faces.vectors, some[apart], any_other[apart])
    same = np.repeat([True, False], [len(genuine), len(impostor)])
    error = equal_error(roc(np.concatenate([genuine, impostor]), same))
    middle = float(np.median(genuine)), float(np.median(impostor))
    return Difficulty(error, float(genuine.mean()), float(genuine.std()), *middle, float(impostor.std()))


def _person_sizes(n: int, rng: np.random.Generator) -> Int64[np.ndarray, "people"]:
    """The number of faces of each person."""
    passing = int(STRANGERS * n)
    possible = np.arange(1, max(LARGEST_AT_LEAST, int(LARGEST_SHARE * n)) + 1)
    frequencies = possible**-SIZE_EXPONENT
    drawn = rng.choice(possible, n - passing, p=frequencies / frequencies.sum())
    sizes = np.diff(np.minimum(np.cumsum(drawn), n - passing), prepend=0)
    return np.concatenate([sizes[sizes > 0], np.ones(passing, np.int64)])


def _siblings(sizes: Int64[np.ndarray, "people"], rng: np.random.Generator) -> Siblings:
    """Who is whose sibling."""
    known = rng.permutation(np.flatnonzero(sizes >= AGEING_FACES))
    pairs = int(SIBLINGS * len(known)) // 2
    return Siblings(known[:pairs], known[pairs : 2 * pairs])


def _photos(
    people: Int64[np.ndarray, "n"], sizes: Int64[np.ndarray, "people"], siblings: Siblings, rng: np.random.Generator
) -> Int64[np.ndarray, "n"]:
    """The photo of each face: some show siblings, the others whoever came along."""
    photos = np.full(len(people), -1)
    firsts = np.cumsum(sizes) - sizes
    together = rng.binomial(np.minimum(sizes[siblings.first], sizes[siblings.second]), SIBLINGS_TOGETHER)
    shared = int(together.sum())
    nth = np.arange(shared) - np.repeat(np.cumsum(together) - together, together)
    for one in siblings:
        photos[np.repeat(firsts[one], together) + nth] = np.arange(shared)
    rest = rng.permutation(np.flatnonzero(photos < 0))
    numbers = shared + np.cumsum(rng.random(len(rest)) < 1 / PHOTO_FACES)
    _, seen_first = np.unique(numbers * len(sizes) + people[rest], return_index=True)
    twice = np.ones(len(rest), bool)
    twice[seen_first] = False
    numbers[twice] = numbers.max(initial=0) + 1 + np.arange(twice.sum())
    photos[rest] = numbers
    return photos


def _qualities(blends: Float32[np.ndarray, "n"], rng: np.random.Generator) -> Float32[np.ndarray, "n"]:
    """What a measure of quality makes of each face."""
    blurred = blends > 0
    means = np.where(blurred, BLURRED_QUALITY - QUALITY_PER_BLEND * blends, SHARP_QUALITY)
    spread = np.where(blurred, BLURRED_QUALITY_SD, SHARP_QUALITY_SD)
    return np.clip(rng.normal(means, spread), 0, 1).astype(np.float32)


def _cosines(
    vectors: Float32[np.ndarray, "n d"], first: Int64[np.ndarray, "pairs"], second: Int64[np.ndarray, "pairs"]
) -> Float64[np.ndarray, "pairs"]:
    """The cosine of each pair of rows."""
    blocks = np.array_split(np.stack([first, second]), len(first) // BLOCK_PAIRS + 1, axis=1)
    products = [np.einsum("ij,ij->i", vectors[some], vectors[others]) for some, others in blocks]
    return np.concatenate(products).astype(np.float64)


def main(n: int, dimension: int, seed: int) -> None:
    """Print how hard the faces are and how the people are made up."""
    faces = synthetic_faces(n, dimension, seed)
    sizes = np.bincount(faces.people)
    for name, value in difficulty(faces)._asdict().items():
        print(f"{name.replace('_', ' ')}: {value:.4f}")
    print(
        f"people: {len(sizes):,}, the largest of {sizes.max():,} faces;"
        f" {(sizes == 1).sum() / n:.1%} of all faces are single"
    )
    print(f"faces a photo: {n / len(np.unique(faces.photos)):.2f}")
    poor = faces.qualities < POOR_QUALITY
    overlooked, wronged = 1 - poor[faces.blurred].mean(), poor[~faces.blurred].mean()
    print(
        f"blurred: {faces.blurred.mean():.1%} of faces; {overlooked:.1%} of them at {POOR_QUALITY} quality or more,"
        f" {wronged:.1%} of the others less"
    )


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:]]
    main(*(given or [20_000, 512, 0]))
