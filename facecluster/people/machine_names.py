"""Tables of names -> whom the machine takes each face for, by what people have said until now, and what changed."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool

from facecluster.people.who import WhoIsWho


class NameChange(NamedTuple):
    """How many faces the machine took for one person and takes for another."""

    before: str | None  # id; None: nobody
    after: str | None
    faces: int


def machine_names(names: pa.Table, face_ids: pa.StringArray, who: WhoIsWho) -> pa.StringArray:
    """The id of the person whom the machine takes each face for; null: nobody, or people have said something else.

    Args:
        names: schemas.NAMES.
        face_ids: the faces, in the order of `who`.
        who: who is who among them.
    """
    rows = pc.index_in(face_ids, names["face_id"].combine_chunks())
    persons = names["person"].combine_chunks().dictionary_encode()
    now = pa.array([who.merged.get(person, person) for person in persons.dictionary.to_pylist()], pa.string())
    named = now.take(persons.indices).take(rows)
    return pc.if_else(pa.array(_decided(named, who)), pa.scalar(None, pa.string()), named)


def differ(before: pa.StringArray, after: pa.StringArray) -> Bool[np.ndarray, "n"]:
    """Which faces are taken for somebody else, or for somebody or nobody for the first time."""
    return pc.not_equal(pc.fill_null(before, ""), pc.fill_null(after, "")).to_numpy(zero_copy_only=False)


def name_changes(before: pa.StringArray, after: pa.StringArray) -> tuple[NameChange, ...]:
    """How many faces are taken for whom instead of whom, the most frequent first."""
    table = pa.table({"before": before, "after": after}).filter(pa.array(differ(before, after)))
    counted = table.group_by(["before", "after"], use_threads=False).aggregate([([], "count_all")])
    changes = [NameChange(row["before"], row["after"], row["count_all"]) for row in counted.to_pylist()]
    return tuple(sorted(changes, key=lambda change: (-change.faces, change.before or "", change.after or "")))


def _decided(named: pa.StringArray, who: WhoIsWho) -> Bool[np.ndarray, "n"]:
    """Of which faces a human said whose they are, that they are none, or that they are not this person's."""
    decided = (who.persons >= 0) | who.not_faces
    places = pc.index_in(named, pa.array([person.id for person in who.people], pa.string())).fill_null(-1).to_numpy()
    faces, persons = who.rejected.T
    decided[faces] |= places[faces] == persons
    return decided
