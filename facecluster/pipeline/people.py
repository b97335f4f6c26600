"""Who is on the photos: what people decided, and where they said nothing, what the machine takes the faces for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Bool, Float32, Int8, Int64

from facecluster.people.decisions import who_is_who
from facecluster.people.statements import Decision
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.known_people import AUTOMATIC, NONE, PROPOSED, PROVENANCES, KnownPerson, known_people
from facecluster.schemas import NAMES
from facecluster.store.library import Library


@dataclass(frozen=True)
class PresentFaces:
    """The faces of the photos that are there, and what the machine makes of them: all that no decision changes."""

    run: int | None  # the current one; None before the first
    table: pd.DataFrame  # catalogue.clustered_faces with `quality` and `taken_at` (local time; NaT: unknown)
    names: pa.Table  # schemas.NAMES of that run; empty where there are none


@dataclass(frozen=True)
class LibraryPeople:
    """The faces that are there with their people, and the people.

    `faces` has the rows and columns of `PresentFaces.table` and three more: `person`, a place in `known` and in
    `who.people` or NOBODY; `provenance`, one of PROVENANCES or NA; `probability`, 1 for decisions, nan for NOBODY.
    """

    run: int | None
    faces: pd.DataFrame
    who: WhoIsWho
    known: tuple[KnownPerson, ...]

    def names_of_faces(self) -> np.ndarray:
        """The name of the person of each face; None where it has no person, or that person no name."""
        return np.array([*(person.name for person in self.who.people), None], object)[self.faces["person"]]


class StandingNames(NamedTuple):
    """Names that the machine gave and that stand."""

    rows: Int64[np.ndarray, "s"]  # of the faces
    places: Int64[np.ndarray, "s"]  # of the people
    automatic: Bool[np.ndarray, "s"]
    probabilities: Float32[np.ndarray, "s"]


def people_of(library: Library, columns: Sequence[str] = ()) -> LibraryPeople:
    """The people of a library as they stand; `columns` of the faces table come with the faces.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    return people_among(present_faces(library, columns), decisions_of(library))


def present_faces(library: Library, columns: Sequence[str] = ()) -> PresentFaces:
    """The faces of the photos that are there, sorted by face id.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, list(dict.fromkeys(["quality", *columns])))
    once = photos.dropna(subset="photo_hash").drop_duplicates("photo_hash").set_index("photo_hash")
    taken_at = once["taken_at"].reindex(faces["photo_hash"]).to_numpy()
    run = library.current_run()
    return PresentFaces(run, faces.assign(taken_at=taken_at), _names_of_run(library, run))


def people_among(present: PresentFaces, decisions: Sequence[Decision]) -> LibraryPeople:
    """What these decisions come to for these faces. Names that the machine gave before them yield to them."""
    faces = present.table
    who = who_is_who(decisions, faces["face_id"].to_list())
    persons, sources = who.persons.copy(), _provenances(who)
    probabilities = np.where(persons == NOBODY, np.nan, 1).astype(np.float32)
    standing = standing_names(present.names, pa.array(faces["face_id"]), who)
    persons[standing.rows] = standing.places
    sources[standing.rows] = np.where(standing.automatic, AUTOMATIC, PROPOSED)
    probabilities[standing.rows] = standing.probabilities
    provenances = pd.Categorical.from_codes(sources, PROVENANCES)
    faces = faces.assign(person=persons, provenance=provenances, probability=probabilities)
    return LibraryPeople(present.run, faces, who, known_people(faces, who.people))


def standing_names(names: pa.Table, face_ids: pa.Array, who: WhoIsWho) -> StandingNames:
    """The names that the machine gave and no decision has overtaken.

    A name falls when its face is gone, decided, or no face; when the face was said not to be the person's, or one of
    two people's faces; when the person is no more. Of people who were merged it is the merged one's.
    """
    names = names.filter(pc.is_in(names["face_id"], face_ids))
    rows = pc.index_in(names["face_id"], face_ids).to_numpy().astype(np.int64)
    places = _places_of(names["person"], who)
    stands = (places != NOBODY) & (who.persons[rows] == NOBODY) & ~who.not_faces[rows]
    stands &= ~np.isin(_keys(rows, places, who), _keys(who.rejected[:, 0], who.rejected[:, 1], who))
    everybody = who.persons.copy()
    everybody[rows[stands]] = places[stands]
    one, other = who.different.T
    stands &= ~np.isin(rows, who.different[(everybody[one] == everybody[other]) & (everybody[one] != NOBODY)])
    kept = names.filter(pa.array(stands))
    automatic = kept["automatic"].to_numpy().astype(bool)
    return StandingNames(rows[stands], places[stands], automatic, kept["probability"].to_numpy())


def _places_of(persons: pa.ChunkedArray, who: WhoIsWho) -> Int64[np.ndarray, "s"]:
    """The place of each person by its id, or of the person it was merged into; NOBODY: there is none any more."""
    places = {person.id: place for place, person in enumerate(who.people)}
    coded = persons.combine_chunks().dictionary_encode()
    ids: list[str] = coded.dictionary.to_pylist()
    of_ids = [places.get(who.merged.get(person, person), NOBODY) for person in ids]
    return np.array(of_ids, np.int64)[coded.indices.to_numpy()]


def _keys(rows: Int64[np.ndarray, "s"], places: Int64[np.ndarray, "s"], who: WhoIsWho) -> Int64[np.ndarray, "s"]:
    """A number for each pair of a face and a person."""
    return rows * len(who.people) + places


def _provenances(who: WhoIsWho) -> Int8[np.ndarray, "n"]:
    """The place in PROVENANCES of each face that was decided; NONE for the others."""
    of_decisions = [PROVENANCES.index(decision.provenance) for decision in who.decisions]
    return np.array([*of_decisions, NONE], np.int8)[np.where(who.persons == NOBODY, NOBODY, who.decided_by)]


def _names_of_run(library: Library, run: int | None) -> pa.Table:
    """The newest table of names, if it speaks of this run."""
    numbers = library.names_numbers()
    if not numbers or library.names_record(numbers[-1])["run"] != run:
        return NAMES.empty_table()
    return library.names(numbers[-1])
