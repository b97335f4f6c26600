"""HDBSCAN's condensed tree -> a picture of it: columns of faces that narrow and part as more likeness is asked for.

The vertical axis is the cosine, from the floor at the top to 1; the width of a branch is the number of faces that are
still in it. A library of any size gives a picture of a few hundred branches: those too narrow to be seen are left out.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from facecluster.web.tree_shape import (
    HEIGHT,
    WIDTH,
    Extent,
    Outline,
    Tree,
    extent_of,
    legible,
    outlines_of,
    owners_of,
    tree_of,
)
from facecluster.web.wording import counted

MIN_LABEL_WIDTH = 18.0  # units of the drawing, of a branch that can bear its number
MAX_LISTED = 12  # branches that are told in words too

MAX_SCALE_WIDTH = 150.0  # units of the drawing


@dataclass(frozen=True)
class Branch:
    """A cluster of the condensed tree as it is drawn."""

    title: str
    kind: str  # class of pictures.css: `chosen`, `within` a chosen one, or `loose`
    path: str  # of an SVG path


@dataclass(frozen=True)
class Mark:
    """Text on the picture or beside it, in percent of width and height."""

    text: str
    left: float
    top: float


@dataclass(frozen=True)
class TreePicture:
    """What the page shows of the tree."""

    branches: tuple[Branch, ...]  # parents before their children
    persons: tuple[Mark, ...]  # numbers on the branches that are wide enough
    ticks: tuple[Mark, ...]  # cosines down the side
    scale_faces: int
    scale_percent: float  # of the width, that this many faces have
    listed: tuple[str, ...]  # titles of the largest chosen branches
    is_whole: bool  # every face of the tree is counted; else those of the people with the largest branches
    n_people: int  # with a branch
    n_faces: int  # of the run
    n_shown: int  # faces at the top of the picture


def tree_picture(nodes: pd.DataFrame, faces: pd.DataFrame, numbers: dict[int, int]) -> TreePicture | None:
    """The picture of a condensed tree; None where it has no branch.

    Args:
        nodes: a row a node: node (from 0, in order, parents before their children), parent (NA: a root), birth (cosine
            at which it parts from its parent; the floor of a root), size (faces at birth) and cluster_id (NA: no
            group was founded here).
        faces: a row a face of the run: tree_node (the node that it leaves last; NA: it was in none) and departure (the
            cosine at which it leaves).
        numbers: of clusters as persons (see `groups.cluster_numbers`).
    """
    whole = tree_of(nodes, faces)
    tree = legible(whole)
    if not tree.sizes.any():
        return None
    extent = extent_of(tree)
    outlines = outlines_of(tree, extent.nodes)
    titles = _titles(tree, extent.nodes, numbers)
    largest = sorted(titles, key=lambda node: (-tree.sizes[node], node))
    scale_faces = _scale(extent.face_width)
    return TreePicture(
        branches=_branches(tree, extent, outlines, titles),
        persons=_numbers_on_branches(tree, extent, numbers),
        ticks=_ticks(tree),
        scale_faces=scale_faces,
        scale_percent=round(100 * scale_faces * extent.face_width / WIDTH, 2),
        listed=tuple(titles[node] for node in largest if tree.clusters[node] >= 0)[:MAX_LISTED],
        is_whole=tree is whole,
        n_people=len(set(tree.clusters[extent.nodes].tolist()) - {-1}),
        n_faces=len(faces),
        n_shown=int(sum(tree.sizes[node] for node in extent.nodes if tree.parents[node] < 0)),
    )


def _titles(tree: Tree, nodes: list[int], numbers: dict[int, int]) -> dict[int, str]:
    owners = owners_of(tree).tolist()
    titles = {}
    for node in nodes:
        person = f"person {numbers[owners[node]]}" if owners[node] in numbers else "a person who is gone"
        part = "Part of " if tree.clusters[node] < 0 else ""
        who = f"{part}{person}" if owners[node] >= 0 else "several people"
        size = counted(int(tree.sizes[node]), "face")
        titles[node] = f"{who[0].upper()}{who[1:]}: {size} held together by a likeness above {tree.births[node]:.2f}"
    return titles


def _branches(tree: Tree, extent: Extent, outlines: dict[int, Outline], titles: dict[int, str]) -> tuple[Branch, ...]:
    owners = owners_of(tree)
    kinds = np.where(tree.clusters >= 0, "chosen", np.where(owners >= 0, "within", "loose"))
    return tuple(
        Branch(titles[node], str(kinds[node]), _path(outlines[node], extent.centres[node], extent.face_width))
        for node in outlines
    )


def _path(outline: Outline, centre: float, face_width: float) -> str:
    """Down the right side, one step a level, and up the left."""
    halves = outline.counts * face_width / 2
    levels = outline.levels.tolist()
    right = [f"{centre + half:.1f}" for half in halves]
    left = [f"{centre - half:.1f}" for half in halves]
    down = "".join(f"V{level}H{x}" for level, x in zip(levels[1:], right[1:], strict=True))
    up = "".join(f"H{x}V{level}" for level, x in zip(levels[-2::-1], left[-2::-1], strict=True))
    return f"M{left[0]} {levels[0]}H{right[0]}{down}{up}Z"


def _numbers_on_branches(tree: Tree, extent: Extent, numbers: dict[int, int]) -> tuple[Mark, ...]:
    tops = 100 * tree.levels(tree.births) / HEIGHT
    return tuple(
        Mark(str(numbers[cluster]), round(100 * extent.centres[node] / WIDTH, 2), round(float(tops[node]), 2))
        for node in extent.nodes
        if (cluster := int(tree.clusters[node])) in numbers and tree.sizes[node] * extent.face_width >= MIN_LABEL_WIDTH
    )


def _ticks(tree: Tree) -> tuple[Mark, ...]:
    """A mark at each tenth from the floor to the ceiling."""
    tenths = np.arange(np.ceil(round(10 * tree.floor, 4)), round(10 * tree.ceiling) + 1) / 10
    tops = 100 * tree.levels(tenths) / HEIGHT
    return tuple(Mark(f"{tenth:.1f}", 0, round(top, 2)) for tenth, top in zip(tenths, tops.tolist(), strict=True))


def _scale(face_width: float) -> int:
    """The largest of 1, 2, 5, 10, 20 ... faces that are no wider than the scale may be; at least 1."""
    fitting = max(1.0, MAX_SCALE_WIDTH / face_width)
    power = 10 ** int(np.floor(np.log10(fitting)))
    return int(max(step for step in (1, 2, 5) if step * power <= fitting) * power)
