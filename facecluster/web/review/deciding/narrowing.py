"""Faces that a page means -> those that its word is still about, whatever others have said meanwhile."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from facecluster.people.who import NOBODY
from facecluster.pipeline.targets import Rows, Target
from facecluster.web.review.deciding.asked import Crowd
from facecluster.web.review.deciding.meaning import Meaning, StaleError, all_decided


def parted(meaning: Meaning, crowd: Crowd, but: Sequence[str]) -> tuple[Target, Rows]:
    """The faces that are meant without those that are left out, perhaps none, and those."""
    faces = meaning.faces(crowd)
    left_out = meaning.chosen(but).rows if but else np.empty(0, np.int64)
    return faces._replace(rows=np.setdiff1d(faces.rows, left_out)), left_out


def nobody_elses(meaning: Meaning, place: int, faces: Target) -> Target:
    """Those of the faces that nobody has said to be somebody else's than this person's.

    Raises:
        StaleError: there are none.
    """
    return still_open(meaning, faces, _nobody_elses(meaning, place))


def nobody_elses_rows(meaning: Meaning, place: int | None, rows: Rows) -> Rows:
    """Those of some faces that nobody has said to be somebody else's, or no faces; None: a person who is new."""
    return rows[(_nobody_elses(meaning, place) & ~meaning.people.who.not_faces)[rows]]


def still_open(meaning: Meaning, faces: Target, open_: Bool[np.ndarray, "n"]) -> Target:
    """Those of the faces that are open.

    Raises:
        StaleError: there are none.
    """
    rows = faces.rows[open_[faces.rows]]
    if not len(rows):
        raise StaleError(all_decided(meaning.people, faces.rows))
    return faces._replace(rows=rows)


def fewer_side(meaning: Meaning, place: int, sides: Sequence[Target]) -> Target:
    """The side with fewer faces that were said to be the person's; of equals, with fewer faces; of equals, the last."""
    persons = meaning.people.who.persons
    return min(reversed(sides), key=lambda side: (int((persons[side.rows] == place).sum()), len(side.rows)))


def _nobody_elses(meaning: Meaning, place: int | None) -> Bool[np.ndarray, "n"]:
    persons = meaning.people.who.persons
    return (persons == NOBODY) | (persons == place) if place is not None else persons == NOBODY
