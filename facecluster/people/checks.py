"""What is refused before it is written: statements that say nothing, or what cannot be meant.

Whatever stands in a journal is folded, sensible or not (decisions.py): another writer, an undone decision or a photo
that is gone may have taken the sense from it. Here it is looked at in the moment in which somebody says it.
"""

from collections.abc import Sequence
from datetime import date
from itertools import chain, pairwise

import numpy as np
from jaxtyping import Int64

from facecluster.errors import UsageError
from facecluster.people.fold import Fold
from facecluster.people.matching import FaceIdColumn, as_strings, places_of
from facecluster.people.names import checked_day, checked_name
from facecluster.people.statements import (
    Born,
    Cover,
    Different,
    FaceIds,
    Ignore,
    Merge,
    Name,
    Reject,
    Rename,
    Split,
    Statement,
    Undo,
    Unignore,
    faces_in,
    people_in,
)
from facecluster.people.who import NOBODY, WhoIsWho

MAX_SHOWN = 60  # characters of what is no id of a face that a message repeats

Spoken = Int64[np.ndarray, "_faces"]
"""Places of the faces of a statement."""


def check(statements: Sequence[Statement], who: WhoIsWho, face_ids: FaceIdColumn) -> None:
    """Refuse statements that make no sense, each after those before it.

    Args:
        statements: of one decision, before it is written.
        who: what all decisions so far come to.
        face_ids: of the faces that are there, row by row as in `who`.

    Raises:
        UsageError: a statement makes no sense; says what was expected, what was found and what to do.
    """
    mentioned = [faces_in(said) for said in statements]
    references = list(chain.from_iterable(mentioned))
    _check_known([face for face in references if not face.isascii()], who)  # some texts cannot even be looked up
    places = places_of(references, as_strings(face_ids))
    _check_known([references[at] for at in np.flatnonzero(places.of >= len(who.persons))], who)
    standing = _Standing(who, sum(map(len, map(people_in, statements))), places.end)
    cuts = pairwise(np.cumsum([0, *map(len, mentioned)]).tolist())
    for said, faces, (start, end) in zip(statements, mentioned, cuts, strict=True):
        _check_said(said)
        people, spoken = standing.numbers_of(said), places.of[start:end]
        _check_people(said, people, standing)
        _check_faces(said, people, spoken, faces, standing)
        standing.fold.tell(said, people, spoken, len(who.decisions))


class _Standing:
    """How people and faces stand after some of the statements."""

    def __init__(self, who: WhoIsWho, n_mentioned: int, n_places: int) -> None:
        self.n_faces = len(who.persons)
        self.fold = Fold(len(who.people) + n_mentioned, n_places)
        self.fold.persons[: self.n_faces] = who.persons
        self._called = [f"{person.name} ({person.id})" if person.name else person.id for person in who.people]
        self._numbers = {person.id: number for number, person in enumerate(who.people)}
        self._numbers |= {gone: self._numbers[now] for gone, now in who.merged.items()}

    def numbers_of(self, said: Statement) -> list[int]:
        """Numbers of the people of a statement, which may be the first to speak of one."""
        for person in _founded(said):
            if person not in self._numbers:
                self._numbers[person] = len(self._called)
                self._called.append(person)
        for person in people_in(said):
            if person not in self._numbers:
                raise UsageError(f"There is no person {person}: `facecluster people list` shows all that there are.")
        return [int(self.fold.now[self._numbers[person]]) for person in people_in(said)]

    def holders(self, spoken: Spoken) -> list[int]:
        """Whose each face is; NOBODY: nobody said."""
        return np.append(self.fold.now, NOBODY)[self.fold.persons[spoken]].tolist()

    def called(self, person: int) -> str:
        """How a sentence calls somebody."""
        return self._called[person]


def _founded(said: Statement) -> tuple[str, ...]:
    """The person that a statement may be the first to speak of."""
    match said:
        case Name() | Ignore() if said.faces:
            return (said.person,)
        case Split():
            return (said.to,)
        case _:
            return ()


