"""Who is on the photos: what people decided, and where they said nothing, what the machine takes the faces for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from jaxtyping import Bool, Int8

from facecluster.errors import LibraryError
from facecluster.people.decisions import who_is_who
from facecluster.people.machine_names import PlacedNames, placed_names, standing_names
from facecluster.people.stand_ins import Heirs, heirs_in
from facecluster.people.statements import Decision
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.pipeline.catalogue import dated_faces, latest_scan, shards_of, with_clusters
from facecluster.pipeline.columns import give_back, one_array
from facecluster.pipeline.heirs import last_heirs
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.person_counts import AUTOMATIC, NONE, PROPOSED, PROVENANCES, KnownPerson, counted_people
from facecluster.pipeline.photos_there import photos_there
from facecluster.schemas import NAMES
from facecluster.store.library import Library
from facecluster.store.records import Commit, Scan


class Tables(NamedTuple):
    """Which tables of a library people are made of, by number; 0: there is none."""

    scan: int
    run: int
    names: int
    heirs: int


@dataclass(frozen=True)
class PresentFaces:
    """The faces of the photos that are there, and what the machine makes of them: all that no decision changes."""

    tables: Tables  # that all of it was read from
    table: pd.DataFrame  # catalogue.dated_faces with `quality` and clusters, by face id
    face_ids: pa.StringArray  # of the table
    shards: tuple[Commit, ...]  # in which `shard` of the table is a place, and `place` a row of its faces
    names: PlacedNames  # of that run
    heirs: Heirs  # of the faces of photos that were changed
    failed: pd.DataFrame  # photos that could not be looked at: path, status and reason of schemas.PHOTOS

    @property
    def run(self) -> int | None:
        """The current run; None before the first."""
        return self.tables.run or None

    @cached_property
    def seen(self) -> Bool[np.ndarray, "n"]:
        """Which faces a detector sees; the others were only drawn (schemas.faces_schema)."""
        return _seen(self.table)


@dataclass(frozen=True)
class LibraryPeople:
    """The faces that are there with their people, and the people.

    `faces` has the rows and columns of `PresentFaces.table` and three more: `person`, a place in `known` and in
    `who.people` or NOBODY; `provenance`, one of PROVENANCES or NA; `probability`, 1 for decisions, nan for NOBODY.
    """

    run: int | None
    faces: pd.DataFrame
    face_ids: pa.StringArray  # of the faces
    who: WhoIsWho
    known: tuple[KnownPerson, ...]

    @cached_property
    def seen(self) -> Bool[np.ndarray, "n"]:
        """Which faces a detector sees; the others were only drawn (schemas.faces_schema)."""
        return _seen(self.faces)

    def names_of_faces(self) -> np.ndarray:
        """The name of the person of each face; None where it has no person, or that person no name."""
        return np.array([*(person.name for person in self.who.people), None], object)[self.faces["person"]]


def people_of(library: Library, columns: Sequence[str] = ()) -> LibraryPeople:
    """The people of a library as they stand; `columns` of the faces table come with the faces.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    return people_among(present_faces(library, columns), decisions_of(library))


def tables_of(library: Library) -> Tables:
    """The tables that count now.

    Raises:
        LibraryError: the library is empty.
    """
    names = library.names_numbers()
    scan, run = latest_scan(library).number, library.current_run() or 0
    return Tables(scan, run, names[-1] if names else 0, last_heirs(library))


def present_faces(library: Library, columns: Sequence[str] = ()) -> PresentFaces:
    """The faces of the photos that are there, sorted by face id.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    scan, tables = latest_scan(library), tables_of(library)
    shards = shards_of(library, scan)
    faces, failed = _faces_and_failures(library, scan, shards, ["quality", *columns])
    give_back()
    face_ids = one_array(faces["face_id"])
    return PresentFaces(
        tables,
        with_clusters(library, tables.run or None, faces),
        face_ids,
        shards,
        _names_of(library, tables, face_ids),
        heirs_in(library.heirs(tables.heirs)),
        failed,
    )


def _faces_and_failures(
    library: Library, scan: Scan, shards: Sequence[Commit], columns: Sequence[str]
) -> tuple[pa.Table, pd.DataFrame]:
    photos = photos_there(library, scan, shards)
    give_back()
    return dated_faces(library, shards, photos, columns), photos.failed


def with_names(library: Library, present: PresentFaces, number: int) -> PresentFaces:
    """The same faces with another table of names."""
    tables = present.tables._replace(names=number)
    return replace(present, tables=tables, names=_names_of(library, tables, present.face_ids))


def people_among(present: PresentFaces, decisions: Sequence[Decision]) -> LibraryPeople:
    """What these decisions come to for these faces. Names that the machine gave before them yield to them.

    A face that is unseen and nobody's is none: somebody drew it, and the name that it was drawn for was taken back.
    """
    faces = present.table
    who = who_is_who(decisions, present.face_ids, present.heirs)
    who = replace(who, not_faces=who.not_faces | (~present.seen & (who.persons == NOBODY)))
    persons, sources = who.persons.copy(), _provenances(who)
    probabilities = np.where(persons == NOBODY, np.nan, 1).astype(np.float32)
    standing = standing_names(present.names, who)
    persons[standing.rows] = standing.places
    sources[standing.rows] = np.where(standing.automatic, AUTOMATIC, PROPOSED)
    probabilities[standing.rows] = standing.probabilities
    provenances = pd.Categorical.from_codes(sources, PROVENANCES)
    faces = faces.assign(person=persons, provenance=provenances, probability=probabilities)
    return LibraryPeople(present.run, faces, present.face_ids, who, counted_people(faces, who.people))


def not_grouped(library: Library) -> LibraryError:
    """What to say where there is no run yet."""
    return LibraryError(f"The faces of {library.folder} are not grouped yet: run `facecluster cluster` first.")


def _seen(faces: pd.DataFrame) -> Bool[np.ndarray, "n"]:
    return faces["quality"].to_numpy() > 0


def _provenances(who: WhoIsWho) -> Int8[np.ndarray, "n"]:
    """The place in PROVENANCES of each face that was decided; NONE for the others."""
    of_decisions = [PROVENANCES.index(decision.provenance) for decision in who.decisions]
    return np.array([*of_decisions, NONE], np.int8)[np.where(who.persons == NOBODY, NOBODY, who.decided_by)]


def _names_of(library: Library, tables: Tables, face_ids: pa.StringArray) -> PlacedNames:
    """The newest table of names, if it speaks of the current run."""
    counts = tables.names and (library.names_record(tables.names)["run"] or 0) == tables.run
    return placed_names(library.names(tables.names) if counts else NAMES.empty_table(), face_ids)
