"""The faces of photos before they were changed, and as they are -> which is the same face in the same picture.

A name must not go from a picture to another that came under the same file name, not even to one of the same person: so
far more is asked of two faces than that they are one person's.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Float32, Float64, Int64, Shaped

from facecluster.people.matching import overlap_of
from facecluster.schemas import HEIRS

IN_PLACE_COSINE = 0.9
"""From which two faces in one place of a picture (IN_PLACE_OVERLAP) are one face.

Measured with the embedded pack on 410 faces of 224 photos that were saved again. As near, and in place, are: of JPEG
quality 60, 80, 95: .91, .98, 1; of brightness +-10 %: 1; at .9, .7, .5 of the size: .98, .92, .90 of those that are
found. Of 5,600,000 pairs of faces in two photos none of two people is as near as is asked here, and of 19,000 pairs of
one person 32 are, most of them one picture or one moment. Of series that were taken in one sitting before one wall one
pair in four is: those are told apart by their times only, and are of one person.
"""

ELSEWHERE_COSINE = 0.92
"""The same where the picture has another size and the face another place in it: it was cut or turned. Of faces in
photos from which 12 % of either side were cut .93 are as near. Measured as above."""

UNCHANGED_COSINE = 0.995
"""The same where the two times of the picture are not the same: somebody may have set the clock right, which changes no
pixel, or a camera may have begun again with its first file name."""

IN_PLACE_OVERLAP = 0.8
"""Intersection over union of the two boxes, in parts of the sides of the picture. Of saving again, in any size, 1 face
in 100 falls below .82."""


PAIRS_AT_ONCE = 2**16
"""Of faces, whose vectors are held against each other: somebody may have written tags into all photos of an archive."""

NO_PHOTO = -1

Rows = Int64[np.ndarray, "_rows"]
Vectors = Shaped[np.ndarray, "_faces d"]


class Versions(NamedTuple):
    """Faces of some versions of photo files; a face that is in several files has a row for each."""

    ids: Shaped[np.ndarray, "n"]  # texts
    files: Int64[np.ndarray, "n"]  # the number of the file
    photos: Int64[np.ndarray, "n"]  # the number of the version of the photo
    sizes: Float64[np.ndarray, "n 2"]  # width and height of the upright photo, px
    taken: Shaped[np.ndarray, "n"]  # datetime64; NaT: not known
    boxes: Float64[np.ndarray, "n 4"]  # px, upright, full size
    vectors: Shaped[np.ndarray, "n d"]  # of unit length


def find_heirs(were: Versions, are: Versions) -> pa.Table:
    """The heirs of faces that were: the nearest face of the same file, if it is the same picture (schemas.HEIRS).

    Within a file and a version of its photo each face has one heir and is heir of one at most, the nearest pairs first.
    """
    one, other = _pairs(were.files, are.files)
    cosines = _cosines(were.vectors, are.vectors, one, other)
    same = np.flatnonzero(cosines >= _limits(were, are, one, other))
    same = same[np.lexsort((are.ids[other[same]], were.ids[one[same]], -cosines[same]))]
    same = same[_one_to_one(one[same], were.photos[one[same]], other[same])]
    ids, heirs = were.ids[one[same]], are.ids[other[same]]
    _, firsts = np.unique(np.column_stack([ids, heirs]), axis=0, return_index=True)  # copies have the same faces
    return pa.table([ids[firsts], heirs[firsts], cosines[same][firsts]], HEIRS)


def _pairs(files: Rows, others: Rows) -> tuple[Rows, Rows]:
    """The rows of the faces of one file, each with each."""
    one, other = (pd.DataFrame({"file": some, "row": np.arange(len(some))}) for some in (files, others))
    pairs = one.merge(other, on="file")
    return pairs["row_x"].to_numpy(np.int64), pairs["row_y"].to_numpy(np.int64)


def _cosines(vectors: Vectors, others: Vectors, one: Rows, other: Rows) -> Float32[np.ndarray, "_pairs"]:
    found = [np.empty(0, np.float32)]
    for start in range(0, len(one), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        pair = (vectors[one[some]].astype(np.float32), others[other[some]].astype(np.float32))
        found.append(np.einsum("nd,nd->n", *pair))
    return np.concatenate(found)


def _limits(were: Versions, are: Versions, one: Rows, other: Rows) -> Float64[np.ndarray, "_pairs"]:
    """The cosine from which each pair is one face; infinite where none is enough."""
    boxes = ((some.boxes / np.tile(some.sizes, 2))[rows] for some, rows in ((were, one), (are, other)))
    in_place = overlap_of(*boxes) >= IN_PLACE_OVERLAP
    of_one_size = (were.sizes[one] == are.sizes[other]).all(axis=1)
    limits = np.where(in_place, IN_PLACE_COSINE, np.where(of_one_size, np.inf, ELSEWHERE_COSINE))
    before, after = were.taken[one], are.taken[other]
    at_two_times = ~np.isnat(before) & ~np.isnat(after) & (before != after)
    return np.where(at_two_times, np.maximum(limits, UNCHANGED_COSINE), limits)


def _one_to_one(one: Rows, photos: Rows, other: Rows) -> list[int]:
    """The places of the pairs that stand when each face is in one pair only, the first of them."""
    settled: set[tuple[int, int]] = set()
    kept = []
    for place, (face, photo, heir) in enumerate(zip(one.tolist(), photos.tolist(), other.tolist(), strict=True)):
        both = {(NO_PHOTO, face), (photo, heir)}
        if not both & settled:
            settled |= both
            kept.append(place)
    return kept
