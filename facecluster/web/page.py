"""The report of a library, written to disk."""

from pathlib import Path

from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan
from facecluster.store.files import replace_file
from facecluster.store.library import Library
from facecluster.web.report import RunFacts, build_report, render_report


def write_report(library: Library, path: Path) -> Path:
    """Write the report of the newest run as one HTML file; the path of it.

    Raises:
        LibraryError: the library is empty or damaged.
        StorageError: the file cannot be written.
    """
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, ["quality", "thumbnail"])
    runs = library.run_numbers()
    record = library.run_record(runs[-1]) if runs else {}
    facts = RunFacts(
        library=str(library.folder),
        archive=scan.archive,
        run=record.get("run"),
        created_at=record.get("created_at"),
        pack=library.identity.pack.name,
    )
    replace_file(path, render_report(build_report(photos, faces, facts)).encode())
    return path
