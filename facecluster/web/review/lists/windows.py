"""The windows of lists that come into sight, and what became of those that are there."""

import re
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.errors import UsageError
from facecluster.web.review.lists.card_list import CardList
from facecluster.web.review.lists.listings import STALE, WINDOW, Listing, Window, bare

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

MAX_RANGES = 1000
"""Windows that a page may ask about at once: 120,000 faces."""

MAX_UNITS = 1000
"""People that one answer may be about, each of whom it names."""

PLACES = re.compile("([0-9]{1,9})-([0-9]{1,9})")


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of all lists."""

    def window(request: Request) -> Response:
        listing = review.lists.find(request.query_params)
        if listing is None:
            return HTMLResponse(review.pages.render("window_stale", sentence=STALE))
        first, last = _places(
            f"{request.query_params.get('first', '')}-{request.query_params.get('last', '')}", listing
        )
        if last - first >= WINDOW:
            raise UsageError(f"A window has at most {WINDOW} places, found {last - first + 1:,}.")
        part = Window(first, last, listing.items(first, last, review.sheets, review.live.now()))
        return HTMLResponse(review.pages.render("window", list=bare(listing), part=part))

    def marks(request: Request) -> Response:
        listing, now = review.lists.find(request.query_params), review.live.now()
        if listing is None:
            return JSONResponse({"error": STALE, "stale": True}, 409)
        ranges = request.query_params.get("places", "").split(",")[:MAX_RANGES]
        found = [listing.marks(*_places(text, listing), now) for text in ranges]
        return JSONResponse({"marks": {str(place): mark for one in found for place, mark in one.items()}})

    def units(request: Request) -> Response:
        listing = review.lists.find(request.query_params)
        if not isinstance(listing, CardList):
            return JSONResponse({"error": STALE, "stale": True}, 409)
        ranges = [_places(text, listing) for text in request.query_params.get("places", "").split(",")[:MAX_RANGES]]
        if (count := sum(last - first + 1 for first, last in ranges)) > MAX_UNITS:
            raise UsageError(f"At most {MAX_UNITS:,} can be chosen at once here, found {count:,}: choose fewer.")
        chosen = [unit for first, last in ranges for unit in listing.units_at(first, last)]
        return JSONResponse({"units": [unit.id for unit in chosen], "faces": sum(unit.faces for unit in chosen)})

    return [Route("/window", window), Route("/marks", marks), Route("/units", units)]


def _places(text: str, listing: Listing) -> tuple[int, int]:
    """Two places of a list with a dash between."""
    found = PLACES.fullmatch(text)
    first, last = map(int, found.groups()) if found else (0, listing.count)
    if not first <= last < listing.count:
        raise UsageError(f"Expected two places among {listing.count:,}, found {text[:40]!r}.")
    return first, last
