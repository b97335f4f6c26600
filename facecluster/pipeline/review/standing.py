"""What became of those whom questions are about: the same people, groups and faces at a later moment.

Questions are thought of now and then (thinking.py) and answered all the time. What is needed to go on with them after
an answer is computed here, and no more than is asked for: at a million faces that is milliseconds.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Bool, Int64

from facecluster.people.matching import rows_by_name
from facecluster.people.pairs import told_apart
from facecluster.people.questions import Question, Unit
from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import group_faces
from facecluster.pipeline.person_counts import PROPOSED
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.question_keys import About
from facecluster.pipeline.targets import Rows, clusters_of_faces

NO_ROWS: Rows = np.empty(0, np.int64)


class Places(NamedTuple):
    """Where the faces are that questions name."""

    among: pa.StringArray  # ids of all faces
    rows: dict[str, int]  # by face id; of those that are there


class Standing:
    """The units of questions at one moment, of whose faces the places are known."""

    def __init__(self, moment: Moment, places: Places) -> None:
        self.moment = moment
        self.people = moment.people
        self.who = moment.people.who
        self._rows_of = places.rows

    def rows(self, about: About) -> Rows:
        """The faces of a person, those of a cluster that are nobody's, or a face that is alone; none if it is gone."""
        if about.kind == "person":
            place = self.place(about.id)
            return np.flatnonzero(self.persons == place) if place != NOBODY else NO_ROWS
        if about.kind == "cluster":
            return np.flatnonzero((self.clusters == int(about.id)) & self.free)
        row = self._rows_of.get(about.id, NOBODY)
        alone = row != NOBODY and self.free[row] and self.clusters[row] == NOBODY
        return np.array([row]) if alone else NO_ROWS

    def size(self, about: About) -> int:
        """How many these are."""
        if about.kind == "person":
            place = self.place(about.id)
            return int(self.sizes_of_people[place]) if place != NOBODY else 0
        if about.kind == "cluster":
            cluster = int(about.id)
            return int(self.sizes_of_clusters[cluster]) if cluster < len(self.sizes_of_clusters) else 0
        return len(self.rows(about))

    def place(self, person: str) -> int:
        """The place of a person who may be asked about; NOBODY: there is none of this id, or it is ignored."""
        return self._places.get(person, NOBODY)

    def told(self, about: About) -> Unit:
        """A unit as a question tells of it; of a person that there is."""
        name = self.who.people[self.place(about.id)].name if about.kind == "person" else None
        return Unit(about.kind, about.id, name, self.size(about))

    def rows_named(self, ids: tuple[str, ...]) -> Rows:
        """The rows of faces that questions name, as far as they are there."""
        rows = np.array([self._rows_of.get(one, NOBODY) for one in ids], np.int64)
        return rows[rows != NOBODY]

    def told_apart(self, pairs: Sequence[tuple[About, About]]) -> Bool[np.ndarray, "p"]:
        """Of which pairs, all of which are there, somebody has said that they are two (people.pairs)."""
        sides = (sorted((self._code(one), self.size(one)) for one in pair) for pair in pairs)
        codes_and_sizes = np.array(list(sides), np.int64).reshape(-1, 2, 2)
        codes, sizes = codes_and_sizes[:, :, 0], codes_and_sizes[:, :, 1]
        return told_apart(codes, sizes, len(self.who.people), self._different, self._refused)

    def is_cut(self, about: About) -> bool:
        """Whether somebody has said of two faces of a unit that they are two people's."""
        one, other = self._different.T
        return bool(((one == other) & (one == self._code(about))).any())

    @cached_property
    def persons(self) -> Int64[np.ndarray, "n"]:
        """Place of the person of each face by a decision or a sure name; NOBODY."""
        proposed = self.people.faces["provenance"].cat.codes.to_numpy() == PROPOSED
        return np.where(proposed, NOBODY, self.people.faces["person"].to_numpy())

    @cached_property
    def free(self) -> Bool[np.ndarray, "n"]:
        """Which faces are nobody's."""
        return group_faces(self.people)

    @cached_property
    def clusters(self) -> Int64[np.ndarray, "n"]:
        """The cluster of each face; NOBODY: it is alone."""
        return clusters_of_faces(self.people)

    @cached_property
    def sizes_of_clusters(self) -> Int64[np.ndarray, "clusters"]:
        """How many faces of each cluster are nobody's."""
        return np.bincount(self.clusters[self.free & (self.clusters != NOBODY)])

    @cached_property
    def sizes_of_people(self) -> Int64[np.ndarray, "people"]:
        """How many faces each person has."""
        return np.bincount(self.persons[self.persons != NOBODY], minlength=len(self.who.people))

    @cached_property
    def proposed(self) -> pd.DataFrame:
        """The faces with a name to be confirmed: row, person, cluster and probability; the likeliest of each first."""
        faces = self.people.faces
        rows = np.flatnonzero((faces["person"].to_numpy() != NOBODY) & (self.persons == NOBODY))
        some = pd.DataFrame(
            {
                "row": rows,
                "person": faces["person"].to_numpy()[rows],
                "cluster": self.clusters[rows],
                "probability": faces["probability"].to_numpy()[rows],
            }
        )
        return some.sort_values(["person", "probability", "row"], ascending=[True, False, True])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {person.id: place for place, person in enumerate(self.who.people) if not person.ignored}

    @cached_property
    def _different(self) -> Int64[np.ndarray, "m 2"]:
        return self._codes(self.who.different)

    @cached_property
    def _refused(self) -> Int64[np.ndarray, "r 2"]:
        return np.column_stack([self.who.rejected[:, 1], self._codes(self.who.rejected[:, 0])])

    def _code(self, about: About) -> int:
        """The number of a unit, as people.units.Units counts them."""
        if about.kind == "person":
            return self.place(about.id)
        n_people = len(self.who.people)
        if about.kind == "cluster":
            return n_people + int(about.id)
        return n_people + len(self.sizes_of_clusters) + self._rows_of[about.id]

    def _codes(self, rows: np.ndarray) -> np.ndarray:
        """The unit of each of some faces; NOBODY of what is no face."""
        n_people = len(self.who.people)
        alone = n_people + len(self.sizes_of_clusters) + rows
        codes = np.where(self.clusters[rows] == NOBODY, alone, n_people + self.clusters[rows])
        codes = np.where(self.persons[rows] == NOBODY, codes, self.persons[rows])
        return np.where(self.who.not_faces[rows], NOBODY, codes).astype(np.int64)


def faces_named(questions: Iterable[Question]) -> list[str]:
    """The ids of the faces that some questions cannot do without: of their sides, and those that are alone."""
    named: dict[str, None] = {}
    for question in questions:
        named.update(dict.fromkeys(chain.from_iterable(question.sides)))
        named.update((unit.id, None) for unit in question.units if unit.kind == "face")
    return list(named)


def places_of(wanted: Sequence[str], among: pa.StringArray) -> Places:
    """Where some faces, which are different, are among all that are there."""
    rows = rows_by_name(pa.array(wanted, among.type), among).tolist()
    return Places(among, {one: row for one, row in zip(wanted, rows, strict=True) if row != NOBODY})
