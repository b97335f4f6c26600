"""The review as a web application: what its routes work on, and all of them together."""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from facecluster.pipeline.asking import Asking
from facecluster.pipeline.likest import Likest
from facecluster.pipeline.live import Live
from facecluster.pipeline.photo import Photos
from facecluster.pipeline.spreading import Spreading
from facecluster.store.library import Library
from facecluster.web.review import (
    changes,
    decide,
    failed,
    groups,
    history,
    ignored,
    images,
    login,
    more,
    name,
    offers,
    people,
    person,
    same,
    spread,
    statics,
)
from facecluster.web.review.pages import Pages
from facecluster.web.review.served_sheets import ServedSheets

ROOMS = (
    login, statics, images, decide, changes, spread, offers, name, same, more, people, person, groups, ignored, failed, history,
)  # fmt: skip


@dataclass(frozen=True)
class Review:
    """What every route works on."""

    library: Library
    live: Live
    asking: Asking
    spreading: Spreading
    sheets: ServedSheets
    photos: Photos
    likest: Likest
    pages: Pages
    who: str  # decides: stands in the journal


def review_app(review: Review) -> Starlette:
    """The application without its guard: whoever reaches it may do everything."""
    return Starlette(routes=routes_of(review))


def routes_of(review: Review) -> list[BaseRoute]:
    """All routes, room by room."""
    return [route for room in ROOMS for route in room.routes(review)]
