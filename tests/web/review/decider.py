"""A page that decides, without a browser: the one route for it on a library, and what comes of it."""

import itertools
import json
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.testclient import TestClient

from facecluster.pipeline.review.live import Live
from facecluster.store.library import Library
from facecluster.web.review.deciding import decide
from facecluster.web.review.errors_shown import handlers
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages


class Opened(NamedTuple):
    """What deciding needs of a review."""

    library: Library
    live: Live
    who: str = "tester"


class Decider:
    """A page on a library of its own."""

    def __init__(self, library, live=None):
        self.opened = Opened(library, live or Live(library))
        pages = Pages({"editable": True, "to": on_server, "asset": str})
        answers = handlers(pages, library)
        self.client = TestClient(Starlette(routes=decide.routes(self.opened), exception_handlers=answers))
        self._ids = (f"{number:016x}" for number in itertools.count(1))

    @property
    def people(self):
        return self.opened.live.now().people

    @property
    def state(self):
        return str(self.opened.live.now().state)

    def post(self, body):
        """The answer to any body."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post("/decide", content=content)

    def ask(self, kind, *, id_=None, **words):
        """The answer to one thing that is asked for."""
        return self.post({"id": id_ or next(self._ids), "say": {"kind": kind, **words}})

    def say(self, kind, **words):
        """What was decided; it must be."""
        answer = self.ask(kind, **words)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, status, kind, **words):
        """The sentence with which it was not decided."""
        before = len(self.people.who.decisions)
        answer = self.ask(kind, **words)
        assert answer.status_code == status, answer.text
        assert answer.json().keys() == ({"error", "stale"} if status == 409 else {"error"})
        assert len(self.people.who.decisions) == before
        return answer.json()["error"]
