"""What metadata says of faces, held against what people said -> what is decided, and what is left as it is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int8, Int64

from facecluster.people.statements import Name
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.pipeline.deciding import new_person
from facecluster.pipeline.tags.incoming.mentions import OUTCOMES
from facecluster.pipeline.tags.incoming.said_before import SaidBefore
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.spelling import name_key

NEW, SEVERAL = -1, -2
"""In place of a person: nobody is called so yet; more than one is."""

NAMED = OUTCOMES.index(Outcome.NAMED)


class Called(NamedTuple):
    """The people whom metadata names, by their places."""

    keys: tuple[str, ...]  # spelling.name_key, each once
    names: tuple[str, ...]  # as the library would keep them


class Claims(NamedTuple):
    """What metadata says of k different faces."""

    faces: Int64[np.ndarray, "k"]  # rows of the faces that are there
    people: Int64[np.ndarray, "k"]  # places in Called


class Judged(NamedTuple):
    """What becomes of k claims, and what is to be said."""

    outcomes: Int8[np.ndarray, "k"]  # places in mentions.OUTCOMES
    whom: Int64[np.ndarray, "_people"]  # place in WhoIsWho.people of each who is called; or NEW, or SEVERAL
    statements: tuple[Name, ...]  # one a person, those of before first


def judge(claims: Claims, called: Called, who: WhoIsWho, before: SaidBefore, face_ids: pa.StringArray) -> Judged:
    """What an import decides: names for faces of which nobody said anything, or only a file that says otherwise now.

    A face keeps what a human said of it. One that an import named keeps its person, whatever that is called by now, as
    long as the file says what it said then: who renames a person, or makes two one, means all its faces.

    Args:
        claims: what metadata says.
        called: whom it speaks of.
        who: what all decisions so far come to.
        before: what imports said.
        face_ids: of the faces that are there.
    """
    whom = whom_they_mean(called.keys, who, before)
    targets = whom[claims.people]
    outcomes = np.full(len(claims.faces), NAMED, np.int8)
    for outcome, holds in _reasons_against(claims, targets, called, who, before):
        outcomes[holds & (outcomes == NAMED)] = OUTCOMES.index(outcome)
    # A person that is to be founded stands for itself behind those that there are.
    ones = np.where(targets == NEW, len(who.people) + claims.people, targets)
    named = outcomes == NAMED
    apart = named & _joins_two(claims, ones, named, who)
    outcomes[apart] = OUTCOMES.index(Outcome.DIFFERS)
    named &= ~apart
    return Judged(outcomes, whom, _statements(claims.faces[named], ones[named], called, who, face_ids))


def whom_they_mean(keys: Sequence[str], who: WhoIsWho, before: SaidBefore) -> Int64[np.ndarray, "_keys"]:
    """The person whom each key means: who is called so, else whom imports gave faces under it; NEW or SEVERAL."""
    places = {person.id: place for place, person in enumerate(who.people)}
    named: dict[str, list[int]] = {}
    for place, person in enumerate(who.people):
        if person.name is not None:
            named.setdefault(name_key(person.name), []).append(place)

    def one(key: str) -> int:
        ids = before.people.get(key, set())
        found = named.get(key) or list({places[who.merged.get(id_, id_)] for id_ in ids})
        return found[0] if len(found) == 1 else SEVERAL if found else NEW

    return np.array([one(key) for key in keys], np.int64)


def _reasons_against(
    claims: Claims, targets: Int64[np.ndarray, "k"], called: Called, who: WhoIsWho, before: SaidBefore
) -> list[tuple[Outcome, Bool[np.ndarray, "k"]]]:
    """Why a face is not named; of several reasons the first counts."""
    places = {key: place for place, key in enumerate(called.keys)}
    of_people = [places.get(name_key(person.name), NOBODY) if person.name else NOBODY for person in who.people]
    of_keys = [places.get(key, NOBODY) for key in before.keys]
    holders = who.persons[claims.faces]
    is_somebodys = holders != NOBODY
    has_name = is_somebodys & (np.array([*of_people, NOBODY])[holders] == claims.people)
    by_human = np.array([*(decision.provenance == "human" for decision in who.decisions), False])
    said_so = np.array([*of_keys, NOBODY])[before.of[claims.faces]] == claims.people
    return [
        (Outcome.DIFFERS, who.not_faces[claims.faces]),
        (Outcome.KNOWN, has_name),
        (Outcome.DIFFERS, is_somebodys & (by_human[who.decided_by[claims.faces]] | said_so)),
        (Outcome.AMBIGUOUS, targets == SEVERAL),
        (Outcome.KNOWN, is_somebodys & (holders == targets)),
        (Outcome.DIFFERS, _is_rejected(claims.faces, targets, who)),
    ]


def _is_rejected(
    faces: Int64[np.ndarray, "k"], targets: Int64[np.ndarray, "k"], who: WhoIsWho
) -> Bool[np.ndarray, "k"]:
    """Which faces somebody said not to be these people's."""
    n_people = len(who.people) + 1
    rejected = who.rejected[:, 0] * n_people + who.rejected[:, 1]
    return (targets >= 0) & np.isin(faces * n_people + targets, rejected)


def _joins_two(
    claims: Claims, ones: Int64[np.ndarray, "k"], named: Bool[np.ndarray, "k"], who: WhoIsWho
) -> Bool[np.ndarray, "k"]:
    """Which claims would make one person of faces that somebody said to be two people's."""
    holders = who.persons.astype(np.int64)
    holders[claims.faces[named]] = ones[named]
    one, other = who.different.T
    joined = (holders[one] == holders[other]) & (holders[one] != NOBODY)
    return np.isin(claims.faces, who.different[joined])


def _statements(
    faces: Int64[np.ndarray, "_named"],
    ones: Int64[np.ndarray, "_named"],
    called: Called,
    who: WhoIsWho,
    face_ids: pa.StringArray,
) -> tuple[Name, ...]:
    """A statement for each person, of all its faces in their order."""
    order = np.lexsort((faces, ones))
    found, starts = np.unique(ones[order], return_index=True)
    ids = np.array(face_ids.take(pa.array(faces[order])).to_pylist(), object)
    said = []
    for one, (start, end) in zip(found.tolist(), pairwise([*starts.tolist(), len(ids)]), strict=True):
        new = one - len(who.people)
        person, name = (who.people[one].id, None) if new < 0 else (new_person(), called.names[new])
        said.append(Name(person, tuple(ids[start:end].tolist()), name))
    return tuple(said)
