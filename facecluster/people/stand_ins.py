"""References to faces of photos that were changed since -> the faces that are the same ones in the photos as they are.

A photo into which a tag was written, or that was cropped, is another photo to the library, and each of its faces is
another face. Which is whose heir was found out when the photo came (heirs.py): an heir stands for the face that is
gone, and where the photo came back as it was, that face for its heir.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Int64

from facecluster.people.matching import places_of, rows_by_name, rows_of


class Heirs(NamedTuple):
    """The faces of photos that were changed, and which of them are one."""

    faces: pa.StringArray  # ids, each once, as they were found: an heir after the face whose it is
    groups: Int64[np.ndarray, "n"]  # faces of one number are one face in versions of its photo

    def one(self, ids: pa.ChunkedArray, others: pa.ChunkedArray) -> Bool[np.ndarray, "_pairs"]:
        """Whether two faces are known to be one, pair by pair."""
        mine, theirs = (pc.fill_null(pc.index_in(column, self.faces), -1).to_numpy() for column in (ids, others))
        groups = np.append(self.groups, -1)
        return (mine >= 0) & (groups[mine] == groups[theirs])


NO_HEIRS = Heirs(pa.array([], pa.string()), np.empty(0, np.int64))


def heirs_in(table: pa.Table) -> Heirs:
    """The faces that a table (schemas.HEIRS) makes one; the heir of an heir is one with all before it."""
    if not len(table):
        return NO_HEIRS
    column = pa.concat_arrays([table[name].combine_chunks() for name in ("face_id", "heir")])
    in_order = np.arange(len(column)).reshape(2, -1).T.ravel()
    coded = column.take(pa.array(in_order)).dictionary_encode()
    pairs = coded.indices.to_numpy().astype(np.int64).reshape(-1, 2)
    places = places_of(coded.dictionary, NO_HEIRS.faces)  # boxes that were drawn otherwise between two changes are one
    return Heirs(coded.dictionary, _connected(places.of[pairs], places.end)[places.of])


def stand_ins(references: pa.StringArray, face_ids: pa.StringArray, heirs: Heirs) -> pa.StringArray:
    """The references, those to faces of changed photos by the name of the face that stands for it.

    That is the latest version of the face that is there. Where none is, all versions go by the name of the latest:
    what is said of one is said of all.

    Args:
        references: ids of faces, in any order, there or not.
        face_ids: of the faces that are there.
        heirs: of the faces that were.
    """
    if not len(heirs.faces) or not len(references):
        return references
    coded = references.dictionary_encode()
    names = coded.dictionary
    gone = np.flatnonzero(rows_by_name(names, face_ids) < 0)
    of = rows_of(names.take(pa.array(gone)), heirs.faces)
    gone, of = gone[of >= 0], of[of >= 0]
    still = rows_of(names.take(pa.array(gone)), face_ids) < 0  # the same photo may be there with boxes drawn otherwise
    if not still.any():
        return references
    renamed = names.to_numpy(zero_copy_only=False).astype(object)
    renamed[gone[still]] = _standing(heirs.groups[of[still]], face_ids, heirs)
    return pa.array(renamed, pa.string()).take(coded.indices)


def as_versions(table: pa.Table, other: pa.Table, heirs: Heirs) -> pa.Table:
    """A table with its faces under the names that another has for them (`face_id`), as far as they are free."""
    ids, others = (some["face_id"].combine_chunks() for some in (table, other))
    names = stand_ins(ids, others, heirs)
    firsts = np.zeros(len(names), np.bool_)
    firsts[np.unique(names.to_numpy(zero_copy_only=False).astype(str), return_index=True)[1]] = True
    free = pc.and_(pc.and_(pc.is_in(names, others), pc.invert(pc.is_in(names, ids))), pa.array(firsts))
    column = table.schema.get_field_index("face_id")
    return table.set_column(column, table.schema.field(column), pc.if_else(free, names, ids))


def _standing(groups: Int64[np.ndarray, "m"], face_ids: pa.StringArray, heirs: Heirs) -> np.ndarray:
    """The name of the face that stands for each of these groups."""
    wanted, of = np.unique(groups, return_inverse=True)
    members = np.flatnonzero(np.isin(heirs.groups, wanted))
    names = heirs.faces.take(pa.array(members))
    rows = rows_of(names, face_ids)
    there = np.flatnonzero(rows >= 0)
    named = names.to_numpy(zero_copy_only=False).astype(object)
    named[there] = face_ids.take(pa.array(rows[there])).to_numpy(zero_copy_only=False)
    order = np.lexsort((members, rows >= 0, heirs.groups[members]))
    last = np.searchsorted(heirs.groups[members][order], wanted, side="right") - 1
    return named[order[last]][of]


def _connected(pairs: Int64[np.ndarray, "m 2"], n_faces: int) -> Int64[np.ndarray, "n"]:
    """A number for each face, the same for those that pairs connect: the least of their places."""
    groups = np.arange(n_faces)
    while True:
        least = groups[pairs].min(axis=1)
        lower = groups.copy()
        np.minimum.at(lower, groups[pairs], least[:, None])
        lower = lower[lower]
        if (lower == groups).all():
            return groups
        groups = lower
