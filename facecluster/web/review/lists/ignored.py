"""The screen Ignored: who is not asked about, to be brought back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.review.listed import Listed
from facecluster.pipeline.review.lists import IGNORED, units_listed
from facecluster.pipeline.review.live import Moment
from facecluster.web.review.lists.card_list import CardList, years_in_words
from facecluster.web.review.lists.listings import WINDOW, Item, ListShown, listed
from facecluster.web.review.pages import whole_page
from facecluster.web.review.pictures.sheets import Sheets
from facecluster.web.wording import counted

if TYPE_CHECKING:
    from facecluster.web.review.app import Review


@dataclass(frozen=True)
class IgnoredScreen:
    """What the screen shows."""

    faces: int
    list: ListShown


def ignored_list(then: Moment) -> CardList:
    """Who is ignored, those with most faces first."""
    units = units_listed(then.people, IGNORED)
    return CardList(then, IGNORED, f"list={IGNORED}", units, np.arange(len(units)), _stranger_card)


def ignored_screen(listing: CardList, sheets: Sheets, at_once: int = WINDOW) -> IgnoredScreen:
    """The screen of all who are ignored."""
    return IgnoredScreen(int(listing.units.faces.sum()), listed(listing, sheets, at_once))


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        moment = review.live.now()
        listing = ignored_list(moment)
        review.lists.keep(listing)
        return whole_page(review, request, moment, "ignored", "ignored", shown=ignored_screen(listing, review.sheets))

    return [Route("/ignored", show)]


def _stranger_card(place: int, unit: Listed, known: KnownPerson | None) -> Item:  # noqa: ARG001 - says nothing more
    lines = (counted(unit.faces, "face"), years_in_words(unit))
    return Item(
        place, unit.kind, unit.id, None, title=unit.name or "Stranger", is_named=unit.name is not None, lines=lines
    )
