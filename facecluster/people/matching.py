"""References to faces -> the faces that are there: by name, else by where they are in which photo.

Another model, or other settings, draws the box of a face a little differently, which gives it another id. A detector
reports no two boxes of a photo that overlap much, so an old box and a new one that do mean one face.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float64, Int64

MIN_OVERLAP = 0.5
"""Intersection over union from which two boxes of a photo show one face: the usual bound for objects (PASCAL VOC).

A box that is moved by a third of its width, or made 1.4 times as wide and as high, just reaches it.
"""
MAX_OVERLAP_OF_TWO = 0.3
"""Intersection over union up to which a detector reports two boxes as two faces (faces.detect.MAX_OVERLAP)."""

PHOTO_DIGITS = 20  # of the photo's hash in a face id (schemas.faces_schema)
_EDGES = ("x0", "y0", "x1", "y1")
_FACE_ID = f"^(?P<photo>[0-9a-f]{{{PHOTO_DIGITS}}}){''.join(f'-(?P<{edge}>0|-?[1-9][0-9]{{0,8}})' for edge in _EDGES)}$"

FaceIdColumn = pa.StringArray | pd.Series | Sequence[str]
Indices = Int64[np.ndarray, "_count"]
Edges = Float64[np.ndarray, "_count 4"]


class Places(NamedTuple):
    """Where each of r references stands: the row of a face, or a place of its own after the rows of the n faces."""

    of: Int64[np.ndarray, "r"]  # below n: a row; from n on: no such face is there; one face, one place
    end: int  # all places are below it


class _Boxes(NamedTuple):
    """Boxes and their photos."""

    photos: Indices  # number of the photo; -1: the id is none
    edges: Edges

    def among(self, kept: Indices) -> "_Boxes":
        return _Boxes(self.photos[kept], self.edges[kept])


class _Overlaps(NamedTuple):
    """Pairs of boxes of one photo that overlap by MIN_OVERLAP; those of one box in the order of the other's edges."""

    one: Indices
    other: Indices
    overlap: Float64[np.ndarray, "_count"]  # intersection over union


def as_strings(values: FaceIdColumn) -> pa.StringArray:
    """The same strings as one Arrow array."""
    return values if isinstance(values, pa.StringArray) else pa.array(values, pa.string())


def rows_of(references: FaceIdColumn, face_ids: FaceIdColumn) -> Int64[np.ndarray, "r"]:
    """The row of the face that each of r references means; -1: it is not there."""
    places = places_of(references, face_ids).of
    return np.where(places < len(face_ids), places, -1)


def places_of(references: FaceIdColumn, face_ids: FaceIdColumn) -> Places:
    """The place of the face that each of r references means, whether that face is there or not.

    A reference by the name of a face is that face. Any other is the face of its photo that it overlaps most, if by
    MIN_OVERLAP. Where several come to one face, that which overlaps it most has it, and those that overlap this one by
    more than two faces do; the others are of faces that are no more. References to faces that are not there and
    overlap each other by MIN_OVERLAP share a place. Ties go to the box further left, then further up.
    """
    faces = as_strings(face_ids)
    coded = as_strings(references).dictionary_encode()
    names = coded.dictionary
    places = rows_by_name(names, faces)
    unknown = np.flatnonzero(places < 0)
    if len(unknown):
        places[unknown] = _places_by_box(names.take(pa.array(unknown)), faces)
    return Places(places[coded.indices.to_numpy()], len(faces) + len(unknown))


def rows_by_name(names: pa.StringArray, faces: pa.StringArray) -> Indices:
    """The row of the face that each of some different names is the id of; -1: there is none."""
    met = pc.index_in(faces, names)
    rows = np.flatnonzero(met.is_valid().to_numpy(zero_copy_only=False))
    found = np.full(len(names), -1, np.int64)
    found[met.drop_null().to_numpy()] = rows
    return found


