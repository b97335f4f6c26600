"""A library against labels: do its clusters hold one person each, and does the cosine tell people apart?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from facecluster.clusters.score import ALONE, Score, mixed_groups, score_groups, split_people
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
class MixedCluster:
    """A cluster of several people: (name, labelled faces), most faces first."""

    cluster_id: int
    people: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class SplitName:
    """A person in several places: (cluster id, labelled faces), most faces first, and the faces that are alone."""

    name: str
    clusters: tuple[tuple[int, int], ...]
    alone: int


@dataclass(frozen=True)
class Evaluation:
    """How well the clusters agree with the labels; faces that nobody labelled are in no score."""

    pairwise: Score
    bcubed: Score
    scored: int  # labelled faces
    people: int
    missed: tuple[MissedLabel, ...]
    left_out: int  # labels without a box on photos of several named people: whose face is whose is not known
    outside: int  # label rows of photos that are not in this archive
    false_detections: tuple[FalseDetections, ...]
    mixed: tuple[MixedCluster, ...]  # worst first
    split: tuple[SplitName, ...]  # worst first

    def to_json(self) -> dict[str, Any]:
        """The record as plain dictionaries, lists and numbers."""
        scores = {"pairwise": self.pairwise, "bcubed": self.bcubed}
        return {**asdict(self), **{name: {**asdict(score), "f": score.f} for name, score in scores.items()}}


@dataclass(frozen=True)
class _Placed:
    """A label and the photo it is about."""

    label: Label
    path: str  # relative to the archive
    photo: PhotoFaces | None


def evaluate_labels(
    photos: pd.DataFrame,
    faces: pd.DataFrame,
    labels: Sequence[Label],
    *,
    archive: Path,
    label_folder: Path,
    pick: Pick = "largest",
) -> Evaluation:
    """The agreement of a library's clusters with labels.

    A label with a box means the face that overlaps it most, one without the largest face of the photo or the one on its
    centre (`pick`). Photos of equal content count once. A label whose face was not found is listed, not scored.

    Args:
        photos: path, photo_hash, width, height, status, reason (schemas.PHOTOS).
        faces: photo_hash, x0, y0, x1, y1 (schemas.faces_schema) and cluster_id, null where alone (schemas.CLUSTERS).
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
    people, missed = _people_of_faces(clear, pick)
    rows = np.fromiter(people, np.int64, len(people))
    names, person = np.unique(np.array(list(people.values()), object).astype(str), return_inverse=True)
    groups = faces["cluster_id"].astype("Int64").fillna(ALONE).to_numpy(np.int64)[rows]
    agreement = score_groups(person, groups)
    return Evaluation(
        pairwise=agreement.pairwise,
        bcubed=agreement.bcubed,
        scored=len(rows),
        people=len(names),
        missed=missed,
        left_out=len(named) - len(clear),
        outside=len(labels) - len(placed),
        false_detections=_false_detections(placed),
        mixed=tuple(
            MixedCluster(found.group, tuple((str(names[who]), count) for who, count in found.people))
            for found in mixed_groups(person, groups)
        ),
        split=tuple(
            SplitName(str(names[found.person]), found.groups, found.alone) for found in split_people(person, groups)
        ),
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
