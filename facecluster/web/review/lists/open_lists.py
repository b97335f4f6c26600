"""The lists of the pages that are open in browsers, kept while somebody scrolls through them."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from facecluster.errors import UsageError
from facecluster.pipeline.review.lists import GROUPS, IGNORED, PEOPLE
from facecluster.pipeline.review.live import Live, Moment, State
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.groups import group_list
from facecluster.web.review.lists.ignored import ignored_list
from facecluster.web.review.lists.listings import Listing
from facecluster.web.review.lists.people import Wanted, people_list

KEPT = 4
"""Lists at once: at a million faces each may take 25 MB, with the moment that it is of."""


class OpenLists:
    """Finds the list that a page speaks of, as it was when the page was made. Any thread may ask."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[State, str], Listing] = OrderedDict()

    def keep(self, listing: Listing) -> None:
        """Keep the list of a page, which will ask for its windows."""
        with self._lock:
            self._kept[listing.then.state, listing.query] = listing
            self._kept.move_to_end((listing.then.state, listing.query))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def find(self, asked: Mapping[str, str]) -> Listing | None:
        """The list that an address asks for (`ListShown.query`); None: it is of other tables than those of now.

        Raises:
            UsageError: there is no such list.
        """
        try:
            state = State.from_text(asked.get("state", ""))
        except ValueError as error:
            raise UsageError(f"The address of a list says when it was made: {error}.") from error
        name = asked.get("list", "")
        wanted = Wanted.from_params(asked) if name == PEOPLE else None
        with self._lock:
            kept = self._kept.get((state, wanted.query if wanted else f"list={name}"))
        if kept is not None:
            return kept if _same_faces(kept.then, self._live.now()) else None
        then = self._live.at(state)
        if then is None:
            return None
        listing = _made(then, name, wanted)
        self.keep(listing)
        return listing


def _made(then: Moment, name: str, wanted: Wanted | None) -> Listing:
    if wanted is not None:
        return people_list(then, wanted)
    if name == GROUPS:
        return group_list(then)
    if name == IGNORED:
        return ignored_list(then)
    return FaceList(then, name)


def _same_faces(then: Moment, now: Moment) -> bool:
    """Whether both have the same faces, row by row, in the same groups: names and decisions may differ."""
    return then.state._replace(names=now.state.names, journal=now.state.journal) == now.state