def _places_by_box(names: pa.StringArray, faces: pa.StringArray) -> Indices:
    """The places of references that no face is called by."""
    photos = pc.unique(pc.utf8_slice_codeunits(names, 0, PHOTO_DIGITS))
    same_photo = pc.is_in(pc.utf8_slice_codeunits(faces, 0, PHOTO_DIGITS), photos)
    rows = np.flatnonzero(same_photo.to_numpy(zero_copy_only=False))
    asked, there = _boxes(names, photos), _boxes(faces.take(pa.array(rows)), photos)
    nearest = _nearest(asked, there)
    places = np.append(rows, -1)[nearest]
    gone = np.flatnonzero(nearest < 0)
    places[gone] = len(faces) + gone[_first_alike(asked.among(gone))]
    return places


def _boxes(names: pa.StringArray, photos: pa.StringArray) -> _Boxes:
    parts = pc.extract_regex(names, _FACE_ID)
    numbers = pc.fill_null(pc.index_in(pc.struct_field(parts, "photo"), photos, skip_nulls=True), -1)
    edges = [pc.struct_field(parts, edge).cast(pa.float64()).to_numpy(zero_copy_only=False) for edge in _EDGES]
    return _Boxes(numbers.to_numpy().astype(np.int64), np.column_stack(edges))


def _nearest(asked: _Boxes, there: _Boxes) -> Indices:
    """The box that each asked one means; -1: none."""
    pairs = _overlaps(asked, there)
    # Each asks for the one that it overlaps most; of those who ask for one, the first overlaps it most.
    best = np.lexsort((-pairs.overlap, pairs.one))
    best = best[np.unique(pairs.one[best], return_index=True)[1]]
    best = best[np.lexsort((*asked.edges[pairs.one[best]].T[::-1], -pairs.overlap[best], pairs.other[best]))]
    one, other = pairs.one[best], pairs.other[best]
    _, firsts, groups = np.unique(other, return_index=True, return_inverse=True)
    holders = one[firsts][groups]
    same = (one == holders) | (overlap_of(asked.edges[one], asked.edges[holders]) > MAX_OVERLAP_OF_TWO)
    nearest = np.full(len(asked.photos), -1, np.int64)
    nearest[one[same]] = other[same]
    return nearest


def _first_alike(boxes: _Boxes) -> Indices:
    """For each box the first, by its edges, of those that overlap it: itself, where there is no other."""
    pairs = _overlaps(boxes, boxes)
    found, at = np.unique(pairs.one, return_index=True)
    firsts = np.arange(len(boxes.photos))
    firsts[found] = pairs.other[at]
    return firsts


def _overlaps(some: _Boxes, others: _Boxes) -> _Overlaps:
    """Each of some with the first other of its photo, then with the second, ..: memory stays linear in the boxes."""
    order = np.lexsort((*others.edges.T[::-1], others.photos))
    photos = others.photos[order]
    starts = np.searchsorted(photos, some.photos)
    counts = np.where(some.photos < 0, 0, np.searchsorted(photos, some.photos, "right") - starts)
    found = [_Overlaps(*(np.empty(0, kind) for kind in (np.int64, np.int64, np.float64)))]
    for place in range(counts.max(initial=0)):
        one = np.flatnonzero(counts > place)
        other = order[starts[one] + place]
        overlap = overlap_of(some.edges[one], others.edges[other])
        near = overlap >= MIN_OVERLAP
        found.append(_Overlaps(one[near], other[near], overlap[near]))
    return _Overlaps(*(np.concatenate(column) for column in zip(*found, strict=True)))


def overlap_of(some: Edges, others: Edges) -> Float64[np.ndarray, "_count"]:
    """Intersection over union, pair by pair; 0 where a box has no area."""
    sides = np.minimum(some[:, 2:], others[:, 2:]) - np.maximum(some[:, :2], others[:, :2])
    shared = sides.clip(0).prod(axis=1)
    both = (some[:, 2:] - some[:, :2]).prod(axis=1) + (others[:, 2:] - others[:, :2]).prod(axis=1) - shared
    return np.divide(shared, both, out=np.zeros_like(shared), where=shared > 0)
