"""The graph of the good faces to people: the groups that the tree gives, made one where the evidence is enough."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.candidates import propose, to_parts
from facecluster.clusters.coherence import coherent
from facecluster.clusters.evidence import Yardstick
from facecluster.clusters.forest import Forest
from facecluster.clusters.graph import Graph
from facecluster.clusters.grid import Grid
from facecluster.clusters.links import Links, holding_two
from facecluster.clusters.merge import Suggestions, merge_parts
from facecluster.clusters.photos import spread_over_photos
from facecluster.clusters.selection import cosine_between, densest_clusters, group_labels, outlier_scores
from facecluster.clusters.threshold import Calibration, least_mean, link_threshold
from facecluster.clusters.tree import CondensedTree, condensed_tree
from facecluster.settings import ClusterSettings

MIN_TREE_SIZE = 2
"""Faces that make a cluster of the tree: a person of two photos is one, too."""

MIN_SPAN = 0.01
"""Cosine that floor and ceiling are apart at least, in libraries whose threshold comes near the genuine median."""


class Trunk(NamedTuple):
    """The groups that the tree alone gives: strict, and so nearly pure."""

    labels: Int32[np.ndarray, "n"]
    tree: CondensedTree
    chosen: Bool[np.ndarray, "clusters"]
    outliers: Float32[np.ndarray, "n"]


class Founded(NamedTuple):
    """The people that good faces found."""

    labels: Int32[np.ndarray, "n"]  # -1: alone; in no particular order
    trunk: Trunk
    suggestions: Suggestions


def found_groups(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    graph: Graph,
    settings: ClusterSettings,
    own: Calibration,
    yardstick: Yardstick,
    links: Links,
) -> Founded:
    """The people of n faces that are all good enough to found one.

    Args:
        grid: the vectors.
        photos: a number, at least 0, for the photo each face stands in.
        graph: of the vectors.
        settings: the cluster section.
        own: what strangers are like in this library.
        yardstick: the same for each face.
        links: what a human has said of these faces.
    """
    floor = link_threshold(len(grid), own.impostor_median, own.impostor_sd, settings.false_links)
    trunk = read_tree(grid, graph.forest, photos, floor, own, links)
    parts = to_parts(trunk.labels)
    candidates = propose(grid, graph.neighbours(len(grid)), parts, yardstick)
    merged = merge_parts(grid, photos, parts, candidates, yardstick, links)
    labels = large_enough(merged.people[parts.labels], photos, settings.min_cluster_size, links)
    return Founded(labels, trunk, merged.suggestions)


def read_tree(
    grid: Grid,
    forest: Forest,
    photos: Int64[np.ndarray, "n"],
    floor: float,
    calibration: Calibration,
    links: Links,
) -> Trunk:
    """The groups of the condensed tree above a floor, the cosine that strangers reach by chance."""
    strong = np.count_nonzero(forest.cosines >= floor)
    tree = condensed_tree(Forest(*(column[:strong] for column in forest)), len(photos), MIN_TREE_SIZE, floor)
    density = cosine_between(floor, max(floor + MIN_SPAN, calibration.genuine_median))
    plausible = spread_over_photos(tree.parents, tree.face_parents, photos)
    plausible &= coherent(tree, grid, least_mean(calibration))
    plausible &= ~holding_two(tree, links)
    chosen = densest_clusters(tree, density, plausible)
    return Trunk(group_labels(tree, chosen), tree, chosen, outlier_scores(tree, density))


def large_enough(
    people: Int32[np.ndarray, "n"], photos: Int64[np.ndarray, "n"], min_size: int, links: Links
) -> Int32[np.ndarray, "n"]:
    """The people of enough faces, in enough photos, or of whom somebody named several faces; -1: the others."""
    names, labels, sizes = np.unique(people, return_inverse=True, return_counts=True)
    labels = labels.astype(np.int32)
    roots = np.full(len(names), -1, np.int32)
    kept = (sizes >= min_size) & spread_over_photos(roots, labels, photos)
    kept |= np.bincount(labels[links.persons >= 0], minlength=len(names)) > 1
    return np.where(kept[labels], labels, np.int32(-1)) if len(names) else labels
