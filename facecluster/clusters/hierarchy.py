"""Founders to groups: the hierarchy of the `hdbscan` package, and the choice of its clusters by excess of cosine.

The package's own choice is wrong for faces in three ways. Density as 1 / distance over-rewards bursts of nearly equal
frames, so a person shatters into one cluster an event; the root counts from density 0, so it swallows all or nothing;
and a chosen cluster keeps every face that fell off it at any distance. Here density is the cosine, counted only between
a floor, below which two faces say nothing, and a ceiling, above which a person's looks part and not people.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.clusters.photos import spread_over_photos

MIN_SAMPLES = 1
"""Neighbours that make a face dense: with more, a person of two photos is nobody."""


class CondensedTree(NamedTuple):
    """HDBSCAN's condensed tree: every face leaves one cluster, every cluster but the root is born of another.

    Cluster 0 is the root; parents come before their children.
    """

    face_parents: Int64[np.ndarray, "n"]  # the cluster each face leaves last ...
    face_cosines: Float64[np.ndarray, "n"]  # ... because nothing less alike than this holds it there
    parents: Int64[np.ndarray, "clusters"]  # -1 of the root
    births: Float64[np.ndarray, "clusters"]  # the cosine at which the cluster parts from its parent; -1 of the root
    sizes: Int64[np.ndarray, "clusters"]  # faces at birth


def hierarchy_groups(
    vectors: Float64[np.ndarray, "n d"], photos: Int64[np.ndarray, "n"], floor: float, ceiling: float, min_size: int
) -> Int32[np.ndarray, "n"]:
    """The group of each face, numbered from 0 without gaps in no particular order; -1: in none.

    Exact: time grows with n^2, memory with n.

    Args:
        vectors: of unit length.
        photos: a number for the photo each face stands in.
        floor: cosine at which two faces begin to count as the same person's.
        ceiling: cosine, above the floor, at which a difference no longer speaks for two people.
        min_size: faces that make a group, at least 2.
    """
    if len(vectors) < min_size:
        return np.full(len(vectors), -1, np.int32)
    tree = condensed_tree(vectors, min_size)
    chosen = densest_clusters(tree, floor, ceiling, _plausible(tree, photos, floor))
    clusters = np.where(tree.face_cosines >= floor, topmost(tree, chosen)[tree.face_parents], -1)
    names, labels = np.unique(clusters, return_inverse=True)
    return (labels - np.count_nonzero(names < 0)).astype(np.int32)


def condensed_tree(vectors: Float64[np.ndarray, "n d"], min_size: int) -> CondensedTree:
    """The condensed tree of at least two unit vectors, by exact single linkage of mutual reachability distances."""
    from hdbscan import hdbscan  # noqa: PLC0415  # takes more than a second, and most commands do not cluster

    *_, rows, _, _ = hdbscan(
        vectors,
        min_cluster_size=min_size,
        min_samples=MIN_SAMPLES,
        algorithm="prims_kdtree",  # exact, without a matrix of all pairs, and on one thread
    )
    n_faces = len(vectors)  # faces are children 0 to n - 1, the root is parent n
    cosines = 1 - np.square(1 / rows["lambda_val"]) / 2
    by_child = np.argsort(rows["child"])
    faces, clusters = by_child[:n_faces], by_child[n_faces:]
    return CondensedTree(
        face_parents=rows["parent"][faces] - n_faces,
        face_cosines=cosines[faces],
        parents=np.concatenate([[-1], rows["parent"][clusters] - n_faces]),
        births=np.concatenate([[-1.0], cosines[clusters]]),
        sizes=np.concatenate([[n_faces], rows["child_size"][clusters]]),
    )


def densest_clusters(
    tree: CondensedTree, floor: float, ceiling: float, plausible: Bool[np.ndarray, "clusters"]
) -> Bool[np.ndarray, "clusters"]:
    """Which plausible clusters have at least as much excess of cosine as the best of their descendants together.

    The excess of a cluster is the sum over its faces of the cosine between its birth and their departure, both clipped
    to floor and ceiling. It is 0, and the cluster not taken, where all have left below the floor or the cluster was
    born above the ceiling.

    Source: the excess of mass of Campello et al., "Hierarchical Density Estimates for Data Clustering", 2015, with
    another measure of density.
    """
    births = np.clip(tree.births, floor, ceiling)
    departures = np.clip(tree.face_cosines, floor, ceiling)
    excess = np.bincount(tree.face_parents, departures - births[tree.face_parents], len(births))
    for child in range(1, len(births)):
        parent = tree.parents[child]
        excess[parent] += (births[child] - births[parent]) * tree.sizes[child]
    excess[~plausible] = 0
    chosen = excess > 0
    best_below = np.zeros(len(births))
    for cluster in range(len(births) - 1, 0, -1):
        chosen[cluster] &= excess[cluster] >= best_below[cluster]
        best_below[tree.parents[cluster]] += max(excess[cluster], best_below[cluster])
    chosen[0] &= excess[0] >= best_below[0]
    return chosen


def _plausible(tree: CondensedTree, photos: Int64[np.ndarray, "n"], floor: float) -> Bool[np.ndarray, "clusters"]:
    """Whether the faces that each cluster holds at the floor could be one person's by their photos."""
    holders = np.where(tree.face_cosines >= floor, tree.face_parents, -1)
    return spread_over_photos(tree.parents.astype(np.int32), holders.astype(np.int32), photos)


def topmost(tree: CondensedTree, chosen: Bool[np.ndarray, "clusters"]) -> Int64[np.ndarray, "clusters"]:
    """The chosen cluster nearest to the root among each cluster and its ancestors; -1 where there is none."""
    owners = np.where(chosen, np.arange(len(chosen)), -1)
    for child in range(1, len(chosen)):
        if owners[tree.parents[child]] >= 0:
            owners[child] = owners[tree.parents[child]]
    return owners
