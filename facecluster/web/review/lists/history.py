"""The screen History: every decision, the newest first, each to be undone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.people.statements import Decision, Undo, people_in
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.history import Event, history
from facecluster.pipeline.review.live import Moment
from facecluster.web.review.deciding.addressed import number_in
from facecluster.web.review.deciding.sentences import NO_NAME, without_ids
from facecluster.web.review.lists.listings import WINDOW
from facecluster.web.review.lists.person import NOBODY_THERE
from facecluster.web.review.pages import whole_page

if TYPE_CHECKING:
    from facecluster.web.review.app import Review


class Turn(NamedTuple):
    """How a decision is undone, or what undid it."""

    decision: str  # id of that which is to be undone for it
    label: str


@dataclass(frozen=True)
class Told:
    """A decision as the page shows it."""

    event: Event
    said: str
    people: tuple[tuple[str, str], ...]  # ids and names of those who have one, else of one who has none
    in_force: Turn  # what its button does while it is in force
    turn: Turn  # and now


@dataclass(frozen=True)
class HistoryScreen:
    """What the screen shows, or what comes behind it."""

    person: tuple[str, str] | None  # id and name of whose decisions alone are shown
    decisions: int  # in all
    newest: int  # number of the newest of all; 0: there is none
    told: tuple[Told, ...]  # newest first
    before: int | None  # number of the decision before which it goes on; None: these were the last


def history_screen(
    moment: Moment, person: str | None = None, before: int | None = None, at_once: int = WINDOW
) -> HistoryScreen:
    """The newest decisions before a number, of all or of those that speak of a person by id."""
    who = moment.people.who
    names = {one.id: one.name or NO_NAME for one in who.people}
    numbers = _numbers(who, person)
    end = len(numbers) if before is None else sum(number < before for number in numbers)
    shown = numbers[max(0, end - at_once) : end]
    told = tuple(_told(event, who, names) for event in history(who, set(shown)))
    rest = shown[0] if end > len(shown) else None
    about = None if person is None else (person, names[person])
    return HistoryScreen(about, len(numbers), len(who.decisions), told[::-1], rest)


def undone_since(moment: Moment, first: int) -> dict[int, Turn]:
    """The decisions from a number on that are not in force, and how each is brought back."""
    who = moment.people.who
    undone = {number for number, counts in enumerate(who.in_force.tolist(), 1) if number >= first and not counts}
    return {event.number: _turn(who, event.number, event.undone_by) for event in history(who, undone)}


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        moment, asked = review.live.now(), request.query_params
        person = _person(moment, asked.get("person", ""))
        if "before" not in asked:
            return whole_page(review, request, moment, "history", "history", shown=history_screen(moment, person))
        shown = history_screen(moment, person, number_in(asked["before"]))
        return HTMLResponse(review.pages.render("history_window", shown=shown))

    def undone(request: Request) -> Response:
        moment = review.live.now()
        turns = undone_since(moment, number_in(request.query_params.get("first", "")))
        found = {str(number): turn._asdict() for number, turn in turns.items()}
        return JSONResponse({"newest": moment.state.journal, "undone": found})

    return [Route("/history", show), Route("/history/undone", undone)]


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


def _told(event: Event, who: WhoIsWho, names: dict[str, str]) -> Told:
    people = dict.fromkeys(who.merged.get(id_, id_) for id_ in event.people)
    there = tuple((id_, names[id_]) for id_ in people if id_ in names)
    named = tuple(person for person in there if person[1] != NO_NAME)
    return Told(
        event,
        without_ids(event.said),
        named or there[:1],
        _turn(who, event.number, None),
        _turn(who, event.number, event.undone_by),
    )


def _turn(who: WhoIsWho, number: int, undone_by: int | None) -> Turn:
    is_undo = any(isinstance(said, Undo) for said in who.decisions[number - 1].statements)
    if undone_by is None:
        return Turn(who.decisions[number - 1].id, "Bring back" if is_undo else "Undo")
    return Turn(who.decisions[undone_by - 1].id, "Undo again" if is_undo else "Bring back")


def _person(moment: Moment, id_: str) -> str | None:
    """The id of the person that an address speaks of, as it is now."""
    if not id_:
        return None
    now = moment.people.who.merged.get(id_, id_)
    if all(one.id != now for one in moment.people.who.people):
        raise HTTPException(404, NOBODY_THERE)
    return now
