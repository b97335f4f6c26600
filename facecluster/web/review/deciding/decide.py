"""What a page asks to be decided -> the journal."""

import json
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.errors import StorageError, UsageError
from facecluster.pipeline.telling import tell
from facecluster.web.review.deciding.actions import saying_of
from facecluster.web.review.deciding.asked import Asked
from facecluster.web.review.deciding.meaning import StaleError
from facecluster.web.review.deciding.sentences import without_ids
from facecluster.web.review.deciding.whereabouts import unit_of

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

MAX_SHOWN = 200  # characters of what was wrong with it

logger = logging.getLogger(__name__)


def routes(review: "Review") -> list[BaseRoute]:
    """The one way to decide."""
    turn = threading.Lock()  # of two who decide at once, one would have to look at everything again

    def answered(body: bytes) -> Response:
        with turn:
            return _answered(review, body)

    async def decide(request: Request) -> Response:
        return await run_in_threadpool(answered, await request.body())  # the guard has seen to its size

    return [Route("/decide", decide, methods=["POST"])]


def _answered(review: "Review", body: bytes) -> Response:
    """What was decided, or why a page that is too old, or a disk that is full, is to try again."""
    try:
        return JSONResponse(decided(review, asked_in(body)))
    except StaleError as error:
        return JSONResponse({"error": str(error), "stale": True}, 409)
    except StorageError as error:
        logger.warning("%s", error)
        return JSONResponse({"error": _not_written(error)}, 503)


def decided(review: "Review", asked: Asked) -> dict[str, Any]:
    """Decide what is asked for, once; what was said, as it was said then, and where to see it.

    Raises:
        UsageError: it makes no sense, or (StaleError) no more.
        LibraryError: the library is damaged.
        StorageError: it could not be written, or may have been: to ask again does no harm.
    """
    moment = review.live.now()
    told = tell(review.library, saying_of(asked.say, review.live, asked.id), review.who, moment=moment, id_=asked.id)
    return {
        "said": without_ids(told.in_words()),
        "number": told.number,
        "decision": asked.id,
        "state": str(moment.state._replace(journal=told.number)),
        "unit": unit_of(told, review.live),
    }


def asked_in(body: bytes) -> Asked:
    """What a page asks for.

    Raises:
        UsageError: it is not JSON, or not of the shape that is expected.
    """
    try:
        return Asked.model_validate(json.loads(body, object_pairs_hook=_object, parse_constant=_no_number))
    except ValidationError as error:
        raise UsageError(_in_words(error)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"Expected a decision as a JSON object: {str(error)[:MAX_SHOWN]}.") from error


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, in which no name may stand twice: which of the two was meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in it")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _in_words(error: ValidationError) -> str:
    """What was wrong first, and where."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"])) or "the decision"
    return f"This is no decision: {where}: {first['msg']}."[:MAX_SHOWN].encode("ascii", "backslashreplace").decode()


def _not_written(error: StorageError) -> str:
    """What a page says that tries again by itself."""
    cause = error.__cause__
    why = cause.strerror if isinstance(cause, OSError) and cause.strerror else "the disk failed"
    return f"This could not be written: {why}. Nothing is lost: this page tries again until it can."
