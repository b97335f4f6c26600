"""The questions of a library at one moment, as cards that are looked at one below the other and not answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from facecluster.people.likeness import Likeness
from facecluster.people.questions import Question
from facecluster.pipeline.catalogue import prior_of
from facecluster.pipeline.live import Moment
from facecluster.pipeline.open_questions import OpenQuestions
from facecluster.pipeline.question_keys import key_of
from facecluster.pipeline.standing import Standing, faces_named, places_of
from facecluster.pipeline.thinking import Kinds, thought_of
from facecluster.store.library import Library
from facecluster.web.review.deck import Dealt
from facecluster.web.review.more import more_card
from facecluster.web.review.name import name_card
from facecluster.web.review.pages import ASKED
from facecluster.web.review.same import same_card
from facecluster.web.review.sheets import Sheets

MAX_CARDS = 60
"""On one page: some twenty screens of a desk, and 720 faces to load."""


@dataclass(frozen=True)
class Questions:
    """The questions of one moment."""

    moment: Moment
    likeness: Likeness
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
    thought, prior = thought_of(library, moment), prior_of(library)
    places = places_of(faces_named(thought.questions.values()), moment.present.face_ids)
    likeness = Likeness(prior.impostor_median, prior.genuine_median)
    return Questions(moment, likeness, thought.order, OpenQuestions(thought, {}, Standing(moment, places)))


def cards_shown(questions: Questions, screen: str, sheets: Sheets) -> CardsShown:
    """The first cards of a screen: name, same or more."""
    moment, counts = questions.moment, questions.counts
    open_ = counts.pop(screen)
    makers: dict[str, Callable[[Question], object]] = {
        "name": lambda question: name_card(moment, sheets, question),
        "same": lambda question: same_card(moment, sheets, question),
        "more": lambda question: more_card(moment, sheets, question, questions.likeness),
    }
    asked = questions.first(ASKED[screen], MAX_CARDS)
    around = [Dealt(screen, key_of(question), str(moment.state), open_, counts) for question in asked]
    cards = tuple(Card(dealt, makers[screen](question)) for dealt, question in zip(around, asked, strict=True))
    return CardsShown(screen, open_, cards or (Card(Dealt(screen, "", str(moment.state), open_, counts), None),))
