"""The cosine of a library's faces against labelled pairs: does it tell people apart?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Integer

from facecluster.clusters.verification import Verification, make_folds, verify
from facecluster.errors import UsageError
from facecluster.measure.labelled_faces import FaceFinder, Pick, choose_face
from facecluster.measure.labels import Pair, PathResolver
from facecluster.types import Embeddings


@dataclass(frozen=True)
class MissedPair:
    """A pair that could not be compared: a wrong answer, whatever its label."""

    path1: str
    path2: str
    problem: str  # of the first face that is not there


@dataclass(frozen=True)
class PairEvaluation:
    """How well one threshold on the cosine tells pairs of one person from pairs of two."""

    verification: Verification
    pairs: int  # judged, missed ones among them
    same: int  # of them labelled as one person
    missed: tuple[MissedPair, ...]
    outside: int  # pairs with a photo that is not in this archive: not judged

    def to_json(self) -> dict[str, Any]:
        """The record as plain dictionaries, lists and numbers."""
        return asdict(self)


class _FaceOfPath:
    """Paths as the pairs file writes them -> rows of the faces table."""

    def __init__(self, photos: pd.DataFrame, faces: pd.DataFrame, pick: Pick) -> None:
        self._finder = FaceFinder(photos, faces)
        self._pick: Pick = pick

    def __call__(self, path: str) -> tuple[int | None, str]:
        """The row of the face a photo is about, or why it has none."""
        photo = self._finder.photo(path)
        if photo is None:
            return None, f"{path}: not in the library"
        choice = choose_face(photo, None, self._pick)
        return choice.row, f"{path}: {choice.problem}"


def evaluate_pairs(
    photos: pd.DataFrame,
    faces: pd.DataFrame,
    embeddings: Embeddings,
    pairs: Sequence[Pair],
    *,
    archive: Path,
    label_folder: Path,
    pick: Pick = "largest",
) -> PairEvaluation:
    """The accuracy by folds, true accepts and equal error rate of labelled pairs.

    A pair with a face that was not found is a wrong answer in the accuracy; `clusters.verification.verify` says what it
    is in the two rates. Pairs without folds are dealt into ten.

    Args:
        photos: path, photo_hash, width, height, status, reason (schemas.PHOTOS).
        faces: photo_hash, x0, y0, x1, y1 (schemas.faces_schema).
        embeddings: the vectors of the faces, row by row.
        pairs: of `labels.read_pairs`.
        archive: the folder of the archive.
        label_folder: the folder of the pairs file.
        pick: the face that a photo is about.

    Raises:
        UsageError: too few pairs of this archive to judge by, or all in one fold.
    """
    resolver = PathResolver(photos["path"], archive, label_folder)
    located = [(pair, resolver.resolve(pair.path1), resolver.resolve(pair.path2)) for pair in pairs]
    inside = [(pair, path1, path2) for pair, path1, path2 in located if path1 is not None and path2 is not None]
    if not inside:
        example = f", for example {pairs[0].path1!r}" if pairs else ""
        raise UsageError(
            f"expected pairs of photos in this archive, by paths {resolver.describe()}, "
            f"found {len(pairs)} pairs of other files{example}"
        )
    find = _FaceOfPath(photos, faces, pick)
    found = [(find(path1), find(path2)) for _, path1, path2 in inside]
    cosines = np.array([_cosine(embeddings, first[0], second[0]) for first, second in found])
    same = np.array([pair.same for pair, _, _ in inside])
    try:
        verification = verify(cosines, same, _folds([pair.fold for pair, _, _ in inside], same))
    except ValueError as error:
        raise UsageError(f"the pairs cannot be judged: {error}") from error
    missed = tuple(
        MissedPair(path1, path2, first[1] if first[0] is None else second[1])
        for (_, path1, path2), (first, second) in zip(inside, found, strict=True)
        if first[0] is None or second[0] is None
    )
    return PairEvaluation(verification, len(inside), int(same.sum()), missed, len(pairs) - len(inside))


def _cosine(embeddings: Embeddings, first: int | None, second: int | None) -> float:
    """The cosine of two faces; nan where one is not there."""
    if first is None or second is None:
        return np.nan
    return float(embeddings[first].astype(np.float64) @ embeddings[second].astype(np.float64))


def _folds(names: Sequence[str | None], same: np.ndarray) -> Integer[np.ndarray, "n"]:
    """The folds as the file names them, or ten of our own where it names none."""
    if None in names:
        return make_folds(same)
    return np.unique(np.array(names), return_inverse=True)[1]
