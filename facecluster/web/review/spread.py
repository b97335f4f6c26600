"""Names are spread when a reviewer asks for it, and how that stands."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from facecluster.web.review.app import Review


def routes(review: "Review") -> list[BaseRoute]:
    """How it stands, and the way to ask for it."""

    def shown(request: Request) -> HTMLResponse:
        if request.method == "POST":
            review.spreading.ask()
        return HTMLResponse(review.pages.render("spread", spread=review.spreading.state()))

    return [Route("/spread", shown, methods=["GET", "POST"])]
