"""Faces -> tiles: cells of sheets of pictures, one image for up to 120 faces."""

import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Protocol

import pandas as pd

from facecluster.people.who import NOBODY
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.pictures import Spots, spots_of, spots_together, thumbnails
from facecluster.pipeline.targets import Rows
from facecluster.store.files import make_folder, replace_file
from facecluster.store.library import Library
from facecluster.web.review.pictures.mosaic import COLUMNS, MAX_CELLS, mosaic
from facecluster.web.wording import day_in_words

SHEETS_VERSION = 1
"""Raised whenever the same faces would give another image: browsers keep what they have for a year."""

KEY_DIGITS = 32
"""Of the sha256 that names a sheet."""

STATIC_CELL_PX = 112
"""Of a sheet that is a file: half the bytes of the largest, and enough for a tile of 56 px on a screen of double
density."""

SHEETS_AT_ONCE = 100
"""That are written after each shard was read once: 12,000 faces, in 100 MB."""


class Tile(NamedTuple):
    """A face as a template shows it (review/face.html.j2)."""

    face_id: str
    sheet: str  # address of the image
    column: int  # of its cell, from 0 to 11
    row: int  # from 0 to 9
    label: str  # what who cannot see it is told: name or "unknown", and when it was taken
    name: str | None  # of the person it is taken for
    provenance: str | None  # human | imported | automatic | proposed
    probability: float | None
    year: int | None


class Sheets(Protocol):
    """Makes the images that tiles are cells of."""

    def tiles(self, moment: Moment, rows: Rows) -> list[Tile]:
        """The tiles of faces, in their order; any number."""
        ...


class StaticSheets:
    """Sheets that are files, for pages without a server."""

    def __init__(self, library: Library, folder: Path, address: str) -> None:
        """Writes to a folder, which pages know by an address that ends in a slash."""
        self._library, self._folder, self._address = library, folder, address
        self._noted: dict[str, Spots] = {}  # by name of the file

    def tiles(self, moment: Moment, rows: Rows) -> list[Tile]:
        """The tiles of faces, in their order; their sheets are to be written."""
        return tiles_of(moment, rows, self._note)

    def write(self) -> None:
        """Write the sheets of all tiles so far, many at once: each shard is opened but a few times.

        Raises:
            StorageError: a sheet cannot be written.
        """
        make_folder(self._folder)
        noted = list(self._noted.items())
        for start in range(0, len(noted), SHEETS_AT_ONCE):
            some = noted[start : start + SHEETS_AT_ONCE]
            pictures = iter(thumbnails(self._library, spots_together([spots for _, spots in some])))
            for name, spots in some:
                sheet = mosaic(list(islice(pictures, len(spots.places))), STATIC_CELL_PX)
                replace_file(self._folder / name, sheet)
        self._noted.clear()

    def _note(self, face_ids: list[str], spots: Spots) -> str:
        name = f"{sheet_key(face_ids, STATIC_CELL_PX)}.jpg"
        self._noted[name] = spots
        return f"{self._address}{name}"


def sheet_key(face_ids: list[str], cell_px: int) -> str:
    """A name for the sheet of these faces: equal names, equal images."""
    return hashlib.sha256("\n".join([f"{SHEETS_VERSION} {cell_px}", *face_ids]).encode()).hexdigest()[:KEY_DIGITS]


def tiles_of(moment: Moment, rows: Rows, sheet_of: Callable[[list[str], Spots], str]) -> list[Tile]:
    """The tiles of faces, in their order.

    Args:
        moment: when.
        rows: of the faces.
        sheet_of: ids of at most MAX_CELLS faces and where these lie -> the address of their sheet.
    """
    tiles: list[Tile] = []
    for start in range(0, len(rows), MAX_CELLS):
        shown = rows[start : start + MAX_CELLS]
        ids = moment.people.faces["face_id"].iloc[shown].tolist()
        sheet = sheet_of(ids, spots_of(moment.present, shown))
        tiles += [
            Tile(face_id, sheet, place % COLUMNS, place // COLUMNS, *about)
            for place, (face_id, about) in enumerate(zip(ids, _about(moment, shown), strict=True))
        ]
    return tiles


def _about(moment: Moment, rows: Rows) -> list[tuple[str, str | None, str | None, float | None, int | None]]:
    """What a tile says of each face: label, name, provenance, probability and year."""
    faces, who = moment.people.faces, moment.people.who
    columns = ("person", "provenance", "probability", "taken_at")
    told = []
    for no_face, person, provenance, probability, taken_at in zip(
        who.not_faces[rows].tolist(), *(faces[column].iloc[rows].tolist() for column in columns), strict=True
    ):
        day = None if pd.isna(taken_at) else taken_at
        known = person != NOBODY
        name = who.people[person].name if known else None
        called = "no face" if no_face else name or ("somebody without a name" if known else "unknown")
        label = f"{'perhaps ' if provenance == 'proposed' else ''}{called}{f', {day_in_words(day)}' if day else ''}"
        told.append((label, name, provenance if known else None, probability if known else None, day and day.year))
    return told
