"""What decisions come to and which face a reference means, in the plainest words: slow, and easily seen to be right."""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Decision,
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
)
from facecluster.people.who import NOBODY, WhoIsWho

Face = Hashable
"""A face itself, whatever it is called."""


@dataclass
class State:
    """Everything by name: people are ids, faces are themselves."""

    people: list[str] = field(default_factory=list)  # all that were ever spoken of
    into: dict[str, str] = field(default_factory=dict)  # of those merged away
    names: dict[str, str] = field(default_factory=dict)
    born: dict[str, str] = field(default_factory=dict)
    covers: dict[str, Any] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    whose: dict[Face, str] = field(default_factory=dict)
    looked_at: set[Face] = field(default_factory=set)
    by: dict[Face, int] = field(default_factory=dict)
    no_faces: set[Face] = field(default_factory=set)
    rejected: set[tuple[Face, str]] = field(default_factory=set)
    different: set[frozenset[Face]] = field(default_factory=set)

    def meet(self, person: str) -> str:
        """Who the person is by now."""
        if person not in self.people:
            self.people.append(person)
        while person in self.into:
            person = self.into[person]
        return person

    def give(self, face: Face, person: str, by: int) -> None:
        if self.whose.get(face) != person:
            self.looked_at.discard(face)
        self.whose[face] = person
        self.by[face] = by
        self.no_faces.discard(face)
        self.rejected.discard((face, person))

    def take(self, face: Face) -> None:
        self.whose.pop(face, None)
        self.by.pop(face, None)
        self.looked_at.discard(face)

    def reject(self, face: Face, person: str) -> None:
        if self.whose.get(face) == person:
            self.take(face)
        self.rejected.add((face, person))

    def merge(self, into: str, gone: str) -> None:
        """Write the one for the other, everywhere."""
        if into == gone:
            return
        self.into[gone] = into
        for said in (self.names, self.born, self.covers):
            if gone in said:
                said.setdefault(into, said.pop(gone))
        if gone not in self.ignored:
            self.ignored.discard(into)
        self.ignored.discard(gone)
        self.whose = {face: into if person == gone else person for face, person in self.whose.items()}
        self.rejected = {(face, into if person == gone else person) for face, person in self.rejected}
        self.rejected = {(face, person) for face, person in self.rejected if self.whose.get(face) != person}


def standing(decisions: Sequence[Decision]) -> list[bool]:
    """Whether each counts."""
    counts: dict[int, bool] = {}
    for place in range(len(decisions) - 1, -1, -1):
        later = range(place + 1, len(decisions))
        undoing = Undo(decisions[place].id)
        counts[place] = not any(counts[other] and undoing in decisions[other].statements for other in later)
    return [counts[place] for place in range(len(decisions))]


def state_after(decisions: Sequence[Decision], meaning: Callable[[str], Face]) -> State:
    state = State()
    for by, (decision, counts) in enumerate(zip(decisions, standing(decisions), strict=True)):
        for said in decision.statements if counts else ():
            _tell(state, said, by, meaning)
    return state


def _tell(state: State, said: Statement, by: int, meaning: Callable[[str], Face]) -> None:  # noqa: C901, PLR0912  # plain
    match said:
        case Name(person, faces, name):
            for face in faces:
                state.give(meaning(face), state.meet(person), by)
            if name is not None:
                state.names[state.meet(person)] = name
            state.meet(person)
        case Confirm(person, faces):
            state.meet(person)
            for face in faces:
                state.give(meaning(face), state.meet(person), by)
                state.looked_at.add(meaning(face))
        case Rename(person, name):
            state.names[state.meet(person)] = name
        case Merge(into, gone):
            state.meet(into)
            for other in gone:
                state.merge(state.meet(into), state.meet(other))
        case Split(person, to, faces, name):
            _tell(state, Reject(person, faces), by, meaning)
            _tell(state, Name(to, faces, name), by, meaning)
        case Reject(person, faces):
            state.meet(person)
            for face in faces:
                state.reject(meaning(face), state.meet(person))
        case NotAFace(faces):
            for face in faces:
                state.take(meaning(face))
                state.no_faces.add(meaning(face))
        case Ignore(person, faces):
            _tell(state, Name(person, faces), by, meaning)
            state.ignored.add(state.meet(person))
        case Unignore(person):
            state.ignored.discard(state.meet(person))
        case Different(ones, others):
            state.different |= {frozenset({meaning(one), meaning(other)}) for one in ones for other in others}
        case Cover(person, face):
            state.covers.pop(state.meet(person), None)
            if face is not None:
                state.covers[state.meet(person)] = meaning(face)
        case Born(person, day):
            state.born.pop(state.meet(person), None)
            if day is not None:
                state.born[state.meet(person)] = day
        case Undo():
            pass


