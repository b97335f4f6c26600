"""What has changed since a page was made: asked every few seconds by every page that is open."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.errors import UsageError
from facecluster.pipeline.review.live import Moment, State
from facecluster.pipeline.review.progress import progress_of
from facecluster.pipeline.telling import in_words
from facecluster.web.review.pages import open_questions

if TYPE_CHECKING:
    from facecluster.web.review.app import Review
from facecluster.web.review.deciding.sentences import without_ids

MAX_TOLD = 5  # of the decisions since: what a passing word on a page can hold


def routes(review: "Review") -> list[BaseRoute]:
    """Where a page asks what has changed."""

    def changes(request: Request) -> Response:
        try:
            since = State.from_text(request.query_params.get("since", ""))
        except ValueError as error:
            raise UsageError(f"Expected the state of a page as `since`: {error}.") from error
        moment = review.live.now()
        if moment.state == since:
            return Response(status_code=204)
        progress = review.pages.render("progress", progress=progress_of(moment, review.library))
        asked = open_questions(review)
        return JSONResponse({**changed(moment, since), "progress": progress, "open": asked})

    return [Route("/changes", changes, methods=["GET"])]


def changed(moment: Moment, since: State) -> dict[str, Any]:
    """What has changed between a state and now: the last decisions made since, and whether tables came."""
    who = moment.people.who
    first = max(since.journal, len(who.decisions) - MAX_TOLD)
    return {
        "state": str(moment.state),
        "journal": moment.state.journal,
        "by": [
            {"number": number, "decision": one.id, "said": without_ids(in_words(one.statements, who)), "who": one.who}
            for number, one in enumerate(who.decisions[first:], first + 1)
        ],
        "tables": moment.state._replace(journal=since.journal) != since,
    }
