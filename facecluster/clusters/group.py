"""Vectors to groups: which faces are one person's, how firmly each belongs, and where else it might."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.calibration import impostors_of, yardstick_of
from facecluster.clusters.founding import Founded, found_groups, read_tree
from facecluster.clusters.graph import GraphMaker, make_graph
from facecluster.clusters.grid import Grid, to_grid
from facecluster.clusters.links import Links, Pairs, no_links
from facecluster.clusters.membership import belonging, join_groups, number_by_size
from facecluster.clusters.merge import Suggestions
from facecluster.clusters.roles import edge_floor, of_all, roles_of, rows_of_all
from facecluster.clusters.threshold import Calibration, link_threshold
from facecluster.clusters.tree import CondensedTree
from facecluster.settings import ClusterSettings
from facecluster.types import Embeddings


class Grouping(NamedTuple):
    """The groups of n faces, row by row as the faces came."""

    labels: Int32[np.ndarray, "n"]  # from 0, largest group first, equals by their first face; -1: alone
    strengths: Float32[np.ndarray, "n"]  # cosine to the mean of the group's other faces, at least 0; 0 where alone
    rivals: Int32[np.ndarray, "n"]  # the nearest other group that one of its neighbours is in; -1: there is none
    rival_cosines: Float32[np.ndarray, "n"]  # cosine to the mean of that group; nan: there is none
    outliers: Float32[np.ndarray, "n"]  # 0: at the densest of its cluster of the tree; 1: far out, or in none
    tree: CondensedTree  # faces that could not found a group stand in none of its clusters
    chosen: Bool[np.ndarray, "clusters"]  # the clusters of the tree that groups began with
    suggestions: Suggestions  # pairs of groups that may be one person's


def group_faces(
    embeddings: Embeddings,
    qualities: Float32[np.ndarray, "n"],
    photos: Int64[np.ndarray, "n"],
    settings: ClusterSettings,
    prior: Calibration,
    make: GraphMaker = make_graph,
    links: Links | None = None,
) -> Grouping:
    """The groups of faces that are one person's each.

    The result depends on the order of the faces only where pairs of faces are exactly equally alike: pass them sorted
    by face id. It does not depend on threads, blocks, or who made the graph. Memory beyond the vectors is that of the
    graph.

    Args:
        embeddings: unit vectors of one pack.
        qualities: of the faces, 0..1; those below `settings.min_quality` join groups but neither found
            nor bridge any.
        photos: a number, at least 0, for the photo each face stands in; a group of one photo's faces is none.
        settings: the cluster section.
        prior: what the pack says of strangers and of one person's photos.
        make: makes the graph of the faces, those that can found groups and those that cannot.
        links: what a human has said; None: nothing.

    Raises:
        ValueError: a vector or quality is not finite, a vector is not of unit length (the message names the row),
            lengths differ, the calibration is out of range, or links contradict each other.
    """
    grid, links = to_grid(embeddings), links or no_links(len(embeddings))
    check_lengths(len(grid), qualities, photos, links)
    roles = roles_of(qualities, settings.min_quality, links)
    founders, joiners = roles
    ordered = grid[roles.order()]
    ours, their_photos = ordered[: len(founders)], photos[founders]
    graph = make(ordered, len(founders), edge_floor(prior))

    # The tree is read twice: with the pack's word on strangers, and with the library's own, seen from the first groups.
    said = links.among(founders)
    floor = link_threshold(len(founders), prior.impostor_median, prior.impostor_sd, settings.false_links)
    first = read_tree(ours, graph.forest, their_photos, floor, prior, said)
    impostors = impostors_of(grid, of_all(first.labels, founders, len(grid)), prior)
    yardstick, own = yardstick_of(impostors, prior, len(founders), settings.false_links)
    theirs = yardstick._replace(impostor_means=impostors.means[founders])
    founded = found_groups(ours, their_photos, graph, settings, own, theirs, said)

    labels = number_by_size(of_all(founded.labels, founders, len(grid)))
    rows = rows_of_all(roles, graph.nearest)
    labels = join_groups(grid, photos, labels, joiners, rows[joiners], yardstick)
    labels = number_by_size(parted(labels, joiners, links.different))
    return _grouping(grid, labels, rows, founded, founders)


def check_lengths(
    n_faces: int, qualities: Float32[np.ndarray, "_n"], photos: Int64[np.ndarray, "_n"], links: Links
) -> None:
    """Refuse what is not there for each face.

    Raises:
        ValueError: a length differs, or a quality is not finite.
    """
    if len(qualities) != n_faces:
        raise ValueError(f"expected a quality for each of {n_faces} faces, found {len(qualities)}")
    if len(photos) != n_faces:
        raise ValueError(f"expected a photo for each of {n_faces} faces, found {len(photos)}")
    if len(links.persons) != n_faces:
        raise ValueError(f"expected who is said to be on each of {n_faces} faces, found {len(links.persons)}")
    finite = np.isfinite(qualities)
    if not finite.all():
        raise ValueError(f"expected finite qualities, found row {np.argmin(finite)} with nan or infinity")


def parted(labels: Int32[np.ndarray, "n"], joiners: Int64[np.ndarray, "j"], different: Pairs) -> Int32[np.ndarray, "n"]:
    """The labels, each joiner alone again that is in a group with a face it is known to be different from."""
    apart = labels.copy()
    together = different[labels[different[:, 0]] == labels[different[:, 1]]].ravel()
    apart[together[np.isin(together, joiners)]] = -1
    return apart


def _grouping(
    grid: Grid,
    labels: Int32[np.ndarray, "n"],
    rows: Int32[np.ndarray, "n k"],
    founded: Founded,
    founders: Int64[np.ndarray, "f"],
) -> Grouping:
    """All that is told of the groups, by the rows of all faces."""
    n_faces, trunk, suggestions = len(grid), founded.trunk, founded.suggestions
    tree = trunk.tree._replace(
        face_parents=of_all(trunk.tree.face_parents, founders, n_faces),
        face_cosines=of_all(trunk.tree.face_cosines, founders, n_faces),
    )
    ones, others = (founders[rows].astype(np.int32) for rows in (suggestions.ones, suggestions.others))
    return Grouping(
        labels,
        *belonging(grid, labels, rows),
        outliers=of_all(trunk.outliers, founders, n_faces, 1),
        tree=tree,
        chosen=trunk.chosen,
        suggestions=suggestions._replace(ones=ones, others=others),
    )
