"""People, and the photo files that are there -> who is to stand in the metadata of each."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Int64

from facecluster.people.who import NOBODY
from facecluster.pipeline.catalogue import shards_of
from facecluster.pipeline.columns import give_back
from facecluster.pipeline.people import LibraryPeople, people_of
from facecluster.pipeline.person_counts import HUMAN, IMPORTED, PROVENANCES
from facecluster.pipeline.photos_there import files_there
from facecluster.pipeline.plan import FILE_KEY
from facecluster.pipeline.targets import person_meant
from facecluster.schemas import PHOTOS, SHOWN
from facecluster.store.library import Library
from facecluster.store.records import Scan

BOX = ["x0", "y0", "x1", "y1"]
FRAME = ["stored_width", "stored_height", "orientation"]

ABSENT = -1
"""The photo of a face whose file is not there, or not whole."""

DECIDED = frozenset({PROVENANCES[HUMAN], PROVENANCES[IMPORTED]})


@dataclass(frozen=True)
class Which:
    """Who is to stand in the files. They say just that afterwards: what we wrote of others before goes."""

    provenances: frozenset[str] = DECIDED  # of person_counts.PROVENANCES
    min_probability: float = 0.0  # that a face is the person's, 0..1; what people decided has 1
    people: tuple[str, ...] = ()  # as somebody types them (targets.person_meant); empty: everybody


class ShownPeople(NamedTuple):
    """What files are to say."""

    table: pa.Table  # SHOWN
    photos: pa.Table  # FILE_KEY of the files that may be written: those that are there, indexed and whole; by path


def whole_photos(library: Library, scan: Scan) -> pa.Table:
    """FILE_KEY, FRAME and `photo_hash` of the files that are there, indexed and whole, by path.

    Of a file whose folder is offline, or that could not be decoded, nobody knows who is on it now.
    """
    files = files_there(library, scan, shards_of(library, scan), [*FILE_KEY, "photo_hash", *FRAME, "status"])
    return files.filter(pc.not_equal(files["status"], "error")).drop_columns("status")


def shown_people(library: Library, scan: Scan, which: Which) -> ShownPeople:
    """Who is to stand in the metadata of the photo files of a scan: people who have a name and are not ignored.

    Raises:
        UsageError: a person is not known.
        LibraryError: the library is damaged.
    """
    faces = _columns_of(_chosen_faces(people_of(library, ["photo_hash", *BOX]), which))
    give_back()
    photos = whole_photos(library, scan)
    of_files, of_faces = (pa.array(rows) for rows in _pairs(photos, faces))
    columns = {name: photos[name].take(of_files) for name in ("path", *FRAME)}
    columns |= {name: faces[name].take(of_faces) for name in faces.column_names}
    table = pa.table([columns[name] for name in SHOWN.names], SHOWN.remove_metadata())
    return ShownPeople(table, photos.select(FILE_KEY))


def _pairs(photos: pa.Table, faces: pa.Table) -> tuple[Int64[np.ndarray, "_rows"], Int64[np.ndarray, "_rows"]]:
    """Rows of photo files with the rows of the faces on them, by file, box and face; faces come in order."""
    hashes = photos["photo_hash"].unique()
    of_files, of_faces = (
        pc.fill_null(pc.index_in(table["photo_hash"], hashes), ABSENT).to_numpy().astype(np.int64)
        for table in (photos, faces)
    )
    there = np.flatnonzero(of_faces != ABSENT)
    by_photo = np.argsort(of_files, kind="stable")
    starts = np.searchsorted(of_files[by_photo], of_faces[there])
    counts = np.searchsorted(of_files[by_photo], of_faces[there], "right") - starts
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - starts, counts)
    file_rows, face_rows = by_photo[place], np.repeat(there, counts)
    edges = [faces[edge].to_numpy()[face_rows] for edge in reversed(BOX)]
    order = np.lexsort((face_rows, *edges, file_rows))
    return file_rows[order], face_rows[order]


def _columns_of(faces: pd.DataFrame) -> pa.Table:
    """What SHOWN says of faces, whatever the file."""
    fields = [field for field in SHOWN if field.name not in {"path", *FRAME}]
    return pa.Table.from_pandas(faces, pa.schema(fields), preserve_index=False).replace_schema_metadata(None)


def _chosen_faces(people: LibraryPeople, which: Which) -> pd.DataFrame:
    """The faces of the people who were asked for, with their ids and names."""
    persons = people.faces["person"].to_numpy()
    sources = [PROVENANCES.index(provenance) for provenance in which.provenances]
    chosen = _chosen_people(people, which)[persons]
    chosen &= np.isin(people.faces["provenance"].cat.codes.to_numpy(), sources)
    chosen &= people.faces["probability"].to_numpy() >= which.min_probability
    faces = people.faces.loc[chosen]
    ids, names = (
        np.array([getattr(person, field) for person in people.who.people], object)[persons[chosen]]
        for field in ("id", "name")
    )
    return faces.assign(person=ids, name=names)


def _chosen_people(people: LibraryPeople, which: Which) -> np.ndarray:
    """Whether each person is to stand in files, by place; the last is NOBODY, who is not."""
    asked = {person_meant(word, people) for word in which.people}
    chosen = [
        person.name is not None and not person.ignored and (not asked or place in asked)
        for place, person in enumerate(people.who.people)
    ]
    assert NOBODY == -1, "it picks the last"
    return np.array([*chosen, False], np.bool_)


def no_people() -> ShownPeople:
    """Nobody is to stand anywhere."""
    return ShownPeople(SHOWN.empty_table(), PHOTOS.empty_table().select(FILE_KEY))
