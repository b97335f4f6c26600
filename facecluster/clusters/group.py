"""Vectors to groups: which faces are one person's, how firmly each belongs, and where else it might."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int32, Int64

from facecluster.clusters.hierarchy import hierarchy_groups
from facecluster.clusters.membership import join_groups, nearest_rivals, number_by_size, strengths_of
from facecluster.clusters.threshold import link_threshold
from facecluster.settings import ClusterSettings
from facecluster.types import Embeddings

UNIT_TOLERANCE = 0.01
"""How far from 1 the length of a unit vector may be; float16 storage moves it by less than 0.001."""


MIN_SPAN = 0.01
"""Cosine that floor and ceiling are apart at least, in libraries whose threshold comes near the genuine median."""


class Grouping(NamedTuple):
    """The groups of n faces, row by row as the faces came."""

    labels: Int32[np.ndarray, "n"]  # from 0, largest group first, equals by their first face; -1: alone
    strengths: Float32[np.ndarray, "n"]  # cosine to the mean of the group's other faces, at least 0; 0 where alone
    rivals: Int32[np.ndarray, "n"]  # the nearest other group; -1: there is none
    rival_cosines: Float32[np.ndarray, "n"]  # cosine to the mean of that group; nan: there is none


def group_faces(
    embeddings: Embeddings,
    qualities: Float32[np.ndarray, "n"],
    photos: Int64[np.ndarray, "n"],
    settings: ClusterSettings,
    *,
    impostor_median: float,
    impostor_sd: float,
    genuine_median: float,
) -> Grouping:
    """The groups of faces that are one person's each.

    The result depends on the order of the faces only in the numbers of equally large groups: pass them sorted by face
    id. It does not depend on the threads of the linear algebra. Memory beyond the vectors is bounded by a block of
    rows.

    Args:
        embeddings: unit vectors of one pack.
        qualities: of the faces, 0..1; those below `settings.min_quality` join groups but neither found
            nor bridge any.
        photos: a number for the photo each face stands in; a group of one photo's faces is none.
        settings: the cluster section.
        impostor_median: median cosine of two different people under that pack.
        impostor_sd: their standard deviation.
        genuine_median: median cosine of two faces of one person. Half of a person's pairs are less alike, so a
            difference above it does not speak for two people.

    Raises:
        ValueError: a vector or quality is not finite, a vector is not of unit length (the message names the row),
            lengths differ or the calibration is out of range.
    """
    vectors = _checked_vectors(embeddings, qualities)
    if len(photos) != len(vectors):
        raise ValueError(f"expected a photo for each of {len(vectors)} faces, found {len(photos)}")
    threshold = link_threshold(len(vectors), impostor_median, impostor_sd, settings.false_links)
    founders = qualities >= settings.min_quality
    labels = np.full(len(vectors), -1, np.int32)
    ceiling = max(threshold + MIN_SPAN, genuine_median)
    labels[founders] = hierarchy_groups(
        vectors[founders], photos[founders], threshold, ceiling, settings.min_cluster_size
    )
    labels = number_by_size(join_groups(vectors, labels, threshold))
    rivals, rival_cosines = nearest_rivals(vectors, labels)
    return Grouping(labels, strengths_of(vectors, labels), rivals, rival_cosines)


def _checked_vectors(embeddings: Embeddings, qualities: Float32[np.ndarray, "n"]) -> Float64[np.ndarray, "n d"]:
    """The vectors at double precision and exactly unit length."""
    if len(embeddings) != len(qualities):
        raise ValueError(f"expected a quality for each of {len(embeddings)} faces, found {len(qualities)}")
    vectors = embeddings.astype(np.float64)
    finite = np.isfinite(vectors).all(axis=1) & np.isfinite(qualities)
    if not finite.all():
        raise ValueError(f"expected finite vectors and qualities, found row {np.argmin(finite)} with nan or infinity")
    lengths = np.sqrt(np.square(vectors).sum(axis=1))
    odd = np.abs(lengths - 1) > UNIT_TOLERANCE
    if odd.any():
        row = int(np.argmax(odd))
        raise ValueError(f"expected unit vectors, found length {lengths[row]:.4g} in row {row}")
    return vectors / lengths[:, None]
