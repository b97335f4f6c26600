"""The shell of the review with parts to try on it, and a server that does what a test tells it to."""

import json
import threading

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from facecluster.pipeline.review.progress import Progress
from facecluster.web.review.door.guard import CONTENT_SECURITY_POLICY
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages, Shell
from facecluster.web.review.statics import FOREVER, TYPES, statics, suffix_of

STATE = "1-1-0-0-0"
PROGRESS = Progress(400, 1_200, 30, 2, 90, 800, 478, None, 3)
LIST_LENGTH = 1_000
WINDOW = 120

PLAIN = "{%25 extends 'review/base.html.j2' %25}"
"""A page with nothing on it, as an address says it."""

STAGE = """
{% extends "review/base.html.j2" %}
{% block title %}Stage{% endblock %}
{% block content %}
<div class="title">
  <div><h1>Stage</h1><p class="lead">Parts to try.</p></div>
  <div class="row">
    <button class="button">One</button>
    <a class="button primary" href="/people">Go on <kbd>J</kbd></a>
    <button class="button quiet">Quiet</button>
    <button class="button danger">Ignore</button>
  </div>
</div>
<div class="card">
  <h2>Who is this?</h2>
  <who-box class="field" data-offers="/offers?for=x">
    <label for="who">Name</label><input id="who"><p class="hint">Enter takes the marked one.</p>
  </who-box>
  <p class="row">
    <span class="chip">plain</span> <span class="chip sure">sure</span>
    <span class="chip maybe">perhaps</span> <span class="chip bad">wrong</span>
  </p>
</div>
<h2>Faces</h2>
<face-grid role="listbox" aria-multiselectable="true" aria-label="Faces"
 data-list="alone" data-state="{{ shell.state }}" data-count="{{ count }}">
{% for first in range(0, count, 120) %}
<div class="window" data-window data-first="{{ first }}" data-size="{{ [120, count - first] | min }}"
{%- if first %} hx-get="/window?first={{ first }}" hx-trigger="intersect once rootMargin:300px"{% endif %}>
{%- if not first %}{{ window(0) }}{% endif %}</div>
{% endfor %}
</face-grid>
<div class="bar"><strong>0 chosen</strong><button class="button primary">Somebody else...</button></div>
{% endblock %}
"""

TILE = """<div class="tile" role="option" aria-selected="false" tabindex="-1" data-place="{0}" data-face="f{0}">
<span class="face">{0}</span><span class="check" aria-hidden="true">✓</span></div>"""


def window(first):
    """The tiles of a window, grey squares with their numbers."""
    return Markup("".join(TILE.format(place) for place in range(first, min(first + WINDOW, LIST_LENGTH))))


def refusal(status, sentence, **more):
    """An answer that decides nothing."""
    return lambda _stage, _asked: JSONResponse({"error": sentence, **more}, status)


def answer_lost(stage, asked):
    """Decides, and says something else."""
    stage.decided.append(asked)
    return Response("who knows", 502)


class Stage:
    """What the server was asked to decide, and how it answers."""

    def __init__(self):
        self._pages = Pages({"editable": True, "to": on_server, "asset": "/static/{}".format})
        self.reset()

    def reset(self):
        """As at the beginning."""
        self.decided = []  # what it was asked, each once
        self.heard = []  # the same as it came
        self.answers = []  # what gives the next answers instead: refusal(...), answer_lost
        self.windows = []  # that were asked for
        self.news = []  # what others decided
        self.csrf = "token"
        self.fragments = 0  # asked for
        self.slow = set()  # words whose offers wait for
        self.go_on = threading.Event()

    def app(self):
        """The application."""
        routes = [
            Route("/", self.page),
            Route("/decide", self.decide, methods=["POST"]),
            Route("/changes", self.changes),
            Route("/offers", self.offers),
            Route("/window", self.window),
            Route("/fragment", self.fragment),
            Route("/static/{name}", self.static),
        ]
        return Starlette(routes=routes)

    def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        return Response(
            statics().contents[name], headers={"Content-Type": TYPES[suffix_of(name)], "Cache-Control": FOREVER}
        )

    def page(self, request: Request) -> Response:
        template = self._pages._environment.from_string(request.query_params.get("template", STAGE))
        screen, open_ = request.query_params.get("screen", "name"), {"name": 1234, "same": 5, "more": 0}
        shell = Shell(screen, STATE, "library", open_, self.csrf)
        html = template.render(shell=shell, progress=PROGRESS, count=LIST_LENGTH, window=window)
        return HTMLResponse(html, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})

    async def decide(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        self.heard.append(asked)
        if self.answers:
            return self.answers.pop(0)(self, asked)
        if request.headers["X-Facecluster"] != self.csrf:
            return JSONResponse({"error": "This page is of an earlier login."}, 403)
        if asked not in self.decided:
            self.decided.append(asked)
        return JSONResponse(
            {
                "said": f"Said {asked['say'].get('name', asked['say']['kind'])}",
                "number": self.decided.index(asked) + 1,
                "decision": asked["id"],
                "state": self.state,
            }
        )

    @property
    def state(self):
        return f"1-1-0-0-{len(self.decided) + len(self.news)}"

    def changes(self, request: Request) -> Response:
        if request.query_params["since"] == self.state:
            return Response(status_code=204)
        mine = [{"decision": asked["id"], "number": 1, "said": "...", "who": "me"} for asked in self.decided]
        told = {"by": [*mine, *self.news], "tables": False, "progress": "<p>Progress</p>", "open": {"name": 1233}}
        return JSONResponse({"state": self.state, **told})

    def offers(self, request: Request) -> Response:
        words = request.query_params["q"]
        if words in self.slow:
            self.go_on.wait()
        known = [one for one in ({"id": "a1", "name": "Ada"}, {"id": "a2", "name": "Adam"}) if _fits(one, words)]
        known = [{**one, "marked": " data-default" if words and not place else ""} for place, one in enumerate(known)]
        options = [
            '<div role="option" data-person="{id}" data-name="{name}"{marked}>{name}</div>'.format(**one)
            for one in known
        ]
        fresh = [f'<div role="option" data-new="{words}">Create "{words}"</div>'] if words else []
        return HTMLResponse("".join([*options, *fresh]))

    def window(self, request: Request) -> Response:
        first = int(request.query_params["first"])
        self.windows.append(first)
        return HTMLResponse(window(first))

    def fragment(self, _request: Request) -> Response:
        self.fragments += 1
        return HTMLResponse(f"fresh {self.fragments}")


def _fits(person, words):
    return person["name"].lower().startswith(words.lower())
