"""The report of a library, written to disk."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan
from facecluster.store.files import replace_file
from facecluster.store.library import Library
from facecluster.store.records import Scan
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
    report = build_report(photos, faces, facts)
    replace_file(path, render_report(report).encode())
    return report.numbers


def thumbnails_of(library: Library, scan: Scan, face_ids: Iterable[str]) -> dict[str, bytes]:
    """JPEGs by face id, read shard by shard: those of all faces of a large archive would not fit into memory."""
    wanted = pa.array(face_ids, pa.string())
    found: dict[str, bytes] = {}
    for commit in library.commits():
        if commit.fingerprint != scan.fingerprint or not commit.faces.rows:
            continue
        if pc.any(pc.is_in(library.faces(commit, ["face_id"])["face_id"], wanted)).as_py():
            table = library.faces(commit, ["face_id", "thumbnail"])
            shown = table.filter(pc.is_in(table["face_id"], wanted))
            found |= zip(shown["face_id"].to_pylist(), shown["thumbnail"].to_pylist(), strict=True)
    return found
