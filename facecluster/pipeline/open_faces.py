"""Which faces are open to a word about a crowd: those that nobody has decided about one by one."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
from jaxtyping import Bool

from facecluster.errors import UsageError
from facecluster.people.statements import FaceIds
from facecluster.people.who import NOBODY
from facecluster.pipeline.history import faces_in_words
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC
from facecluster.pipeline.targets import Rows, Target, called, target_meant


def free_faces(people: LibraryPeople) -> Bool[np.ndarray, "n"]:
    """Which faces nobody has decided about: no person's, and not said to be none."""
    return (people.who.persons == NOBODY) & ~people.who.not_faces


def group_faces(people: LibraryPeople) -> Bool[np.ndarray, "n"]:
    """Which faces a group without a name consists of: nobody decided about them, and no sure name has come to them."""
    sources = people.faces["provenance"].cat.codes.to_numpy()
    return free_faces(people) & (sources != AUTOMATIC)


def rejected_faces(people: LibraryPeople, place: int) -> Bool[np.ndarray, "n"]:
    """Which faces were said not to be this person's."""
    rejected = np.zeros(len(people.faces), np.bool_)
    rejected[people.who.rejected[people.who.rejected[:, 1] == place, 0]] = True
    return rejected


def rows_of_targets(people: LibraryPeople, words: Sequence[str | Target], open_: Bool[np.ndarray, "n"]) -> Rows:
    """The faces of targets, each once: those chosen one by one, and of clusters those that are open.

    Raises:
        UsageError: a target is unknown, or a cluster has none that is open.
    """
    kept = []
    for target in (target_meant(word, people) for word in words):
        rows = target.rows if target.chosen else target.rows[open_[target.rows]]
        if not len(rows):
            raise UsageError(f"There is nothing to say of {target} here: {what_is_known(people, target)}.")
        kept.append(rows)
    return np.unique(np.concatenate(kept))


def what_is_known(people: LibraryPeople, target: Target) -> str:
    """What was decided about the faces of a target, in words."""
    persons, none = people.who.persons[target.rows], people.who.not_faces[target.rows]
    places, counts = np.unique(persons[persons != NOBODY], return_counts=True)
    told = {"nobody's": int(((persons == NOBODY) & ~none).sum()), "said to be none": int(none.sum())}
    told |= {
        f"shown to be {called(place, people)} ({people.who.people[place].id})": count
        for place, count in zip(places.tolist(), counts.tolist(), strict=True)
    }
    parts = [f"{count:,} {what}" for what, count in told.items() if count]
    return f"of its {faces_in_words(len(target.rows))} {', '.join(parts)}"


def ids_of(people: LibraryPeople, rows: Rows) -> FaceIds:
    """The ids of faces, row by row."""
    return tuple(people.face_ids.take(pa.array(rows)).to_pylist())


def ids_of_each(people: LibraryPeople, crowds: Sequence[Rows]) -> list[FaceIds]:
    """`ids_of` each of many crowds, looked up together."""
    ids = ids_of(people, np.concatenate([np.empty(0, np.int64), *crowds]))
    cuts = pairwise(np.cumsum([0, *map(len, crowds)]).tolist())
    return [ids[first:last] for first, last in cuts]
