"""Names that metadata gives photos, but no face on them -> those that a group of faces may have."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.people.hinted import NO_HINTS, Hinted, Hints, hinted_names, hints_of
from facecluster.people.matching import PHOTO_DIGITS
from facecluster.people.who import NOBODY
from facecluster.pipeline.review.beside import beside
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.looks import sure_persons
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.pipeline.targets import Rows
from facecluster.spelling import name_key
from facecluster.store.library import Library

HINTS = (str(Outcome.HINT), str(Outcome.AMBIGUOUS))
"""What became of mentions that decided nothing, but say who is on a photo."""


class WrittenNames:
    """What the newest import found written on photos; read when it is first needed, and again after another import."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._read: tuple[int | None, Hints] = (None, NO_HINTS)  # the import, and what it says

    def of(self, moment: Moment, rows: Rows) -> list[Hinted]:
        """The names that these faces, a group, may have, the likeliest first.

        Raises:
            LibraryError: the import is damaged.
        """
        hints = self._hints()
        if not hints.of_photo or not len(rows):
            return []
        photos = np.unique(_photos(moment, rows)).tolist()
        return hinted_names(hints, photos, _standing(moment, rows))

    def _hints(self) -> Hints:
        number = self._library.imports.newest()
        if number != self._read[0]:
            self._read = (number, _hints_in(self._library, number))
        return self._read[1]


def _hints_in(library: Library, number: int | None) -> Hints:
    table = library.imports.table(number)
    hints = table.filter(pc.is_in(table["outcome"], pa.array(HINTS, pa.string())))
    photos = pc.utf8_slice_codeunits(hints["photo_hash"], 0, PHOTO_DIGITS)
    return hints_of(photos.to_pylist(), hints["name"].to_pylist())


def _photos(moment: Moment, rows: Rows) -> np.ndarray:
    """The photo of each of these faces, as the beginning of its hash that face ids begin with."""
    return moment.people.faces["face_id"].iloc[rows].str[:PHOTO_DIGITS].to_numpy(object)


def _standing(moment: Moment, rows: Rows) -> set[tuple[str, str]]:
    """The photos of these faces with the names that other faces surely have there."""
    people = moment.people
    others = beside(people.faces, rows).rows
    others = others[~np.isin(others, rows)]
    persons = sure_persons(people, others)
    named = others[persons != NOBODY]
    names = [people.who.people[place].name for place in persons[persons != NOBODY]]
    return {(photo, name_key(name)) for photo, name in zip(_photos(moment, named), names, strict=True) if name}
