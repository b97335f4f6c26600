"""Tables of names -> whom the machine takes each face for, by what people have said until now, and what changed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float32, Int64

from facecluster.people.matching import rows_by_name
from facecluster.people.who import NOBODY, WhoIsWho


class PlacedNames(NamedTuple):
    """Names that the machine gave to faces that are there: what no decision changes of them."""

    rows: Int64[np.ndarray, "m"]  # of the faces
    people: tuple[str, ...]  # ids of all whom they name
    of: Int64[np.ndarray, "m"]  # place in `people` of whom each names
    automatic: Bool[np.ndarray, "m"]
    probabilities: Float32[np.ndarray, "m"]


class StandingNames(NamedTuple):
    """Names that the machine gave and that stand."""

    rows: Int64[np.ndarray, "s"]  # of the faces
    places: Int64[np.ndarray, "s"]  # of the people
    automatic: Bool[np.ndarray, "s"]
    probabilities: Float32[np.ndarray, "s"]


class NameChange(NamedTuple):
    """How many faces the machine took for one person and takes for another."""

    before: str | None  # id; None: nobody
    after: str | None
    faces: int


def placed_names(names: pa.Table, face_ids: pa.StringArray) -> PlacedNames:
    """Which of the faces a table of names (schemas.NAMES) speaks of, and whom it takes them for."""
    rows = rows_by_name(names["face_id"].combine_chunks(), face_ids)
    there = rows >= 0
    coded = names["person"].combine_chunks().dictionary_encode()
    return PlacedNames(
        rows[there],
        tuple(coded.dictionary.to_pylist()),
        coded.indices.to_numpy().astype(np.int64)[there],
        names["automatic"].to_numpy().astype(bool)[there],
        names["probability"].to_numpy()[there],
    )


def standing_names(names: PlacedNames, who: WhoIsWho) -> StandingNames:
    """The names that the machine gave and no decision has overtaken.

    A name falls when its face is decided, or no face; when the face was said not to be the person's, or one of two
    people's faces; when the person is no more. Of people who were merged it is the merged one's.

    Args:
        names: of the faces of `who`.
        who: who is who among them.
    """
    rows = names.rows
    places = _places_of(names.people, who)[names.of]
    stands = (places != NOBODY) & (who.persons[rows] == NOBODY) & ~who.not_faces[rows]
    stands &= ~np.isin(_keys(rows, places, who), _keys(who.rejected[:, 0], who.rejected[:, 1], who))
    everybody = who.persons.copy()
    everybody[rows[stands]] = places[stands]
    one, other = who.different.T
    stands &= ~np.isin(rows, who.different[(everybody[one] == everybody[other]) & (everybody[one] != NOBODY)])
    return StandingNames(rows[stands], places[stands], names.automatic[stands], names.probabilities[stands])


def machine_names(names: pa.Table, face_ids: pa.StringArray, who: WhoIsWho) -> pa.StringArray:
    """The id of the person whom the machine takes each face for, if the name (schemas.NAMES) stands; else null."""
    standing = standing_names(placed_names(names, face_ids), who)
    taken = np.full(len(face_ids), None, object)
    taken[standing.rows] = np.array([person.id for person in who.people], object)[standing.places]
    return pa.array(taken, pa.string())


def differ(before: pa.StringArray, after: pa.StringArray) -> Bool[np.ndarray, "n"]:
    """Which faces are taken for somebody else, or for somebody or nobody for the first time."""
    return pc.not_equal(pc.fill_null(before, ""), pc.fill_null(after, "")).to_numpy(zero_copy_only=False)


def name_changes(before: pa.StringArray, after: pa.StringArray) -> tuple[NameChange, ...]:
    """How many faces are taken for whom instead of whom, the most frequent first."""
    table = pa.table({"before": before, "after": after}).filter(pa.array(differ(before, after)))
    counted = table.group_by(["before", "after"], use_threads=False).aggregate([([], "count_all")])
    changes = [NameChange(row["before"], row["after"], row["count_all"]) for row in counted.to_pylist()]
    return tuple(sorted(changes, key=lambda change: (-change.faces, change.before or "", change.after or "")))


def _places_of(persons: Sequence[str], who: WhoIsWho) -> Int64[np.ndarray, "_persons"]:
    """The place of each person by its id, or of the person it was merged into; NOBODY: there is none any more."""
    places = {person.id: place for place, person in enumerate(who.people)}
    return np.array([places.get(who.merged.get(person, person), NOBODY) for person in persons], np.int64)


def _keys(rows: Int64[np.ndarray, "s"], places: Int64[np.ndarray, "s"], who: WhoIsWho) -> Int64[np.ndarray, "s"]:
    """A number for each pair of a face and a person."""
    return rows * len(who.people) + places
