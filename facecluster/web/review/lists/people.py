"""The screen People: everybody who is known, to look for, to open, to make one of, to leave out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Self, get_args
from urllib.parse import urlencode

import numpy as np
from jaxtyping import Int64
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.errors import UsageError
from facecluster.people.names import MAX_NAME
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.review.listed import Listed
from facecluster.pipeline.review.lists import PEOPLE, units_listed
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.targets import place_of
from facecluster.web.review.cards.finding import fitting, plain
from facecluster.web.review.deciding.addressed import word_in
from facecluster.web.review.lists.card_list import CardList, years_in_words
from facecluster.web.review.lists.listings import WINDOW, Item, ListShown, listed
from facecluster.web.review.pages import whole_page
from facecluster.web.review.pictures.sheets import Sheets
from facecluster.web.wording import counted

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

By = Literal["faces", "name"]
Which = Literal["all", "named", "nameless"]
MAX_TOGETHER = 100
"""People that can be made one at once: as many as can be looked at."""


class Wanted(NamedTuple):
    """Who is asked for, and in what order."""

    words: str = ""  # of their names
    by: By = "faces"
    which: Which = "all"

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> Self:
        """What an address asks for.

        Raises:
            UsageError: it asks for something else.
        """
        by = word_in(params.get("by", "faces"), get_args(By))
        which = word_in(params.get("which", "all"), get_args(Which))
        return cls(params.get("q", "").strip()[:MAX_NAME], by, which)

    @property
    def query(self) -> str:
        """The same as an address says it."""
        return urlencode({"list": PEOPLE, "q": self.words, "by": self.by, "which": self.which})


@dataclass(frozen=True)
class Together:
    """People who are said to be one, of whom one name is to stay."""

    people: tuple[Item, ...]  # those with names first, then those with more faces
    faces: int


@dataclass(frozen=True)
class PeopleScreen:
    """What the screen shows."""

    wanted: Wanted
    people: int  # all there are
    named: int
    list: ListShown


def people_list(then: Moment, wanted: Wanted) -> CardList:
    """The people that are asked for; whoever has neither name nor face, after an undo, is nobody."""
    units = units_listed(then.people, PEOPLE)
    known = [then.people.known[number] for number in units.numbers.tolist()]
    there = [place for place, one in enumerate(known) if _is_somebody(one)]
    order = _in_order(known, _fitting(known, there, wanted), wanted.by)
    return CardList(then, PEOPLE, wanted.query, units, order, person_card)


def person_card(place: int, unit: Listed, known: KnownPerson | None) -> Item:
    """The card of a person: name, faces, years, and what the machine adds."""
    sources = []
    if known is not None and known.automatic:
        sources.append(f"{known.automatic:,} automatic")
    if unit.proposed:
        sources.append(f"{unit.proposed:,} perhaps")
    lines = (counted(unit.faces, "face"), years_in_words(unit), ", ".join(sources))
    return Item(
        place, unit.kind, unit.id, None, title=unit.name or "No name yet", is_named=unit.name is not None, lines=lines
    )


def people_screen(listing: CardList, wanted: Wanted, sheets: Sheets, at_once: int = WINDOW) -> PeopleScreen:
    """The screen of a list of people."""
    everybody = [one.person for one in listing.then.people.known if _is_somebody(one) and not one.person.ignored]
    named = sum(person.name is not None for person in everybody)
    return PeopleScreen(wanted, len(everybody), named, listed(listing, sheets, at_once))


def together(moment: Moment, ids: Sequence[str], sheets: Sheets) -> Together:
    """The people of these ids, as they are now, each once.

    Raises:
        UsageError: they are not two people, or too many.
    """
    found = {place for id_ in ids[: MAX_TOGETHER + 1] if (place := place_of(id_, moment.people)) is not None}
    if not 2 <= len(found) <= MAX_TOGETHER:
        raise UsageError(f"Choose from two to {MAX_TOGETHER} people who are one, found {len(found)}.")
    everybody = units_listed(moment.people, PEOPLE)
    order = np.flatnonzero(np.isin(everybody.numbers, list(found)))
    listing = CardList(moment, PEOPLE, "", everybody, order, person_card)
    items = listing.items(0, listing.count - 1, sheets, moment)
    return Together(tuple(sorted(items, key=lambda item: not item.is_named)), int(everybody.faces[order].sum()))


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        wanted = Wanted.from_params(request.query_params)
        moment = review.live.now()
        listing = people_list(moment, wanted)
        review.lists.keep(listing)
        shown = people_screen(listing, wanted, review.sheets)
        return whole_page(review, request, moment, "people", "people", shown=shown)

    def ask_together(request: Request) -> Response:
        ids = request.query_params.get("people", "").split(",")
        return HTMLResponse(review.pages.render("together", shown=together(review.live.now(), ids, review.sheets)))

    return [Route("/people", show), Route("/people/together", ask_together)]


def _is_somebody(known: KnownPerson) -> bool:
    return known.person.name is not None or known.faces > 0 or known.proposed > 0


def _fitting(known: list[KnownPerson], places: list[int], wanted: Wanted) -> list[int]:
    """Which of these people are asked for."""
    if wanted.which != "all":
        places = [place for place in places if (known[place].person.name is not None) == (wanted.which == "named")]
    if not wanted.words:
        return places
    return list(fitting({at: name for at in places if (name := known[at].person.name)}, wanted.words))


def _in_order(known: list[KnownPerson], places: list[int], by: By) -> Int64[np.ndarray, "n"]:
    """Those with most faces first, or by name, those without one last."""
    if by == "name":
        names = {place: known[place].person.name for place in places}
        places = sorted(places, key=lambda at: (names[at] is None, plain(names[at] or ""), at))
    return np.array(places, np.int64)