def told_naively(decisions: Sequence[Decision], meaning: Callable[[str], Face], there: Sequence[str]) -> dict:
    """The same as `told`, from the plain model, for the faces that are there under these ids."""
    state = state_after(decisions, meaning)
    ids = {meaning(face): face for face in there}
    heads = [person for person in state.people if person not in state.into]
    people = [
        {
            "id": person,
            "name": state.names.get(person),
            "born": state.born.get(person),
            "ignored": person in state.ignored,
            "cover": ids.get(state.covers.get(person)) if _covers(state, person) else None,
            "dormant": sum(owner == person and face not in ids for face, owner in state.whose.items()),
        }
        for person in heads
    ]
    return {
        "people": people,
        "persons": {ids[face]: person for face, person in state.whose.items() if face in ids},
        "confirmed": {ids[face] for face in state.looked_at if face in ids},
        "decided_by": {ids[face]: by for face, by in state.by.items() if face in ids},
        "not_faces": {ids[face] for face in state.no_faces if face in ids},
        "rejected": {(ids[face], person) for face, person in state.rejected if face in ids},
        "different": {
            frozenset(ids[face] for face in pair)
            for pair in state.different
            if len(pair) == 2 and all(face in ids for face in pair) and not _one(state, *pair)
        },
        "in_force": standing(decisions),
        "merged": {person: state.meet(person) for person in state.people if person in state.into},
    }


def _covers(state: State, person: str) -> bool:
    return person in state.covers and state.whose.get(state.covers[person]) == person


def _one(state: State, face: Face, other: Face) -> bool:
    return face in state.whose and state.whose[face] == state.whose.get(other)


def told(who: WhoIsWho, there: Sequence[str]) -> dict:
    """What the fold says, by the ids of faces and people, so that it does not matter in which order faces came."""
    ids = [person.id for person in who.people]
    return {
        "people": [vars(person) for person in who.people],
        "persons": {face: ids[person] for face, person in zip(there, who.persons, strict=True) if person != NOBODY},
        "confirmed": {face for face, yes in zip(there, who.confirmed, strict=True) if yes},
        "decided_by": {face: int(by) for face, by in zip(there, who.decided_by, strict=True) if by != NOBODY},
        "not_faces": {face for face, yes in zip(there, who.not_faces, strict=True) if yes},
        "rejected": {(there[row], ids[person]) for row, person in who.rejected},
        "different": {frozenset((there[row], there[other])) for row, other in who.different},
        "in_force": who.in_force.tolist(),
        "merged": who.merged,
    }


# matching ------------------------------------------------------------------------------------------------------------


def place_by_place(references: Sequence[str], face_ids: Sequence[str]) -> dict[str, Face]:
    """Which face each reference means: the id of one that is there, or a set of references to one that is not."""
    meant: dict[str, Face] = {ref: ref for ref in references if ref in face_ids}
    asked = [ref for ref in dict.fromkeys(references) if ref not in meant]
    wanted: dict[str, list[str]] = {}
    for ref in asked:
        near = [face for face in face_ids if overlap(ref, face) >= 0.5]
        if near:
            wanted.setdefault(min(near, key=lambda face: (-overlap(ref, face), edges_of(face))), []).append(ref)
    for face, refs in wanted.items():
        holder = min(refs, key=lambda ref: (-overlap(ref, face), edges_of(ref)))
        meant |= {ref: face for ref in refs if ref == holder or overlap(ref, holder) > 0.3}
    gone = [ref for ref in asked if ref not in meant]
    for ref in gone:
        alike = [other for other in gone if overlap(ref, other) >= 0.5]
        meant[ref] = ("gone", min(alike, key=edges_of, default=ref))
    return meant


def edges_of(face_id: str) -> tuple[int, ...]:
    parts = re.fullmatch(
        "[0-9a-f]{20}-(0|-?[1-9][0-9]*)-(0|-?[1-9][0-9]*)-(0|-?[1-9][0-9]*)-(0|-?[1-9][0-9]*)", face_id
    )
    return tuple(map(int, parts.groups())) if parts else ()


def overlap(one: str, other: str) -> float:
    """Intersection over union of two boxes, 0 in two photos."""
    if one[:20] != other[:20] or not edges_of(one) or not edges_of(other):
        return 0
    (a0, b0, a1, b1), (c0, d0, c1, d1) = edges_of(one), edges_of(other)
    width, height = min(a1, c1) - max(a0, c0), min(b1, d1) - max(b0, d0)
    if width <= 0 or height <= 0:
        return 0
    shared = width * height
    return shared / ((a1 - a0) * (b1 - b0) + (c1 - c0) * (d1 - d0) - shared)
