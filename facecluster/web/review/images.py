"""Sheets of faces, and photos, as images."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
"""Of an image whose address names its content; `private`: faces are for nobody's cache but the reader's."""


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of all images but those that ship with the package."""

    def sheet(request: Request) -> Response:
        jpeg = review.sheets.jpeg(request.path_params["key"])
        if jpeg is None:
            return PlainTextResponse("This sheet is not known any more: load the page again.", HTTPStatus.NOT_FOUND)
        return Response(jpeg, media_type="image/jpeg", headers=FOR_EVER)

    return [Route("/sheets/{key}.jpg", sheet)]
