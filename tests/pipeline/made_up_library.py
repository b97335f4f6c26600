"""A library of made-up people, in which what is asked and measured is known: vectors, no photos behind them."""

import numpy as np
import pyarrow as pa

from facecluster.pipeline.group import group_library
from facecluster.pipeline.rows import FaceRow, PhotoRow, faces_table, photos_table
from facecluster.schemas import CLUSTERS, SCAN, SUGGESTIONS, TREE
from facecluster.settings import ClusterSettings
from facecluster.store.library import RunTables, create_library, open_library
from facecluster.store.records import PackIdentity
from tests.clusters.people import PRIOR, people_faces

PACK = PackIdentity("made-up", "b" * 64, 128, *PRIOR, "none")


def face_ids(count):
    """The ids of faces, one a photo, in their order."""
    return [f"{row:020x}-10-20-30-40" for row in range(count)]


def made_up_library(folder, sizes, taken_at=None):
    """The library, not grouped yet, and the person of each face; people of so many faces, `taken_at` by row."""
    vectors, people = people_faces(sizes)
    library = create_library(folder / "library", PACK)
    ids = face_ids(len(people))
    paths, hashes = [f"{row:04d}.jpg" for row in range(len(ids))], [name[:20] for name in ids]
    columns = [paths, [100] * len(ids), pa.array([0] * len(ids), SCAN.types[2]), [False] * len(ids)]
    library.add_scan(pa.table(columns, SCAN), "/photos", "print", "2026-01-02T03:04:05+00:00")
    moments = taken_at or [None] * len(ids)
    photos = [
        PhotoRow(path, 100, 0, name, status="ok", n_faces=1, taken_at=moment)
        for path, name, moment in zip(paths, hashes, moments, strict=True)
    ]
    faces = [
        FaceRow(face, name, (10, 20, 30, 40), np.zeros((5, 2)), 0.9, 0.9, b"jpeg")
        for face, name in zip(ids, hashes, strict=True)
    ]
    library.add_shard("000001-a", photos_table(photos), faces_table(faces, vectors), "print", "decoder")
    return library, people


def grouped(folder, sizes, **photos):
    """The library, grouped; the ids of its faces and whose each is."""
    library, people = made_up_library(folder, sizes, **photos)
    group_library(library.folder, ClusterSettings())
    return open_library(library.folder), np.array(face_ids(len(people)), object), people


def in_clusters(folder, sizes, clusters, pairs=(), strength=0.8, **photos):
    """The library with a run in which the faces are in these clusters, and these rows were almost joined; face ids."""
    library, people = made_up_library(folder, sizes, **photos)
    ids = face_ids(len(people))
    add_clusters(library, ids, clusters, pairs, strength)
    return library, np.array(ids, object)


def add_clusters(library, ids, clusters, pairs=(), strength=0.8):
    """A run in which the faces are in these clusters, and these rows were almost joined."""
    rows = [
        {"face_id": face, "cluster_id": cluster, "strength": strength, "outlier": 0}
        for face, cluster in zip(ids, clusters, strict=True)
    ]
    almost = [{"face_a": ids[one], "face_b": ids[other], "evidence": -0.1} for one, other in pairs]
    tables = [pa.Table.from_pylist(rows, CLUSTERS), TREE.empty_table(), pa.Table.from_pylist(almost, SUGGESTIONS)]
    library.add_run(RunTables(*tables), {"settings": {}})