def _check_known(gone: Sequence[str], who: WhoIsWho) -> None:
    """Refuse faces that are not there and of which nobody ever spoke."""
    if not gone:
        return
    spoken_of = set(chain.from_iterable(faces_in(said) for decision in who.decisions for said in decision.statements))
    for face in gone:
        if face not in spoken_of:
            raise UsageError(
                "Expected the id of a face that is there, or was when it was decided about, found "
                f"{face[:MAX_SHOWN]!a}: `facecluster export` lists those that are there."
            )


def _check_said(said: Statement) -> None:
    """Refuse what is wrong whoever is who."""
    sides = (said.ones, said.others) if isinstance(said, Different) else (faces_in(said),)
    may_be_empty = isinstance(said, Rename | Merge | Ignore | Unignore | Cover | Born | Undo)
    if not may_be_empty and not all(sides):
        raise UsageError(f"Expected at least one face to {_word(said)}, found none: say which.")
    if isinstance(said, Name | Rename | Split) and said.name is not None:
        checked_name(said.name)
    if isinstance(said, Born) and said.day is not None:
        checked_day(said.day, date.max)


def _check_people(said: Statement, people: Sequence[int], standing: _Standing) -> None:
    match said:
        case Merge() if not said.gone:
            raise UsageError(f"Expected people to merge into {standing.called(people[0])}, found none: say whom.")
        case Merge() if people[0] in people[1:]:
            raise UsageError(
                f"Expected two people to merge, found {standing.called(people[0])} twice: they are one already."
            )
        case Split() if people[0] == people[1]:
            raise UsageError(
                f"Expected somebody else than {standing.called(people[0])} for the faces to be split off to: name "
                "another person, or a new one."
            )
        case _:
            pass


def _check_faces(said: Statement, people: Sequence[int], spoken: Spoken, faces: FaceIds, standing: _Standing) -> None:
    """Refuse what the faces of a statement, which are somebody's or nobody's so far, speak against."""
    match said:
        case Reject() | Split():
            _check_nobody_elses(said, people[0], spoken, faces, standing)
            if isinstance(said, Split):
                _check_rest(people[0], spoken, standing)
        case Cover() if faces and standing.holders(spoken) != [people[0]]:
            raise UsageError(
                f"Expected a face of {standing.called(people[0])}, found {faces[0]}, of which nobody has said so: "
                "confirm it first, or choose another."
            )
        case Different():
            _check_two(said, spoken, standing)
        case _:
            pass


def _check_nobody_elses(said: Reject | Split, person: int, spoken: Spoken, faces: FaceIds, standing: _Standing) -> None:
    for face, holder in zip(faces, standing.holders(spoken), strict=True):
        if holder not in (NOBODY, person):
            raise UsageError(
                f"Expected faces of {standing.called(person)} to {_word(said)}, found {face}, which was said to be "
                f"{standing.called(holder)}: leave it out, or {_word(said)} it there."
            )


def _check_rest(person: int, spoken: Spoken, standing: _Standing) -> None:
    all_ = np.arange(standing.n_faces)
    theirs = np.array(standing.holders(all_), np.int64) == person
    if not len(np.setdiff1d(all_[theirs], spoken)):
        raise UsageError(
            f"Expected some faces of {standing.called(person)} to stay, found that none of those that are there would: "
            "rename the person, or merge it with another."
        )


def _check_two(said: Different, spoken: Spoken, standing: _Standing) -> None:
    ones, others = spoken[: len(said.ones)], spoken[len(said.ones) :]
    if len(np.intersect1d(ones, others)):
        raise UsageError("Expected two sides without a face in common, found one on both: leave it out of either.")
    both = (set(standing.holders(ones)) & set(standing.holders(others))) - {NOBODY}
    for person in both:
        raise UsageError(
            f"Expected faces of two people, found some of {standing.called(person)} on both sides: split those of the "
            "one side off first."
        )


def _word(said: Statement) -> str:
    """What somebody does who says so, as a verb."""
    kind = type(said).__name__
    return {"Different": "keep apart", "NotAFace": "mark as none"}.get(kind, kind.lower())
