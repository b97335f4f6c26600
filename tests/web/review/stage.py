"""The shell of the review with parts to try on it, and a server that does what a test tells it to."""

import json
from importlib.resources import files
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from facecluster.pipeline.progress import Progress
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages, Shell

STATE = "1-1-0-0-0"
PROGRESS = Progress(400, 1_200, 30, 2, 90, 800, 478, None, 3)
LIST_LENGTH = 1_000
WINDOW = 120

STAGE = """
{% extends "review/base.html.j2" %}
{% block title %}Stage{% endblock %}
{% block content %}
<div class="title"><div><h1>Stage</h1><p class="lead">Parts to try.</p></div><div class="row"><button class="button" id="one">One</button>
<a class="button primary" href="/people">Go on <kbd>J</kbd></a><button class="button quiet">Quiet</button><button class="button danger">Ignore</button></div></div>
<div class="card">
<h2>Who is this?</h2>
<who-box class="field" data-offers="/offers?for=x"><label for="who">Name</label><input id="who"><p class="hint">Enter takes the marked one.</p></who-box>
<p class="row"><span class="chip">plain</span> <span class="chip sure">sure</span> <span class="chip maybe">perhaps</span> <span class="chip bad">wrong</span></p>
</div>
<h2>Faces</h2>
<face-grid role="listbox" aria-multiselectable="true" aria-label="Faces" data-list="alone" data-state="{{ shell.state }}" data-count="{{ count }}">
{% for first in range(0, count, 120) %}
<div class="window" data-window data-first="{{ first }}" data-size="{{ [120, count - first] | min }}"
{%- if first %} hx-get="/window?first={{ first }}" hx-trigger="intersect once rootMargin:300px"{% endif %}>
{%- if not first %}{{ window(0) }}{% endif %}</div>
{% endfor %}
</face-grid>
<div class="bar"><strong id="chosen">0 chosen</strong><button class="button primary">Somebody else...</button></div>
{% endblock %}
"""


def window(first, last=LIST_LENGTH):
    """The tiles of a window, grey squares with their numbers."""
    return "".join(
        f'<div class="tile" role="option" aria-selected="false" tabindex="-1" data-place="{place}" data-face="f{place}">'
        f'<span class="face">{place}</span><span class="check" aria-hidden="true">✓</span></div>'
        for place in range(first, min(first + WINDOW, last))
    )


class Stage:
    """What the server was asked to decide, and how it answers."""

    def __init__(self):
        self.decided: list[dict] = []  # each once
        self.heard: list[dict] = []  # as they came
        self.answers: list[Response] = []  # given to the next ones instead
        self.windows: list[int] = []
        self.news: list[dict] = []  # what others decided
        self.csrf = "token"
        self.offers = ""
        shared = {"editable": True, "to": on_server, "asset": "/static/{}".format}
        self._pages = Pages(shared)

    def app(self):
        """The application."""
        routes = [
            Route("/", self.page),
            Route("/decide", self.decide, methods=["POST"]),
            Route("/changes", self.changes),
            Route("/offers", self.offered),
            Route("/window", self.window),
            Mount("/static", StaticFiles(directory=str(files("facecluster.web") / "static"))),
        ]
        return Starlette(routes=routes)

    def page(self, request: Request) -> Response:
        environment = self._pages._environment
        template = environment.from_string(request.query_params.get("template", STAGE))
        shell = Shell("name", STATE, "library", {"name": 1234, "same": 5, "more": 0}, self.csrf)
        from markupsafe import Markup

        html = template.render(shell=shell, progress=PROGRESS, count=LIST_LENGTH, window=lambda first: Markup(window(first)))
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def decide(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        self.heard.append(asked)
        if self.answers:
            return self.answers.pop(0)
        if request.headers["X-Facecluster"] != self.csrf:
            return JSONResponse({"error": "This page is of an earlier login."}, 403)
        if asked not in self.decided:
            self.decided.append(asked)
        number = self.decided.index(asked) + 1
        said = f"Said {asked['say'].get('name', asked['say']['kind'])}"
        return JSONResponse({"said": said, "number": number, "decision": asked["id"], "state": f"1-1-0-0-{len(self.decided)}"})

    def changes(self, request: Request) -> Response:
        state = f"1-1-0-0-{len(self.decided) + len(self.news)}"
        if request.query_params["since"] == state:
            return Response(status_code=204)
        mine = [{"decision": asked["id"], "number": 1, "said": "...", "who": "me"} for asked in self.decided]
        return JSONResponse({"state": state, "by": [*mine, *self.news], "tables": False, "progress": "<p>Progress</p>", "open": {"name": 1233}})

    def offered(self, request: Request) -> Response:
        return HTMLResponse(self.offers.replace("{q}", request.query_params["q"]))

    def window(self, request: Request) -> Response:
        first = int(request.query_params["first"])
        self.windows.append(first)
        return HTMLResponse(window(first))
