"""Contexts -> HTML, of the page that a server serves and of the same screens without one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from facecluster.pipeline.review.asking import MORE, NAME, SAME, Kinds
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.progress import progress_of
from facecluster.web.wording import counted, moment_in_words, printable

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

CSRF = "facecluster.csrf"
"""Where in a request's ASGI scope the guard leaves the token that every POST of the page must carry."""

ASKED: Mapping[str, Kinds] = {"name": NAME, "same": SAME, "more": MORE}
"""The screens that ask, and what."""


class Shell(NamedTuple):
    """What every whole page carries besides its own content."""

    screen: str  # which tab is lit: name, same, more, people, groups, ignored, failed, history; "" for none
    state: str  # of the people shown
    library: str  # its id: what a page keeps in the browser, it keeps by library
    open: Mapping[str, int]  # questions, by screen
    csrf: str = ""  # "" where there is no server
    made: str = ""  # what pages without a server are of, in words; "" where there is one


class Pages:
    """Renders the templates of the review."""

    def __init__(self, shared: Mapping[str, Any]) -> None:
        """`shared` is known to every template: `editable`, `to`, which makes links, and `asset`, which finds files."""
        self._environment = Environment(
            loader=PackageLoader("facecluster.web"),
            autoescape=True,
            finalize=_finalized,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # templates ship with the package: to look at each whether it changed is dear
        )
        self._environment.filters |= {"counted": counted, "moment": moment_in_words}
        self._environment.globals |= shared

    def render(self, template: str, **context: Any) -> str:
        """The template `review/<template>.html.j2` filled in."""
        return self._environment.get_template(f"review/{template}.html.j2").render(**context)


def whole_page(
    review: "Review", request: Request, moment: Moment, template: str, screen: str, **context: Any
) -> HTMLResponse:
    """A template that extends `base`, as the answer to a request: with the tab of its screen lit.

    Raises:
        LibraryError: the library is damaged.
    """
    token = request.scope.get(CSRF, "")
    shell = Shell(screen, str(moment.state), review.library.identity.id, open_questions(review), token)
    progress = progress_of(moment, review.library)
    return HTMLResponse(review.pages.render(template, shell=shell, progress=progress, **context))


def open_questions(review: "Review") -> dict[str, int]:
    """How many questions each screen has, as its tab says.

    Raises:
        LibraryError: the library is damaged.
    """
    return {screen: review.asking.remaining(kinds) for screen, kinds in ASKED.items()}


def _finalized(value: object) -> object:
    """What an expression puts on the page: text from outside is made printable before it is escaped."""
    return value if isinstance(value, Markup) else printable(str(value))
