"""Groups against the photos their faces stand in: one person is rarely twice in a photo, seldom in only one."""

from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Int32, Int64

from facecluster.clusters.compiled import compiled

MAX_FACES_A_PHOTO = 5
"""Of one person, on average over a group: strips and collages show somebody a few times over. A group beyond it is a
painting or a crowd whose faces are alike to the network because of how they were made."""


def spread_over_photos(
    parents: Int32[np.ndarray, "clusters"], holders: Int32[np.ndarray, "n"], photos: Int64[np.ndarray, "n"]
) -> Bool[np.ndarray, "clusters"]:
    """Whether the faces of each cluster of a forest, its descendants' included, could be one person's by their photos.

    They stand in two photos at least, and in one for every `MAX_FACES_A_PHOTO` of them. Faces of one photo alone are
    left alone: grouping them tells nobody anything, and they are nearly always different people.

    Args:
        parents: the parent of each cluster, -1 of a root; parents come before their children.
        holders: the cluster that holds each face itself, -1: none does.
        photos: a number, at least 0, for the photo each face stands in.
    """
    faces = np.flatnonzero(holders >= 0)
    n_faces, n_photos = _faces_and_photos(parents, holders[faces], photos[faces], int(photos.max(initial=-1)) + 1)
    return n_photos >= np.maximum(2, n_faces / MAX_FACES_A_PHOTO)


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _faces_and_photos(
    parents: Int32[np.ndarray, "clusters"],
    holders: Int32[np.ndarray, "n"],
    photos: Int64[np.ndarray, "n"],
    total_photos: int,
) -> tuple[Int64[np.ndarray, "clusters"], Int64[np.ndarray, "clusters"]]:
    """How many faces each cluster holds with its descendants, and in how many photos.

    The clusters are walked in an order in which each is followed by its descendants. A face whose photo came before is
    new to the clusters that do not hold the last face from there: all below the deepest one that holds both, which is
    charged with a repetition.
    """
    n_clusters = len(parents)
    places, depths = _preorder(parents)
    first_face, next_face = np.full(n_clusters, -1), np.empty(len(holders), np.int64)
    for face in range(len(holders)):
        next_face[face], first_face[holders[face]] = first_face[holders[face]], face
    n_faces, n_photos = np.zeros(n_clusters, np.int64), np.zeros(n_clusters, np.int64)
    last_places = np.full(total_photos, -1)
    path, path_places = np.empty(n_clusters, np.int64), np.empty(n_clusters, np.int64)
    order = np.empty(n_clusters, np.int64)
    for cluster in range(n_clusters):
        order[places[cluster]] = cluster
    for cluster in order:
        depth = depths[cluster]
        path[depth], path_places[depth] = cluster, places[cluster]
        face = first_face[cluster]
        while face >= 0:
            n_faces[cluster] += 1
            n_photos[cluster] += 1
            shared = _count_until(path_places, depth + 1, last_places[photos[face]])
            if shared > 0:
                n_photos[path[shared - 1]] -= 1
            last_places[photos[face]] = places[cluster]
            face = next_face[face]
    for cluster in range(n_clusters - 1, -1, -1):
        if parents[cluster] >= 0:
            n_faces[parents[cluster]] += n_faces[cluster]
            n_photos[parents[cluster]] += n_photos[cluster]
    return n_faces, n_photos


@compiled
@no_type_check
def _count_until(rising: Int64[np.ndarray, "n"], length: int, limit: int) -> int:
    """How many of the first `length` values are at most the limit."""
    low, high = 0, length  # by hand, because `np.searchsorted` takes seconds to compile
    while low < high:
        middle = (low + high) // 2
        if rising[middle] <= limit:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
@no_type_check
def _preorder(
    parents: Int32[np.ndarray, "clusters"],
) -> tuple[Int64[np.ndarray, "clusters"], Int64[np.ndarray, "clusters"]]:
    """The place of each cluster in an order in which its descendants follow it at once, and its depth."""
    n_clusters = len(parents)
    spans, depths = np.ones(n_clusters, np.int64), np.zeros(n_clusters, np.int64)
    for cluster in range(n_clusters - 1, -1, -1):
        if parents[cluster] >= 0:
            spans[parents[cluster]] += spans[cluster]
    places, free = np.empty(n_clusters, np.int64), np.empty(n_clusters, np.int64)
    next_root = 0
    for cluster in range(n_clusters):
        parent = parents[cluster]
        if parent < 0:
            places[cluster] = next_root
            next_root += spans[cluster]
        else:
            places[cluster], depths[cluster] = free[parent], depths[parent] + 1
            free[parent] += spans[cluster]
        free[cluster] = places[cluster] + 1
    return places, depths
