"""The review as a web application: what its routes work on, and all of them together."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from facecluster.pipeline.journal import whoami
from facecluster.pipeline.review.asking import Asking
from facecluster.pipeline.review.likest import Likest
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.photo import Photos
from facecluster.pipeline.review.spreading import Spreading
from facecluster.settings import DecodeSettings
from facecluster.store.library import Library
from facecluster.store.logins import Logins
from facecluster.web.review import spread, statics
from facecluster.web.review.cards import more, name, offers, same
from facecluster.web.review.deciding import changes, decide
from facecluster.web.review.door import login
from facecluster.web.review.door.address import Address
from facecluster.web.review.door.guard import Guard
from facecluster.web.review.door.login import Entrance, Password
from facecluster.web.review.door.sessions import Sessions
from facecluster.web.review.errors_shown import handlers
from facecluster.web.review.links import on_server
from facecluster.web.review.lists import failed, groups, history, ignored, people, person, windows
from facecluster.web.review.lists.open_lists import OpenLists
from facecluster.web.review.pages import Pages
from facecluster.web.review.pictures import images
from facecluster.web.review.pictures.served_sheets import ServedSheets

ROOMS = (
    login,
    statics,
    images,
    decide,
    changes,
    spread,
    offers,
    name,
    same,
    more,
    people,
    person,
    groups,
    ignored,
    failed,
    history,
    windows,
)


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
    address: Address
    entrance: Entrance

    @cached_property
    def lists(self) -> OpenLists:
        """The lists of the pages that are open in browsers."""
        return OpenLists(self.live)


def review_app(review: Review) -> Starlette:
    """The application without its guard: whoever reaches it may do everything."""
    return Starlette(routes=routes_of(review), exception_handlers=handlers(review.pages, review.library))


def guarded_app(review: Review) -> Guard:
    """The application as it is served: whoever is not logged in gets no further than the login."""
    return Guard(review_app(review), review.address, review.entrance, review.pages)


def routes_of(review: Review) -> list[BaseRoute]:
    """All routes, room by room."""
    return [route for room in ROOMS for route in room.routes(review)]


@contextmanager
def open_review(library: Library, address: Address, password: Password | None = None) -> Iterator[Review]:
    """A library that is open for review, with all that works on it in the background.

    Raises:
        LibraryError: it is empty, not grouped yet, or damaged.
        StorageError: logins cannot be kept in it.
    """
    live = Live(library)
    live.now()
    sessions = Sessions(Logins(library.folder / "review"), library.identity.id, address)
    with ExitStack() as ending:
        review = Review(
            library=library,
            live=live,
            asking=ending.enter_context(closing(Asking(live))),
            spreading=ending.enter_context(closing(Spreading(live))),
            sheets=ending.enter_context(closing(ServedSheets(library))),
            photos=ending.enter_context(closing(Photos(library, DecodeSettings()))),
            likest=ending.enter_context(closing(Likest(live))),
            pages=Pages({"editable": True, "to": on_server, "asset": statics.statics().address}),
            who=whoami(),
            address=address,
            entrance=Entrance(sessions, password),
        )
        yield review
