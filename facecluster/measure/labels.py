"""Label files: who is on which photo, and which pairs of photos show one person."""

import math
import os
import posixpath
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from facecluster.errors import UsageError

NOBODY = "_none_"
"""The identity of a photo that shows no human face."""

BOX_COLUMNS = ("x", "y", "w", "h")
YES, NO = ("1", "true", "yes"), ("0", "false", "no")


class Box(NamedTuple):
    """Left, top, right and bottom edge in pixels of the upright image."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Label:
    """One row of a labels file: a named person of a photo."""

    path: str  # as written
    identity: str  # "": faces that nobody named
    box: Box | None  # None: the photo as a whole


@dataclass(frozen=True)
class Pair:
    """One row of a pairs file."""

    path1: str  # as written
    path2: str
    same: bool
    fold: str | None  # None: the file has no such column


class PathResolver:
    """Paths as a label file writes them -> paths as the archive lists them.

    A path is meant relative to the archive or, if the archive lists none of that name, to the folder of the label file.

    Args:
        listed: the paths of the archive.
        archive: its folder.
        label_folder: the folder of the label file.
    """

    def __init__(self, listed: Collection[str], archive: Path, label_folder: Path) -> None:
        self._listed = frozenset(listed)
        self._archive = archive.resolve()
        self._label_folder = label_folder.resolve()

    def resolve(self, path: str) -> str | None:
        """The path relative to the archive, listed or not; None where it leads out of it."""
        plain = posixpath.normpath(path)
        if plain in self._listed:
            return plain
        absolute = Path(os.path.normpath(self._label_folder / path))
        if absolute.is_relative_to(self._archive):
            return absolute.relative_to(self._archive).as_posix()
        return None

    def describe(self) -> str:
        """Where paths were looked for, for an error message."""
        return f"relative to {self._archive} or to {self._label_folder}"


def read_labels(file: Path) -> list[Label]:
    """The labels of a CSV file with the columns path, identity and, for faces with a box, x, y, w, h.

    Raises:
        UsageError: the file cannot be read, a column is missing or a box is not four numbers.
    """
    table = _read_csv(file, required=("path", "identity"))
    named_box = [column for column in BOX_COLUMNS if column in table.columns]
    if named_box and len(named_box) < len(BOX_COLUMNS):
        raise UsageError(f"{file}: expected all of the columns x, y, w, h or none, found only {', '.join(named_box)}")
    cells = zip(*(table[column] for column in BOX_COLUMNS), strict=True) if named_box else [("",) * 4] * len(table)
    return [
        Label(path, identity, _box(cell, f"{file}, row {row}"))
        for row, (path, identity, cell) in enumerate(zip(table["path"], table["identity"], cells, strict=True), start=2)
    ]


def read_pairs(file: Path) -> list[Pair]:
    """The pairs of a CSV file with the columns path1, path2, same (1 or 0) and, if the folds are given, fold.

    Raises:
        UsageError: the file cannot be read, a column is missing or `same` is neither 1 nor 0.
    """
    table = _read_csv(file, required=("path1", "path2", "same"))
    folds = table["fold"] if "fold" in table.columns else [None] * len(table)
    columns = zip(table["path1"], table["path2"], table["same"], folds, strict=True)
    return [
        Pair(path1, path2, _truth(same, f"{file}, row {row}"), fold)
        for row, (path1, path2, same, fold) in enumerate(columns, start=2)
    ]


def _read_csv(file: Path, required: tuple[str, ...]) -> pd.DataFrame:
    """The file as cells of text, "" where empty."""
    expected = ", ".join(required)
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UsageError(f"{file}: expected a CSV file with the columns {expected}, found: {error}") from error
    missing = [column for column in required if column not in table.columns]
    if missing:
        found = ", ".join(map(str, table.columns))
        raise UsageError(f"{file}: expected the columns {expected}, found {found}; missing: {', '.join(missing)}")
    return pd.DataFrame({column: table[column].str.strip() for column in table.columns})


def _box(cells: tuple[str, ...], where: str) -> Box | None:
    if not any(cells):
        return None
    try:
        x, y, width, height = map(float, cells)
    except ValueError:
        x = y = width = height = math.nan
    if not all(map(math.isfinite, (x, y, width, height))) or width <= 0 or height <= 0:
        found = ", ".join(cells)
        raise UsageError(
            f"{where}: expected numbers x, y, w, h, the last two above 0, or four empty cells, found {found}"
        )
    return Box(x, y, x + width, y + height)


def _truth(cell: str, where: str) -> bool:
    if cell.lower() not in (*YES, *NO):
        raise UsageError(f"{where}: expected same to be 1 or 0, found {cell!r}")
    return cell.lower() in YES
