"""Tables of a run -> one HTML file to look at: people by size, faces alone, two pictures, photos that failed.

The file holds everything it shows: it opens from disk, asks no network for anything and runs no script.
"""

import base64
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from facecluster.web.face_map import SIDE, FaceMap
from facecluster.web.failures import FaultGroup, fault_groups
from facecluster.web.groups import group_names
from facecluster.web.sheets import FacesAlone, People, faces_alone, people_of, shown_ids
from facecluster.web.tree_picture import TreePicture
from facecluster.web.tree_shape import HEIGHT, WIDTH
from facecluster.web.wording import counted, duration_in_words, moment_in_words, printable


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run beyond its tables; what is None is not shown."""

    library: str | None = None  # folder or address
    archive: str | None = None  # folder of the photos
    run: int | None = None
    created_at: str | None = None  # ISO 8601, of the run: never of the report, so that a report can be made again
    pack: str | None = None
    duration_seconds: float | None = None
    pages: str | None = None  # address, seen from the report, of pages with every face


@dataclass(frozen=True)
class Numbers:
    """How much there is of everything."""

    photos: int  # files
    with_faces: int
    without_faces: int
    failed: int
    copies: int  # files whose bytes another file has too, the first of them not counted
    faces: int  # of distinct photos
    people: int  # persons, and clusters that nobody named
    named: int  # of these, with a name
    alone: int
    ignored: int  # faces of people who are not to be shown; in none of the numbers above


@dataclass(frozen=True)
class Report:
    """All that the page shows, in its order."""

    facts: RunFacts
    numbers: Numbers
    people: People
    alone: FacesAlone
    face_map: FaceMap | None
    tree: TreePicture | None
    faults: tuple[FaultGroup, ...]

    @property
    def archive_name(self) -> str:
        """The last part of the archive's path; `your photos` where it is not known."""
        return PurePosixPath(self.facts.archive or "").name or "your photos"


def build_report(
    photos: pd.DataFrame,
    faces: pd.DataFrame,
    facts: RunFacts,
    face_map: FaceMap | None = None,
    tree: TreePicture | None = None,
    n_ignored: int = 0,
) -> Report:
    """What the page shows of a run; no more than the caps in `sheets` and `failures` let through.

    The thumbnails of faces that it does not show are not looked at, and may be missing (see `faces_shown`).

    Args:
        photos: columns path, photo_hash, status, reason and taken_at of `schemas.PHOTOS`, a row a file.
        faces: columns face_id, photo_hash, photo_path, quality, cluster_id (Int32; NA: alone), thumbnail (JPEG), group
            (see `groups`), person, name and provenance, a row a face.
        facts: of the run.
        face_map: of these faces, if there is one.
        tree: of the run, if there is one.
        n_ignored: faces of people who are ignored; they are not among `faces`.
    """
    faces = _with_times(photos, faces)
    return Report(
        facts,
        _numbers(photos, faces, n_ignored),
        people_of(faces),
        faces_alone(faces),
        face_map,
        tree,
        fault_groups(photos),
    )


def faces_shown(photos: pd.DataFrame, faces: pd.DataFrame) -> list[str]:
    """The ids of the faces that `build_report` shows, at most a few thousand; `faces` needs no thumbnails here."""
    return shown_ids(_with_times(photos, faces))


def render_report(report: Report) -> str:
    """The report as one HTML document; the same report gives the same text."""
    environment = Environment(
        loader=PackageLoader("facecluster.web"),
        autoescape=True,
        finalize=_finalized,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": counted,
        "data_uri": _data_uri,
        "duration": duration_in_words,
        "moment": moment_in_words,
    }
    environment.globals |= {"map_side": SIDE, "tree_width": int(WIDTH), "tree_height": HEIGHT}
    return environment.get_template("report.html.j2").render(report=report)


def _with_times(photos: pd.DataFrame, faces: pd.DataFrame) -> pd.DataFrame:
    """The faces with the time their photo was taken; copies have the same bytes and so the same time."""
    times = dict(zip(photos["photo_hash"], pd.to_datetime(photos["taken_at"]), strict=True))
    return faces.assign(taken_at=pd.to_datetime([times.get(photo_hash) for photo_hash in faces["photo_hash"]]))


def _numbers(photos: pd.DataFrame, faces: pd.DataFrame, n_ignored: int) -> Numbers:
    status, hashes, groups = photos["status"].tolist(), photos["photo_hash"].dropna(), faces["group"].dropna()
    return Numbers(
        photos=len(photos),
        with_faces=status.count("ok"),
        without_faces=status.count("no_face"),
        failed=status.count("error"),
        copies=len(hashes) - len(hashes.unique()),
        faces=len(faces),
        people=len(groups.unique()),
        named=len(group_names(faces)),
        alone=len(faces) - len(groups),
        ignored=n_ignored,
    )


def _finalized(value: object) -> object:
    """What an expression of the template puts on the page: text from outside is made printable before it is escaped."""
    return value if isinstance(value, Markup) else printable(str(value))


def _data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
