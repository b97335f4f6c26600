"""Mentions with a box -> the faces that they are of, one name a face; those that show none -> where to draw one."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float64, Int64

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.frames import Frames, all_turned, stored_boxes, upright_boxes
from facecluster.metadata.matching import FoundFaces, Matches, Regions, is_first, match_regions
from facecluster.pipeline.columns import one_array
from facecluster.pipeline.tags.drawn.drawn import REGIONS
from facecluster.pipeline.tags.incoming.mentions import NONE, Fates, Mentions, Rows, numbers_of
from facecluster.pipeline.tags.outcomes import Outcome

FRAME_COLUMNS = ["photo_hash", "stored_width", "stored_height", "orientation"]
FACE_COLUMNS = ["face_id", "x0", "y0", "x1", "y1"]

MAX_SHAPES_APART = 0.02
"""By how much of itself the shape, width over height, of the picture that a region was drawn on may differ from that of
the photo. A preview of 160 px is rounded by less; the pictures inside a RAW file and its JPEG differ by 0.3 %, a crop
from 3:2 to 4:3 by 11 %."""

NOT_DECODED = str(MetadataError(MetadataFault.DAMAGED, "the photo cannot be decoded, so nobody can be seen on it"))
OTHER_SHAPE = "it was drawn on a picture of another shape, a crop most likely, and shows no face that was found here"


class PhotoFrames(NamedTuple):
    """The stored pictures of the photos of some mentions, place by place."""

    frames: Frames  # 1 x 1 px where it is not known
    known: Bool[np.ndarray, "photos"]


class Undrawn(NamedTuple):
    """Regions of people that show no face that was found."""

    rows: Rows  # of the mentions
    regions: pa.Table  # pipeline.tags.drawn.drawn.REGIONS, as many


class Placed(NamedTuple):
    """Mentions of people with a box, by what it shows."""

    found: Rows  # faces that were found: which, is in the fates
    undrawn: Rows  # none that was found


def frames_of(mentions: Mentions, photos: pa.Table) -> PhotoFrames:
    """What is known of the photos that are mentioned, from rows of FRAME_COLUMNS."""
    photos = photos.select(FRAME_COLUMNS).drop_null()
    rows = pc.index_in(mentions.hashes, photos["photo_hash"])
    rows = pc.fill_null(rows, len(photos)).to_numpy(zero_copy_only=False)
    columns = (np.append(photos[name].to_numpy().astype(np.int64), 1)[rows] for name in FRAME_COLUMNS[1:])
    return PhotoFrames(Frames(*columns), rows < len(photos))


def place_mentions(mentions: Mentions, fates: Fates, frames: PhotoFrames, faces: pa.Table) -> Placed:
    """The mentions that have a say; the others are settled.

    Of several files, or copies of a photo, that place one person, the first that places it on a found face has it, else
    the first; of several names on one face the first.

    Boxes of files that draw in the upright picture are turned, so that from here on all are of the stored one.

    Args:
        mentions: all of them.
        fates: of the mentions.
        frames: of their photos.
        faces: FACE_COLUMNS of the faces of these photos, and `photo`, a place in `mentions.hashes`.
    """
    rows = np.flatnonzero(fates.open & mentions.placed)
    found, matches = _matches(mentions, rows, frames, faces)
    met = matches.faces >= 0
    fates.faces[rows[met]] = found.take(pa.array(matches.faces[met])).to_numpy(zero_copy_only=False)
    turned = rows[matches.upright]
    mentions.boxes[turned] = _turned_back(mentions.boxes[turned], _at(frames.frames, mentions.photos[turned]))
    best = _of_best_document(mentions.pairs[rows], mentions.documents[rows], met)
    fates.settle(rows[~best], Outcome.OUTRANKED)
    return Placed(first_say(rows[best & met], fates), rows[best & ~met])


def first_say(rows: Rows, fates: Fates) -> Rows:
    """Of mentions that all have a face, those that are the first to speak of it; the others are settled."""
    faces = pa.array(fates.faces[rows], pa.string()).dictionary_encode()
    first = is_first(faces.indices.to_numpy())
    fates.settle(rows[~first], Outcome.OUTRANKED)
    return rows[first]


def to_be_drawn(mentions: Mentions, fates: Fates, frames: PhotoFrames, rows: Rows) -> Undrawn:
    """Those of the regions of these rows that can be drawn into their photos; the others are settled."""
    is_known = frames.known[mentions.photos[rows]]
    fates.settle(rows[~is_known], Outcome.REFUSED, NOT_DECODED)
    rows = rows[is_known]
    of = _at(frames.frames, mentions.photos[rows])
    fits = _is_their_shape(mentions, rows, of)
    fates.settle(rows[~fits], Outcome.REFUSED, OTHER_SHAPE)
    rows, of = rows[fits], Frames(*(column[fits] for column in of))
    boxes = upright_boxes(mentions.boxes[rows], of).astype(np.float32)
    hashes = mentions.hashes.take(pa.array(mentions.photos[rows]))
    return Undrawn(rows, pa.table([hashes, *map(pa.array, boxes.T)], REGIONS))


def settle_hints(mentions: Mentions, fates: Fates) -> None:
    """Settle names without a place: hints, each once a photo, and none where a region of the photo has the name."""
    rows = np.flatnonzero(fates.open & ~mentions.placed)
    pairs = mentions.pairs
    regions = mentions.placed & (mentions.people != NONE)
    new = is_first(pairs[rows]) & ~np.isin(pairs[rows], pairs[regions])
    fates.settle(rows[new], Outcome.HINT)
    fates.settle(rows[~new], Outcome.OUTRANKED)


def _matches(mentions: Mentions, rows: Rows, frames: PhotoFrames, faces: pa.Table) -> tuple[pa.StringArray, Matches]:
    """The ids of the faces of the photos that are mentioned, and which of them each of these mentions is of."""
    photos = faces["photo"].to_numpy().astype(np.int64)
    boxes = np.column_stack([faces[edge].to_numpy().astype(np.float64) for edge in FACE_COLUMNS[1:]])
    of = _at(frames.frames, photos)
    there = FoundFaces(photos, stored_boxes(boxes, of), stored_boxes(boxes, all_turned(of)))
    regions = Regions(mentions.photos[rows], mentions.documents[rows], mentions.boxes[rows])
    return one_array(faces["face_id"]), match_regions(regions, there)


def _turned_back(boxes: Float64[np.ndarray, "n 4"], frames: Frames) -> Float64[np.ndarray, "n 4"]:
    """Boxes in parts of the upright pictures as such of the stored ones."""
    return stored_boxes(upright_boxes(boxes, all_turned(frames)), frames)


def _of_best_document(
    pairs: Int64[np.ndarray, "n"], documents: Int64[np.ndarray, "n"], met: Bool[np.ndarray, "n"]
) -> Bool[np.ndarray, "n"]:
    """Which of n regions stand in the file that is believed about their photo and person."""
    order = np.argsort(~met, kind="stable")
    _, first, inverse = np.unique(pairs[order], return_index=True, return_inverse=True)
    best = np.empty(len(pairs), np.int64)
    best[order] = documents[order[first]][inverse]
    return documents == best


def _is_their_shape(mentions: Mentions, rows: Rows, frames: Frames) -> Bool[np.ndarray, "_rows"]:
    """Which of these regions were drawn on a picture of the shape of their photo, as far as they say."""
    width, height = (numbers_of(mentions.table[name])[rows] for name in ("applied_width", "applied_height"))
    with np.errstate(divide="ignore", invalid="ignore"):  # some say 0 x 0
        apart = [np.abs(np.log(width * one.height / (height * one.width))) for one in (frames, all_turned(frames))]
    said = (width > 0) & (height > 0)
    return ~said | (np.minimum(*apart) <= MAX_SHAPES_APART)


def _at(frames: Frames, places: Int64[np.ndarray, "_places"]) -> Frames:
    return Frames(*(column[places] for column in frames))
