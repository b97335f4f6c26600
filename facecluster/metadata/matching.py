"""Regions that metadata draws in photos -> the found faces that they are of.

Boxes are in parts of one picture: overlaps, and whether one box holds the centre of another, are the same in parts as
in pixels, so nothing here has to know a size. Programs draw faces more or less generously: from the brow to the mouth,
or with hair and shoulders.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

MIN_OVERLAP = 0.3
"""Intersection over union from which a region is of a face, wherever in it the face lies. Two faces that were found
overlap by no more (faces.detect.MAX_OVERLAP), so a region that is drawn as tightly as they are meets one of them."""

MAX_AREAS_APART = 6.25
"""How many times as large as the other a box may be where each holds the centre of the other: 2.5 times as wide and as
high, a head with its hair and shoulders. The face beside is not met by that: its box would have to hold the centre."""

PAIRS_AT_ONCE = 1 << 20
"""Regions with faces of their photos that are looked at together: some 100 MB."""

Boxes = Float64[np.ndarray, "_boxes 4"]


class Regions(NamedTuple):
    """Regions that metadata draws, in any order."""

    photos: Int64[np.ndarray, "n"]  # number of the photo
    documents: Int64[np.ndarray, "n"]  # number of the file that draws them, of its own for each photo
    boxes: Float64[np.ndarray, "n 4"]  # in parts of the stored picture; not empty


class FoundFaces(NamedTuple):
    """Faces that were found, in any order."""

    photos: Int64[np.ndarray, "m"]  # numbers as in the regions
    stored: Float64[np.ndarray, "m 4"]  # in parts of the stored picture
    upright: Float64[np.ndarray, "m 4"]  # in parts of the upright one


class Matches(NamedTuple):
    """What each of n regions is of."""

    faces: Int64[np.ndarray, "n"]  # place in the faces; -1: of none that was found
    upright: Bool[np.ndarray, "n"]  # its document draws in the upright picture


class _Pairs(NamedTuple):
    """Regions that are of a face by their place, each with that face."""

    region: Int64[np.ndarray, "_pairs"]
    face: Int64[np.ndarray, "_pairs"]
    overlap: Float64[np.ndarray, "_pairs"]  # intersection over union


def match_regions(regions: Regions, faces: FoundFaces) -> Matches:
    """The face that each region is of.

    Within a document no face is of two regions: those that overlap most find each other first, ties go to the first
    region, then to the first face. Two documents may speak of one face. A document whose regions are of more faces in
    the upright picture than in the stored one is taken to draw in that: programs do, against the rules.

    Args:
        regions: that metadata draws.
        faces: of the same photos.
    """
    stored = _matched(regions, faces.photos, faces.stored)
    n_documents = int(regions.documents.max(initial=-1)) + 1
    missed = np.bincount(regions.documents[stored < 0], minlength=n_documents)
    again = np.flatnonzero(missed[regions.documents])
    upright = np.full(len(stored), -1, np.int64)
    upright[again] = _matched(Regions(*(column[again] for column in regions)), faces.photos, faces.upright)
    met = [np.bincount(regions.documents[faces >= 0], minlength=n_documents) for faces in (stored, upright)]
    is_upright = (met[1] > met[0])[regions.documents]
    return Matches(np.where(is_upright, upright, stored), is_upright)


def overlaps(some: Boxes, others: Boxes) -> Float64[np.ndarray, "_boxes"]:
    """Intersection over union, pair by pair; 0 where a box has no area."""
    shared = (np.minimum(some[:, 2:], others[:, 2:]) - np.maximum(some[:, :2], others[:, :2])).clip(0).prod(axis=1)
    both = _areas(some) + _areas(others) - shared
    return np.divide(shared, both, out=np.zeros_like(shared), where=shared > 0)


def is_first(values: np.ndarray) -> Bool[np.ndarray, "_values"]:
    """Which of the values are the first of their kind."""
    first = np.zeros(len(values), np.bool_)
    first[np.unique(values, return_index=True)[1]] = True
    return first


def _matched(
    regions: Regions, photos: Int64[np.ndarray, "m"], boxes: Float64[np.ndarray, "m 4"]
) -> Int64[np.ndarray, "n"]:
    """The face of each region, or -1, if all speak of the picture that these boxes are of."""
    pairs = _near_pairs(regions, photos, boxes)
    matched = np.full(len(regions.photos), -1, np.int64)
    order = np.lexsort((pairs.face, pairs.region, -pairs.overlap))
    # A face is another one to every document.
    keys = regions.documents[pairs.region] * max(len(photos), 1) + pairs.face
    regions_left, keys_left, faces_left = pairs.region[order], keys[order], pairs.face[order]
    while len(regions_left):
        # The first pair of both its region and its face is one that no other pair can take apart.
        first = is_first(regions_left) & is_first(keys_left)
        matched[regions_left[first]] = faces_left[first]
        free = (matched[regions_left] < 0) & ~np.isin(keys_left, keys_left[first])
        regions_left, keys_left, faces_left = regions_left[free], keys_left[free], faces_left[free]
    return matched


def _near_pairs(regions: Regions, photos: Int64[np.ndarray, "m"], boxes: Float64[np.ndarray, "m 4"]) -> _Pairs:
    """All regions with the faces of their photos that they are of by their place."""
    by_photo = np.argsort(photos, kind="stable")
    starts = np.searchsorted(photos[by_photo], regions.photos)
    counts = np.searchsorted(photos[by_photo], regions.photos, "right") - starts
    ends = np.cumsum(counts)
    found = [_Pairs(*(np.empty(0, kind) for kind in (np.int64, np.int64, np.float64)))]
    first = 0
    while first < len(counts):
        before = int(ends[first] - counts[first])
        end = max(int(np.searchsorted(ends, before + PAIRS_AT_ONCE, "right")), first + 1)
        region = np.repeat(np.arange(first, end), counts[first:end])
        place = np.arange(len(region)) + before - (ends - counts)[region]
        face = by_photo[starts[region] + place]
        found.append(_near(region, face, regions.boxes[region], boxes[face]))
        first = end
    return _Pairs(*(np.concatenate(column) for column in zip(*found, strict=True)))


def _near(region: Int64[np.ndarray, "_pairs"], face: Int64[np.ndarray, "_pairs"], some: Boxes, others: Boxes) -> _Pairs:
    """Those of the pairs whose boxes show one face."""
    overlap = overlaps(some, others)
    areas = np.sort([_areas(some), _areas(others)], axis=0)
    alike = _hold_centres(some, others) & _hold_centres(others, some) & (areas[1] <= MAX_AREAS_APART * areas[0])
    near = (overlap >= MIN_OVERLAP) | (alike & (overlap > 0))
    return _Pairs(region[near], face[near], overlap[near])


def _hold_centres(some: Boxes, others: Boxes) -> Bool[np.ndarray, "_boxes"]:
    """Which of some boxes hold the centres of the others, pair by pair."""
    x, y = ((others[:, :2] + others[:, 2:]) / 2).T
    left, top, right, bottom = some.T
    return (left <= x) & (x <= right) & (top <= y) & (y <= bottom)


def _areas(boxes: Boxes) -> Float64[np.ndarray, "_boxes"]:
    return (boxes[:, 2:] - boxes[:, :2]).clip(0).prod(axis=1)
