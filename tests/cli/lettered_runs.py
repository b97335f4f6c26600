"""Runs of thirty faces in letters: the cluster of each, `.` alone, `-` not in the run."""

import pyarrow as pa

from facecluster.people.statements import Name
from facecluster.pipeline.journal import decide
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables

FACES = [f"{row:020x}-0-0-9-9" for row in range(30)]


def add_run(library, clusters, **record):
    """Add such a run to a library; its number."""
    there = [(face, letter) for face, letter in zip(FACES, clusters, strict=False) if letter != "-"]
    numbers = [None if letter == "." else ord(letter) - ord("a") for _, letter in there]
    rows = [
        {"face_id": face, "cluster_id": number, "strength": 1, "outlier": 0}
        for (face, _), number in zip(there, numbers, strict=True)
    ]
    tables = RunTables(pa.Table.from_pylist(rows, CLUSTERS), TREE.empty_table(), SUGGESTIONS.empty_table())
    counts = {"faces": len(rows), "clusters": len(set(numbers) - {None}), "alone": numbers.count(None)}
    return library.add_run(tables, {**counts, "created_at": "2026-01-02T03:04:05+00:00", **record})


def name(library, person, what, *rows):
    """Decide that these faces are a person's."""
    decide(library, lambda _: (Name(person, tuple(FACES[row] for row in rows), what),), "tester")
