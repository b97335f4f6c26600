"""The screen Same person?: are these two one, and is this one two?"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.routing import BaseRoute

from facecluster.people.questions import Question, Unit
from facecluster.pipeline.review.live import Moment
from facecluster.web.review.cards.cards import Party, party, rows_of_faces, unit_as_said
from facecluster.web.review.cards.deck import Deck
from facecluster.web.review.pictures.sheets import Sheets, Tile

if TYPE_CHECKING:
    from facecluster.web.review.app import Review

PROBABLE, VERY_LIKELY = 0.65, 0.9
"""Probabilities from which on these words are used, as people mean them. Estimate."""


@dataclass(frozen=True)
class Side:
    """Faces that may be one person's, beside others."""

    party: Party | None  # whose they are, or are thought to be; None: part of a unit
    faces: int
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Answer:
    """A button, its key, and what it says."""

    key: str
    words: str
    says: str  # JSON: a list of what is decided, in this order
    likely: bool  # more than the contrary


@dataclass(frozen=True)
class SameCard:
    """Two sides to compare, and the answers."""

    asks: str
    explains: str  # what an answer comes to; "" where that goes without saying
    sides: tuple[Side, Side]
    whole: Party | None  # whose faces both sides are; None: they are two units
    guess: str  # of the machine, in words
    same_moment: bool
    answers: tuple[Answer, Answer] | tuple[Answer]


def same_card(moment: Moment, sheets: Sheets, question: Question) -> SameCard:
    """What the card shows of a question "same" or "mixed"."""
    return (_same if question.kind == "same" else _mixed)(moment, sheets, question)


def _same(moment: Moment, sheets: Sheets, question: Question) -> SameCard:
    one, other = (
        party(moment, sheets, unit, shown) for unit, shown in zip(question.units, question.shown, strict=True)
    )
    likely = question.probability or 0
    units = [json.loads(side.unit) for side in _first_who_stays(one, other)]
    return SameCard(
        asks="Is this the same person?",
        explains=_outcome(*_first_who_stays(one, other)),
        sides=(Side(one, one.faces, one.tiles), Side(other, other.faces, other.tiles)),
        whole=None,
        guess=guess_in_words(likely),
        same_moment=question.same_moment,
        answers=(
            _answer("y", "Yes, one person", likely, {"kind": "merge", "units": units}),
            _answer("n", "No, two people", 1 - likely, {"kind": "differ", "one": units[0], "other": units[1]}),
        ),
    )


def _mixed(moment: Moment, sheets: Sheets, question: Question) -> SameCard:
    unit, *known = question.units
    whole = party(moment, sheets, unit, ())
    tiles = [tuple(sheets.tiles(moment, rows_of_faces(moment, shown))) for shown in question.shown]
    parties = [party(moment, sheets, one, ()) for one in known] or [None, None]
    one, other = (Side(who, len(side), shown) for who, side, shown in zip(parties, question.sides, tiles, strict=True))
    return SameCard(
        asks=_mixed_asks(known),
        explains="",
        sides=(one, other),
        whole=whole,
        guess=guess_in_words(1 - (question.probability or 0)),
        same_moment=False,
        answers=_mixed_answers(moment, question, known),
    )


def _mixed_asks(known: list[Unit]) -> str:
    if not known:
        return "Is this one person or two?"
    one, other = (unit.name or "somebody without a name" for unit in known)
    return f"Are these {one} on one side and {other} on the other?"


def _mixed_answers(moment: Moment, question: Question, known: list[Unit]) -> tuple[Answer, Answer] | tuple[Answer]:
    unit, likely = json.loads(unit_as_said(moment, question.units[0])), question.probability or 0
    if known:
        named = (
            {"kind": "name", "faces": {"faces": list(side)}, "who": {"person": one.id}, "but": []}
            for one, side in zip(known, question.sides, strict=True)
        )
        return (_answer("y", "Yes, both are right", likely, *named),)
    sides = [list(side) for side in question.sides]
    return (
        _answer("1", "One person", 1 - likely, _one_person(unit, question)),
        _answer("2", "Two people", likely, {"kind": "two_people", "unit": unit, "sides": sides}),
    )


def _one_person(unit: dict[str, Any], question: Question) -> dict[str, Any]:
    """Of a person, that the faces shown are theirs: those were looked at. Of a group, that it is one person."""
    if "person" in unit:
        shown = [face for side in question.shown for face in side]
        return {"kind": "confirm", **unit, "faces": {"faces": shown}, "but": []}
    return {"kind": "one_person", "unit": unit}


def _first_who_stays(one: Party, other: Party) -> tuple[Party, Party]:
    """The two, first who keeps name and id: a person before a group, a name before none, most faces before fewer."""
    ranks = [(side.kind == "person", side.name is not None, side.faces) for side in (one, other)]
    return (one, other) if ranks[0] >= ranks[1] else (other, one)


def _outcome(first: Party, second: Party) -> str:
    """What a yes comes to, where both have names."""
    if first.name is None or second.name is None or first.name == second.name:
        return ""
    return f"If they are one person, all faces will be {first.name}'s. You can rename that person later."


def guess_in_words(probability: float) -> str:
    """What a machine thinks, by its probability that faces are one person's."""
    if max(probability, 1 - probability) < PROBABLE:
        return "Hard to tell"
    word = "Very likely" if max(probability, 1 - probability) >= VERY_LIKELY else "Probably"
    return f"{word} {'one person' if probability > 0.5 else 'two people'}"


def _answer(key: str, words: str, probability: float, *says: dict[str, Any]) -> Answer:
    return Answer(key, words, json.dumps(says), likely=probability > 0.5)


def routes(review: "Review") -> list[BaseRoute]:
    """The routes of this screen."""
    return Deck(review, "same", lambda moment, question: same_card(moment, review.sheets, question)).routes()
