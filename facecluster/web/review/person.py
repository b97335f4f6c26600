"""The screen of one person: whose faces, how each got its name, and what was wrong about that."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.errors import UsageError
from facecluster.people.who import Person
from facecluster.pipeline.live import Moment
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.targets import place_of
from facecluster.web.review.cards import rows_of_faces
from facecluster.web.review.face_list import FaceList
from facecluster.web.review.links import on_server
from facecluster.web.review.listings import WINDOW, ListShown, listed
from facecluster.web.review.pages import whole_page
from facecluster.web.review.sheets import Sheets, Tile
from facecluster.web.wording import days_in_words

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

Part = Literal["person", "decided", "automatic", "maybe"]
"""Which faces are shown; the name of their list begins so (pipeline.lists)."""

NOBODY_THERE = "There is no such person, or not any more: what made it may have been undone."


class Share(NamedTuple):
    """A part of a person's faces, to be shown alone."""

    part: Part
    words: str
    faces: int


@dataclass(frozen=True)
class PersonHead:
    """A person in numbers."""

    person: Person
    known: KnownPerson
    cover: Tile | None
    days: str  # from the first photo to the last; "" where no camera wrote any

    @property
    def called(self) -> str:
        """How a sentence calls the person."""
        return self.person.name or "this person"


@dataclass(frozen=True)
class PersonScreen:
    """What the screen shows."""

    head: PersonHead
    part: Part
    shares: tuple[Share, ...]  # all faces first
    list: ListShown


def person_head(moment: Moment, place: int, sheets: Sheets) -> PersonHead:
    """The numbers of the person at a place, and the picture."""
    known = moment.people.known[place]
    tiles = sheets.tiles(moment, rows_of_faces(moment, [known.cover] if known.cover else []))
    return PersonHead(known.person, known, tiles[0] if tiles else None, _days(known))


def person_screen(listing: FaceList, place: int, part: Part, sheets: Sheets, at_once: int = WINDOW) -> PersonScreen:
    """The screen of the person at a place, with the list of a part of the faces."""
    moment = listing.then
    known = moment.people.known[place]
    shares = (
        Share("person", "All", known.faces),
        Share("decided", "Decided", known.decided),
        Share("automatic", "Automatic", known.automatic),
        Share("maybe", "Perhaps", known.proposed),
    )
    return PersonScreen(person_head(moment, place, sheets), part, shares, listed(listing, sheets, at_once))


def list_of_person(moment: Moment, place: int, part: Part = "person") -> FaceList:
    """The faces of the person at a place."""
    return FaceList(moment, f"{part}-{moment.people.who.people[place].id}")


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        moment, id_ = review.live.now(), request.path_params["person"]
        if now := moment.people.who.merged.get(id_):
            return RedirectResponse(on_server("person", now), 303)
        place = _place(moment, id_)
        part = _part(request.query_params.get("show", "person"))
        listing = list_of_person(moment, place, part)
        review.lists.keep(listing)
        shown = person_screen(listing, place, part, review.sheets)
        return whole_page(review, request, moment, "person", "people", shown=shown)

    def head(request: Request) -> Response:
        moment, id_ = review.live.now(), request.path_params["person"]
        shown = person_head(moment, _place(moment, id_), review.sheets)
        return HTMLResponse(review.pages.render("person_head", head=shown, is_merged=shown.person.id != id_))

    return [Route("/people/{person}", show), Route("/people/{person}/head", head)]


def _place(moment: Moment, id_: str) -> int:
    place = place_of(id_, moment.people)
    if place is None:
        raise HTTPException(404, NOBODY_THERE)
    return place


def _part(word: str) -> Part:
    for part in get_args(Part):
        if part == word:
            return part
    raise UsageError(f"Expected one of {', '.join(get_args(Part))} in the address, found {word[:40]!r}.")


def _days(known: KnownPerson) -> str:
    if known.first_day is None or known.last_day is None:
        return ""
    return days_in_words(datetime.fromisoformat(known.first_day), datetime.fromisoformat(known.last_day))
