"""The report of a library, written to disk."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from facecluster.pipeline.catalogue import census_of, latest_scan, rows_of_faces, vectors_of_faces
from facecluster.pipeline.people import LibraryPeople, people_of
from facecluster.store.files import replace_file
from facecluster.store.library import Library
from facecluster.store.records import Scan
from facecluster.web.face_map import FaceMap, faces_on_map, map_of
from facecluster.web.groups import cluster_numbers, with_groups
from facecluster.web.pages_beside import current_pages
from facecluster.web.report import Numbers, RunFacts, build_report, faces_shown, render_report
from facecluster.web.tree_picture import TreePicture, tree_picture


def write_report(library: Library, path: Path) -> Numbers:
    """Write the report of the current run as one HTML file; how much there is of everything.

    It leads to the pages beside it (pages_beside) if these show the library as it is now.

    Raises:
        LibraryError: the library is empty or damaged.
        StorageError: the file cannot be written.
    """
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces, n_ignored = shown_faces(people_of(library, ["photo_hash"]))
    pictures = thumbnails_of(library, scan, faces_shown(photos, faces))
    faces["thumbnail"] = faces["face_id"].map(pictures.get)
    run = library.current_run()
    record = library.run_record(run) if run else {}
    facts = RunFacts(
        library=str(library.folder),
        archive=scan.archive,
        run=record.get("run"),
        created_at=record.get("created_at"),
        pack=library.identity.pack.name,
        pages=current_pages(library, path),
    )
    face_map = map_of_library(library, scan, faces)
    tree = tree_of_run(library, run, faces) if run else None
    report = build_report(photos, faces, facts, face_map, tree, n_ignored)
    replace_file(path, render_report(report).encode())
    return report.numbers


def shown_faces(people: LibraryPeople) -> tuple[pd.DataFrame, int]:
    """The faces that a page shows, with names and groups, and how many are left out as ignored people's.

    What is no face is left out too, and not counted.
    """
    ignored = np.array([*(person.ignored for person in people.who.people), False])[people.faces["person"]]
    faces = with_groups(people.faces.assign(name=people.names_of_faces()))
    ignored &= (faces["group"] < 0).fillna(value=False).to_numpy(bool)
    return faces.loc[~(ignored | people.who.not_faces)].reset_index(drop=True), int(ignored.sum())


def thumbnails_of(library: Library, scan: Scan, face_ids: Iterable[str]) -> dict[str, bytes]:
    """JPEGs by face id."""
    found: dict[str, bytes] = {}
    for shown in rows_of_faces(library, scan, face_ids, ["face_id", "thumbnail"]):
        found |= zip(shown["face_id"].to_pylist(), shown["thumbnail"].to_pylist(), strict=True)
    return found


def map_of_library(library: Library, scan: Scan, faces: pd.DataFrame) -> FaceMap | None:
    """The map of the seen faces of a library, at most a few thousand of them; None where there are very few."""
    faces = faces.loc[faces["quality"] > 0]
    ids = faces_on_map(faces)
    if not ids:
        return None
    return map_of(faces, *vectors_of_faces(library, scan, ids))


def tree_of_run(library: Library, run: int, faces: pd.DataFrame) -> TreePicture | None:
    """The picture of a run's condensed tree; None where it has no branch.

    The tree is that of all faces of the run. Those of `faces`, which are there now, say who is person 1, 2, ...
    """
    return tree_picture(library.tree(run).to_pandas(), library.clusters(run).to_pandas(), cluster_numbers(faces))
