"""The screen of the photos that could not be looked at: by reason, with what to do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.pipeline.review.live import Moment
from facecluster.web.failures import FaultGroup, fault_groups
from facecluster.web.review.deciding.addressed import number_in
from facecluster.web.review.pages import whole_page

if TYPE_CHECKING:
    from facecluster.web.review.app import Review


@dataclass(frozen=True)
class FailedScreen:
    """What the screen shows."""

    photos: int
    faults: tuple[FaultGroup, ...]


def failed_screen(moment: Moment) -> FailedScreen:
    """The photos that failed, those of the most frequent reason first."""
    faults = fault_groups(moment.present.failed)
    return FailedScreen(sum(fault.n_photos for fault in faults), faults)


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""

    def show(request: Request) -> Response:
        moment, asked = review.live.now(), request.query_params
        if "fault" not in asked:
            return whole_page(review, request, moment, "failed", "failed", shown=failed_screen(moment))
        for fault in fault_groups(moment.present.failed, number_in(asked.get("first", ""))):
            if fault.fault == asked["fault"]:
                return HTMLResponse(review.pages.render("failed_window", fault=fault))
        raise HTTPException(404)

    return [Route("/failed", show)]
