"""People and clusters that somebody holds to be one, or two -> what is to be said of them."""

from collections.abc import Sequence
from itertools import chain

import numpy as np

from facecluster.errors import UsageError
from facecluster.people.statements import Different, Merge, Name, Reject, Statement
from facecluster.people.who import NOBODY
from facecluster.pipeline.deciding import Said
from facecluster.pipeline.open_faces import free_faces, ids_of, rejected_faces, what_is_known
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.targets import Meant, Rows, Target, called, meant, told

MAX_PROOFS = 30
"""Faces of either side, the best, that a word about two clusters names: every one of them is told from every other."""


def merge(people: LibraryPeople, words: Sequence[str | Meant], new_id: str) -> Said:
    """People, clusters and faces are one person: the first person among them, or a new one without a name.

    A cluster stands for its faces that are nobody's, and for the person whom others of them were said to be if that
    person has no name, or if nobody was named in words.

    Raises:
        UsageError: a word is unknown, all mean the same, or clusters stand for two people with names.
    """
    all_ = [meant(word, people) for word in words]
    targets = [one for one in all_ if isinstance(one, Target)]
    spoken = [one for one in all_ if not isinstance(one, Target)]
    together = list(dict.fromkeys([*spoken, *_holders(people, targets, with_names=not spoken)]))
    rows = _free_rows(people, targets, together)
    different = {*spoken, *(tuple(target.rows) for target in targets)}
    if len(different) < 2 or (len(together) < 2 and not len(rows)):
        known = "".join(f" ({target}: {what_is_known(people, target)})" for target in targets)
        raise UsageError(f"There is nothing to make one of {' and '.join(told(one, people) for one in words)}{known}.")
    return _joined(people, together, rows, new_id)


def differ(people: LibraryPeople, one: str | Meant, other: str | Meant) -> Said:
    """A person, cluster or face and another are two people's.

    Raises:
        UsageError: a word is unknown, or both mean the same.
    """
    match meant(one, people), meant(other, people):
        case (Target() as target, int(place)) | (int(place), Target() as target):
            return _not_the_person(people, target, place)
    ones, others = _side(people, one), _side(people, other)
    if np.intersect1d(ones, others).size:
        raise UsageError(
            f"{told(one, people)} and {told(other, people)} have faces in common: they cannot be two people."
        )
    return (Different(ids_of(people, ones), ids_of(people, others)),)


def _holders(people: LibraryPeople, targets: Sequence[Target], *, with_names: bool) -> list[int]:
    """The people whom faces of targets were said to be: those without a name and, if wanted, the one who has one."""
    found = [np.unique(people.who.persons[target.rows]).tolist() for target in targets]
    holders = [place for place in dict.fromkeys(chain.from_iterable(found)) if place != NOBODY]
    named = [place for place in holders if people.who.people[place].name is not None]
    if with_names and len(named) > 1:
        names = [f"{called(place, people)} ({people.who.people[place].id})" for place in named]
        raise UsageError(
            f"Faces in these clusters were said to be {' and '.join(names)}. Say whom you mean: if these are one "
            "person, merge them by their names; if not, merge the clusters with one of them."
        )
    return [place for place in holders if with_names or place not in named]


def _free_rows(people: LibraryPeople, targets: list[Target], together: list[int]) -> Rows:
    """The faces of targets that are nobody's and were not said to be somebody else than these people."""
    free = free_faces(people)
    for place in together:
        free &= ~rejected_faces(people, place)
    rows = np.unique(np.concatenate([np.empty(0, np.int64), *(target.rows for target in targets)]))
    return rows[free[rows]]


def _joined(people: LibraryPeople, together: list[int], rows: Rows, new_id: str) -> Said:
    ids = [people.who.people[place].id for place in together] or [new_id]
    said: list[Statement] = [Merge(ids[0], tuple(ids[1:]))] if len(ids) > 1 else []
    if len(rows):
        said.append(Name(ids[0], ids_of(people, rows)))
    return tuple(said)


def _not_the_person(people: LibraryPeople, target: Target, place: int) -> Said:
    """None of a target's faces that are nobody's is the person's."""
    rows = _free_rows(people, [target], [place])
    if not len(rows):
        raise UsageError(
            f"There is nothing to say of {target} and {called(place, people)}: {what_is_known(people, target)}."
        )
    return (Reject(people.who.people[place].id, ids_of(people, rows)),)


def _side(people: LibraryPeople, word: str | Meant) -> Rows:
    """The best faces of a cluster or of a person, or of those that are named one by one."""
    one = meant(word, people)
    if isinstance(one, Target):
        rows = one.rows[~people.who.not_faces[one.rows]]
    else:
        rows = np.flatnonzero(people.who.persons == one)
    if not len(rows):
        raise UsageError(f"No face of {told(word, people)} is there now.")
    best = np.argsort(-people.faces["quality"].to_numpy()[rows], kind="stable")[:MAX_PROOFS]
    return np.sort(rows[best])
