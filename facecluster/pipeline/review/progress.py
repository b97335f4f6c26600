"""How far a library is settled, in faces, and how sure the names are that nobody gave one by one."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool

from facecluster.people.precision import Threshold
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC, NONE, PROPOSED
from facecluster.pipeline.review.live import Moment
from facecluster.store.library import Library

ROUNDING = 1e-6
"""Of a tenth of a percent: so much a share may lack of it by the way numbers are stored."""


class Sureness(NamedTuple):
    """How right automatic names are."""

    share: float  # of them that are right, at least
    measured: bool  # on faces that somebody looked at; else it is the model's word
    faces: int  # that somebody looked at

    @property
    def percent(self) -> str:
        """The share to a tenth of a percent, rounded down: it is a bound."""
        return f"{math.floor(self.share * 1000 + ROUNDING) / 10:g} %"


@dataclass(frozen=True)
class Progress:
    """The faces of a library, each in one of the first seven numbers."""

    decided: int  # somebody said that they are a person's, who has a name
    automatic: int  # a name that was spread to them is sure enough
    ignored: int  # of people who are not asked about
    not_faces: int  # a painting, a mistake
    proposed: int  # with a name to be confirmed
    grouped: int  # in groups without a name, and of people without one
    alone: int  # in no group, nobody's
    sureness: Sureness | None  # None: no name is sure enough to be given unasked
    behind: int  # decisions since names were last spread; of all, if they never were

    @property
    def settled(self) -> int:
        """Faces about which nothing is left to be said."""
        return self.decided + self.automatic + self.ignored + self.not_faces

    @property
    def left(self) -> int:
        """Faces of whom somebody will be asked."""
        return self.proposed + self.grouped

    @property
    def all(self) -> int:
        """All faces."""
        return self.settled + self.left + self.alone


def progress_of(moment: Moment, library: Library) -> Progress:
    """How far a library is at a moment.

    Raises:
        LibraryError: the record of the names is damaged.
    """
    people, who = moment.people, moment.people.who
    sources = people.faces["provenance"].cat.codes.to_numpy()
    ignored = _whose(people, [person.ignored for person in who.people])
    named = _whose(people, [person.name is not None for person in who.people]) & ~ignored
    proposed = (sources == PROPOSED) & ~ignored
    sure = (sources != NONE) & (sources != PROPOSED)
    automatic = sources == AUTOMATIC
    alone = (sources == NONE) | ((sources == PROPOSED) & ignored)
    alone &= ~who.not_faces & people.faces["cluster_id"].isna().to_numpy()
    counts = {
        "decided": sure & named & ~automatic,
        "automatic": automatic & named,
        "ignored": sure & ignored,
        "not_faces": who.not_faces,
        "proposed": proposed,
        "alone": alone,
    }
    known = {name: int(faces.sum()) for name, faces in counts.items()}
    record = names_record(moment, library)
    return Progress(
        **known,
        grouped=len(people.faces) - sum(known.values()),
        sureness=_sureness(record) if record else None,
        behind=decisions_behind(moment, record),
    )


def names_record(moment: Moment, library: Library) -> dict[str, Any] | None:
    """What names.json says of the names of the current run; None: they never spread.

    Raises:
        LibraryError: it is damaged.
    """
    if not moment.state.names:
        return None
    try:
        record = library.names_record(moment.state.names)
    except FileNotFoundError:  # others have come since, and it was dropped
        return None
    return record if record["run"] == moment.state.run else None


def decisions_behind(moment: Moment, record: dict[str, Any] | None) -> int:
    """How many decisions names of this record know nothing of; without a record, all."""
    return moment.state.journal - (record["journal"] if record else 0)


def _whose(people: LibraryPeople, is_so: list[bool]) -> Bool[np.ndarray, "n"]:
    """Of which faces the person is so, by place."""
    return np.array([*is_so, False])[people.faces["person"].to_numpy()]


def _sureness(record: dict[str, Any]) -> Sureness | None:
    """How right names are by the record of their spreading."""
    threshold = Threshold(**record["threshold"])
    if threshold.sureness is None:
        return None
    if threshold.by_measure and threshold.bound is not None:
        return Sureness(threshold.bound, measured=True, faces=threshold.faces)
    return Sureness(record["settings"]["precision"], measured=False, faces=threshold.faces)
