"""The screens Groups, one group, and faces alone: whom nobody has named yet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.pipeline.open_faces import group_faces
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.review.listed import Listed
from facecluster.pipeline.review.lists import ALONE, GROUPS, OF_CLUSTER, units_listed
from facecluster.pipeline.review.live import Moment
from facecluster.web.review.deciding.addressed import number_in
from facecluster.web.review.lists.card_list import CardList, years_in_words
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.listings import STALE, WINDOW, Item, ListShown, listed
from facecluster.web.review.pages import whole_page
from facecluster.web.review.pictures.sheets import Sheets
from facecluster.web.wording import counted

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

FEW = 3
"""Faces below which a group is first offered to be ignored: most who are seen once or twice are passers-by."""


@dataclass(frozen=True)
class GroupsScreen:
    """What the screen Groups shows."""

    faces: int  # in all groups
    list: ListShown
    few: int  # faces below which groups are first offered to be ignored


@dataclass(frozen=True)
class Rest:
    """The groups of fewer faces than a number: the last of the list."""

    below: int
    first: int  # place of the first of them
    groups: int
    faces: int


@dataclass(frozen=True)
class GroupScreen:
    """What the screen of one group shows."""

    cluster: int
    run: int
    photos: int
    open: int  # faces that an answer about the group is of
    list: ListShown


@dataclass(frozen=True)
class AloneScreen:
    """What the screen of faces alone shows."""

    list: ListShown


def group_list(then: Moment) -> CardList:
    """The groups, those with most faces first."""
    units = units_listed(then.people, GROUPS)
    return CardList(then, GROUPS, f"list={GROUPS}", units, np.arange(len(units)), _group_card)


def groups_screen(listing: CardList, sheets: Sheets, at_once: int = WINDOW) -> GroupsScreen:
    """The screen of all groups."""
    return GroupsScreen(int(listing.units.faces.sum()), listed(listing, sheets, at_once), FEW)


def rest_of(listing: CardList, below: int) -> Rest:
    """The groups of a list that have fewer faces than `below`."""
    falling = listing.units.faces
    first = int(np.searchsorted(-falling, -below, side="right"))
    return Rest(below, first, len(falling) - first, int(falling[first:].sum()))


def group_screen(listing: FaceList, cluster: int, sheets: Sheets, at_once: int = WINDOW) -> GroupScreen:
    """The screen of one group: all its faces, by year."""
    moment, rows = listing.then, listing.rows
    photos = int(moment.people.faces["photo"].iloc[rows].nunique())
    open_ = int(group_faces(moment.people)[rows].sum())
    return GroupScreen(cluster, moment.state.run, photos, open_, listed(listing, sheets, at_once))


def alone_screen(listing: FaceList, sheets: Sheets, at_once: int = WINDOW) -> AloneScreen:
    """The screen of the faces that look like nobody else's."""
    return AloneScreen(listed(listing, sheets, at_once))


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of these screens."""

    def groups(request: Request) -> Response:
        moment = review.live.now()
        listing = group_list(moment)
        review.lists.keep(listing)
        return whole_page(review, request, moment, "groups", "groups", shown=groups_screen(listing, review.sheets))

    def rest(request: Request) -> Response:
        listing = review.lists.find({"list": GROUPS, "state": request.query_params.get("state", "")})
        if not isinstance(listing, CardList):
            return HTMLResponse(review.pages.render("window_stale", sentence=STALE))
        below = number_in(request.query_params.get("below", ""))
        return HTMLResponse(review.pages.render("rest", rest=rest_of(listing, below)))

    def group(request: Request) -> Response:
        moment, cluster = review.live.now(), number_in(request.path_params["cluster"])
        listing = FaceList(moment, f"{OF_CLUSTER}{cluster}")
        if not listing.count:
            raise HTTPException(404, f"There is no group {cluster:,}: a new grouping may have changed its number.")
        review.lists.keep(listing)
        shown = group_screen(listing, cluster, review.sheets)
        return whole_page(review, request, moment, "group", "groups", shown=shown)

    def alone(request: Request) -> Response:
        moment = review.live.now()
        listing = FaceList(moment, ALONE)
        review.lists.keep(listing)
        return whole_page(review, request, moment, "faces_alone", "groups", shown=alone_screen(listing, review.sheets))

    return [
        Route("/groups", groups),
        Route("/groups/rest", rest),
        Route("/groups/{cluster}", group),
        Route("/alone", alone),
    ]


def _group_card(place: int, unit: Listed, known: KnownPerson | None) -> Item:  # noqa: ARG001 - nobody is known yet
    return Item(place, unit.kind, unit.id, None, title=counted(unit.faces, "face"), lines=(years_in_words(unit),))
