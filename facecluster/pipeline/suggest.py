"""What to ask next about the people of a library."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Int64

from facecluster.people.likeness import Likeness, Looks
from facecluster.people.matching import rows_by_name
from facecluster.people.mixed import mixed_questions, suspects_of_mixture
from facecluster.people.pairs import AlmostOne, pairs_of_one
from facecluster.people.questions import KINDS, Kind, Question, in_order
from facecluster.people.suggest import same_questions, uncertain_questions, who_questions
from facecluster.people.units import UNDATED, Faces, Units, units_of
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.people.wrong import references, suspect_faces, wrong_questions
from facecluster.pipeline.catalogue import prior_of, vectors_at
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import LibraryPeople, PresentFaces, not_grouped, people_among, present_faces
from facecluster.pipeline.person_counts import PROPOSED
from facecluster.store.library import Library


def suggestions(library: Library, limit: int, kinds: Collection[Kind] = KINDS) -> list[Question]:
    """The questions whose answers settle most faces of the current run, at most `limit`, best first.

    Raises:
        LibraryError: the library is empty or damaged, or its faces are not grouped yet.
    """
    present = present_faces(library)
    if present.run is None:
        raise not_grouped(library)
    people = people_among(present, decisions_of(library))
    faces, who = faces_of_people(people), people.who
    units = units_of(faces, who)
    questions: list[Question] = []
    if {"same", "who", "uncertain"} & set(kinds):
        pairs = pairs_of_one(faces, units, who, almost_one(library, present.run, faces))
        makers = {"same": same_questions, "who": who_questions, "uncertain": uncertain_questions}
        questions += [one for kind in makers if kind in kinds for one in makers[kind](faces, units, pairs, limit)]
    if {"mixed", "wrong"} & set(kinds):
        questions += [one for one in doubts(library, present, faces, units, who, limit) if one.kind in kinds]
    return in_order(questions)[:limit]


def faces_of_people(people: LibraryPeople) -> Faces:
    """The faces of a library as questions need them."""
    frame = people.faces
    proposed = frame["provenance"].cat.codes.to_numpy() == PROPOSED
    persons = frame["person"].to_numpy().astype(np.int64)
    return Faces(
        ids=people.face_ids,
        photos=frame["photo"].to_numpy(np.int64),
        seconds=_seconds(frame),
        clusters=_numbers(frame, "cluster_id"),
        strengths=frame["strength"].fillna(0).to_numpy(np.float32),
        rivals=_numbers(frame, "rival_id"),
        rival_cosines=frame["rival_cosine"].to_numpy(np.float32),
        nodes=_numbers(frame, "tree_node"),
        persons=np.where(proposed, NOBODY, persons),
        proposed=np.where(proposed, persons, NOBODY),
        probabilities=frame["probability"].to_numpy(np.float32),
    )


def doubts(
    library: Library, present: PresentFaces, faces: Faces, units: Units, who: WhoIsWho, limit: int
) -> list[Question]:
    """The questions about units and faces that look wrong, by the vectors of those that deserve a look.

    Raises:
        LibraryError: a shard with such a vector is damaged.
    """
    if not present.seen.all():  # a face without a vector is like nobody, and looks wrong everywhere
        units = units_of(faces, replace(who, not_faces=who.not_faces | ~present.seen))
    prior = prior_of(library)
    likeness = Likeness(prior.impostor_median, prior.genuine_median)
    mixtures, suspects = suspects_of_mixture(faces, units, who, likeness), suspect_faces(faces, units, likeness)
    against = references(suspects, units).values()
    seen = [suspects.rows, *against, *(rows for one in mixtures for rows in one.seen)]
    rows = np.unique(np.concatenate(seen))
    shards, places = (present.table[name].to_numpy()[rows] for name in ("shard", "place"))
    looks = Looks(rows, vectors_at(library, present.shards, shards, places))
    return [
        *mixed_questions(faces, units, mixtures, looks, likeness, limit),
        *wrong_questions(faces, units, who, suspects, looks, likeness, limit),
    ]


def almost_one(library: Library, run: int, faces: Faces) -> AlmostOne:
    """The pairs that a run almost made one, of faces that are there."""
    table = library.suggestions(run)
    ones, others = (_rows(table[name], faces.ids) for name in ("face_a", "face_b"))
    there = (ones >= 0) & (others >= 0)
    return AlmostOne(ones[there], others[there], table["evidence"].to_numpy()[there])


def _rows(names: pa.ChunkedArray, face_ids: pa.StringArray) -> Int64[np.ndarray, "m"]:
    """The row of the face that each of some ids names; -1: it is not there."""
    coded = names.combine_chunks().dictionary_encode()
    return rows_by_name(coded.dictionary, face_ids)[coded.indices.to_numpy()]


def _seconds(frame: pd.DataFrame) -> np.ndarray:
    """When photos were taken, in seconds from 1970; UNDATED where no camera wrote it."""
    moments = pd.to_datetime(frame["taken_at"]).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(moments), UNDATED, moments.astype(np.int64))


def _numbers(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Numbers from 0; NOBODY where there is none."""
    return frame[column].astype("Int64").fillna(NOBODY).to_numpy(np.int64)
