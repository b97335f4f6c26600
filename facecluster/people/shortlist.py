"""Faces -> the few people whom each may show."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Int64

from facecluster.people.gallery import ALONE, Gallery, Looks
from facecluster.people.likeness import Likeness
from facecluster.types import Embeddings

NEAREST = 4
"""People whose looks are nearest. Estimate: the right one is hardly ever beyond."""

VOTED = 3
"""People of whom most faces are named in the cluster of the face."""

LEAST_LIKENESS = 0.25
"""Of the way from strangers to one person (people.likeness). A face with less in common with all looks of a person, in
whose clusters it is not, is the person's with a probability below one in thirty."""

PRODUCTS = 1 << 24  # that are held at once: 64 MB


class FacePersons(NamedTuple):
    """Pairs of a face and a person, by face, then person."""

    faces: Int64[np.ndarray, "m"]  # rows
    persons: Int32[np.ndarray, "m"]


def shortlist(
    vectors: Embeddings,
    clusters: Int32[np.ndarray, "n"],
    gallery: Gallery,
    targets: Int64[np.ndarray, "t"],
    likeness: Likeness,
) -> FacePersons:
    """The people whom each target may show: those of the nearest looks, and those named in its cluster."""
    near = _nearest(vectors, gallery.looks, targets, likeness.cosine(LEAST_LIKENESS))
    voted = _voted(clusters, gallery, targets)
    keys = np.unique(np.concatenate([(pairs.faces << 32) + pairs.persons for pairs in (near, voted)]))
    return FacePersons(keys >> 32, (keys & 0xFFFFFFFF).astype(np.int32))


def _nearest(vectors: Embeddings, looks: Looks, targets: Int64[np.ndarray, "t"], floor: float) -> FacePersons:
    """The people of the nearest looks, if these reach a cosine."""
    lengths = np.linalg.norm(looks.sums, axis=1, keepdims=True)
    directions = looks.sums / np.maximum(lengths, np.finfo(np.float32).tiny)
    people, first = np.unique(looks.persons, return_index=True)
    faces, persons = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    count = min(NEAREST, len(people))
    step = max(1, PRODUCTS // max(len(directions), 1))
    for start in range(0, len(targets) if count else 0, step):
        rows = targets[start : start + step]
        cosines: Float32[np.ndarray, "block people"] = np.maximum.reduceat(vectors[rows] @ directions.T, first, axis=1)
        best = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        block, place = np.nonzero(np.take_along_axis(cosines, best, axis=1) >= floor)
        faces.append(rows[block])
        persons.append(people[best[block, place]])
    return FacePersons(np.concatenate(faces), np.concatenate(persons))


def _voted(clusters: Int32[np.ndarray, "n"], gallery: Gallery, targets: Int64[np.ndarray, "t"]) -> FacePersons:
    """The people with most named faces in the clusters of the targets."""
    votes = gallery.votes
    order = np.lexsort((votes.persons, -votes.counts, votes.clusters))
    persons = votes.persons[order]
    bounds = np.searchsorted(votes.clusters, np.arange(len(gallery.sizes) + 1))
    inside = targets[clusters[targets] != ALONE]
    homes = clusters[inside]
    places = bounds[homes, None] + np.arange(VOTED)
    there = places < bounds[homes + 1, None]
    return FacePersons(np.repeat(inside, there.sum(axis=1)), persons[places[there]])
