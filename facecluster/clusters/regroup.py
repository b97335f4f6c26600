"""New faces and new decisions to groups, from those of the run before: only what they touch is looked at.

The groups of before stay whole. New faces, faces that were alone and those of groups that can no longer stand are read
anew, first by the tree, among each other; then the evidence decides who is one, as it does in a full run, but only
between parts of which one is touched: by a new face, a lost one or a decision; and once more where a group has grown
so much that what was weighed before counts no longer.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.calibration import impostors_of, yardstick_of
from facecluster.clusters.evidence import Yardstick
from facecluster.clusters.graph import neighbours_of
from facecluster.clusters.grid import Grid, to_grid
from facecluster.clusters.group import check_lengths, parted
from facecluster.clusters.growing import Known, grow_groups
from facecluster.clusters.links import Links, no_links
from facecluster.clusters.membership import belonging, join_groups, number_by_size
from facecluster.clusters.merge import Suggestions
from facecluster.clusters.nearest import Nearest
from facecluster.clusters.open_suggestions import still_open
from facecluster.clusters.roles import Roles, edge_floor, of_all, roles_of, rows_of_all
from facecluster.clusters.threshold import Calibration
from facecluster.settings import ClusterSettings
from facecluster.types import Embeddings

NearestMaker = Callable[[Grid, int, float], Nearest]
"""From vectors, founders first, how many of them there are, and the least cosine to lists of neighbours."""


class Before(NamedTuple):
    """What the run before made of the faces that are there now."""

    labels: Int32[np.ndarray, "n"]  # groups of then, from 0; -1: alone, or not there
    new: Bool[np.ndarray, "n"]  # was not there
    touched: Bool[np.ndarray, "n"]  # something else is said of it than then, or a face of its group is gone
    freed: Bool[np.ndarray, "n"]  # it was said to be one person's, and is said no longer: its group is read anew
    suggestions: Suggestions

    def without(self, fallen: Bool[np.ndarray, "groups"]) -> "Before":
        """The same, had the faces of some groups been alone."""
        theirs = np.append(fallen, [False])[self.labels]
        return self._replace(labels=np.where(theirs, np.int32(-1), self.labels), touched=self.touched | theirs)


class Regrouping(NamedTuple):
    """The groups of n faces, row by row as the faces came; names as in group.Grouping."""

    labels: Int32[np.ndarray, "n"]
    strengths: Float32[np.ndarray, "n"]
    rivals: Int32[np.ndarray, "n"]
    rival_cosines: Float32[np.ndarray, "n"]
    suggestions: Suggestions


def regroup_faces(
    embeddings: Embeddings,
    qualities: Float32[np.ndarray, "n"],
    photos: Int64[np.ndarray, "n"],
    settings: ClusterSettings,
    prior: Calibration,
    make: NearestMaker,
    links: Links | None,
    before: Before,
) -> Regrouping:
    """The groups of before with all that is new since.

    Args:
        embeddings: as the others up to `prior` those of group.group_faces.
        qualities: of the faces.
        photos: of the faces.
        settings: the cluster section; that of the run before.
        prior: what the pack says.
        make: makes the lists of neighbours of the faces.
        links: what a human has said; None: nothing.
        before: what the run before made of the faces.

    Raises:
        ValueError: as group.group_faces does.
    """
    grid, links = to_grid(embeddings), links or no_links(len(embeddings))
    check_lengths(len(grid), qualities, photos, links)
    roles = roles_of(qualities, settings.min_quality, links)
    founders = roles.founders
    ordered = grid[roles.order()]
    nearest = make(ordered, len(founders), edge_floor(prior))
    yardstick, own = yardstick_of(impostors_of(grid, before.labels, prior), prior, len(founders), settings.false_links)

    before = before.without(_fallen(before, links))
    known = Known(
        grid=ordered[: len(founders)],
        photos=photos[founders],
        neighbours=neighbours_of(nearest, len(founders)),
        yardstick=yardstick._replace(impostor_means=yardstick.impostor_means[founders]),
        links=links.among(founders),
    )
    grown = grow_groups(known, before.labels[founders], (before.new | before.touched)[founders], settings, own)
    labels = number_by_size(of_all(grown.labels, founders, len(grid)))

    rows = rows_of_all(roles, nearest)
    labels = _with_joiners(grid, photos, labels, rows, roles, before, yardstick)
    labels = number_by_size(parted(labels, roles.joiners, links.different))
    ones, others = (founders[side].astype(np.int32) for side in grown.suggestions[:2])
    told = still_open(grown.suggestions._replace(ones=ones, others=others), before.suggestions, labels, links)
    return Regrouping(labels, *belonging(grid, labels, rows), told)


def _fallen(before: Before, links: Links) -> Bool[np.ndarray, "groups"]:
    """Which groups of before hold two people, or were held together by what is no longer said."""
    n_groups = int(before.labels.max(initial=-1)) + 1
    named = np.flatnonzero((links.persons >= 0) & (before.labels >= 0))
    groups, persons = before.labels[named], links.persons[named]
    least, most = np.full(n_groups, np.iinfo(np.int32).max), np.full(n_groups, -1)
    np.minimum.at(least, groups, persons)
    np.maximum.at(most, groups, persons)
    fallen = np.append(least < most, [False])  # the last stands for no group
    ones, others = before.labels[links.different].T
    fallen[ones[ones == others]] = True
    fallen[before.labels[before.freed]] = True
    return fallen[:-1]


def _with_joiners(
    grid: Grid,
    photos: Int64[np.ndarray, "n"],
    labels: Int32[np.ndarray, "n"],
    rows: Int32[np.ndarray, "n k"],
    roles: Roles,
    before: Before,
    yardstick: Yardstick,
) -> Int32[np.ndarray, "n"]:
    """The labels of all: a joiner of before stays with its group, if nothing touches it."""
    now = np.full(int(before.labels.max(initial=-1)) + 2, -1, np.int32)  # of the groups of before; the last: of none
    founded = roles.founders[before.labels[roles.founders] >= 0]
    now[before.labels[founded]] = labels[founded]
    joiners = roles.joiners
    theirs = now[before.labels[joiners]]
    near = rows[joiners]
    sees_new = (before.new[near] & (near >= 0)).any(axis=1)
    open_ = before.new[joiners] | before.touched[joiners] | ((theirs < 0) & (sees_new | (before.labels[joiners] >= 0)))
    joined = join_groups(grid, photos, labels, joiners[open_], near[open_], yardstick)
    joined[joiners[~open_]] = theirs[~open_]
    return joined
