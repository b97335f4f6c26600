"""A grouping and what people decided -> who has how much of which group, and whose each face is."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int32, Int64

from facecluster.people.counterparts import ALONE
from facecluster.people.who import NOBODY, WhoIsWho


class Holdings(NamedTuple):
    """How many faces that were decided to be a person's lie in a group: a row a pair, by group, most faces first."""

    groups: Int64[np.ndarray, "m"]
    persons: Int64[np.ndarray, "m"]  # place in WhoIsWho.people
    faces: Int64[np.ndarray, "m"]


@dataclass(frozen=True)
class PersonChange:
    """How many faces a person has: decided ones, and those in clusters most of whose decided faces are the person's."""

    person: str  # id
    before: int
    after: int
    gained: int
    lost: int


def holdings_of(groups: Int32[np.ndarray, "n"], persons: Int32[np.ndarray, "n"]) -> Holdings:
    """Who has faces in which group; face by face its group and whose it was decided to be."""
    decided = (persons >= 0) & (groups >= 0)
    width = int(persons.max(initial=0)) + 1
    keys, faces = np.unique(groups[decided].astype(np.int64) * width + persons[decided], return_counts=True)
    rows = np.lexsort((keys % width, -faces, keys // width))
    return Holdings(keys[rows] // width, keys[rows] % width, faces[rows].astype(np.int64))


def owners_of(
    groups: Int32[np.ndarray, "n"], persons: Int32[np.ndarray, "n"], held: Holdings
) -> Int32[np.ndarray, "n"]:
    """Whose each face is: as was decided, else of the person who has most decided faces in its group, else `NOBODY`.

    Faces that are not in the grouping are nobody's.
    """
    owned, first = np.unique(held.groups, return_index=True)
    owners = np.append(held.persons[first], NOBODY)
    place = np.searchsorted(owned, groups)
    known = np.append(owned, ALONE)[place] == groups
    by_group = np.where(known & (groups >= 0), owners[np.where(known, place, -1)], NOBODY)
    return np.where(groups < ALONE, NOBODY, np.where(persons >= 0, persons, by_group)).astype(np.int32)


def people_of_groups(held: Holdings) -> dict[int, tuple[int, ...]]:
    """The people of each group that has any, most faces first."""
    people = defaultdict(list)
    for group, person in zip(held.groups.tolist(), held.persons.tolist(), strict=True):
        people[group].append(person)
    return {group: tuple(found) for group, found in people.items()}


def people_changes(was: Int32[np.ndarray, "n"], now: Int32[np.ndarray, "n"], who: WhoIsWho) -> tuple[PersonChange, ...]:
    """Who has other faces than before, the most changed first; face by face whose it was and is (`owners_of`)."""
    other = was != now
    before, after, gained, lost = (_counts(owners, who) for owners in (was, now, now[other], was[other]))
    changed = np.flatnonzero(gained + lost)
    order = changed[np.argsort(-(gained + lost)[changed], kind="stable")]
    return tuple(
        PersonChange(who.people[place].id, int(before[place]), int(after[place]), int(gained[place]), int(lost[place]))
        for place in order
    )


def _counts(owners: Int32[np.ndarray, "m"], who: WhoIsWho) -> Int64[np.ndarray, "people"]:
    return np.bincount(owners[owners >= 0], minlength=len(who.people))
