"""What a reviewer is asked: the shape of a question, and what to ask first.

A question is worth the faces that one answer settles: those of a whole cluster where one word is enough for all of
them, those that are shown where each has to be looked at, and in either case only as many as are likely to be settled.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from facecluster.people.statements import FaceIds

Kind = Literal["same", "mixed", "wrong", "who", "uncertain"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MAX_SHOWN = 12
"""Faces that a question shows, of all its sides together: what an eye takes in at once."""


@dataclass(frozen=True)
class Unit:
    """Faces that are taken for one person's: a person of the decisions, else a cluster, else a face that is alone."""

    kind: Literal["person", "cluster", "face"]
    id: str  # as a command takes it: of the person, the number of the cluster, or of the face
    name: str | None  # of a person who has one
    faces: int  # that are there; of a cluster those that are nobody's yet


@dataclass(frozen=True)
class Question:
    """Something to ask, and what the answer is worth.

    same: are these two one person? mixed: is this two people, one a side? wrong: which of these faces are not the
    person's? who: who is this? uncertain: which of these faces are the person's?
    """

    kind: Kind
    units: tuple[Unit, ...]  # same: two; else one; mixed: after it the people of the two sides where they are known
    sides: tuple[FaceIds, ...]  # mixed: two; wrong, uncertain: one, what matters most first; same, who: as in `units`
    shown: tuple[FaceIds, ...]  # of each side, or of each unit: faces to look at, at most MAX_SHOWN in all
    settles: float  # faces that one answer is expected to settle
    probability: float | None  # same, mixed: of a yes; wrong, uncertain: that a face shown is one; who: None
    same_moment: bool = False  # same: both were taken within minutes, which raised the probability

    def to_json(self) -> dict[str, Any]:
        """The question as plain dictionaries, lists and numbers."""
        return asdict(self)


def in_order(questions: Iterable[Question]) -> list[Question]:
    """The questions, those first whose answer settles most; equals by kind, then as they come."""
    return sorted(questions, key=lambda one: (-one.settles, KINDS.index(one.kind)))
