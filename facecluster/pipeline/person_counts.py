"""Faces with their people -> what is known of each person, in numbers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from facecluster.people.who import NOBODY, Person

PROVENANCES = ("human", "imported", "automatic", "proposed")
"""Where the person of a face comes from: the first two are decisions, the others names that the machine gave."""

HUMAN, IMPORTED, AUTOMATIC, PROPOSED = range(len(PROVENANCES))
NONE = -1  # of a face without a person
COLUMNS = ["face_id", "photo", "quality", "taken_at", "person", "provenance"]
NEVER = np.datetime64("NaT", "s")


@dataclass(frozen=True)
class KnownPerson:
    """A person, and the faces that are there; photos and days are those of all its faces but the proposed ones."""

    person: Person
    human: int
    imported: int
    automatic: int
    proposed: int
    photos: int
    first_day: str | None  # ISO 8601; None: no camera wrote one
    last_day: str | None
    cover: str | None  # face id: the chosen face if it is there, else the best of those that were decided

    @property
    def decided(self) -> int:
        """Faces that somebody said to be the person's."""
        return self.human + self.imported

    @property
    def faces(self) -> int:
        """Faces that count as the person's: all but the proposed ones."""
        return self.decided + self.automatic

    def to_json(self) -> dict[str, Any]:
        """The person and its numbers as one object; the cover is the one that is shown."""
        return asdict(self.person) | {name: value for name, value in vars(self).items() if name != "person"}


def counted_people(faces: pd.DataFrame, people: Sequence[Person]) -> tuple[KnownPerson, ...]:
    """What is known of each person, place by place.

    Args:
        faces: COLUMNS of people.LibraryPeople.
        people: by their places.
    """
    persons, sources = faces["person"].to_numpy(), faces["provenance"].cat.codes.to_numpy()
    named = np.flatnonzero(persons != NOBODY)
    keys = persons[named].astype(np.int64) * len(PROVENANCES) + sources[named]
    counts = np.bincount(keys, minlength=len(people) * len(PROVENANCES)).reshape(len(people), len(PROVENANCES))
    sure = faces[COLUMNS].iloc[named[sources[named] != PROPOSED]]
    first_days, last_days = _days(sure, len(people))
    rows = zip(
        people, counts.tolist(), _photos(sure, len(people)), first_days, last_days, _covers(sure, people), strict=True
    )
    return tuple(
        KnownPerson(person, human, imported, automatic, proposed, photos, first_day, last_day, cover)
        for person, (human, imported, automatic, proposed), photos, first_day, last_day, cover in rows
    )


def _photos(faces: pd.DataFrame, n_people: int) -> list[int]:
    """In how many photos each person is."""
    photos = faces["photo"].to_numpy().astype(np.int64)
    n_photos = int(photos.max(initial=0)) + 1
    pairs = np.unique(faces["person"].to_numpy() * n_photos + photos)
    return np.bincount(pairs // n_photos, minlength=n_people).tolist()


def _days(faces: pd.DataFrame, n_people: int) -> tuple[list[str | None], list[str | None]]:
    """The first and the last day of each person, ISO 8601; None: no camera wrote one."""
    order = np.argsort(faces["person"].to_numpy(), kind="stable")
    found, starts = np.unique(faces["person"].to_numpy()[order], return_index=True)
    taken = faces["taken_at"].to_numpy("datetime64[s]")[order]
    days = []
    for extreme in (np.fmin, np.fmax):
        moments = np.full(n_people, NEVER)
        moments[found] = extreme.reduceat(taken, starts) if len(starts) else NEVER
        texts = np.datetime_as_string(moments, unit="D").tolist()
        days.append([None if never else day for day, never in zip(texts, np.isnat(moments).tolist(), strict=True)])
    return days[0], days[1]


def _covers(faces: pd.DataFrame, people: Sequence[Person]) -> list[str | None]:
    """The face id of each person: the chosen face, if it is the person's, else the best of those that were decided."""
    persons = faces["person"].to_numpy()
    chosen = np.zeros(len(faces), np.bool_)
    may_be = np.flatnonzero(np.array([person.cover is not None for person in people], np.bool_)[persons])
    covers = [people[place].cover for place in persons[may_be]]
    chosen[may_be] = faces["face_id"].iloc[may_be].to_numpy(object) == np.array(covers, object)
    eligible = np.flatnonzero(chosen | (faces["provenance"].cat.codes.to_numpy() < AUTOMATIC))
    order = np.lexsort((-faces["quality"].to_numpy()[eligible], ~chosen[eligible], persons[eligible]))
    found, first = np.unique(persons[eligible[order]], return_index=True)
    ids = np.full(len(people), None, object)
    ids[found] = faces["face_id"].iloc[eligible[order[first]]].to_numpy(object)
    return ids.tolist()
