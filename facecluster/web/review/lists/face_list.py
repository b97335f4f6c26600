"""Lists of faces as screens show them: by year, or in the order of the list."""

from typing import Literal

import numpy as np

from facecluster.pipeline.review.lists import faces_listed
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.targets import Rows  # noqa: TC001 - a variable is said to be of it
from facecluster.web.review.deciding.marks import marks_of_faces
from facecluster.web.review.lists.listings import Heading, Item
from facecluster.web.review.pictures.sheets import Sheets

IN_ONE = ("maybe-", "alone")
"""How the names of lists begin that are not by time, and so have no years."""


class FaceList:
    """Faces in the order of a list of faces."""

    kind: Literal["face", "card"] = "face"

    def __init__(self, then: Moment, name: str) -> None:
        """Know the faces of the list.

        Raises:
            UsageError: there is no such list.
        """
        self.then, self.name, self.query = then, name, f"list={name}"
        self.rows: Rows = faces_listed(then.people, name)

    @property
    def count(self) -> int:
        """How many faces there are."""
        return len(self.rows)

    def headings(self) -> list[Heading]:
        """The years, those without one last; one for all where there is none, or the list has another order."""
        years = self.then.people.faces["taken_at"].iloc[self.rows].dt.year.fillna(0).to_numpy(np.int64)
        if self.name.startswith(IN_ONE) or not years.any():
            return [Heading(None, "", 0)][: self.count]
        firsts = np.flatnonzero(np.diff(years, prepend=-1))
        return [
            Heading(*_year_in_words(year), first)
            for year, first in zip(years[firsts].tolist(), firsts.tolist(), strict=True)
        ]

    def items(self, first: int, last: int, sheets: Sheets, now: Moment) -> tuple[Item, ...]:
        """The faces of some places, as they were, with what they are now."""
        rows = self.rows[first : last + 1]
        marks = marks_of_faces(self.then.people, now.people, rows)
        tiles = sheets.tiles(self.then, rows)
        return tuple(
            Item(place, "face", tile.face_id, tile, marks.get(row))
            for place, row, tile in zip(range(first, last + 1), rows.tolist(), tiles, strict=False)
        )

    def marks(self, first: int, last: int, now: Moment) -> dict[int, str]:
        """What the faces of some places are now, where that has changed."""
        rows = self.rows[first : last + 1]
        marks = marks_of_faces(self.then.people, now.people, rows)
        return {place: marks[row] for place, row in enumerate(rows.tolist(), first) if row in marks}


def _year_in_words(year: int) -> tuple[str, str]:
    """The heading of a year, and its anchor; 0: no camera wrote one."""
    return (str(year), f"y{year}") if year else ("No date", "undated")
