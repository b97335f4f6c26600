"""Lists of faces, people or groups -> what a screen shows of them: sections, in windows that are filled as needed.

A list keeps the order that it had at the moment when its page was made. What became of its items since is marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Literal, NamedTuple, Protocol

from facecluster.pipeline.review.live import Moment
from facecluster.web.review.pictures.sheets import Sheets, Tile

WINDOW = 120
"""Items that are asked for at once: as many faces as a sheet holds, and a number that many widths of a grid divide."""

STALE = "New photos or groups have come in since this page was opened. Load it again to go on."

Kind = Literal["face", "person", "cluster"]


@dataclass(frozen=True)
class Item:
    """A face, or the card of a person or a group."""

    place: int  # in the list
    kind: Kind
    id: str
    tile: Tile | None  # None: no face of a person is there now
    mark: str | None = None  # what it has become since the page was made
    title: str = ""  # of a card
    is_named: bool = False  # the title is a name that somebody gave
    lines: tuple[str, ...] = ()  # of a card, below its title


@dataclass(frozen=True)
class Window:
    """Items that stand together, or the room for them."""

    first: int  # place in the list
    last: int  # the same, inclusive
    items: tuple[Item, ...] | None  # None: asked for when the window comes into sight

    @property
    def count(self) -> int:
        """How many items it has room for."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Section:
    """Neighbours in a list that stand under one heading."""

    title: str | None  # None: the whole list, which needs none
    anchor: str  # of the heading; "" without one
    first: int
    count: int
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class ListShown:
    """A list as a screen shows it."""

    query: str  # of addresses: which list, as it was when
    name: str  # of pipeline.lists
    state: str
    kind: Literal["face", "card"]
    count: int
    sections: tuple[Section, ...]

    @property
    def shown(self) -> int:
        """How many items come with the page."""
        return sum(window.count for section in self.sections for window in section.windows if window.items is not None)


class Heading(NamedTuple):
    """Where a section begins."""

    title: str | None
    anchor: str
    first: int


class Listing(Protocol):
    """A list in the order that it has at one moment."""

    @property
    def then(self) -> Moment:
        """When it has this order."""
        ...

    @property
    def name(self) -> str:
        """The list (pipeline.lists)."""
        ...

    @property
    def query(self) -> str:
        """The same with all that was asked of it, as an address says it."""
        ...

    @property
    def kind(self) -> Literal["face", "card"]:
        """What it is of."""
        ...

    @property
    def count(self) -> int:
        """How many items it has."""
        ...

    def headings(self) -> list[Heading]:
        """The beginnings of its sections, in their order; the first at 0 unless the list is empty."""
        ...

    def items(self, first: int, last: int, sheets: Sheets, now: Moment) -> tuple[Item, ...]:
        """The items of some places, inclusive, with their marks."""
        ...

    def marks(self, first: int, last: int, now: Moment) -> dict[int, str]:
        """What some places hold now, where that has changed, by place."""
        ...


def listed(listing: Listing, sheets: Sheets, at_once: int = WINDOW) -> ListShown:
    """A list as a screen shows it; the windows that begin among the first `at_once` items come with the page."""
    headings = listing.headings()
    ends = [*(heading.first for heading in headings[1:]), *([listing.count] if headings else [])]
    cuts = [_cuts(heading.first, end) for heading, end in zip(headings, ends, strict=True)]
    last = max((stop for start, stop in chain.from_iterable(cuts) if start < at_once), default=0) - 1
    filled = listing.items(0, last, sheets, listing.then) if last >= 0 else ()
    sections = (
        Section(*heading, end - heading.first, tuple(_window(start, stop, filled) for start, stop in parts))
        for heading, end, parts in zip(headings, ends, cuts, strict=True)
    )
    return replace(bare(listing), sections=tuple(sections))


def bare(listing: Listing) -> ListShown:
    """What a page says of a list, without any of its items."""
    state = str(listing.then.state)
    return ListShown(f"{listing.query}&state={state}", listing.name, state, listing.kind, listing.count, ())


def _cuts(first: int, end: int) -> list[tuple[int, int]]:
    """Where the windows of a section begin and end, the end not within: all full but the last."""
    return list(pairwise([*range(first, end, WINDOW), end]))


def _window(start: int, stop: int, filled: Sequence[Item]) -> Window:
    return Window(start, stop - 1, tuple(filled[start:stop]) if stop <= len(filled) else None)
