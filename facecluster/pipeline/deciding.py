"""What somebody asks for, in words -> what is to be said of which people and faces.

A cluster is the machine's: what is said of one is said of those of its faces about which nobody has decided, so that no
decision about a face that was looked at is overtaken by one about a crowd. What is said of a single face always counts.
Whether a statement makes sense is for people.checks to say.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from jaxtyping import Bool

from facecluster.errors import UsageError
from facecluster.people.names import checked_day, checked_name
from facecluster.people.statements import (
    Born,
    Confirm,
    Cover,
    Ignore,
    Name,
    NotAFace,
    Reject,
    Rename,
    Split,
    Statement,
    Undo,
    Unignore,
)
from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import free_faces, ids_of, ids_of_each, rejected_faces, rows_of_targets
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.targets import (
    Meant,
    Target,
    called,
    meant,
    person_meant,
    quoted,
    target_meant,
)

Said = tuple[Statement, ...]

NO_ROWS = np.empty(0, np.int64)

PERSON_BYTES = 6  # of a person's id, which is written with two digits a byte


def new_person() -> str:
    """The id of a person of whom nobody has spoken yet."""
    return secrets.token_hex(PERSON_BYTES)


def name_faces(people: LibraryPeople, person: str | int, targets: Sequence[str | Target]) -> Said:
    """The faces are this known person's."""
    place = person_meant(person, people)
    rows = rows_of_targets(people, targets, free_faces(people) & ~rejected_faces(people, place))
    return (Name(_id(people, place), ids_of(people, rows)),)


def name_new(
    people: LibraryPeople, id_: str, name: str | None, targets: Sequence[str | Target], born: str | None
) -> Said:
    """The faces are a new person's, who is called so; None: who has no name."""
    faces = ids_of(people, rows_of_targets(people, targets, free_faces(people)))
    named = Name(id_, faces, None if name is None else checked_name(name))
    return (named,) if born is None else (named, Born(id_, _checked_day(born)))


def rename(people: LibraryPeople, person: str | int, name: str) -> Said:
    """The person is called so."""
    return (Rename(_id(people, person_meant(person, people)), checked_name(name)),)


def was_born(people: LibraryPeople, person: str | int, day: str | None) -> Said:
    """The person was born on that day; None: that is not known."""
    return (Born(_id(people, person_meant(person, people)), None if day is None else _checked_day(day)),)


def cover(people: LibraryPeople, person: str | int, face: str) -> Said:
    """The face stands for the person."""
    target = target_meant(face, people)
    if not target.chosen:
        raise UsageError(
            f"Expected the id of a face, found {target}: `facecluster people show` lists those of a person."
        )
    return (Cover(_id(people, person_meant(person, people)), face),)


def split_known(people: LibraryPeople, person: str | int, targets: Sequence[str | Target], to: str | int) -> Said:
    """The faces, of a cluster those that are taken for the person's, are another known person's."""
    place, other = person_meant(person, people), person_meant(to, people)
    rows = rows_of_targets(people, targets, _taken_for(people, place))
    return (Split(_id(people, place), _id(people, other), ids_of(people, rows)),)


def split_new(
    people: LibraryPeople, person: str | int, targets: Sequence[str | Target], id_: str, name: str | None
) -> Said:
    """The faces, as in `split_known`, are a new person's; None: who has no name."""
    place = person_meant(person, people)
    rows = rows_of_targets(people, targets, _taken_for(people, place))
    return (Split(_id(people, place), id_, ids_of(people, rows), None if name is None else checked_name(name)),)


def confirm(people: LibraryPeople, person: str | int, targets: Sequence[str | Target]) -> Said:
    """The faces are the person's, looked at one by one: of a cluster, or of all, those the machine takes for them."""
    place = person_meant(person, people)
    taken = _taken_for(people, place) & ~people.who.confirmed
    if targets:
        rows = rows_of_targets(people, targets, taken)
    else:
        rows = np.flatnonzero(taken & (people.who.persons == NOBODY))
        if not len(rows):
            raise UsageError(f"There is nothing to confirm: the machine takes no face for {called(place, people)}.")
    return (Confirm(_id(people, place), ids_of(people, rows)),)


def reject(people: LibraryPeople, person: str | int, targets: Sequence[str | Target]) -> Said:
    """The faces are not the person's: of a cluster, those that are, and those about which nobody has decided."""
    place = person_meant(person, people)
    open_ = (free_faces(people) & ~rejected_faces(people, place)) | (people.who.persons == place)
    return (Reject(_id(people, place), ids_of(people, rows_of_targets(people, targets, open_))),)


def not_faces(people: LibraryPeople, targets: Sequence[str | Target]) -> Said:
    """These are no faces."""
    return (NotAFace(ids_of(people, rows_of_targets(people, targets, free_faces(people)))),)


def ignore(people: LibraryPeople, words: Sequence[str | Meant], new_ids: Sequence[str]) -> Said:
    """People, or clusters and faces as strangers of their own, one a word, are not to be asked about again."""
    free, units = free_faces(people), [meant(word, people) for word in words]
    crowds = [rows_of_targets(people, [unit], free) if isinstance(unit, Target) else NO_ROWS for unit in units]
    return tuple(
        Ignore(id_, faces) if isinstance(unit, Target) else Ignore(_id(people, unit))
        for unit, id_, faces in zip(units, new_ids, ids_of_each(people, crowds), strict=True)
    )


def unignore(people: LibraryPeople, person: str | int) -> Said:
    """The person counts again."""
    return (Unignore(_id(people, person_meant(person, people))),)


def undo(people: LibraryPeople, decision: str) -> Said:
    """A decision, by its number in the history or its id, counts no more."""
    known = people.who.decisions
    found = [one for number, one in enumerate(known, 1) if decision in (str(number), one.id)]
    if not found:
        raise UsageError(
            f"There is no decision {quoted(decision)}: `facecluster people history` shows the {len(known):,} there are."
        )
    return (Undo(found[0].id),)


def _checked_day(text: str) -> str:
    return checked_day(text, datetime.now(UTC).date())


def _taken_for(people: LibraryPeople, place: int) -> Bool[np.ndarray, "n"]:
    """Which faces are the person's by a decision or by a name that the machine gave."""
    return (people.faces["person"] == place).to_numpy()


def _id(people: LibraryPeople, place: int) -> str:
    return people.who.people[place].id
