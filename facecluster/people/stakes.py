"""Two groupings and what people decided -> the names that the second makes doubtful."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Int32, Int64

from facecluster.people.counterparts import NOT_THERE
from facecluster.people.holdings import Holdings, people_of_groups
from facecluster.people.who import WhoIsWho


@dataclass(frozen=True)
class Stake:
    """A name that a run makes doubtful.

    shared: people who were told apart before lie in one cluster. apart: the decided faces of a person lie in more
    pieces than before. lost: none of the faces of a person is left.
    """

    kind: Literal["shared", "apart", "lost"]
    people: tuple[str, ...]  # ids
    clusters: tuple[int, ...]  # where they lie now
    faces: int  # decided ones of these people: in that cluster, now, or before
    alone: int  # how many of them are in no cluster now


def stakes_of(
    before: Int32[np.ndarray, "n"],
    after: Int32[np.ndarray, "n"],
    held_before: Holdings,
    held_after: Holdings,
    who: WhoIsWho,
) -> tuple[Stake, ...]:
    """The names at stake, those with most faces first; of people who are ignored only where others share with them.

    Args:
        before: the group of each face, or less than 0.
        after: the same in the other grouping.
        held_before: who has faces in which group before.
        held_after: who has faces in which group after.
        who: the people, and whose each face is.
    """
    worst_first = ("shared", "apart", "lost")  # a name on a stranger's face, on half a person, on nobody
    stakes = [*_shared(held_before, held_after, who), *_apart_or_lost(before, after, held_after, who)]
    return tuple(sorted(stakes, key=lambda stake: (worst_first.index(stake.kind), -stake.faces, stake.people)))


def _shared(before: Holdings, after: Holdings, who: WhoIsWho) -> list[Stake]:
    homes: defaultdict[int, set[int]] = defaultdict(set)
    for group, person in zip(before.groups.tolist(), before.persons.tolist(), strict=True):
        homes[person].add(group)
    stakes = []
    for group, people in people_of_groups(after).items():
        told_apart = len(people) > 1 and not set.intersection(*(homes[person] for person in people))
        if told_apart and not all(who.people[person].ignored for person in people):
            faces = int(after.faces[after.groups == group].sum())
            stakes.append(Stake("shared", tuple(who.people[person].id for person in people), (group,), faces, 0))
    return stakes


def _apart_or_lost(
    before: Int32[np.ndarray, "n"], after: Int32[np.ndarray, "n"], held: Holdings, who: WhoIsWho
) -> list[Stake]:
    faces_before, faces_after = (_faces_of_people(groups, who) for groups in (before, after))
    in_both = (before > NOT_THERE) & (after > NOT_THERE)
    pieces_before, pieces_after = (_pieces_of_people(groups[in_both], who, in_both) for groups in (before, after))
    asked_of = np.array([not person.ignored for person in who.people], bool)
    lost = np.flatnonzero((faces_before > 0) & (faces_after == 0) & asked_of)
    apart = np.flatnonzero((pieces_after > pieces_before) & asked_of)
    gone = (Stake("lost", (who.people[place].id,), (), int(faces_before[place]), 0) for place in lost)
    return [*gone, *(_fallen_apart(place, after, held, who) for place in apart.tolist())]


def _fallen_apart(place: int, after: Int32[np.ndarray, "n"], held: Holdings, who: WhoIsWho) -> Stake:
    clusters = tuple(held.groups[held.persons == place].tolist())
    theirs = after[(who.persons == place) & (after > NOT_THERE)]
    return Stake("apart", (who.people[place].id,), clusters, len(theirs), int((theirs < 0).sum()))


def _faces_of_people(groups: Int32[np.ndarray, "n"], who: WhoIsWho) -> Int64[np.ndarray, "people"]:
    """How many decided faces of each person are there."""
    theirs = who.persons[(who.persons >= 0) & (groups > NOT_THERE)]
    return np.bincount(theirs, minlength=len(who.people)).astype(np.int64)


def _pieces_of_people(
    groups: Int32[np.ndarray, "m"], who: WhoIsWho, rows: Bool[np.ndarray, "n"]
) -> Int64[np.ndarray, "people"]:
    """In how many pieces the decided faces of each person lie: groups, and faces that are alone."""
    persons = who.persons[rows]
    lone = np.arange(len(groups))  # a number of its own for each
    places = np.where(groups >= 0, groups + np.int64(len(groups)), lone)[persons >= 0]
    width = int(places.max(initial=0)) + 1
    pairs = np.unique(persons[persons >= 0].astype(np.int64) * width + places)
    return np.bincount(pairs // width, minlength=len(who.people)).astype(np.int64)
