"""A condensed tree to groups: the clusters with the most excess of density, and how far out each face stands.

Density is a measure of the cosine at which faces connect. HDBSCAN's own, 1 / distance, is wrong for faces: it
over-rewards bursts of nearly equal frames, so a person shatters into one cluster an event. What serves here is the
cosine itself between a floor, below which two faces say nothing, and a ceiling, above which a person's looks part and
not people.

Source of excess and outlier scores: Campello et al., "Hierarchical Density Estimates for Data Clustering", 2015.
"""

from collections.abc import Callable
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32

from facecluster.clusters.compiled import compiled
from facecluster.clusters.tree import CondensedTree

Density = Callable[[Float32[np.ndarray, "_any"]], Float64[np.ndarray, "_any"]]
"""From cosines to densities, which are at least 0 and never fall where the cosine rises."""

SMALLEST_DISTANCE = 1e-4
"""Between two unit vectors; what is nearer is equal, so that density is finite. A cosine in float32 tells no less."""


def inverse_distance(cosines: Float32[np.ndarray, "n"]) -> Float64[np.ndarray, "n"]:
    """The density of HDBSCAN: 1 / distance between two unit vectors."""
    squares = 2 - 2 * cosines.astype(np.float64)
    return 1 / np.sqrt(np.maximum(squares, SMALLEST_DISTANCE**2))


def cosine_between(floor: float, ceiling: float) -> Density:
    """The density that is right for faces: the cosine above the floor, as far as the ceiling."""
    return lambda cosines: np.clip(cosines.astype(np.float64), floor, ceiling) - floor


def densest_clusters(
    tree: CondensedTree, density: Density, plausible: Bool[np.ndarray, "clusters"]
) -> Bool[np.ndarray, "clusters"]:
    """Which plausible clusters have at least as much excess of density as the best of their descendants together.

    The excess of a cluster is the sum over its faces of the density between its birth and their departure. Where it is
    0 the cluster is not taken: between floor and ceiling, one that all have left below the floor or that was born
    above the ceiling.
    """
    births = density(tree.births)
    faces = np.flatnonzero(tree.face_parents >= 0)
    holders = tree.face_parents[faces]
    excess = np.bincount(holders, density(tree.face_cosines[faces]) - births[holders], len(births))
    children = np.flatnonzero(tree.parents >= 0)
    holders = tree.parents[children]
    excess += np.bincount(holders, (births[children] - births[holders]) * tree.sizes[children], len(births))
    return _better_than_below(tree.parents, np.where(plausible, excess, 0.0))


def not_everything(tree: CondensedTree) -> Bool[np.ndarray, "clusters"]:
    """The clusters that plain HDBSCAN chooses from: all but the root of a tree that has only one."""
    roots = tree.parents < 0
    return ~roots if np.count_nonzero(roots) == 1 else np.ones(len(roots), np.bool_)


def topmost(tree: CondensedTree, chosen: Bool[np.ndarray, "clusters"]) -> Int32[np.ndarray, "clusters"]:
    """The chosen cluster nearest to the root among each cluster and its ancestors; -1 where there is none."""
    return _topmost(tree.parents, chosen)


def group_labels(
    tree: CondensedTree, chosen: Bool[np.ndarray, "clusters"], floor: float = -1
) -> Int32[np.ndarray, "n"]:
    """The group of each face, numbered from 0 without gaps in no particular order; -1: in none.

    A face belongs to the topmost chosen cluster that holds it, unless it leaves that below the floor.
    """
    owners = np.append(topmost(tree, chosen), np.int32(-1))[tree.face_parents]
    names, labels = np.unique(np.where(tree.face_cosines >= floor, owners, -1), return_inverse=True)
    return (labels - np.count_nonzero(names < 0)).astype(np.int32)


def outlier_scores(tree: CondensedTree, density: Density) -> Float32[np.ndarray, "n"]:
    """How far out each face stands, 0..1: 0 at the densest of the cluster that it leaves; 1 where it is in none.

    The score, GLOSH in the source, is the share of the cluster's greatest density, its descendants' included, that the
    face lacks.
    """
    peaks = np.zeros(len(tree.parents))
    faces = np.flatnonzero(tree.face_parents >= 0)
    holders = tree.face_parents[faces]
    densities = density(tree.face_cosines[faces])
    np.maximum.at(peaks, holders, densities)
    _raise_parents(tree.parents, peaks)
    scores = np.ones(len(tree.face_parents), np.float32)
    peaks = peaks[holders]
    scores[faces] = 1 - np.divide(densities, peaks, where=peaks > 0, out=np.zeros_like(densities))
    return scores


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _better_than_below(
    parents: Int32[np.ndarray, "clusters"], excess: Float64[np.ndarray, "clusters"]
) -> Bool[np.ndarray, "clusters"]:
    """Whether each cluster has some excess and no less than the best choice of its descendants."""
    best_below = np.zeros(len(parents))
    chosen = excess > 0
    for cluster in range(len(parents) - 1, -1, -1):
        chosen[cluster] &= excess[cluster] >= best_below[cluster]
        if parents[cluster] >= 0:
            best_below[parents[cluster]] += max(excess[cluster], best_below[cluster])
    return chosen


@compiled
@no_type_check
def _topmost(
    parents: Int32[np.ndarray, "clusters"], chosen: Bool[np.ndarray, "clusters"]
) -> Int32[np.ndarray, "clusters"]:
    owners = np.full(len(parents), -1, np.int32)
    for cluster in range(len(parents)):
        if parents[cluster] >= 0:
            owners[cluster] = owners[parents[cluster]]
        if owners[cluster] < 0 and chosen[cluster]:
            owners[cluster] = cluster
    return owners


@compiled
@no_type_check
def _raise_parents(parents: Int32[np.ndarray, "clusters"], peaks: Float64[np.ndarray, "clusters"]) -> None:
    """Raise the peak of each cluster to that of its descendants, in place."""
    for cluster in range(len(parents) - 1, -1, -1):
        if parents[cluster] >= 0:
            peaks[parents[cluster]] = max(peaks[parents[cluster]], peaks[cluster])
