"""What the three screens with questions have in common: a page with one card on it, and the cards before and behind."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.people.questions import Question
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.question_keys import key_of
from facecluster.web.review.cards.cards import said_since, taken_for
from facecluster.web.review.pages import ASKED, open_questions, whole_page

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

GONE = "These faces are no longer together, or their photos are gone: there is nothing to decide here."


class Dealt(NamedTuple):
    """What stands around a card of any screen."""

    screen: str
    key: str  # of the question; "" where there is none
    state: str  # of the people shown
    remaining: int  # questions of this screen
    elsewhere: dict[str, int]  # questions of the other screens, where there is no card


CardOf = Callable[[Moment, Question], object]
"""What the template `<screen>_card` shows as `card`."""


class Deck:
    """The questions of one screen as pages and fragments."""

    def __init__(self, review: "Review", screen: str, card_of: CardOf) -> None:
        self._review, self._screen, self._card_of = review, screen, card_of

    def routes(self) -> list[BaseRoute]:
        """The screen, a card of it, and what became of the card in front of somebody."""
        return [
            Route(f"/{self._screen}", self.page),
            Route(f"/{self._screen}/card", self.card),
            Route(f"/{self._screen}/settled", self.settled),
        ]

    def page(self, request: Request) -> HTMLResponse:
        """The whole screen, with the card of ?key= or the best one."""
        moment, context = self._dealt(request)
        return whole_page(self._review, request, moment, self._screen, self._screen, **context)

    def card(self, request: Request) -> HTMLResponse:
        """The card of ?key=, or that ?after= or ?before= another."""
        return HTMLResponse(self._review.pages.render(f"{self._screen}_card", **self._dealt(request)[1]))

    def settled(self, request: Request) -> Response:
        """Why the card of ?key=, made after ?since= decisions, needs no answer by now; nothing (204) while it does."""
        key, since = request.query_params.get("key", ""), request.query_params.get("since", "")
        moment, asking = self._review.live.now(), self._review.asking
        if asking.is_open(key) or not since.isdecimal():
            return Response(status_code=204)
        said = said_since(moment, key, int(since))
        if said is None and asking.of(key) is None:
            said = taken_for(moment, key) or GONE
        if said is None:
            return Response(status_code=204)
        return HTMLResponse(self._review.pages.render("settled", said=said))

    def _dealt(self, request: Request) -> tuple[Moment, dict[str, Any]]:
        moment, question = self._review.live.now(), self._asked(request)
        remaining = self._review.asking.remaining(ASKED[self._screen])
        key = "" if question is None else key_of(question)
        elsewhere = {} if question else self._elsewhere()
        around = Dealt(self._screen, key, str(moment.state), remaining, elsewhere)
        return moment, {"around": around, "card": None if question is None else self._card_of(moment, question)}

    def _elsewhere(self) -> dict[str, int]:
        return {screen: count for screen, count in open_questions(self._review).items() if screen != self._screen}

    def _asked(self, request: Request) -> Question | None:
        asking, kinds, words = self._review.asking, ASKED[self._screen], request.query_params
        if key := words.get("key"):
            question = asking.of(key)
            return question if question is not None and question.kind in kinds else asking.first(kinds)
        if key := words.get("after"):
            return asking.after(kinds, key)
        if key := words.get("before"):
            return asking.after(kinds, key, back=True)
        return asking.first(kinds)
