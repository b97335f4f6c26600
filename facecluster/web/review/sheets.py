"""Faces -> tiles: cells of sheets of pictures, one image for up to 120 faces."""

from typing import NamedTuple, Protocol

from facecluster.pipeline.live import Moment
from facecluster.pipeline.targets import Rows
from facecluster.store.library import Library


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


class ServedSheets:
    """Sheets on a server: composed when a page first shows them, and kept for a while."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def tiles(self, moment: Moment, rows: Rows) -> list[Tile]:
        """The tiles of faces, in their order; their sheets are begun in the background."""
        raise NotImplementedError(moment, rows)

    def close(self) -> None:
        """Stop composing."""
