"""A library as large as wanted, of made-up faces in made-up clusters, with pictures: what a page has to stand up to.

No photo is behind it and no grouping was computed: its tables say what a run would have found. People of the same look
are in several clusters, so that there is something to ask.
"""

import io
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from PIL import Image

from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.schemas import CLUSTERS, SCAN, SUGGESTIONS, TREE
from facecluster.store.library import Library, RunTables, create_library
from facecluster.store.records import PackIdentity

PACK = PackIdentity("made-up", "c" * 64, 128, 0.0, 0.09, 0.6, "none")
FACES_A_PHOTO = 2
FACES_A_SHARD = 1000
SHARE_GROUPED = 0.7  # of the faces; the others are alone
PICTURES = 64  # different ones
PICTURE_PX = 160
NOISE = 0.7  # of a face's vector beside its person's: faces of one person have cosines about .67
FIRST_DAY = datetime(2001, 1, 1)  # noqa: DTZ001 - as a camera writes it


def large_library(folder: Path, n_faces: int, n_clusters: int, seed: int = 0, largest: int = 0) -> Library:
    """The library; clusters of falling sizes, the first the largest, no tree, a suggestion for every tenth cluster.

    Args:
        folder: where, new.
        n_faces: of which SHARE_GROUPED are in clusters.
        n_clusters: at most a third of the faces.
        seed: of all that is made by chance.
        largest: faces that the first cluster has at least, out of those that the clusters have over two each.
    """
    chance = np.random.default_rng(seed)
    library = create_library(folder, PACK)
    n_photos = -(-n_faces // FACES_A_PHOTO)
    photos = [f"{number:020x}{number:044x}" for number in chance.permutation(n_photos).tolist()]
    ids = [face_id(photos[face // FACES_A_PHOTO], _box(face)) for face in range(n_faces)]
    clusters = _clusters(n_faces, n_clusters, largest, chance)
    _add_scan(library, n_photos)
    _add_shards(library, photos, ids, clusters, chance)
    order = np.argsort(np.array(ids))
    library.add_run(_run_tables([ids[row] for row in order], clusters[order]), _record(n_faces, n_clusters))
    return library


def _clusters(n_faces: int, n_clusters: int, largest: int, chance: np.random.Generator) -> np.ndarray:
    """The cluster of each face; -1: alone. Sizes fall as those of people in albums do; every cluster has two."""
    weights = 1 / np.arange(1, n_clusters + 1) ** 0.9
    spare = int(n_faces * SHARE_GROUPED) - 2 * n_clusters - largest
    sizes = 2 + np.floor(weights / weights.sum() * max(spare, 0)).astype(np.int64)
    sizes[0] += largest
    clusters = np.full(n_faces, -1)
    grouped = np.repeat(np.arange(n_clusters), sizes)
    clusters[: len(grouped)] = grouped
    return chance.permutation(clusters)


def _add_scan(library: Library, n_photos: int) -> None:
    paths = [f"{number // 1000:04d}/{number:07d}.jpg" for number in range(n_photos)]
    columns = [paths, [100] * n_photos, pa.array([0] * n_photos, SCAN.types[2]), [False] * n_photos]
    library.add_scan(pa.table(columns, SCAN), "/photos", "print", "2026-01-02T03:04:05+00:00")


def _add_shards(
    library: Library, photos: list[str], ids: list[str], clusters: np.ndarray, chance: np.random.Generator
) -> None:
    pictures = [_picture(number) for number in range(PICTURES)]
    looks = _unit(chance.standard_normal((int(clusters.max()) // 2 + 1, PACK.dimension)))
    for start in range(0, len(ids), FACES_A_SHARD):
        rows = range(start, min(start + FACES_A_SHARD, len(ids)))
        # Clusters 2i and 2i + 1 show one person.
        vectors = _unit(chance.standard_normal((len(rows), PACK.dimension)))
        grouped = clusters[rows] >= 0
        vectors[grouped] = _unit(looks[clusters[rows][grouped] // 2] + NOISE * vectors[grouped])
        faces = [
            FaceRow(
                ids[row],
                photos[row // FACES_A_PHOTO],
                _box(row),
                np.zeros((5, 2)),
                0.9,
                float(chance.uniform(0.3, 1)),
                pictures[max(int(clusters[row]), 0) % PICTURES],
            )
            for row in rows
        ]
        seen = sorted({row // FACES_A_PHOTO for row in rows})
        photo_rows = [
            PhotoRow(
                f"{number // 1000:04d}/{number:07d}.jpg", 100, 0, photos[number], 640, 480, 640, 480, 1,
                FIRST_DAY + timedelta(hours=number), "ok", None, FACES_A_PHOTO,
            )
            for number in seen
        ]  # fmt: skip
        library.add_shard(
            f"000001-{start:016x}", photos_table(photo_rows), faces_table(faces, vectors), "print", "decoder"
        )


def _box(face: int) -> tuple[float, float, float, float]:
    """Side by side on their photo."""
    left = 100.0 * (face % FACES_A_PHOTO)
    return left, 20, left + 80, 110


def _run_tables(ids: list[str], clusters: np.ndarray) -> RunTables:
    """The tables of a run over faces in the order of their ids."""
    n = len(ids)
    rivals = np.where(clusters < 0, -1, clusters ^ 1)
    numbers = [pa.array(values, pa.int32(), mask=values < 0) for values in (clusters, rivals)]
    floats = [pa.array(np.full(n, value), pa.float32()) for value in (0.9, 0.5, 0.1)]
    nothing = pa.nulls(n, pa.int32()), pa.nulls(n, pa.float32())
    table = pa.table([ids, numbers[0], floats[0], numbers[1], *floats[1:], *nothing], CLUSTERS)
    firsts = dict(zip(clusters[::-1].tolist(), reversed(ids), strict=True))
    pairs = [(one, one + 1) for one in range(0, int(clusters.max()), 20)]
    suggestions = pa.table(
        [
            [firsts[one] for one, _ in pairs],
            [firsts[other] for _, other in pairs],
            pa.array([one for one, _ in pairs], pa.int32()),
            pa.array([other for _, other in pairs], pa.int32()),
            pa.array(np.linspace(-0.1, -2, len(pairs)), pa.float32()),
        ],
        SUGGESTIONS,
    )
    return RunTables(table, TREE.empty_table(), suggestions)


def _record(n_faces: int, n_clusters: int) -> dict[str, object]:
    return {
        "inputs": "", "created_at": "2026-01-02T03:04:05+00:00", "journal": 0, "heirs": 0, "faces": n_faces,
        "clusters": n_clusters, "alone": n_faces, "scan": 1, "parent": None, "kind": "full", "engine": 0,
        "settings": {}, "calibration": {}, "next_cluster_id": n_clusters, "tree_of": None, "since_full": 0,
        "new": n_faces, "gone": 0, "pack": PACK.name, "review": False,
    }  # fmt: skip


def _picture(number: int) -> bytes:
    """A JPEG with about as much detail as a face has."""
    chance = np.random.default_rng(number)
    small = Image.fromarray(chance.integers(0, 256, (14, 14, 3), dtype=np.uint8))
    buffer = io.BytesIO()
    small.resize((PICTURE_PX, PICTURE_PX), Image.Resampling.BICUBIC).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)
