"""The screen History: every decision, the newest first, each to be undone."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.people.statements import Decision, Undo, people_in
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.history import Event, history
from facecluster.pipeline.live import Moment
from facecluster.web.review.listings import WINDOW
from facecluster.web.review.pages import whole_page

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

NAMELESS = re.compile("the person [0-9a-f]{12}")
"""How a sentence calls who has no name, where there is no page to look at."""

MAX_DIGITS = 9  # of the number of a decision in an address


@dataclass(frozen=True)
class Told:
    """A decision as the page shows it."""

    event: Event
    said: str
    people: tuple[tuple[str, str], ...]  # ids and names of those who are there now
    is_undo: bool


@dataclass(frozen=True)
class HistoryScreen:
    """What the screen shows, or what comes behind it."""

    person: tuple[str, str] | None  # id and name of whose decisions alone are shown
    decisions: int  # in all
    told: tuple[Told, ...]  # newest first
    before: int | None  # number of the decision before which it goes on; None: these were the last


def history_screen(
    moment: Moment, person: str | None = None, before: int | None = None, at_once: int = WINDOW
) -> HistoryScreen:
    """The newest decisions before a number, of all or of those that speak of a person by id."""
    who = moment.people.who
    names = {one.id: one.name or "somebody without a name" for one in who.people}
    numbers = _numbers(who, person)
    end = len(numbers) if before is None else sum(number < before for number in numbers)
    shown = numbers[max(0, end - at_once) : end]
    told = tuple(_told(event, who.decisions[event.number - 1], who, names) for event in history(who, set(shown)))
    rest = shown[0] if end > len(shown) else None
    about = None if person is None else (person, names[person])
    return HistoryScreen(about, len(numbers), told[::-1], rest)


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        moment, asked = review.live.now(), request.query_params
        person = _person(moment, asked.get("person", ""))
        before = asked.get("before")
        if before is None:
            return whole_page(review, request, moment, "history", "history", shown=history_screen(moment, person))
        if not (before.isascii() and before.isdecimal() and len(before) <= MAX_DIGITS):
            raise HTTPException(404)
        shown = history_screen(moment, person, int(before))
        return HTMLResponse(review.pages.render("history_window", shown=shown))

    return [Route("/history", show)]


def _numbers(who: WhoIsWho, person: str | None) -> list[int]:
    """The numbers of the decisions, of all or of those that speak of a person or of who was merged into it."""
    if person is None:
        return list(range(1, len(who.decisions) + 1))
    ids = {person, *(gone for gone, now in who.merged.items() if now == person)}
    found = {decision.id: number for number, decision in enumerate(who.decisions, 1) if _speaks_of(decision, ids)}
    for number, decision in enumerate(who.decisions, 1):
        if any(isinstance(said, Undo) and said.decision in found for said in decision.statements):
            found[decision.id] = number
    return sorted(found.values())


def _speaks_of(decision: Decision, ids: set[str]) -> bool:
    return any(not ids.isdisjoint(people_in(said)) for said in decision.statements)


def _told(event: Event, decision: Decision, who: WhoIsWho, names: dict[str, str]) -> Told:
    people = dict.fromkeys(who.merged.get(id_, id_) for id_ in event.people)
    return Told(
        event,
        NAMELESS.sub("somebody without a name", event.said),
        tuple((id_, names[id_]) for id_ in people if id_ in names),
        any(isinstance(said, Undo) for said in decision.statements),
    )


def _person(moment: Moment, id_: str) -> str | None:
    """The id of the person that an address speaks of, as it is now."""
    if not id_:
        return None
    now = moment.people.who.merged.get(id_, id_)
    if all(one.id != now for one in moment.people.who.people):
        raise HTTPException(404, "There is no such person, or not any more: what made it may have been undone.")
    return now
