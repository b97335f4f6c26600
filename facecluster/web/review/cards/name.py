"""The screen Name: who is this?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from facecluster.people.hinted import Hinted
from facecluster.people.questions import Question
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.written import WrittenNames
from facecluster.web.review.cards.alike import units_like
from facecluster.web.review.cards.cards import Party, about, party, rows_of_unit, spread_ids, unit_as_said
from facecluster.web.review.cards.deck import Deck
from facecluster.web.review.cards.offers import MAX_OFFERED, Offer, Offering, Ranked, likeliest
from facecluster.web.review.cards.written import not_among, written_offers
from facecluster.web.review.pictures.sheets import Sheets

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

FACES_OF_ALIKE = 4
"""Faces that each of several groups to choose from shows."""


@dataclass(frozen=True)
class NameCard:
    """A group of faces, and who may be on them."""

    group: Party
    written: tuple[Offer, ...]  # whose names stand on the photos
    likeliest: tuple[Offer, ...]  # who looks like it, but for those


def name_card(
    moment: Moment, sheets: Sheets, question: Question, ranked: Sequence[Ranked], hinted: Sequence[Hinted]
) -> NameCard:
    """What the card shows of a question "who".

    Args:
        moment: of the people.
        sheets: makes the tiles.
        question: of kind "who".
        ranked: the people whom the group may show, likeliest first.
        hinted: the names that are written on its photos, likeliest first.
    """
    (unit,), (shown,) = question.units, question.shown
    written = tuple(written_offers(moment, sheets, hinted, ranked))
    alike = likeliest(moment, sheets, not_among(ranked, moment, written))
    return NameCard(party(moment, sheets, unit, shown), written, alike[: MAX_OFFERED - len(written)])


def groups_alike(moment: Moment, sheets: Sheets, question: Question) -> list[Party]:
    """The groups that may be of the same person as that of a question, nearest first."""
    return [
        party(moment, sheets, unit, spread_ids(moment, unit, FACES_OF_ALIKE))
        for unit in units_like(moment, question.units[0])
    ]


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""
    offering, names = Offering(review), WrittenNames(review.library)

    def card_of(moment: Moment, question: Question) -> NameCard:
        unit = about(question.units[0])
        hinted = names.of(moment, rows_of_unit(moment, unit))
        return name_card(moment, review.sheets, question, offering.ranked(moment, unit), hinted)

    def alike(request: Request) -> HTMLResponse:
        """The groups to choose from that may be one with the group of the card."""
        question = review.asking.of(request.query_params.get("key", ""))
        groups = [] if question is None else groups_alike(review.live.now(), review.sheets, question)
        mine = "" if question is None else unit_as_said(review.live.now(), question.units[0])
        return HTMLResponse(review.pages.render("alike", groups=groups, unit=mine))

    return [*Deck(review, "name", card_of).routes(), Route("/name/alike", alike)]
