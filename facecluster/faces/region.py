"""A region that somebody drew around a face -> that face, as a detector sees it that is told where to look.

Whoever drew it saw a face there, so what would be a doubtful find anywhere else is a good one here.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32

from facecluster.faces.detect import MAX_OVERLAP, merge_detections, overlaps_with
from facecluster.faces.network import Detector
from facecluster.types import Boxes, Detections, RgbImage

Box = Float32[np.ndarray, "4"]

SURROUNDINGS = (1.6, 4.0)
"""Sides of what a detector is shown, in longer sides of the region. Measured on 30 faces that were made dark and noisy
or turned by a quarter: the small one finds 13 and 28 of them, the large one 18 and 24, both together 19 and 28; on the
whole photo, at the usual threshold, 18 and 23 are found."""

UPRIGHT_AHEAD = 0.05
"""By how much the scores of a face that is turned, added up over all looks at it, must exceed those of an upright one.
Faces that lie on their side are seen upright too, nearly as surely, but with landmarks in the wrong places, and vectors
that are worth nothing. Of 40 good faces 39 are then taken for what they are when they stand upright, and 31 when they
are turned; of 134 dark, noisy, blurred or small ones all."""

MIN_SCORE = 0.3
"""Lowest score of a face in a region: what the embedded pack finds on photos without people scores less."""

MAX_AREAS_APART = 6.0
"""How many times as large as the other a face or its region may be: some draw hair and shoulders, some only the eyes to
the mouth."""


class _Look(NamedTuple):
    """A part of an image, as a detector is shown it."""

    pixels: RgbImage
    corner: Float32[np.ndarray, "2"]  # left and top of the part in the image, px
    turns: int  # quarter turns to the left


def face_in_region(detector: Detector, image: RgbImage, region: Box, others: Boxes) -> Detections:
    """The face that stands where a region was drawn, in pixels of the image; none where none is seen.

    Args:
        detector: is shown the region and what is around it, turned in four ways.
        image: the photo, at any size.
        region: in pixels of the image, not empty.
        others: faces of the image that are known as such: they are not the one that is meant.
    """
    seen = [_seen_turned(detector, image, region, others, turns) for turns in range(4)]
    sureness = [one.scores.sum() + UPRIGHT_AHEAD * (turns == 0) for turns, one in enumerate(seen)]
    best = seen[int(np.argmax(sureness))]
    return Detections(*(column[np.argsort(-best.scores, kind="stable")[:1]] for column in best))


def _seen_turned(detector: Detector, image: RgbImage, region: Box, others: Boxes, turns: int) -> Detections:
    """The face that is meant as every look at it shows it that is turned so far: none to as many as there are looks."""
    looks = [_look(image, region, times, turns) for times in SURROUNDINGS]
    seen = zip(looks, detector.detect([look.pixels for look in looks], MIN_SCORE), strict=True)
    return merge_detections([_the_one_meant(region, _in_image(*each), others) for each in seen])


def _look(image: RgbImage, region: Box, times: float, turns: int) -> _Look:
    """The square around a region, as far as the image goes."""
    half = times * (region[2:] - region[:2]).max() / 2
    centre = (region[:2] + region[2:]) / 2
    size = np.array(image.shape[1::-1])
    left, top = np.clip(np.floor(centre - half).astype(int), 0, size - 1)
    right, bottom = np.clip(np.ceil(centre + half).astype(int), 1, size)
    pixels = np.ascontiguousarray(np.rot90(image[top:bottom, left:right], turns))
    return _Look(pixels, np.array([left, top], np.float32), turns)


def _in_image(look: _Look, seen: Detections) -> Detections:
    """What was seen in a part of an image, in pixels of the image."""
    corners = look.corner + _turned_back(seen.boxes.reshape(-1, 2, 2), look)
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return Detections(boxes, look.corner + _turned_back(seen.landmarks, look), seen.scores)


def _turned_back(points: Float32[np.ndarray, "n m 2"], look: _Look) -> Float32[np.ndarray, "n m 2"]:
    """Points of what was shown -> points of the part of the image before it was turned."""
    height, width = look.pixels.shape[:2]
    for _ in range(look.turns):
        points = np.stack([height - points[..., 1], points[..., 0]], axis=-1)
        height, width = width, height
    return points.astype(np.float32)


def _the_one_meant(region: Box, seen: Detections, others: Boxes) -> Detections:
    """Of the faces seen around a region the one that overlaps it most; none where none can be the one that is meant."""
    overlaps = overlaps_with(region, seen.boxes)
    meant = (overlaps > MAX_OVERLAP) | _about_one(region, seen.boxes)
    meant &= ~np.array([(overlaps_with(box, others) > MAX_OVERLAP).any() for box in seen.boxes], np.bool_)
    best = np.flatnonzero(meant)[np.argsort(-overlaps[meant], kind="stable")][:1]
    return Detections(*(column[best] for column in seen))


def _about_one(region: Box, boxes: Boxes) -> Bool[np.ndarray, "_boxes"]:
    """Which boxes hold the centre of the region, and the region theirs, at not too different a size."""
    areas, area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1), (region[2:] - region[:2]).prod()
    alike = np.maximum(areas, area) <= MAX_AREAS_APART * np.minimum(areas, area)
    return alike & _holds(region[None], _centres(boxes)) & _holds(boxes, _centres(region[None]))


def _centres(boxes: Boxes) -> Float32[np.ndarray, "_boxes 2"]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _holds(boxes: Boxes, points: Float32[np.ndarray, "_points 2"]) -> Bool[np.ndarray, "_boxes"]:
    return np.all((boxes[:, :2] <= points) & (points <= boxes[:, 2:]), axis=1)
