"""Labels -> the people of a library's faces, as far as they are known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Int64

from facecluster.errors import UsageError
from facecluster.measure.labelled_faces import Choice, FaceFinder, PhotoFaces, Pick, choose_face
from facecluster.measure.labels import NOBODY, Label, PathResolver


@dataclass(frozen=True)
class MissedLabel:
    """A labelled face that is not in the library."""

    path: str
    identity: str
    problem: str


@dataclass(frozen=True)
class FalseDetections:
    """Faces found on a photo that shows none."""

    path: str
    faces: int


@dataclass(frozen=True)
class KnownPeople:
    """Whose the labelled faces are; the other faces are in none of it."""

    rows: Int64[np.ndarray, "n"]  # of the labelled faces in the table of all faces, rising
    people: Int64[np.ndarray, "n"]  # whose they are: places in `names`
    names: tuple[str, ...]
    missed: tuple[MissedLabel, ...]
    left_out: int  # labels without a box on photos of several named people: whose face is whose is not known
    outside: int  # label rows of photos that are not in this archive
    false_detections: tuple[FalseDetections, ...]


@dataclass(frozen=True)
class _Placed:
    """A label and the photo it is about."""

    label: Label
    path: str  # relative to the archive
    photo: PhotoFaces | None


def known_people(
    photos: pd.DataFrame,
    faces: pd.DataFrame,
    labels: Sequence[Label],
    *,
    archive: Path,
    label_folder: Path,
    pick: Pick = "largest",
) -> KnownPeople:
    """The people of the faces that labels mean.

    A label with a box means the face that overlaps it most, one without the largest face of the photo or the one on its
    centre (`pick`). Photos of equal content count once. A label whose face was not found is listed.

    Args:
        photos: path, photo_hash, width, height, status, reason (schemas.PHOTOS).
        faces: photo_hash, x0, y0, x1, y1 (schemas.faces_schema).
        labels: of `labels.read_labels`.
        archive: its folder.
        label_folder: the folder of the labels file.
        pick: the face that a label without a box means.

    Raises:
        UsageError: no label is about a photo of this archive.
    """
    placed = _place(labels, photos, faces, PathResolver(photos["path"], archive, label_folder))
    named = [one for one in placed if one.label.identity not in ("", NOBODY)]
    clear = _without_ambiguous(named)
    identities, missed = _people_of_faces(clear, pick)
    names, people = np.unique(np.array(list(identities.values()), object).astype(str), return_inverse=True)
    return KnownPeople(
        rows=np.fromiter(identities, np.int64, len(identities)),
        people=people.astype(np.int64),
        names=tuple(names.tolist()),
        missed=missed,
        left_out=len(named) - len(clear),
        outside=len(labels) - len(placed),
        false_detections=_false_detections(placed),
    )


def _place(labels: Iterable[Label], photos: pd.DataFrame, faces: pd.DataFrame, resolver: PathResolver) -> list[_Placed]:
    """The labels of photos in this archive with those photos."""
    finder = FaceFinder(photos, faces)
    paths = [(label, resolver.resolve(label.path)) for label in labels]
    placed = [_Placed(label, path, finder.photo(path)) for label, path in paths if path is not None]
    if not placed:
        example = f", for example {paths[0][0].path!r}" if paths else ""
        raise UsageError(
            f"expected labels of photos in this archive, by paths {resolver.describe()}, "
            f"found {len(paths)} labels of other files{example}"
        )
    return placed


def _without_ambiguous(named: Sequence[_Placed]) -> list[_Placed]:
    """The labels without those that have no box on a photo of several named people."""
    names = defaultdict(set)
    for one in named:
        names[_photo_key(one)].add(one.label.identity)
    return [one for one in named if one.label.box is not None or len(names[_photo_key(one)]) == 1]


def _photo_key(one: _Placed) -> str:
    return one.photo.photo_hash if one.photo and one.photo.photo_hash else one.path


def _people_of_faces(clear: Sequence[_Placed], pick: Pick) -> tuple[dict[int, str], tuple[MissedLabel, ...]]:
    """The person of each labelled face, by its row, and the labels that have no face of their own."""
    choices = [_choose(one, pick) for one in clear]
    best: dict[int, tuple[float, str]] = {}
    for one, choice in zip(clear, choices, strict=True):
        if choice.row is not None and choice.overlap > best.get(choice.row, (0.0, ""))[0]:
            best[choice.row] = (choice.overlap, one.label.identity)
    missed = []
    for one, choice in zip(clear, choices, strict=True):
        owner = "" if choice.row is None else best[choice.row][1]
        if owner != one.label.identity:
            problem = choice.problem or f"its face is nearer to the box of {owner}"
            missed.append(MissedLabel(one.path, one.label.identity, problem))
    return {row: name for row, (_, name) in sorted(best.items())}, tuple(missed)


def _choose(one: _Placed, pick: Pick) -> Choice:
    if one.photo is None:
        return Choice(None, problem="not in the library")
    return choose_face(one.photo, one.label.box, pick)


def _false_detections(placed: Sequence[_Placed]) -> tuple[FalseDetections, ...]:
    """The photos labelled to show nobody on which faces were found, each once."""
    counts = Counter({one.path: len(one.photo.rows) for one in placed if one.label.identity == NOBODY and one.photo})
    return tuple(FalseDetections(path, count) for path, count in sorted(counts.items()) if count)
