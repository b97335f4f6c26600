"""A sentence about what was not done -> the answer: a page, a piece of a page, or JSON, as whoever asked can use it."""

from http import HTTPStatus
from typing import NamedTuple

from markupsafe import Markup
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response

from facecluster.web.review.pages import Pages
from facecluster.web.wording import printable

TITLES = {
    HTTPStatus.UNAUTHORIZED: "Please log in",
    HTTPStatus.NOT_FOUND: "Not found",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "This should not have happened",
}
PIECE = Markup('<p class="banner" role="alert">{}</p>')


class Refusal(NamedTuple):
    """Why nothing was done."""

    status: HTTPStatus
    sentence: str


def wants_page(headers: Headers) -> bool:
    """Whether a whole page is asked for: a browser opens it in a window."""
    if "hx-request" in headers:
        return False
    return headers.get("sec-fetch-dest", "document") == "document" and "text/html" in headers.get("accept", "")


def refused(pages: Pages, headers: Headers, refusal: Refusal) -> Response:
    """The answer that says so."""
    status, sentence = refusal
    if wants_page(headers):
        title = TITLES.get(status, "This does not work")
        return HTMLResponse(pages.render("locked", title=title, sentence=sentence), status)
    if "hx-request" in headers:
        return HTMLResponse(PIECE.format(printable(sentence)), status)
    return JSONResponse({"error": printable(sentence)}, status)
