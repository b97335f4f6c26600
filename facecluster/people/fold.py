"""What statements change, one after another: people by number, faces by place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64

from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Rename,
    Split,
    Statement,
    Unignore,
)
from facecluster.people.who import NOBODY

Places = Int64[np.ndarray, "_places"]


@dataclass
class Facts:
    """What is said of a person but for its faces."""

    name: str | None = None
    born: str | None = None
    cover: int | None = None  # place of a face
    ignored: bool = False

    def take(self, other: "Facts") -> None:
        """Be one with another, whose word counts where this one is silent; ignored if both are."""
        self.name = other.name if self.name is None else self.name
        self.born = other.born if self.born is None else self.born
        self.cover = other.cover if self.cover is None else self.cover
        self.ignored &= other.ignored


class Fold:
    """People and faces, as the statements that were told so far leave them."""

    def __init__(self, n_people: int, n_places: int) -> None:
        self.facts = [Facts() for _ in range(n_people)]
        self.now = np.arange(n_people, dtype=np.int32)  # whom a person was merged into, or itself
        self.persons = np.full(n_places, NOBODY, np.int32)  # as they were said; `now` tells who they are
        self.confirmed = np.zeros(n_places, np.bool_)
        self.decided_by = np.full(n_places, NOBODY, np.int32)
        self.not_faces = np.zeros(n_places, np.bool_)
        self.rejected: dict[int, set[int]] = {}  # places, by the person (as it is now) whom they do not show
        self.different: list[Int64[np.ndarray, "_pairs 2"]] = []
        self._parts: dict[int, list[int]] = {}  # of those who were merged: by whom they are now

    def tell(self, statement: Statement, people: list[int], places: Places, decision: int) -> None:
        """Change what the statement changes.

        Args:
            statement: one of a decision in force, later than all that were told before.
            people: the people it speaks of, in the order of `people_in`.
            places: the faces it speaks of, in the order of `faces_in`.
            decision: which one says it.
        """
        people = [int(self.now[person]) for person in people]
        self._tell_of_faces(statement, people, places, decision)
        self._tell_of_people(statement, people, places)

    def ignore(
        self, people: Sequence[int], counts: Int64[np.ndarray, "_people"], places: Places, decision: int
    ) -> None:
        """Change what many statements `Ignore` of one decision change, one after another: a crowd at once.

        Args:
            people: whom each is about.
            counts: of how many faces each speaks.
            places: those faces, statement by statement.
            decision: which one says it.
        """
        now = self.now[people]
        persons = np.repeat(now, counts)
        # A face of which two of them speak is confirmed only if it was, and both mean whose it was.
        np.logical_and.at(self.confirmed, places, self.now[self.persons[places]] == persons)
        self._give(persons, places, decision)
        for person in self.rejected.keys() & set(now.tolist()):
            self.rejected[person].difference_update(places[persons == person].tolist())
        for person in now.tolist():
            self.facts[person].ignored = True

    def _tell_of_faces(self, statement: Statement, people: list[int], places: Places, decision: int) -> None:
        match statement:
            case Name() | Ignore():
                self._assign(people[0], places, decision)
            case Confirm():
                self._assign(people[0], places, decision)
                self.confirmed[places] = True
            case Split():
                self._reject(people[0], places)
                self._assign(people[1], places, decision)
            case Reject():
                self._reject(people[0], places)
            case NotAFace():
                self._free(places)
                self.not_faces[places] = True
            case Different():
                ones, others = places[: len(statement.ones)], places[len(statement.ones) :]
                self.different.append(np.stack(np.meshgrid(ones, others), axis=-1).reshape(-1, 2))
            case _:
                pass

    def _tell_of_people(self, statement: Statement, people: list[int], places: Places) -> None:
        match statement:
            case Merge():
                for gone in people[1:]:
                    self._merge(people[0], gone)
            case Name() | Rename() | Split() if statement.name is not None:
                self.facts[people[-1]].name = statement.name
            case Ignore() | Unignore():
                self.facts[people[0]].ignored = isinstance(statement, Ignore)
            case Cover():
                self.facts[people[0]].cover = int(places[0]) if len(places) else None
            case Born():
                self.facts[people[0]].born = statement.day
            case _:
                pass

    def _assign(self, person: int, places: Places, decision: int) -> None:
        # Of whom it was, a face that somebody looked at on its own need not be looked at again.
        self.confirmed[places] &= self.now[self.persons[places]] == person
        self._give(person, places, decision)
        if self.rejected.get(person):
            self.rejected[person].difference_update(places.tolist())

    def _give(self, persons: int | Int32[np.ndarray, "_places"], places: Places, decision: int) -> None:
        self.persons[places] = persons
        self.decided_by[places] = decision
        self.not_faces[places] = False

    def _reject(self, person: int, places: Places) -> None:
        theirs = (self.persons[places] != NOBODY) & (self.now[self.persons[places]] == person)
        self._free(places[theirs])
        self.rejected.setdefault(person, set()).update(places.tolist())

    def _free(self, places: Places) -> None:
        self.persons[places] = NOBODY
        self.decided_by[places] = NOBODY
        self.confirmed[places] = False

    def _merge(self, into: int, gone: int) -> None:
        gone = int(self.now[gone])  # an earlier one of the same statement may have been the same person
        if gone == into:
            return
        self.facts[into].take(self.facts[gone])
        parts = self._parts.pop(gone, [gone])
        self.now[parts] = into
        self._parts.setdefault(into, [into]).extend(parts)
        refused = self.rejected.pop(gone, set()) | self.rejected.pop(into, set())
        if refused:
            places = np.fromiter(refused, np.int64, len(refused))
            theirs = (self.persons[places] != NOBODY) & (self.now[self.persons[places]] == into)
            self.rejected[into] = set(places[~theirs].tolist())
