"""A library in which every kind of question is asked, and a way to say things there without a journal."""

import pyarrow as pa

from facecluster.people.statements import Decision, Name
from facecluster.pipeline.journal import decide
from facecluster.pipeline.people import people_among
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.open_questions import OpenQuestions
from facecluster.pipeline.review.standing import Standing, faces_named, places_of
from facecluster.schemas import NAMES
from tests.pipeline.made_up_library import in_clusters
from tests.pipeline.people_library import BY_THE_MODEL

ADA, BO, CY = "a" * 12, "b" * 12, "c" * 12

SIZES = (6, 5, 8, 6, 4, 3, 2, 1)
CLUSTERS = [*[0] * 11, *[1] * 8, *[2] * 6, *[3] * 4, *[4] * 3, *[5] * 2, None]
"""Cluster 0 holds two people; the face that is alone is last."""


def asked_library(folder):
    """The library, and its faces: Ada is cluster 1 and, by mistake, a face of 2; 3 may be 4; one of 5 may be Ada's."""
    library, ids = in_clusters(folder, SIZES, CLUSTERS, pairs=[(25, 29)], strength=0.5)
    tell(library, Name(ADA, (*ids[11:19].tolist(), ids[19]), "Ada"), Name(BO, tuple(ids[20:25].tolist()), "Bo"))
    add_names(library, (ids[32], ADA, 0.7, False))
    return library, ids


def add_names(library, *rows):
    """A table of names: (face, person, probability, automatic) each."""
    table = [dict(zip(NAMES.names, row, strict=True)) for row in sorted(rows)]
    library.add_names(pa.Table.from_pylist(table, NAMES), {"run": 1, "journal": 1, **BY_THE_MODEL})


def tell(library, *statements):
    """A decision in the journal."""
    return decide(library, lambda _: statements, "me")


def later(moment, *said):
    """A moment after some decisions more, each of some statements."""
    made = [
        Decision(f"{number:016x}", "2026-01-02T03:04:05+00:00", "me", "human", statements)
        for number, statements in enumerate(said, 1)
    ]
    decisions = (*moment.people.who.decisions, *made)
    state = moment.state._replace(journal=len(decisions))
    return Moment(state, moment.present, people_among(moment.present, decisions))


def standing_at(moment, questions=()):
    """The units of questions at a moment."""
    return Standing(moment, places_of(faces_named(questions), moment.present.face_ids))


def open_at(moment, thought):
    """The questions of a thinking at a moment."""
    return OpenQuestions(thought, {}, standing_at(moment, thought.questions.values()))
