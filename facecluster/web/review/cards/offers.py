"""Words as they are typed -> the people who may be meant."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from facecluster.errors import UsageError
from facecluster.people.likeness import SOME_LIKENESS, Likeness
from facecluster.people.names import checked_name
from facecluster.pipeline.catalogue import prior_of
from facecluster.pipeline.review.likest import Likely
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.question_keys import About, asked_by
from facecluster.web.review.cards.cards import rows_of_faces, rows_of_unit
from facecluster.web.review.cards.finding import Fit, fitting
from facecluster.web.review.pictures.sheets import Sheets, Tile

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

MAX_OFFERED = 9
"""People at once: as many as there are keys for."""


MAX_TYPED = 400
"""Characters of what is typed that are looked at: twice the longest name."""


class Ranked(NamedTuple):
    """Somebody who may be meant, before anything is typed."""

    place: int
    likeness: float | None  # 0 as strangers, 1 as one person; None: there is nothing to compare
    together: bool  # stands beside the faces in one photo


@dataclass(frozen=True)
class Offer:
    """A person who may be meant."""

    id: str | None  # None: somebody new
    name: str
    faces: int
    likeness: float | None  # from 0 to 1; None: not known, or of no weight
    alike: str  # the same in words; "" where that is worth no word
    tile: Tile | None
    written: str  # on how many of the photos the name stands, in words; "" where that is worth none


@dataclass(frozen=True)
class Offers:
    """What somebody can choose who has typed so far.

    Enter takes the first of the people where a name begins so, and a new one where no name is like it. In between it
    takes nothing, nor where nothing was typed: nobody is named, or made, by a slip of the finger.
    """

    people: tuple[Offer, ...]
    fit: Fit | None  # of the first of the people; None: there is nobody, or nothing was typed
    new: str | None  # the name that a new person would get; None: nothing was typed, or only known people are asked for
    refused: str | None  # why what was typed is no name

    @property
    def is_exact(self) -> bool:
        """Whether somebody is called so."""
        return self.fit == Fit.EXACT

    @property
    def takes_first(self) -> bool:
        """Whether Enter takes the first of the people."""
        return self.fit in {Fit.EXACT, Fit.BEGINS}


def offers(
    moment: Moment, sheets: Sheets, ranked: Sequence[Ranked], typed: str = "", *, only_known: bool = False
) -> Offers:
    """The people whose names fit what was typed, the best first, and a new one of this name.

    Of equals those come first who were ranked first, then those with more faces.
    """
    people, order = moment.people, {one.place: rank for rank, one in enumerate(ranked)}
    names = {one.place: name for one in ranked if (name := people.who.people[one.place].name) is not None}
    fits = fitting(names, typed)
    best = sorted(
        fits, key=lambda place: (fits[place] in {Fit.WITHIN, Fit.NEAR}, fits[place] != Fit.EXACT, order[place])
    )
    new, refused = _new_name(typed) if not only_known else (None, None)
    shown = [ranked[order[place]] for place in best[:MAX_OFFERED]]
    fit = fits[best[0]] if best and typed.strip() else None
    return Offers(offered(moment, sheets, shown), fit, new, refused)


def likeliest(moment: Moment, sheets: Sheets, ranked: Sequence[Ranked]) -> tuple[Offer, ...]:
    """The people whose faces are alike enough to be offered unasked.

    Measured once, by hand, on 96 people with labelled photos: the one who is meant is among them for 98 of 100 single
    faces, 99 of 100 groups of two, and all of ten; to groups of one, two and three faces of a stranger somebody is
    offered in 4, 8 and 13 of 100 cases.
    """
    return offered(moment, sheets, [one for one in ranked if alike_in_words(one) and not one.together][:MAX_OFFERED])


def offered(moment: Moment, sheets: Sheets, ranked: Sequence[Ranked]) -> tuple[Offer, ...]:
    """People with names, as they are offered."""
    known = [moment.people.known[one.place] for one in ranked]
    covers = [one.cover for one in known if one.cover is not None]
    tiles = {tile.face_id: tile for tile in sheets.tiles(moment, rows_of_faces(moment, covers))}
    return tuple(
        Offer(
            one.person.id,
            one.person.name or "",
            one.faces,
            None if rank.likeness is None or rank.together else min(max(rank.likeness, 0.0), 1.0),
            alike_in_words(rank),
            tiles.get(one.cover or ""),
            "",
        )
        for rank, one in zip(ranked, known, strict=True)
    )


def ranked_people(
    moment: Moment, likely: Sequence[Likely], likeness: Likeness, but: Collection[str] = ()
) -> list[Ranked]:
    """The people who have a name and are not ignored: by likeness as far as that is known, then by their faces.

    Args:
        moment: of the people.
        likely: those who were compared, likeliest first.
        likeness: what their cosines mean.
        but: ids of people who cannot be meant.
    """
    found = [Ranked(one.place, likeness.of(one.cosine), one.together) for one in likely]
    there = {one.place for one in found}
    others = [place for place in range(len(moment.people.known)) if place not in there]
    others.sort(key=lambda place: -moment.people.known[place].faces)
    people = moment.people.who.people
    everybody = [*found, *(Ranked(place, None, together=False) for place in others)]
    return [
        one
        for one in everybody
        if (person := people[one.place]).name is not None and not person.ignored and person.id not in but
    ]


def alike_in_words(one: Ranked) -> str:
    """How alike somebody's faces are to those in question."""
    if one.together:
        return "in the same photo"
    if one.likeness is None or one.likeness < SOME_LIKENESS:
        return ""
    return "very alike" if one.likeness >= 1 else "alike"


def _new_name(typed: str) -> tuple[str | None, str | None]:
    """The name that a new person would get, or why there is none."""
    if not typed.strip():
        return None, None
    try:
        return checked_name(typed), None
    except UsageError as error:
        return None, str(error)


class Offering:
    """Ranks the people of a review for whatever is to be named."""

    def __init__(self, review: "Review") -> None:
        self._review = review
        prior = prior_of(review.library)
        self._likeness = Likeness(prior.impostor_median, prior.genuine_median)

    def ranked(self, moment: Moment, unit: About | None = None) -> list[Ranked]:
        """The people for a unit; for none of them, those with most faces first."""
        if unit is None:
            return ranked_people(moment, [], self._likeness)
        rows = rows_of_unit(moment, unit)
        likely = self._review.likest.ranked(moment, rows) if len(rows) else []
        return ranked_people(moment, likely, self._likeness, but=[unit.id] if unit.kind == "person" else [])


def routes(review: "Review") -> list[BaseRoute]:
    """GET /offers?q=words&key=...: options for a who-box, likest first to those of a question; &known: nobody new."""
    offering = Offering(review)

    def offered_to(request: Request) -> HTMLResponse:
        words, moment = request.query_params, review.live.now()
        asked = asked_by(words.get("key", ""))
        ranked = offering.ranked(moment, None if asked is None else asked.about[0])
        found = offers(moment, review.sheets, ranked, words.get("q", "")[:MAX_TYPED], only_known="known" in words)
        return HTMLResponse(review.pages.render("offers", offers=found))

    return [Route("/offers", offered_to)]
