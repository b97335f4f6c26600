"""A library whose pictures and vectors are known face by face, in as many shards as wanted."""

import hashlib
import io
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from PIL import Image

from facecluster.pipeline.review.live import Live
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.schemas import CLUSTERS, NAMES, SCAN, SUGGESTIONS, TREE
from facecluster.store.library import RunTables, create_library
from tests.pipeline.small_library import PACK


class Painted(NamedTuple):
    """A face."""

    photo: str = "a.jpg"  # path in the archive
    left: int = 0  # px
    colour: tuple[int, int, int] = (200, 30, 30)
    vector: tuple[float, ...] = (1, 0, 0, 0)
    cluster: int | None = None
    quality: float = 0.9
    taken_at: str | None = None
    shard: int = 0


def painted_library(folder, faces, archive="/photos", contents=None):
    """A grouped library of faces.

    Args:
        folder: that it is made in.
        faces: Painted; a photo lies in one shard.
        archive: its root.
        contents: bytes by path, of the photos that are to have their real hash.
    """
    library = create_library(folder / "library", PACK)
    paths = sorted({face.photo for face in faces})
    columns = [paths, [100] * len(paths), pa.array([0] * len(paths), SCAN.types[2]), [False] * len(paths)]
    library.add_scan(pa.table(columns, SCAN), str(archive), "print", "2026-01-02T03:04:05+00:00")
    hashes = {path: hashlib.sha256((contents or {}).get(path, path.encode())).hexdigest() for path in paths}
    for shard, some in groupby(sorted(faces, key=lambda face: face.shard), key=lambda face: face.shard):
        _add_shard(library, f"000001-{shard:04d}", list(some), hashes)
    add_run(library, faces, hashes)
    return library


def id_of(face, contents=None):
    """The id of a face."""
    photo_hash = hashlib.sha256((contents or {}).get(face.photo, face.photo.encode())).hexdigest()
    return face_id(photo_hash, _box(face))


def add_run(library, faces, hashes):
    """Their clusters as a run."""
    clusters = dict(sorted((face_id(hashes[face.photo], _box(face)), face.cluster) for face in faces))
    n, none = len(clusters), [None] * len(clusters)
    columns = [list(clusters), list(clusters.values()), [0.5] * n, none, none, [0.0] * n, none, none]
    library.add_run(RunTables(pa.table(columns, CLUSTERS), TREE.empty_table(), SUGGESTIONS.empty_table()), {"faces": n})


def add_names(library, *names):
    """A table of names of the first run: (face, id of the person, probability, automatic) each."""
    rows = sorted((id_of(face), *rest) for face, *rest in names)
    library.add_names(pa.table(list(map(list, zip(*rows, strict=True))), NAMES), {"run": 1, "journal": 1})


def moment_of(library):
    """The library as it is now."""
    return Live(library).now()


def rows_of(moment, faces, contents=None):
    """The rows of faces."""
    ids = moment.people.faces["face_id"].tolist()
    return np.array([ids.index(id_of(face, contents)) for face in faces], np.int64)


def painted(colour, size=(160, 160)):
    """A JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def _box(face):
    return (face.left, 10, face.left + 40, 60)


def _add_shard(library, name, faces, hashes):
    by_photo = {face.photo: face for face in faces}
    photos = [
        PhotoRow(
            path, 100, 0, hashes[path], 400, 300, 400, 300, 1,
            pd.Timestamp(face.taken_at) if face.taken_at else None, "ok", None,
            sum(one.photo == path for one in faces),
        )
        for path, face in by_photo.items()
    ]  # fmt: skip
    rows = [
        FaceRow(
            face_id(hashes[face.photo], _box(face)),
            hashes[face.photo],
            _box(face),
            np.zeros((5, 2)),
            0.9,
            face.quality,
            painted(face.colour),
        )
        for face in faces
    ]
    vectors = np.array([face.vector for face in faces], np.float32)
    library.add_shard(
        name,
        photos_table(photos),
        faces_table(rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)),
        "print",
        "decoder",
    )
