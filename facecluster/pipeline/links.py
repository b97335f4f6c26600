"""Who is who, as far as the grouping must know, and what of it is other than at an earlier time."""

from hashlib import sha256
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from facecluster.clusters.links import Links
from facecluster.people.who import NOBODY, WhoIsWho


class Changed(NamedTuple):
    """What is said of each face now against an earlier time."""

    touched: Bool[np.ndarray, "n"]  # something else
    freed: Bool[np.ndarray, "n"]  # it was one person's with others, and now nobody says whose it is


def links_of(who: WhoIsWho) -> Links:
    """Which faces are one person's and which are two people's.

    Ignored people say nothing: somebody may have put all strangers into one.
    """
    known = np.array([not person.ignored for person in who.people] + [False])  # the last is where NOBODY finds itself
    persons = np.where(known[who.persons], who.persons, np.int32(NOBODY))
    one_of = np.full(len(who.people) + 1, NOBODY)  # a face of each person
    rows = np.flatnonzero(who.persons >= 0)
    one_of[who.persons[rows]] = rows
    faces, people = who.rejected.T
    rejected = np.stack([faces, one_of[people]], axis=1)
    return Links(persons, np.concatenate([who.different, rejected[rejected[:, 1] >= 0]]))


def changed_links(then: WhoIsWho, now: WhoIsWho) -> Changed:
    """What is said now and was not then, or the reverse; `then` may have more faces, before those of now."""
    before, after = links_of(then), links_of(now)
    before = before.among(np.arange(len(then.persons) - len(now.persons), len(then.persons)))
    numbers = {person.id: number for number, person in enumerate(now.people)}
    # A person who was merged into another since is that one; of whom nobody speaks any more is a person of its own.
    of_then = [
        numbers.get(now.merged.get(person.id, person.id), len(now.people) + place)
        for place, person in enumerate(then.people)
    ]
    persons = np.array([*of_then, NOBODY])[before.persons]
    touched = persons != after.persons
    for pair in _pairs(before) ^ _pairs(after):
        touched[list(pair)] = True
    several = np.append(np.bincount(persons[persons >= 0], minlength=1) > 1, [False])
    return Changed(touched, several[persons] & (after.persons == NOBODY))


def digest_of(links: Links) -> str:
    """A name for what was said: the same for the same, whatever the people are called or numbered; "" for nothing."""
    if not (links.persons >= 0).any() and not len(links.different):
        return ""
    named = np.flatnonzero(links.persons >= 0)
    _, first, people = np.unique(links.persons[named], return_index=True, return_inverse=True)
    digest = sha256(named.tobytes() + first[people].astype(np.int64).tobytes())
    digest.update(repr(sorted(_pairs(links))).encode())
    return digest.hexdigest()


def _pairs(links: Links) -> set[tuple[int, int]]:
    return {(min(one, other), max(one, other)) for one, other in links.different.tolist()}
