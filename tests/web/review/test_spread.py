"""web.review.spread: how names spread, as a page is told, and the way to ask for it."""

from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from facecluster.pipeline.review.spreading import LastSpread, SpreadState
from facecluster.web.review import spread
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages

LAST = LastSpread("2026-01-03T04:05:06+00:00", 1_200, 1)
IDLE = SpreadState("idle", None, None, LAST, 0)


class Spreading:
    """Is as it is told to be, and counts how often it is asked."""

    def __init__(self, state):
        self.shown, self.asked = state, 0

    def ask(self):
        self.asked += 1

    def state(self):
        return self.shown


class Review(NamedTuple):
    """What the routes need of a review."""

    spreading: Spreading
    pages: Pages


def page(state):
    spreading = Spreading(state)
    review = Review(spreading, Pages({"editable": True, "to": on_server, "asset": str}))
    return spreading, TestClient(Starlette(routes=spread.routes(review)))


def shown(state):
    return " ".join(page(state)[1].get("/spread").text.split())


def test_looking_asks_for_nothing_and_sending_does():
    spreading, client = page(IDLE)
    assert (client.get("/spread").status_code, spreading.asked) == (200, 0)
    assert (client.post("/spread").status_code, spreading.asked) == (200, 1)
    assert client.put("/spread").status_code == client.delete("/spread").status_code == 405


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (SpreadState("idle", None, None, None, 7), "Name some people, and facecluster looks for them"),
        (SpreadState("idle", None, None, LAST, 0), "Names are up to date with what you decided."),
        (SpreadState("idle", None, None, LAST, 1), "1 decision since names were last spread."),
        (SpreadState("idle", None, None, LAST, 1_234), "1,234 decisions since names were last spread."),
        (SpreadState("idle", None, None, LAST, 1), "1,200 faces named, 1 with a name to confirm."),
        (SpreadState("running", "2026-01-03T04:05:06+00:00", None, LAST, 1), "Since 3 Jan 2026, 04:05 UTC."),
        (SpreadState("waiting", None, None, LAST, 1), "Another facecluster is at work in this library."),
        (SpreadState("failed", None, "The disk is full.", LAST, 1), "</span> The disk is full."),
        (SpreadState("failed", None, "<b>\u202e", None, 1), "&lt;b&gt;\\u202e"),
    ],
)
def test_each_state_is_told_in_words(state, sentence):
    assert sentence in shown(state)
    assert f'data-status="{state.status}"' in shown(state)


def test_the_button_waits_while_names_are_spread():
    assert 'aria-disabled="true"' in shown(SpreadState("running", None, None, LAST, 1))
    for status in ("idle", "waiting", "failed"):
        assert 'aria-disabled="false"' in shown(SpreadState(status, None, "why", LAST, 1))
