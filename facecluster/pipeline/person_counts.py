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
        faces: columns face_id, photo, quality, taken_at, person and provenance (people.LibraryPeople).
        people: by their places.
    """
    named = faces.loc[faces["person"] != NOBODY]
    sources = named["provenance"].cat.codes.to_numpy()
    counts = np.zeros((len(people), len(PROVENANCES)), np.int64)
    np.add.at(counts, (named["person"].to_numpy(), sources), 1)
    sure = named.loc[sources != PROPOSED]
    groups = sure.groupby("person")
    photos, taken = groups["photo"].nunique().to_dict(), groups["taken_at"]
    first_days, last_days = _days(taken.min()), _days(taken.max())
    covers = _covers(sure, people)
    return tuple(
        KnownPerson(
            person,
            **dict(zip(PROVENANCES, counts[place].tolist(), strict=True)),
            photos=photos.get(place, 0),
            first_day=first_days.get(place),
            last_day=last_days.get(place),
            cover=covers.get(place),
        )
        for place, person in enumerate(people)
    )


def _days(moments: pd.Series) -> dict[int, str]:
    """ISO 8601 by person, where there is one."""
    return moments.dropna().dt.strftime("%Y-%m-%d").to_dict()


def _covers(faces: pd.DataFrame, people: Sequence[Person]) -> dict[int, str]:
    """A face id by person: the chosen face, if it is one of the person's, else the best of those that were decided."""
    persons = faces["person"].to_numpy()
    chosen = faces["face_id"].to_numpy() == np.array([person.cover for person in people], object)[persons]
    order = np.lexsort((-faces["quality"].to_numpy(), ~chosen))  # stable: equals stay in order of face id
    eligible = order[(chosen | (faces["provenance"].cat.codes.to_numpy() < AUTOMATIC))[order]]
    best = faces.iloc[eligible].drop_duplicates("person")
    return dict(zip(best["person"], best["face_id"], strict=True))
