"""Which face of a photo a label means."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int64

from facecluster.measure.labels import Box
from facecluster.types import Boxes

Pick = Literal["largest", "center"]
"""Which face a photo without boxes is about: the largest, or the one on the centre of the image (the custom of LFW)."""

MIN_OVERLAP = 0.1
"""Least intersection over union of a face with its labelled box: people draw boxes around whole heads."""


class PhotoFaces(NamedTuple):
    """The faces of one photo."""

    photo_hash: str | None  # None where the bytes could not be read
    fault: str | None  # why there can be no face: the reason of a failed photo
    width: float  # upright, full size, px; nan where it was not decoded
    height: float
    rows: Int64[np.ndarray, "n"]  # in the table of all faces
    boxes: Boxes


@dataclass(frozen=True)
class Choice:
    """The face a label means, or why there is none."""

    row: int | None  # in the table of all faces
    overlap: float = 1.0  # with the labelled box; 1 without a box
    problem: str = ""


class FaceFinder:
    """The faces of any photo of a library, by path.

    Args:
        photos: path, photo_hash, width, height, status, reason (schemas.PHOTOS).
        faces: photo_hash, x0, y0, x1, y1 (schemas.faces_schema).
    """

    def __init__(self, photos: pd.DataFrame, faces: pd.DataFrame) -> None:
        sizes = photos[["width", "height"]].astype(np.float64).to_numpy()
        faults = [
            reason if status == "error" else None
            for status, reason in zip(photos["status"], photos["reason"], strict=True)
        ]
        self._photos = dict(zip(photos["path"], zip(photos["photo_hash"], faults, sizes, strict=True), strict=True))
        self._boxes = faces[["x0", "y0", "x1", "y1"]].to_numpy(np.float32)
        self._rows = faces.groupby("photo_hash").indices

    def photo(self, path: str) -> PhotoFaces | None:
        """The photo and its faces; None where the library has no photo of this path."""
        if path not in self._photos:
            return None
        photo_hash, fault, (width, height) = self._photos[path]
        rows = np.asarray(self._rows.get(photo_hash, []), np.int64)
        return PhotoFaces(photo_hash, fault, float(width), float(height), rows, self._boxes[rows])


def choose_face(photo: PhotoFaces, box: Box | None, pick: Pick) -> Choice:
    """The face that a label means: by its box if it has one, else the largest or the one on the centre."""
    if photo.fault is not None:
        return Choice(None, problem=photo.fault)
    if not len(photo.rows):
        return Choice(None, problem="no face found")
    if box is not None:
        overlaps = _overlaps(photo.boxes, box)
        best = int(overlaps.argmax())
        if overlaps[best] < MIN_OVERLAP:
            return Choice(None, problem="no face in the labelled box")
        return Choice(int(photo.rows[best]), float(overlaps[best]))
    index = _central(photo) if pick == "center" else int(_areas(photo.boxes).argmax())
    if index is None:
        return Choice(None, problem="no face on the centre of the photo")
    return Choice(int(photo.rows[index]))


def _overlaps(boxes: Boxes, box: Box) -> Float32[np.ndarray, "n"]:
    """Intersection over union of each face with the box; 0 for a neighbour: neither holds the other's centre."""
    target = np.asarray(box, np.float32)
    sides = np.minimum(boxes[:, 2:], target[2:]) - np.maximum(boxes[:, :2], target[:2])
    shared = np.prod(np.maximum(sides, 0), axis=1)
    unions = _areas(boxes) + _areas(target[None]) - shared
    centres, centre = (boxes[:, :2] + boxes[:, 2:]) / 2, (target[:2] + target[2:]) / 2
    in_box = ((centres >= target[:2]) & (centres <= target[2:])).all(axis=1)
    in_face = ((centre >= boxes[:, :2]) & (centre <= boxes[:, 2:])).all(axis=1)
    return np.where(in_box | in_face, shared / np.maximum(unions, 1e-6), 0).astype(np.float32)


def _central(photo: PhotoFaces) -> int | None:
    """The face over the centre of the image, of several the one whose own centre is nearest to it."""
    middle = np.array([photo.width, photo.height], np.float32) / 2
    covers = ((photo.boxes[:, :2] <= middle) & (photo.boxes[:, 2:] >= middle)).all(axis=1)
    distances = np.square((photo.boxes[:, :2] + photo.boxes[:, 2:]) / 2 - middle).sum(axis=1)
    return int(np.where(covers, distances, np.inf).argmin()) if covers.any() else None


def _areas(boxes: Boxes) -> Float32[np.ndarray, "n"]:
    return np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)
