"""Sheets of faces, and photos, as images; and the photo around a face as a dialog shows it."""

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.photo import NoPicture
from facecluster.web.review.cards.cards import rows_of_faces
from facecluster.web.review.pictures.photo_shown import photo_shown

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
"""Of an image whose address names its content; `private`: faces are for nobody's cache but the reader's."""

FOR_AN_HOUR = {"Cache-Control": "private, max-age=3600"}
"""Of a photo, which is large, and nothing that a browser should have for long."""


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of all images but those that ship with the package."""

    def sheet(request: Request) -> Response:
        jpeg = review.sheets.jpeg(request.path_params["key"])
        if jpeg is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "These pictures are not known any more: load the page again.")
        return Response(jpeg, media_type="image/jpeg", headers=FOR_EVER)

    def photo(request: Request) -> Response:
        moment = review.live.now()
        picture = review.photos.picture(moment, _row_of(moment, request.path_params["face"]))
        if isinstance(picture, NoPicture):
            raise HTTPException(HTTPStatus.NOT_FOUND, picture.why)
        return Response(picture.jpeg, media_type="image/jpeg", headers=FOR_AN_HOUR)

    def around(request: Request) -> Response:
        moment = review.live.now()
        row = _row_of(moment, request.path_params["face"])
        shown = photo_shown(moment, review.sheets, row, review.photos.picture(moment, row))
        return HTMLResponse(review.pages.render("photo", photo=shown))

    return [Route("/sheets/{key}.jpg", sheet), Route("/photos/{face}.jpg", photo), Route("/photo/{face}", around)]


def _row_of(moment: Moment, face: str) -> int:
    rows = rows_of_faces(moment, [face])
    if not len(rows):
        raise HTTPException(HTTPStatus.NOT_FOUND, "The photo of this face is not in the library any more.")
    return int(rows[0])
