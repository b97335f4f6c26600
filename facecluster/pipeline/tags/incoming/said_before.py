"""Decisions -> what imports said of the faces that are there, by the names that people had then."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jaxtyping import Int64

from facecluster.people.matching import as_strings, rows_of
from facecluster.people.stand_ins import Heirs, stand_ins
from facecluster.people.statements import Decision, Merge, Name, Rename, Split, people_in
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.spelling import name_key


class SaidBefore(NamedTuple):
    """What imports that are in force said of n faces, the later over the earlier."""

    of: Int64[np.ndarray, "n"]  # place in `keys` of the name that each was given; NOBODY: none gave it one
    keys: tuple[str, ...]  # spelling.name_key of the names that they gave
    people: dict[str, set[str]]  # ids of whom they gave faces to, by the key of the name that it had then


def said_by_imports(who: WhoIsWho, face_ids: pa.StringArray, heirs: Heirs) -> SaidBefore:
    """What imports said.

    Args:
        who: what all decisions come to.
        face_ids: of the faces that are there, row by row as in `who`.
        heirs: of the faces of photos that were changed.
    """
    names: dict[str, str] = {}
    places: dict[str, int] = {}
    people: dict[str, set[str]] = {}
    faces: list[str] = []
    keys: list[int] = []
    for decision in _in_force(who):
        for said in decision.statements:
            _learn(names, said)
            if decision.provenance == "imported" and isinstance(said, Name) and said.person in names:
                key = name_key(names[said.person])
                people.setdefault(key, set()).add(said.person)
                faces += said.faces
                keys += [places.setdefault(key, len(places))] * len(said.faces)
    return SaidBefore(_by_row(faces, keys, face_ids, heirs), tuple(places), people)


def _in_force(who: WhoIsWho) -> list[Decision]:
    return [decision for decision, counts in zip(who.decisions, who.in_force, strict=True) if counts]


def _learn(names: dict[str, str], said: object) -> None:
    """Take in what a statement changes of the names that people have, by their ids."""
    match said:
        case Name() | Rename() | Split() if said.name is not None:
            names[people_in(said)[-1]] = said.name
        case Merge() if said.into not in names:
            named = [person for person in said.gone if person in names]
            if named:
                names[said.into] = names[named[0]]
        case _:
            pass


def _by_row(
    faces: Sequence[str], keys: Sequence[int], face_ids: pa.StringArray, heirs: Heirs
) -> Int64[np.ndarray, "_faces"]:
    rows = rows_of(stand_ins(as_strings(faces), face_ids, heirs), face_ids)
    of = np.full(len(face_ids), NOBODY, np.int64)
    there = rows >= 0
    of[rows[there]] = np.array(keys, np.int64)[there]
    return of
