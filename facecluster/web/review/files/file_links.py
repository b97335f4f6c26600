"""Where each screen is among files beside each other, and which of them the pages so far lead to."""

import hashlib
import re
from collections.abc import Iterator
from itertools import count, islice
from typing import NamedTuple

LIST_OF = {"person": "people", "cluster": "groups"}
"""Where whoever has no page of their own is found, or how many more there are."""


OURS = re.compile("[0-9a-f-]{1,60}")
"""What ids of people and faces, and numbers of groups, look like. An id that was imported may be any text."""


class Place(NamedTuple):
    """A screen, perhaps of one person, group or face."""

    screen: str
    of: str = ""

    @property
    def file(self) -> str:
        """The name of its file, in letters that any file system and any address takes as they are."""
        if not self.of:
            return f"{self.screen}.html"
        of = self.of if OURS.fullmatch(self.of) else f"x{hashlib.sha256(self.of.encode()).hexdigest()[:32]}"
        return f"{self.screen}-{of}.html"


class FileLinks:
    """Makes the addresses of pages that are files, and keeps in mind which are to be written.

    Of people and groups only so many get a page of their own, those first that a page leads to first: however large a
    library is, its pages are some hundred. A link to others leads to their list.
    """

    def __init__(self, report: str, max_units: int) -> None:
        """`report`: address of the report as seen from the pages."""
        self._report = report
        self._max_units = max_units
        self._n_units = 0
        self._wanted: dict[Place, None] = {}

    def __call__(self, screen: str, of: str = "") -> str:
        """The address of a screen; the page will be written."""
        if screen == "report":
            return self._report
        place = Place(screen, of)
        if place not in self._wanted and screen in LIST_OF:
            if self._n_units == self._max_units:
                return self(LIST_OF[screen])
            self._n_units += 1
        self._wanted.setdefault(place)
        return place.file

    def each(self) -> Iterator[Place]:
        """The pages that others lead to, each once; making one may add to them."""
        for number in count():
            place = next(islice(self._wanted, number, None), None)
            if place is None:
                return
            yield place
