"""Who is who: what the decisions come to for the faces that are there."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int32, Int64

from facecluster.people.statements import Decision

NOBODY = -1


@dataclass(frozen=True)
class Person:
    """A person as the decisions leave it."""

    id: str
    name: str | None  # None: somebody said that some faces are one person's, not whose
    born: str | None  # ISO 8601
    ignored: bool
    cover: str | None  # face id of a face that is there and the person's; None: none was chosen, or it is not
    dormant: int  # faces that were said to be the person's and are not there now


@dataclass(frozen=True)
class WhoIsWho:
    """The people, and what is known of each of n faces, row by row as the faces came."""

    people: tuple[Person, ...]  # in the order in which they were first spoken of; those merged into others are not here
    persons: Int32[np.ndarray, "n"]  # place in `people`; NOBODY: nobody said
    confirmed: Bool[np.ndarray, "n"]  # the face was looked at on its own
    decided_by: Int32[np.ndarray, "n"]  # place in `decisions` of what last gave it its person; NOBODY: nothing did
    not_faces: Bool[np.ndarray, "n"]
    rejected: Int64[np.ndarray, "r 2"]  # row of a face, place in `people` of somebody whom it does not show
    different: Int64[np.ndarray, "m 2"]  # rows of faces of two people; never of one person of `people`
    decisions: tuple[Decision, ...]  # all of them, undone ones too
    in_force: Bool[np.ndarray, "decisions"]  # not undone
    merged: dict[str, str]  # id of a person who was merged away -> the person it now is
