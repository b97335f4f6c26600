"""Groups of before and loose faces to the people of now, as far as something new touches them."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.candidates import propose, to_parts
from facecluster.clusters.compiled import compiled
from facecluster.clusters.evidence import Yardstick
from facecluster.clusters.forest import core_cosines, spanning_forest
from facecluster.clusters.founding import large_enough, read_tree
from facecluster.clusters.graph import MIN_SAMPLES
from facecluster.clusters.grid import Grid
from facecluster.clusters.links import Links
from facecluster.clusters.merge import NOTABLE_GROWTH, Suggestions, merge_parts
from facecluster.clusters.neighbours import Neighbours
from facecluster.clusters.threshold import Calibration, link_threshold
from facecluster.settings import ClusterSettings


class Known(NamedTuple):
    """What is known of n faces that may found groups."""

    grid: Grid
    photos: Int64[np.ndarray, "n"]
    neighbours: Neighbours
    yardstick: Yardstick
    links: Links


class Grown(NamedTuple):
    """The people of now."""

    labels: Int32[np.ndarray, "n"]  # -1: alone; in no particular order
    suggestions: Suggestions  # between those that were looked at


def grow_groups(
    known: Known,
    whole: Int32[np.ndarray, "n"],
    touched: Bool[np.ndarray, "n"],
    settings: ClusterSettings,
    own: Calibration,
) -> Grown:
    """The people of n faces, of which some are in groups that stay whole.

    Args:
        known: of the faces.
        whole: the groups, -1: loose.
        touched: faces whose group, or who alone, may have become another's.
        settings: the cluster section.
        own: what strangers are like in this library.
    """
    floor = link_threshold(len(whole), own.impostor_median, own.impostor_sd, settings.false_links)
    first = _with_tree(known, whole, touched, floor, own)
    people, suggestions = _merged(known, first, touched)
    second = _several(people)
    people, later = _merged(known, second, _notably_grown(first, second))
    labels = large_enough(people, known.photos, settings.min_cluster_size, known.links)
    return Grown(labels, Suggestions(*(np.concatenate(sides) for sides in zip(later, suggestions, strict=True))))


def _with_tree(
    known: Known, whole: Int32[np.ndarray, "n"], touched: Bool[np.ndarray, "n"], floor: float, own: Calibration
) -> Int32[np.ndarray, "n"]:
    """The groups, and those that the tree gives of loose faces: of the touched, and of those that have one near."""
    rows = known.neighbours.rows
    loose = np.flatnonzero(whole < 0)
    loose = loose[touched[loose] | (touched[rows[loose]] & (rows[loose] >= 0)).any(axis=1)]
    cores = core_cosines(known.neighbours, MIN_SAMPLES)[loose]
    forest = spanning_forest(_among(known.neighbours, loose), cores, floor)
    trunk = read_tree(known.grid[loose], forest, known.photos[loose], floor, own, known.links.among(loose))
    labels = whole.copy()
    labels[loose] = np.where(trunk.labels < 0, -1, trunk.labels + whole.max(initial=-1) + 1)
    return labels


def _merged(
    known: Known, labels: Int32[np.ndarray, "n"], touched: Bool[np.ndarray, "n"]
) -> tuple[Int32[np.ndarray, "n"], Suggestions]:
    """People: the groups and who is alone, of which some are made one. Only pairs with one touched are looked at."""
    parts = to_parts(_without_gaps(labels))
    touched_parts = np.zeros(len(parts.offsets) - 1, np.bool_)
    touched_parts[parts.labels[touched]] = True
    candidates = propose(known.grid, known.neighbours, parts, known.yardstick, touched_parts)
    merged = merge_parts(known.grid, known.photos, parts, candidates, known.yardstick, known.links)
    return merged.people[parts.labels], merged.suggestions


def _several(people: Int32[np.ndarray, "n"]) -> Int32[np.ndarray, "n"]:
    """The people as groups, those of one face as -1."""
    return np.where((np.bincount(people, minlength=1) > 1)[people], people, np.int32(-1))


def _notably_grown(before: Int32[np.ndarray, "n"], labels: Int32[np.ndarray, "n"]) -> Bool[np.ndarray, "n"]:
    """Faces in groups that are so much larger than the largest of those, or of the faces, they were made of."""
    sizes, sizes_before = (np.bincount(groups[groups >= 0], minlength=1) for groups in (labels, before))
    largest = np.ones(len(sizes))
    grouped = np.flatnonzero((labels >= 0) & (before >= 0))
    np.maximum.at(largest, labels[grouped], sizes_before[before[grouped]])
    return (labels >= 0) & (sizes >= NOTABLE_GROWTH * largest)[labels]


def _without_gaps(labels: Int32[np.ndarray, "n"]) -> Int32[np.ndarray, "n"]:
    """The same groups, numbered from 0 without gaps."""
    used = np.bincount(labels[labels >= 0], minlength=1) > 0
    numbers = np.append(np.cumsum(used) - 1, -1).astype(np.int32)  # the last stands for no group
    return numbers[labels]


def _among(neighbours: Neighbours, faces: Int64[np.ndarray, "m"]) -> Neighbours:
    """The neighbours of some faces among those."""
    places = np.full(len(neighbours.rows) + 1, -1, np.int32)  # the last stands for no neighbour
    places[faces] = np.arange(len(faces), dtype=np.int32)
    return Neighbours(*_among_places(*neighbours, faces, places))


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def _among_places(
    rows: Int32[np.ndarray, "n k"],
    cosines: Float32[np.ndarray, "n k"],
    faces: Int64[np.ndarray, "m"],
    places: Int32[np.ndarray, "n1"],
) -> tuple[Int32[np.ndarray, "m k"], Float32[np.ndarray, "m k"]]:
    k = rows.shape[1]
    kept_rows, kept_cosines = np.full((len(faces), k), -1, np.int32), np.full((len(faces), k), -np.inf, np.float32)
    for place in range(len(faces)):
        found = 0
        for slot in range(k):
            other = places[rows[faces[place], slot]]
            if other >= 0:
                kept_rows[place, found], kept_cosines[place, found] = other, cosines[faces[place], slot]
                found += 1
    return kept_rows, kept_cosines
