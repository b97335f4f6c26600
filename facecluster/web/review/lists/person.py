"""The screen of one person: whose faces, how each got its name, and what was wrong about that."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.people.who import Person
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.targets import place_of
from facecluster.web.review.cards.cards import rows_of_faces
from facecluster.web.review.deciding.addressed import word_in
from facecluster.web.review.links import on_server
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.listings import WINDOW, ListShown, listed
from facecluster.web.review.pages import whole_page
from facecluster.web.review.pictures.sheets import Sheets, Tile
from facecluster.web.wording import day_in_words, days_in_words

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

Part = Literal["person", "decided", "automatic", "maybe"]
"""Which faces are shown; the name of their list begins so (pipeline.lists)."""

NOBODY_THERE = "There is no such person now: the decision that made them may have been undone."


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
    born: str  # the day in words; "" where it is not known
    shares: tuple[Share, ...]  # all faces first


@dataclass(frozen=True)
class PersonScreen:
    """What the screen shows."""

    head: PersonHead
    part: Part
    list: ListShown


def person_head(moment: Moment, place: int, sheets: Sheets) -> PersonHead:
    """The person at a place in numbers, and the picture."""
    known = moment.people.known[place]
    tiles = sheets.tiles(moment, rows_of_faces(moment, [known.cover] if known.cover else []))
    born = datetime.fromisoformat(known.person.born) if known.person.born else None
    shares = (
        Share("person", "All", known.faces),
        Share("decided", "By people", known.decided),
        Share("automatic", "By facecluster", known.automatic),
        Share("maybe", "Perhaps", known.proposed),
    )
    return PersonHead(
        known.person, known, tiles[0] if tiles else None, _days(known), day_in_words(born) if born else "", shares
    )


def person_screen(listing: FaceList, place: int, part: Part, sheets: Sheets, at_once: int = WINDOW) -> PersonScreen:
    """The screen of the person at a place, with the list of a part of the faces."""
    return PersonScreen(person_head(listing.then, place, sheets), part, listed(listing, sheets, at_once))


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
        part = word_in(request.query_params.get("show", "person"), get_args(Part))
        listing = list_of_person(moment, place, part)
        review.lists.keep(listing)
        shown = person_screen(listing, place, part, review.sheets)
        return whole_page(review, request, moment, "person", "people", shown=shown)

    def head(request: Request) -> Response:
        moment, id_ = review.live.now(), request.path_params["person"]
        shown, part = (
            person_head(moment, _place(moment, id_), review.sheets),
            word_in(request.query_params.get("show", "person"), get_args(Part)),
        )
        is_merged = shown.person.id != id_
        return HTMLResponse(review.pages.render("person_head", head=shown, part=part, is_merged=is_merged))

    return [Route("/people/{person}", show), Route("/people/{person}/head", head)]


def _place(moment: Moment, id_: str) -> int:
    place = place_of(id_, moment.people)
    if place is None:
        raise HTTPException(404, NOBODY_THERE)
    return place


def _days(known: KnownPerson) -> str:
    if known.first_day is None or known.last_day is None:
        return ""
    return days_in_words(datetime.fromisoformat(known.first_day), datetime.fromisoformat(known.last_day))
