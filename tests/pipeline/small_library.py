"""A library of six photo files, written by hand: no network looked at any of them."""

import io

import numpy as np
import pyarrow as pa
from PIL import Image

from facecluster.pipeline.rows import FaceRow, PhotoRow, faces_table, photos_table
from facecluster.schemas import CLUSTERS, SCAN, SUGGESTIONS, TREE
from facecluster.store.library import PackIdentity, RunTables, create_library

PACK = PackIdentity("test", "a" * 64, 4, 0.1, 0.1, 0.6, "none")
FACES = ["hash-a-1", "hash-a-2", "hash-b-1"]
LABELS = pa.table(
    [
        *(FACES, [0, None, 0], [1.0, 0.0, 0.5], [None, 0, None], [None, 0.2, None]),
        *([0.0, 1.0, 0.0], [0, None, 0], [0.7, None, 0.7]),
    ],
    CLUSTERS,
)
NODES = pa.table([[0], [None], [0.4], [2], [0]], TREE)
PHOTOS = [
    ("a.jpg", "hash-a", "ok", 2),
    ("b.jpg", "hash-b", "ok", 1),
    ("broken.jpg", None, "error", 0),
    ("copy-of-a.jpg", "hash-a", "ok", 2),
    ("empty-room.jpg", "hash-c", "no_face", 0),
    ("gone.jpg", "hash-d", "ok", 0),
]


def jpeg(shade):
    """A grey picture of 16 px."""
    buffer = io.BytesIO()
    Image.new("L", (16, 16), shade).save(buffer, "JPEG")
    return buffer.getvalue()


def small_library(folder, clusters=LABELS):
    """The library, in a folder of its own below `folder`; no run if `clusters` is None."""
    library = create_library(folder / "library", PACK)
    listed = [path for path, *_ in PHOTOS if path != "gone.jpg"]
    columns = [listed, [100] * len(listed), pa.array([0] * len(listed), SCAN.types[2]), [False] * len(listed)]
    library.add_scan(pa.table(columns, SCAN), "/photos", "print", "2026-01-02T03:04:05+00:00")
    rows = [
        PhotoRow(path, 100, 0, photo_hash, status=status, n_faces=count, reason=_reason(status))
        for path, photo_hash, status, count in PHOTOS
    ]
    faces = [
        FaceRow(name, name[:6], (10.123456, 20, 30, 40), np.zeros((5, 2)), 0.98766, quality, jpeg(number))
        for number, (name, quality) in enumerate(zip(FACES, (0.9, 0.8, 0.7), strict=True))
    ]
    vectors = np.eye(4, dtype=np.float32)[:3]
    library.add_shard("000001-a", photos_table(rows), faces_table(faces, vectors), "print", "decoder")
    if clusters is not None:
        tables = RunTables(clusters, NODES, SUGGESTIONS.empty_table())
        counts = {"faces": 3, "clusters": 1, "alone": 1, "created_at": "2026-01-02T03:04:05+00:00"}
        calibration = {"impostor_median": 0.1, "impostor_sd": 0.1, "genuine_median": 0.6}
        library.add_run(tables, {**counts, "calibration": calibration})
    return library


def _reason(status):
    return "corrupt: cut short" if status == "error" else None
