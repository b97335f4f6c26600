"""Faces in clusters, and what was said of them, for tests of what is asked next."""

import numpy as np
import pyarrow as pa

from facecluster.people.pairs import AlmostOne
from facecluster.people.units import UNDATED, Faces
from facecluster.people.who import NOBODY, Person, WhoIsWho

NO_PAIRS = np.empty((0, 2), np.int64)
NOTHING_ALMOST = AlmostOne(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float32))


def faces_of(clusters, persons=None, proposed=None, probabilities=None, **columns):
    """Faces f0, f1, ... in these clusters, each on a photo of its own; None stands for nobody and nothing."""
    count = len(clusters)

    def numbers(values, otherwise=NOBODY):
        return np.array([otherwise if value is None else value for value in values or [None] * count], np.int64)

    def floats(values, otherwise):
        return np.array([otherwise if value is None else value for value in values or [None] * count], np.float32)

    return Faces(
        ids=pa.array([f"f{row}" for row in range(count)], pa.string()),
        photos=numbers(columns.pop("photos", list(range(count)))),
        seconds=numbers(columns.pop("seconds", None), UNDATED),
        clusters=numbers(clusters),
        strengths=floats(columns.pop("strengths", None), 0.8),
        rivals=numbers(columns.pop("rivals", None)),
        rival_cosines=floats(columns.pop("rival_cosines", None), np.nan),
        nodes=numbers(columns.pop("nodes", None)),
        persons=numbers(persons),
        proposed=numbers(proposed),
        probabilities=floats(probabilities, np.nan),
        **columns,
    )


def who_of(
    faces, names=(), ignored=(), confirmed=(), rejected=NO_PAIRS, different=NO_PAIRS, not_faces=(), decided=None
):
    """What was said: people p0, p1, ... of these names, in whose hands the faces are that have a person."""
    count = len(faces.ids)
    people = tuple(
        Person(f"p{place}", name, None, ignored=place in ignored, cover=None, dormant=0)
        for place, name in enumerate(names)
    )
    decided_by = np.where(faces.persons == NOBODY, NOBODY, 0) if decided is None else decided
    return WhoIsWho(
        people=people,
        persons=faces.persons.astype(np.int32),
        confirmed=np.isin(np.arange(count), list(confirmed)),
        decided_by=np.asarray(decided_by, np.int32),
        not_faces=np.isin(np.arange(count), list(not_faces)),
        rejected=np.array(rejected, np.int64).reshape(-1, 2),
        different=np.array(different, np.int64).reshape(-1, 2),
        decisions=(),
        in_force=np.empty(0, np.bool_),
        merged={},
    )


def almost(*pairs):
    """Rows of (row, row, evidence)."""
    ones, others, evidence = zip(*pairs, strict=True)
    return AlmostOne(np.array(ones), np.array(others), np.array(evidence, np.float32))


def unit_ids(question):
    return [unit.id for unit in question.units]
