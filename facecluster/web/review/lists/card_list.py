"""Lists of people and groups as screens show them: a card each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from jaxtyping import Int64

from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.review.listed import Listed, Units
from facecluster.pipeline.review.live import Moment
from facecluster.web.review.deciding.marks import marks_of_clusters, marks_of_people
from facecluster.web.review.lists.listings import Heading, Item
from facecluster.web.review.pictures.sheets import Sheets

Card = Callable[[int, Listed, KnownPerson | None], Item]
"""A place, what stands there, and of a person all that is known -> the card, without its picture and its mark."""


@dataclass(frozen=True)
class CardList:
    """People or groups in the order of a list, or those of them that were asked for, in another."""

    then: Moment
    name: str
    query: str
    units: Units
    order: Int64[np.ndarray, "n"]  # places in `units`
    card: Card
    kind: Literal["face", "card"] = field(default="card", init=False)

    @property
    def count(self) -> int:
        """How many cards there are."""
        return len(self.order)

    def headings(self) -> list[Heading]:
        """One for all, which says nothing."""
        return [Heading(None, "", 0)][: self.count]

    def units_at(self, first: int, last: int) -> list[Listed]:
        """What stands at some places, inclusive."""
        return [self.units[place] for place in self.order[first : last + 1].tolist()]

    def items(self, first: int, last: int, sheets: Sheets, now: Moment) -> tuple[Item, ...]:
        """The cards of some places, as they were, with what became of them."""
        units, marks = self.units_at(first, last), self.marks(first, last, now)
        covers = np.array([unit.cover for unit in units if unit.cover is not None], np.int64)
        tiles = iter(sheets.tiles(self.then, covers))
        numbers = self.units.numbers[self.order[first : last + 1]].tolist()
        known = [
            self.then.people.known[number] if unit.kind == "person" else None
            for number, unit in zip(numbers, units, strict=True)
        ]
        cards = [self.card(place, *both) for place, both in enumerate(zip(units, known, strict=True), first)]
        return tuple(
            replace(card, tile=None if unit.cover is None else next(tiles), mark=marks.get(card.place))
            for card, unit in zip(cards, units, strict=True)
        )

    def marks(self, first: int, last: int, now: Moment) -> dict[int, str]:
        """What became of those at some places, by place."""
        places = {unit.id: place for place, unit in enumerate(self.units_at(first, last), first)}
        if self.units.kind == "person":
            found = marks_of_people(self.then.people, now.people, places)
        else:
            found = marks_of_clusters(self.then.people, now.people, map(int, places))
        return {places[str(id_)]: mark for id_, mark in found.items()}


def years_in_words(unit: Listed) -> str:
    """`2014 to 2019`, `2014`, or nothing."""
    years = [day[:4] for day in (unit.first_day, unit.last_day) if day is not None]
    return " to ".join(dict.fromkeys(years))
