"""A library of ten faces of four people, written by hand: two clusters of three, one of two, and two faces alone."""

import hashlib

import numpy as np
import pandas as pd
import pyarrow as pa

from facecluster.people.statements import Name
from facecluster.pipeline.journal import decide
from facecluster.pipeline.rows import FaceRow, PhotoRow, face_id, faces_table, photos_table
from facecluster.schemas import CLUSTERS, NAMES, SCAN, SUGGESTIONS, TREE
from facecluster.store.library import RunTables, create_library
from tests.pipeline.small_library import PACK, jpeg

ANNA, BERTA, CARL = "a" * 12, "b" * 12, "abbaabbaabba"
"""Ids of people."""

WHERE = {  # face: photo, cluster, quality
    "a1": (1, 0, 0.9),
    "a2": (2, 0, 0.8),
    "a3": (3, 0, 0.7),
    "b1": (1, 1, 0.9),
    "b2": (2, 1, 0.95),
    "b3": (4, 1, 0.6),
    "c1": (4, 2, 0.5),
    "c2": (5, 2, 0.4),
    "d1": (5, None, 0.3),
    "e1": (6, None, 0.2),
}
TAKEN = {1: "2020-05-01T10:00:00", 2: "2020-05-01T10:01:00", 3: "2021-07-01T09:00:00", 4: None, 5: None, 6: None}


def _photo_hash(photo):
    return hashlib.sha256(str(photo).encode()).hexdigest()


def _box(name):
    left = 100.0 * "abcde".index(name[0])
    return (left, 10.0, left + 50, 70.0)


FACE = {name: face_id(_photo_hash(photo), _box(name)) for name, (photo, *_) in WHERE.items()}
"""Face ids by short names."""

SHORT = {one: name for name, one in FACE.items()}
BY_THE_MODEL = {
    "created_at": "2026-01-03T04:05:06+00:00",
    "settings": {"precision": 0.995},
    "threshold": {
        "sureness": 0.9, "by_measure": False, "precision": None, "bound": None, "coverage": None, "faces": 0, "named": 0
    },
}  # fmt: skip
"""How sure names are that nobody could measure, as the record of a table says it."""

CLUSTER = {number: tuple(sorted(FACE[name] for name, at in WHERE.items() if at[1] == number)) for number in range(3)}


def people_library(folder, *, grouped=True):
    """The library, in a folder of its own below `folder`."""
    library = create_library(folder / "library", PACK)
    paths = [f"p{photo}.jpg" for photo in TAKEN]
    columns = [paths, [100] * len(paths), pa.array([0] * len(paths), SCAN.types[2]), [False] * len(paths)]
    library.add_scan(pa.table(columns, SCAN), "/photos", "print", "2026-01-02T03:04:05+00:00")
    photos = [
        PhotoRow(
            f"p{photo}.jpg",
            100,
            0,
            _photo_hash(photo),
            taken_at=pd.Timestamp(taken) if taken else None,
            status="ok",
            n_faces=sum(at[0] == photo for at in WHERE.values()),
        )
        for photo, taken in TAKEN.items()
    ]
    faces = [
        FaceRow(FACE[name], _photo_hash(photo), _box(name), np.zeros((5, 2)), 0.9, quality, jpeg(128))
        for name, (photo, _, quality) in WHERE.items()
    ]
    vectors = np.tile(np.eye(4, dtype=np.float32)[:1], (len(faces), 1))
    library.add_shard("000001-a", photos_table(photos), faces_table(faces, vectors), "print", "decoder")
    if grouped:
        add_run(library)
    return library


def add_run(library):
    """The clusters of WHERE as a run of the library."""
    names = sorted(WHERE, key=FACE.__getitem__)
    clusters = [WHERE[name][1] for name in names]
    empty = [None] * len(names)
    columns = [[FACE[name] for name in names], clusters, [0.5] * len(names), empty, empty, [0.0] * len(names)]
    table = pa.table([*columns, empty, empty], CLUSTERS)
    return library.add_run(RunTables(table, TREE.empty_table(), SUGGESTIONS.empty_table()), {"faces": len(names)})


def add_names(library, *names, run=1):
    """A table of names: (short name of the face, id of the person, probability, automatic) each."""
    columns = zip(*((FACE[face], *rest) for face, *rest in sorted(names, key=lambda one: FACE[one[0]])), strict=True)
    library.add_names(pa.table(list(map(list, columns)), NAMES), {"run": run, "journal": 0, **BY_THE_MODEL})


def told(library, *statements, provenance="human"):
    """A decision that was made without any look at what is there."""
    return decide(library, lambda _: statements, "tester", provenance)


def named(library, person, name, *faces):
    """A decision that these faces, by short names, are a person's."""
    return told(library, Name(person, tuple(FACE[face] for face in faces), name))


def by_face(people, column):
    """A column of the faces, by their short names."""
    return dict(zip(map(SHORT.get, people.faces["face_id"]), people.faces[column].tolist(), strict=True))
