"""An exception -> the answer that says what was wrong; never a traceback."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from facecluster.errors import FaceclusterError, UsageError
from facecluster.store.library import Library
from facecluster.web.review.pages import Pages
from facecluster.web.review.refusals import Refusal, refused

NOT_FOUND = "There is nothing at this address, or not any more."
A_BUG = "facecluster made a mistake. What was decided before is safe; look at the terminal where facecluster runs."


def handlers(pages: Pages, library: Library) -> Mapping[Any, ExceptionHandler]:
    """What answers each kind of exception; where the library lies is for the terminal, not for a page."""
    folders = {str(folder) for folder in (library.folder, library.folder.resolve()) if folder.is_absolute()}

    def answer(request: Request, error: Exception) -> Response:
        status, sentence = refusal_of(error)
        for folder in folders:
            sentence = sentence.replace(f"{folder}/", "").replace(folder, "the library")
        return refused(pages, request.headers, Refusal(status, sentence))

    return dict.fromkeys((HTTPException, FaceclusterError, Exception), answer)


def refusal_of(error: Exception) -> Refusal:
    """What an exception means for whoever asked."""
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        own_words = error.detail != status.phrase
        return Refusal(
            status, error.detail if own_words else NOT_FOUND if status == HTTPStatus.NOT_FOUND else f"{status.phrase}."
        )
    if isinstance(error, UsageError):
        return Refusal(HTTPStatus.BAD_REQUEST, str(error))
    if isinstance(error, FaceclusterError):
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, A_BUG)
