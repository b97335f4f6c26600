"""What was found in a photo -> rows of the photos and faces tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from facecluster.errors import PhotoError
from facecluster.schemas import LANDMARK_FLOATS, PHOTOS, faces_schema
from facecluster.store.archive import PhotoFile
from facecluster.types import DecodedPhoto, Embeddings, Landmarks

HASH_DIGITS = 20
"""Of the photo's sha256 in a face id: 80 bits; two of 10^9 photos agree in them with a chance of one in a million."""

_NO_LANDMARKS = np.zeros((5, 2), np.float32)


class PhotoRow(NamedTuple):
    """A row of schemas.PHOTOS, field by field."""

    path: str
    size: int
    modified_at: int  # ns
    photo_hash: str | None
    width: int | None = None
    height: int | None = None
    stored_width: int | None = None
    stored_height: int | None = None
    orientation: int | None = None
    taken_at: datetime | None = None
    status: str = "error"
    reason: str | None = None
    n_faces: int = 0


class FaceRow(NamedTuple):
    """A row of schemas.faces_schema but for its embedding."""

    face_id: str
    photo_hash: str
    box: tuple[float, float, float, float]  # px, upright, full size
    landmarks: Landmarks | None  # (5, 2), as the box; None: unseen
    score: float
    quality: float
    thumbnail: bytes


def photo_row(file: PhotoFile, photo_hash: str, photo: DecodedPhoto, n_faces: int) -> PhotoRow:
    """The row of a photo that was decoded."""
    return PhotoRow(
        *file,
        photo_hash,
        photo.width,
        photo.height,
        photo.stored_width,
        photo.stored_height,
        photo.orientation,
        datetime.fromisoformat(photo.taken_at) if photo.taken_at else None,
        "ok" if n_faces else "no_face",
        None,
        n_faces,
    )


def failed_row(file: PhotoFile, photo_hash: str | None, error: PhotoError) -> PhotoRow:
    """The row of a photo that cannot be used."""
    return PhotoRow(*file, photo_hash, reason=str(error))


def copy_row(file: PhotoFile, original: PhotoRow) -> PhotoRow:
    """The row of a file whose bytes are another file's: all that follows from the bytes is the same."""
    return original._replace(path=file.path, size=file.size, modified_at=file.modified_ns)


def known_rows(known: pa.Table) -> dict[str, PhotoRow]:
    """Rows of a photos table by photo hash."""
    table = known.set_column(2, "modified_at", known["modified_at"].cast(pa.int64()))
    return {row["photo_hash"]: PhotoRow(**row) for row in table.to_pylist()}


def face_id(photo_hash: str, box: Sequence[float]) -> str:
    """The name of a face: its photo and where it is in it, so that it outlives any regrouping."""
    return "-".join([photo_hash[:HASH_DIGITS], *(str(round(float(edge))) for edge in box)])


def photos_table(rows: Sequence[PhotoRow]) -> pa.Table:
    """Photo rows as a table (schemas.PHOTOS)."""
    columns = list(zip(*rows, strict=True)) if rows else [[] for _ in PHOTOS]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, PHOTOS, strict=True)], PHOTOS)


def faces_table(rows: Sequence[FaceRow], embeddings: Embeddings) -> pa.Table:
    """Face rows and their embeddings, row by row, as a table (schemas.faces_schema); unseen faces get none."""
    schema = faces_schema(embeddings.shape[1])
    boxes = np.array([row.box for row in rows], np.float32).reshape(-1, 4)
    landmarks = [_NO_LANDMARKS if row.landmarks is None else row.landmarks for row in rows]
    unseen = pa.array([row.landmarks is None for row in rows], pa.bool_())
    columns = [
        pa.array([row.face_id for row in rows], pa.string()),
        pa.array([row.photo_hash for row in rows], pa.string()),
        *(pa.array(boxes[:, edge]) for edge in range(4)),
        _lists(np.array(landmarks, np.float32), LANDMARK_FLOATS, unseen),
        pa.array([row.score for row in rows], pa.float32()),
        pa.array([row.quality for row in rows], pa.float32()),
        _lists(embeddings.astype(np.float16), embeddings.shape[1], unseen),
        pa.array([row.thumbnail for row in rows], pa.binary()),
    ]
    return pa.table(columns, schema)


def _lists(values: np.ndarray, size: int, missing: pa.BooleanArray) -> pa.FixedSizeListArray:
    """A list of `size` numbers a row, null where it is missing."""
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), size, mask=missing)
