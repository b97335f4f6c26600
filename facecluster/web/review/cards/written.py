"""Names that are written on the photos of a group -> how they are offered: a click names the group so."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from facecluster.people.hinted import Hinted
from facecluster.pipeline.review.live import Moment
from facecluster.spelling import name_key
from facecluster.web.review.cards.offers import Offer, Ranked, offered
from facecluster.web.review.pictures.sheets import Sheets

MAX_WRITTEN = 4
"""Names at once: more are on group photos only, where none of them says much."""


def written_offers(moment: Moment, sheets: Sheets, hinted: Sequence[Hinted], ranked: Sequence[Ranked]) -> list[Offer]:
    """The names as people, where somebody is called so, else as somebody new; in the order of the names.

    Args:
        moment: of the people.
        sheets: makes the tiles.
        hinted: the names, likeliest first.
        ranked: the people who may be meant; a name that only others have is not offered.
    """
    if not hinted:
        return []
    everybody = moment.people.who.people
    called = {name_key(one.name) for one in everybody if one.name is not None}
    meant: dict[str, list[Ranked]] = {hint.key: [] for hint in hinted}
    for one in ranked:
        if (namesakes := meant.get(name_key(everybody[one.place].name or ""))) is not None:
            namesakes.append(one)
    found: list[Offer] = []
    for hint in hinted:
        known = offered(moment, sheets, meant[hint.key])
        found += (replace(offer, written=in_words(hint)) for offer in known)
        if hint.key not in called:
            found.append(Offer(None, hint.name, 0, None, "", None, in_words(hint)))
    return found[:MAX_WRITTEN]


def not_among(ranked: Iterable[Ranked], moment: Moment, offers: Iterable[Offer]) -> list[Ranked]:
    """The people who are not offered yet."""
    there = {offer.id for offer in offers}
    return [one for one in ranked if moment.people.who.people[one.place].id not in there]


def in_words(hint: Hinted) -> str:
    """On how many of the photos a name is written."""
    if hint.of == 1:
        return "written on the photo"
    if hint.photos == hint.of:
        return f"written on all {hint.of:,} photos"
    return f"written on {hint.photos:,} of {hint.of:,} photos"
