"""The report of a library, written to disk."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.pipeline.catalogue import census_of, clustered_faces, embeddings_of, latest_scan
from facecluster.store.files import replace_file
from facecluster.store.library import Library
from facecluster.store.records import Scan
from facecluster.web.face_map import FaceMap, faces_on_map, map_of
from facecluster.web.report import Numbers, RunFacts, build_report, faces_shown, render_report


def write_report(library: Library, path: Path) -> Numbers:
    """Write the report of the newest run as one HTML file; how much there is of everything.

    Raises:
        LibraryError: the library is empty or damaged.
        StorageError: the file cannot be written.
    """
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, ["quality"])
    pictures = thumbnails_of(library, scan, faces_shown(photos, faces))
    faces["thumbnail"] = faces["face_id"].map(pictures.get)
    runs = library.run_numbers()
    record = library.run_record(runs[-1]) if runs else {}
    facts = RunFacts(
        library=str(library.folder),
        archive=scan.archive,
        run=record.get("run"),
        created_at=record.get("created_at"),
        pack=library.identity.pack.name,
    )
    report = build_report(photos, faces, facts, map_of_library(library, scan, faces))
    replace_file(path, render_report(report).encode())
    return report.numbers


def thumbnails_of(library: Library, scan: Scan, face_ids: Iterable[str]) -> dict[str, bytes]:
    """JPEGs by face id."""
    found: dict[str, bytes] = {}
    for shown in _rows_of(library, scan, face_ids, ["face_id", "thumbnail"]):
        found |= zip(shown["face_id"].to_pylist(), shown["thumbnail"].to_pylist(), strict=True)
    return found


def map_of_library(library: Library, scan: Scan, faces: pd.DataFrame) -> FaceMap | None:
    """The map of the faces of a library, at most a few thousand of them; None where there are very few."""
    ids = faces_on_map(faces)
    if not ids:
        return None
    rows = pa.concat_tables(_rows_of(library, scan, ids, ["face_id", "embedding"]))
    found, first = np.unique(rows["face_id"].to_numpy().astype(str), return_index=True)
    return map_of(faces, found.tolist(), embeddings_of(rows.take(pa.array(first))))


def _rows_of(library: Library, scan: Scan, face_ids: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of some faces, shard by shard: those of all faces of a large archive would not fit into memory."""
    wanted = pa.array(face_ids, pa.string())
    for commit in library.commits():
        if commit.fingerprint != scan.fingerprint or not commit.faces.rows:
            continue
        if pc.any(pc.is_in(library.faces(commit, ["face_id"])["face_id"], wanted)).as_py():
            table = library.faces(commit, columns)
            yield table.filter(pc.is_in(table["face_id"], wanted))
