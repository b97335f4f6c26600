"""The questions of a library at one moment, as cards that are looked at one below the other and not answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from facecluster.people.likeness import Likeness
from facecluster.people.questions import Question
from facecluster.pipeline.catalogue import prior_of
from facecluster.pipeline.review.likest import likely_people
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.looks import looks_of, mean_face
from facecluster.pipeline.review.open_questions import OpenQuestions
from facecluster.pipeline.review.question_keys import key_of
from facecluster.pipeline.review.standing import Standing, faces_named, places_of
from facecluster.pipeline.review.thinking import Kinds, thought_of
from facecluster.pipeline.review.written import WrittenNames
from facecluster.store.library import Library
from facecluster.web.review.cards.cards import about, rows_of_unit
from facecluster.web.review.cards.deck import Dealt
from facecluster.web.review.cards.more import more_card
from facecluster.web.review.cards.name import name_card
from facecluster.web.review.cards.offers import ranked_people
from facecluster.web.review.cards.same import same_card
from facecluster.web.review.pages import ASKED
from facecluster.web.review.pictures.sheets import Sheets

MAX_CARDS = 60
"""On one page: some twenty screens of a desk, and 720 faces to load."""


@dataclass(frozen=True)
class Questions:
    """The questions of one moment."""

    library: Library
    moment: Moment
    order: Mapping[Kinds, tuple[str, ...]]  # keys by screen, the best first
    standing: OpenQuestions

    @property
    def counts(self) -> dict[str, int]:
        """How many are open, by screen."""
        return {screen: self.standing.count(kinds) for screen, kinds in ASKED.items()}

    def first(self, kinds: Kinds, count: int) -> list[Question]:
        """The open ones of these kinds whose answers settle most, the best first."""
        found = (self.standing.question(key) for key in self.order[kinds] if self.standing.is_open(key))
        return list(islice(filter(None, found), count))


class Card(NamedTuple):
    """A question as the template `<screen>_card` shows it; None: there is none."""

    around: Dealt
    card: object


@dataclass(frozen=True)
class CardsShown:
    """The first cards of a screen."""

    screen: str
    open: int  # questions
    cards: tuple[Card, ...]  # at least one, which says so where there is no question

    @property
    def left_out(self) -> int:
        """Questions that are not shown."""
        return self.open - sum(one.card is not None for one in self.cards)


def questions_at(library: Library, moment: Moment) -> Questions:
    """The questions that are open at a moment.

    Raises:
        LibraryError: the library is damaged.
    """
    thought = thought_of(library, moment)
    places = places_of(faces_named(thought.questions.values()), moment.present.face_ids)
    return Questions(library, moment, thought.order, OpenQuestions(thought, {}, Standing(moment, places)))


def cards_shown(questions: Questions, screen: str, sheets: Sheets) -> CardsShown:
    """The first cards of a screen: name, same or more."""
    state, counts = str(questions.moment.state), questions.counts
    open_, card_of = counts.pop(screen), _CARDS[screen](questions, sheets)
    asked = questions.first(ASKED[screen], MAX_CARDS)
    cards = tuple(Card(Dealt(screen, key_of(one), state, open_, counts), card_of(one)) for one in asked)
    return CardsShown(screen, open_, cards or (Card(Dealt(screen, "", state, open_, counts), None),))


CardOf = Callable[[Question], object]


def _name_cards(questions: Questions, sheets: Sheets) -> CardOf:
    library, moment, likeness = questions.library, questions.moment, _likeness(questions.library)
    looks, names = looks_of(library, moment), WrittenNames(library)

    def card_of(question: Question) -> object:
        (unit,) = question.units
        rows = rows_of_unit(moment, about(unit))
        likely = likely_people(moment, looks, rows, mean_face(library, moment, rows))
        but = [unit.id] if unit.kind == "person" else []
        ranked = ranked_people(moment, likely, likeness, but)
        return name_card(moment, sheets, question, ranked, names.of(moment, rows))

    return card_of


def _same_cards(questions: Questions, sheets: Sheets) -> CardOf:
    return lambda question: same_card(questions.moment, sheets, question)


def _more_cards(questions: Questions, sheets: Sheets) -> CardOf:
    likeness = _likeness(questions.library)
    return lambda question: more_card(questions.moment, sheets, question, likeness)


_CARDS: dict[str, Callable[[Questions, Sheets], CardOf]] = {
    "name": _name_cards,
    "same": _same_cards,
    "more": _more_cards,
}


def _likeness(library: Library) -> Likeness:
    prior = prior_of(library)
    return Likeness(prior.impostor_median, prior.genuine_median)
