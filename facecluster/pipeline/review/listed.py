"""People, and the groups that nobody has named, as rows of a list: a column each, so that 100,000 cost little."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, overload

import numpy as np
import pyarrow as pa
from jaxtyping import Int64

from facecluster.people.matching import rows_by_name
from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import group_faces
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC
from facecluster.pipeline.targets import Rows, clusters_of_faces

NEVER = np.datetime64("NaT", "D")


class Listed(NamedTuple):
    """A person or a group as a list shows it."""

    kind: Literal["person", "cluster"]
    id: str  # of the person, or the number of the cluster
    name: str | None  # of a person who has one
    faces: int  # of a person those that are surely theirs; of a group those that an answer about it is of
    proposed: int  # further faces that the machine takes for the person, not surely
    cover: int | None  # row of the face that stands for it; None: none is there
    first_day: str | None  # ISO 8601; None: no camera wrote one
    last_day: str | None


@dataclass(frozen=True)
class Units(Sequence[Listed]):
    """The n rows of a list, made one by one when they are looked at."""

    kind: Literal["person", "cluster"]
    numbers: Int64[np.ndarray, "n"]  # places of people, or numbers of clusters
    faces: Int64[np.ndarray, "n"]
    covers: Int64[np.ndarray, "n"]  # rows of faces; NOBODY: none
    first_days: np.ndarray  # datetime64[D]; NaT: none
    last_days: np.ndarray
    people: LibraryPeople

    def __len__(self) -> int:
        """How many there are."""
        return len(self.numbers)

    @overload
    def __getitem__(self, place: int) -> Listed: ...
    @overload
    def __getitem__(self, place: slice) -> list[Listed]: ...
    def __getitem__(self, place: int | slice) -> Listed | list[Listed]:
        """The row at a place, or the rows of a slice."""
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        number, faces, cover = (int(column[place]) for column in (self.numbers, self.faces, self.covers))
        known = self.people.known[number] if self.kind == "person" else None
        return Listed(
            self.kind,
            known.person.id if known else str(number),
            known.person.name if known else None,
            faces,
            known.proposed if known else 0,
            None if cover == NOBODY else cover,
            _day(self.first_days[place]),
            _day(self.last_days[place]),
        )


def units_of_people(people: LibraryPeople, *, ignored: bool) -> Units:
    """The people who are ignored, or who are not: those with most faces first, of equals who was first spoken of."""
    places = np.array([at for at, one in enumerate(people.known) if one.person.ignored == ignored], np.int64)
    faces = np.array([people.known[place].faces for place in places], np.int64)
    order = np.argsort(-faces, kind="stable")
    known = [people.known[place] for place in places[order]]
    return Units(
        "person",
        places[order],
        faces[order],
        _covers(people)[places[order]],
        np.array([one.first_day or NEVER for one in known], "datetime64[D]"),
        np.array([one.last_day or NEVER for one in known], "datetime64[D]"),
        people,
    )


def units_of_groups(people: LibraryPeople) -> Units:
    """The clusters that have faces of nobody, neither by decisions nor by the machine: those with most faces first.

    Of equals the one with the smaller number comes first.
    """
    clusters = clusters_of_faces(people)
    rows = np.flatnonzero(group_faces(people) & (clusters != NOBODY))
    rows = rows[np.lexsort((-people.faces["quality"].to_numpy()[rows], clusters[rows]))]
    numbers, starts, faces = np.unique(clusters[rows], return_index=True, return_counts=True)
    if not len(rows):
        days = np.empty(0, "datetime64[D]")
        return Units("cluster", numbers, faces, rows, days, days, people)
    taken = people.faces["taken_at"].to_numpy()[rows]
    first, last = np.fmin.reduceat(taken, starts), np.fmax.reduceat(taken, starts)
    unnamed = np.logical_or.reduceat((people.faces["person"] == NOBODY).to_numpy()[rows], starts)
    order = np.argsort(-faces, kind="stable")
    order = order[unnamed[order]]
    return Units("cluster", numbers[order], faces[order], rows[starts][order], first[order], last[order], people)


def _covers(people: LibraryPeople) -> Rows:
    """The row of the face that stands for each person: the cover, else the best of those that are surely theirs."""
    persons = people.faces["person"].to_numpy()
    rows = np.flatnonzero((persons != NOBODY) & (people.faces["provenance"].cat.codes.to_numpy() <= AUTOMATIC))
    rows = rows[np.argsort(-people.faces["quality"].to_numpy()[rows], kind="stable")]
    found, best = np.unique(persons[rows], return_index=True)
    covers = np.full(len(people.known), NOBODY, np.int64)
    covers[found] = rows[best]
    chosen = [place for place, one in enumerate(people.known) if one.cover is not None]
    names = pa.array([people.known[place].cover for place in chosen], pa.string())
    covers[chosen] = rows_by_name(names, people.face_ids)
    return covers


def _day(day: np.datetime64) -> str | None:
    return None if np.isnat(day) else str(day.astype("datetime64[D]"))
