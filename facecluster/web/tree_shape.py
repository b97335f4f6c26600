"""A condensed tree -> where its branches stand and how they narrow, in the units of a drawing."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float64, Int64

MAX_FACES_IN_WHOLE = 600
"""Of a tree that is drawn with all its faces; of a larger one, the branches of `MAX_PEOPLE` are."""

MAX_PEOPLE = 40
"""Whose branches are drawn of a large tree: with more, they would be too narrow to be told apart."""

MAX_BRANCHES = 400
"""Drawn, largest first: at most 200 kB of a page."""

WIDTH, HEIGHT = 1000.0, 400
"""Of the drawing, in units; a branch narrows at whole units of the height."""

ROOT_GAP = 2.0  # units between two branches that were never one
MIN_ROOT_WIDTH = 4.0  # units; narrower roots are left out, so that the others have room
MIN_WIDTH = 1.0  # units, of any other branch


class Tree(NamedTuple):
    """The nodes of the tree, parents before their children, and the faces that they hold."""

    parents: Int64[np.ndarray, "nodes"]  # -1 of a root
    births: Float64[np.ndarray, "nodes"]  # cosines, at most 1
    sizes: Int64[np.ndarray, "nodes"]  # faces at birth
    clusters: Int64[np.ndarray, "nodes"]  # -1: no group was founded here
    holders: Int64[np.ndarray, "faces"]  # the node that a face leaves last
    departures: Float64[np.ndarray, "faces"]  # cosines, at most 1

    @property
    def floor(self) -> float:
        """The least cosine of the tree."""
        return float(self.births.min())

    @property
    def ceiling(self) -> float:
        """The first tenth above all cosines of the tree."""
        return float(np.ceil(10 * self.departures.max(initial=self.floor) + 1e-6) / 10)

    def levels(self, cosines: Float64[np.ndarray, "n"]) -> Int64[np.ndarray, "n"]:
        """Units from the top of the drawing: the floor is at 0, the ceiling at `HEIGHT`."""
        return np.rint(HEIGHT * (cosines - self.floor) / (self.ceiling - self.floor)).astype(np.int64)


class Extent(NamedTuple):
    """The branches that are drawn, parents before their children."""

    nodes: list[int]
    centres: dict[int, float]  # of the nodes, units from the left
    face_width: float  # units that one face takes


class Outline(NamedTuple):
    """How a branch narrows: between two levels it holds a number of faces."""

    levels: Int64[np.ndarray, "steps"]  # units from the top, rising; the first is the birth
    counts: Int64[np.ndarray, "steps"]  # faces from each level on, falling; the last is 0


def tree_of(nodes: pd.DataFrame, faces: pd.DataFrame) -> Tree:
    """The tree of two tables (see `tree_picture.tree_picture`)."""
    held = faces.loc[faces["tree_node"].notna()]
    return Tree(
        parents=nodes["parent"].fillna(-1).to_numpy(np.int64),
        births=nodes["birth"].to_numpy(np.float64).clip(max=1),
        sizes=nodes["size"].to_numpy(np.int64),
        clusters=nodes["cluster_id"].fillna(-1).to_numpy(np.int64),
        holders=held["tree_node"].to_numpy(np.int64),
        departures=held["departure"].to_numpy(np.float64).clip(max=1),
    )


def legible(tree: Tree) -> Tree:
    """The tree itself if it is small, else what it holds of the people with the largest branches.

    There, faces count only below the node at which their group was founded, and what lies above it is there to show
    where people part: a stretch of it from which nobody parts is one node.
    """
    if len(tree.holders) <= MAX_FACES_IN_WHOLE:
        return tree
    founders = np.flatnonzero(tree.clusters >= 0)
    within = np.zeros(len(tree.parents), np.bool_)
    within[founders[np.argsort(-tree.sizes[founders], kind="stable")][:MAX_PEOPLE]] = True
    born = np.flatnonzero(tree.parents >= 0).tolist()
    for node in born:
        within[node] |= within[tree.parents[node]]
    kept = within.copy()
    for node in reversed(born):
        kept[tree.parents[node]] |= kept[node]
    return _contracted(tree, kept, within)


def extent_of(tree: Tree) -> Extent:
    """Which branches are drawn and where: the larger to the left, children side by side beneath their parent."""
    roots = np.flatnonzero(tree.parents < 0)
    roots = roots[np.argsort(-tree.sizes[roots], kind="stable")]
    rooms = (WIDTH - ROOT_GAP * np.arange(len(roots))) / tree.sizes[roots].cumsum()  # units a face, of so many roots
    n_roots = max(1, int((rooms * tree.sizes[roots] >= MIN_ROOT_WIDTH).cumprod().sum()))
    face_width = float(rooms[n_roots - 1])
    centres, left = {}, 0.0
    for root in roots[:n_roots].tolist():
        width = float(tree.sizes[root]) * face_width
        centres[root] = left + width / 2
        left += width + ROOT_GAP
    children = _wide_children(tree, face_width)
    for node in range(len(tree.parents)):
        if node in centres and node in children:
            centres |= _beneath(centres[node], children[node], tree.sizes, face_width)
    largest = sorted(centres, key=lambda node: (-tree.sizes[node], node))[:MAX_BRANCHES]
    return Extent(sorted(largest), {node: centres[node] for node in largest}, face_width)


def outlines_of(tree: Tree, nodes: list[int]) -> dict[int, Outline]:
    """How the branches of these nodes narrow: faces leave one by one, and all of a child at its birth."""
    born = np.flatnonzero(tree.parents >= 0)
    events = pd.DataFrame(
        {
            "node": np.concatenate([tree.holders, tree.parents[born]]),
            "level": tree.levels(np.concatenate([tree.departures, tree.births[born]])),
            "faces": np.concatenate([np.ones(len(tree.holders), np.int64), tree.sizes[born]]),
        }
    )
    leaving = events.loc[events["node"].isin(nodes)].groupby(["node", "level"])["faces"].sum()
    births = tree.levels(tree.births)
    return {node: _outline(int(births[node]), leaving.loc[node]) for node in nodes if node in leaving.index}


def owners_of(tree: Tree) -> Int64[np.ndarray, "nodes"]:
    """The group that was founded at each node or the nearest to the root above it; -1: at none."""
    owners = tree.clusters.copy()
    for node in np.flatnonzero(tree.parents >= 0).tolist():
        if owners[tree.parents[node]] >= 0:
            owners[node] = owners[tree.parents[node]]
    return owners


def _contracted(tree: Tree, kept: Bool[np.ndarray, "nodes"], within: Bool[np.ndarray, "nodes"]) -> Tree:
    """The kept nodes and the faces within some of them; elsewhere, an only child is one with its parent."""
    born = np.flatnonzero(kept & (tree.parents >= 0))
    n_children = np.bincount(tree.parents[born], minlength=len(kept))
    heads = np.arange(len(kept))
    for node in born.tolist():
        parent = tree.parents[node]
        if n_children[parent] == 1 and not within[node]:
            heads[node] = heads[parent]
    rows = np.flatnonzero(kept & (heads == np.arange(len(kept))))
    numbers = np.full(len(kept) + 1, -1)  # the last stands for no node
    numbers[rows] = np.arange(len(rows))
    numbers[:-1] = numbers[heads]
    parents, held = numbers[tree.parents[rows]], within[tree.holders]
    sizes = np.bincount(numbers[tree.holders[held]], minlength=len(rows))
    for node in range(len(rows) - 1, -1, -1):
        if parents[node] >= 0:
            sizes[parents[node]] += sizes[node]
    holders, departures = numbers[tree.holders[held]], tree.departures[held]
    return Tree(parents, tree.births[rows], sizes, tree.clusters[rows], holders, departures)


def _wide_children(tree: Tree, face_width: float) -> dict[int, list[int]]:
    """The children of each node that are wide enough to be seen, largest first."""
    wide = np.flatnonzero((tree.parents >= 0) & (tree.sizes * face_width >= MIN_WIDTH))
    children: dict[int, list[int]] = {}
    for node in wide[np.argsort(-tree.sizes[wide], kind="stable")].tolist():
        children.setdefault(int(tree.parents[node]), []).append(node)
    return children


def _beneath(centre: float, children: list[int], sizes: Int64[np.ndarray, "nodes"], face_width: float) -> dict:
    """The centres of children side by side, together as far to the left as to the right of the parent's."""
    widths = sizes[children] * face_width
    lefts = centre - widths.sum() / 2 + widths.cumsum() - widths
    return dict(zip(children, (lefts + widths / 2).tolist(), strict=True))


def _outline(birth: int, leaving: pd.Series) -> Outline:
    levels, left = leaving.index.to_numpy(np.int64), leaving.to_numpy(np.int64).cumsum()
    return Outline(np.concatenate([[birth], levels]), left[-1] - np.concatenate([[0], left]))
