"""Faces against the groups that were found: who joins, how firmly each belongs, which other group is nearest."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32, Float64, Int32

BLOCK_ROWS = 1024
"""Faces whose cosines to all groups are held at a time."""


def join_groups(
    vectors: Float64[np.ndarray, "n d"], labels: Int32[np.ndarray, "n"], threshold: float
) -> Int32[np.ndarray, "n"]:
    """The labels, each face that was alone now in the group of the nearest mean if that cosine reaches the threshold.

    Those who join neither see each other nor move a mean, so none of them founds a group or bridges two.
    """
    joined = labels.copy()
    means = _unit_means(vectors, labels)
    if not len(means):
        return joined
    alone = np.flatnonzero(labels < 0)
    for block, cosines in _blocks(vectors[alone], means):
        near = cosines.max(axis=1) >= threshold
        joined[alone[block][near]] = cosines.argmax(axis=1)[near]
    return joined


def number_by_size(labels: Int32[np.ndarray, "n"]) -> Int32[np.ndarray, "n"]:
    """The same groups numbered from 0 by falling size, equals by the row of their first face; -1 stays."""
    names, first_rows, sizes = np.unique(labels, return_index=True, return_counts=True)
    grouped = names >= 0
    order = np.lexsort((first_rows[grouped], -sizes[grouped]))
    numbers = np.full(names.max(initial=-1) + 2, -1, np.int32)  # the last entry serves label -1
    numbers[names[grouped][order]] = np.arange(len(order))
    return numbers[labels]


def strengths_of(vectors: Float64[np.ndarray, "n d"], labels: Int32[np.ndarray, "n"]) -> Float32[np.ndarray, "n"]:
    """Cosine of each face to the mean of its group's other faces, 0..1; 0 for a face that is alone.

    The face itself is taken out of the mean, else one of two faces would always seem firm.
    """
    strengths = np.zeros(len(labels), np.float64)
    grouped = labels >= 0
    own = vectors[grouped]
    others = _sums(vectors, labels)[labels[grouped]] - own
    lengths = np.sqrt(np.square(others).sum(axis=1))
    strengths[grouped] = (own * others).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    return np.clip(strengths, 0, 1).astype(np.float32)


def nearest_rivals(
    vectors: Float64[np.ndarray, "n d"], labels: Int32[np.ndarray, "n"]
) -> tuple[Int32[np.ndarray, "n"], Float32[np.ndarray, "n"]]:
    """The nearest group other than a face's own, and the cosine to its mean; -1 and nan where there is none."""
    rivals = np.full(len(labels), -1, np.int32)
    rival_cosines = np.full(len(labels), np.nan, np.float32)
    means = _unit_means(vectors, labels)
    if not len(means):
        return rivals, rival_cosines
    for block, cosines in _blocks(vectors, means):
        grouped = np.flatnonzero(labels[block] >= 0)
        cosines[grouped, labels[block][grouped]] = -np.inf
        nearest, best = cosines.argmax(axis=1), cosines.max(axis=1)
        found = np.isfinite(best)
        rivals[block] = np.where(found, nearest, -1)
        rival_cosines[block] = np.where(found, best, np.nan)
    return rivals, rival_cosines


def _blocks(
    vectors: Float64[np.ndarray, "n d"], means: Float64[np.ndarray, "g d"]
) -> Iterator[tuple[slice, Float32[np.ndarray, "b g"]]]:
    """Slices of the rows with their cosines to all means.

    Computed in double precision and rounded: the last bits, which depend on the threads of the linear algebra, are
    gone.
    """
    for start in range(0, len(vectors), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        yield block, (vectors[block] @ means.T).astype(np.float32)


def _unit_means(vectors: Float64[np.ndarray, "n d"], labels: Int32[np.ndarray, "n"]) -> Float64[np.ndarray, "g d"]:
    sums = _sums(vectors, labels)
    lengths = np.sqrt(np.square(sums).sum(axis=1, keepdims=True))
    return sums / np.where(lengths > 0, lengths, 1)


def _sums(vectors: Float64[np.ndarray, "n d"], labels: Int32[np.ndarray, "n"]) -> Float64[np.ndarray, "g d"]:
    """The sum of each group's vectors, added in the order of the rows."""
    sums = np.zeros((int(labels.max(initial=-1)) + 1, vectors.shape[1]), np.float64)
    grouped = labels >= 0
    np.add.at(sums, labels[grouped], vectors[grouped])
    return sums
