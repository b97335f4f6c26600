"""Decisions -> what was said, in sentences, and what became of it."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

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
    Undo,
    Unignore,
    people_in,
)
from facecluster.people.who import WhoIsWho

MAX_TOLD = 6
"""Parts of one decision that its sentence tells: what an eye takes in."""


@dataclass(frozen=True)
class Event:
    """A decision as a reader sees it."""

    number: int  # from 1, in the order of the journal
    id: str
    time: str  # ISO 8601, UTC
    who: str
    provenance: str
    said: str  # a sentence, with the names that people had then
    people: tuple[str, ...]  # ids of those it speaks of, each once
    in_force: bool
    undone_by: int | None  # number

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return vars(self)


def history(who: WhoIsWho, wanted: Container[int] | None = None) -> list[Event]:
    """All decisions, oldest first; only those of the wanted numbers where these are given."""
    numbers = numbers_of(who)
    undoers = {
        said.decision: numbers[decision.id]
        for decision, counts in zip(who.decisions, who.in_force, strict=True)
        for said in decision.statements
        if counts and isinstance(said, Undo)
    }
    teller, events = Teller(numbers, {}), []
    for number, (decision, counts) in enumerate(zip(who.decisions, who.in_force, strict=True), 1):
        if wanted is not None and number not in wanted:
            teller.learn(decision.statements)
            continue
        event = Event(
            number,
            decision.id,
            decision.time,
            decision.who,
            decision.provenance,
            teller.told(decision.statements),
            tuple(dict.fromkeys(person for said in decision.statements for person in people_in(said))),
            bool(counts),
            undoers.get(decision.id),
        )
        events.append(event)
    return events


def numbers_of(who: WhoIsWho) -> dict[str, int]:
    """The number of each decision, by its id: from 1, in their order."""
    return {decision.id: number for number, decision in enumerate(who.decisions, 1)}


class Teller:
    """Tells statements in their order, by the names that were given in those before."""

    def __init__(self, numbers: Mapping[str, int], names: Mapping[str, str]) -> None:
        """Know the numbers of decisions, and the names that people have now, by their ids."""
        self._numbers = numbers
        self._names = dict(names)

    def told(self, statements: Sequence[Statement]) -> str:
        """The statements in one sentence: many strangers as one, and of many parts the first few."""
        strangers = [said for said in statements if self._is_stranger(said)]
        are_many = len(strangers) > 1
        parts = [_strangers_in_words(strangers)] if are_many else []
        others = [said for said in statements if not (are_many and self._is_stranger(said))]
        for said in others:
            parts.append(self._sentence(said))
            self._learn(said)
        more = len(parts) - MAX_TOLD
        return "; ".join(parts if more <= 0 else [*parts[:MAX_TOLD], f"and {more:,} more"])

    def learn(self, statements: Sequence[Statement]) -> None:
        """Take in the names that are given, and tell nothing."""
        for said in statements:
            self._learn(said)

    def _learn(self, said: Statement) -> None:
        match said:
            case Name() | Rename() | Split() if said.name is not None:
                self._names[people_in(said)[-1]] = said.name
            case Merge() if said.into not in self._names:
                named = [person for person in said.gone if person in self._names]
                if named:
                    self._names[said.into] = self._names[named[0]]
            case _:
                pass

    def _sentence(self, said: Statement) -> str:
        if isinstance(said, Undo):
            return f"undid decision {self._numbers.get(said.decision, said.decision)}"
        return _SENTENCES[type(said)](said, self._called)

    def _is_stranger(self, said: Statement) -> TypeGuard[Ignore]:
        return isinstance(said, Ignore) and bool(said.faces) and said.person not in self._names

    def _called(self, person: str) -> str:
        return self._names.get(person, f"the person {person}")


def faces_in_words(count: int) -> str:
    """`1 face`, `2,300 faces`."""
    return f"{count:,} face{'' if count == 1 else 's'}"


def _strangers_in_words(said: Sequence[Ignore]) -> str:
    return f"ignored {faces_in_words(sum(len(one.faces) for one in said))} as {len(said):,} strangers"


def _ignored(said: Ignore, called: Callable[[str], str]) -> str:
    return (
        f"ignored {faces_in_words(len(said.faces))} as {called(said.person)}"
        if said.faces
        else f"ignored {called(said.person)}"
    )


def _named(said: Name, called: Callable[[str], str]) -> str:
    faces, person = faces_in_words(len(said.faces)), said.name or called(said.person)
    return f"said of {faces}: {person}" if person.endswith(said.person) else f"named {faces} {person}"


_SENTENCES: dict[type, Callable[[Any, Callable[[str], str]], str]] = {
    Name: _named,
    Confirm: lambda said, called: f"confirmed {faces_in_words(len(said.faces))} of {called(said.person)}",
    Rename: lambda said, called: f"renamed {called(said.person)} to {said.name}",
    Merge: lambda said, called: f"made {' and '.join(map(called, said.gone))} one with {called(said.into)}",
    Split: lambda said, called: (
        f"took {faces_in_words(len(said.faces))} from {called(said.person)} for {said.name or called(said.to)}"
    ),
    Reject: lambda said, called: f"said of {faces_in_words(len(said.faces))}: not {called(said.person)}",
    NotAFace: lambda said, _: f"said of {faces_in_words(len(said.faces))}: not a face",
    Ignore: _ignored,
    Unignore: lambda said, called: f"no longer ignored {called(said.person)}",
    Different: lambda said, _: (
        f"said of {faces_in_words(len(said.ones))} and {faces_in_words(len(said.others))}: two people"
    ),
    Cover: lambda said, called: f"{'chose' if said.face else 'no longer chose'} a picture for {called(said.person)}",
    Born: lambda said, called: f"said when {called(said.person)} was born: {said.day or 'not known'}",
}
