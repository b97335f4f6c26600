"""`facecluster people suggest`: what to say next, by the faces that one answer settles."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.output import plural, print_json, print_lines
from facecluster.cli.people_telling import command

if TYPE_CHECKING:
    from facecluster.people.questions import Question, Unit


class Asked(NamedTuple):
    """A question in words, and for each answer the words after `facecluster people` that give it."""

    sentence: str
    answers: dict[str, list[str]]


def suggest(limit: p.Limit = 10, library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """Ask what settles most, with the answers to type.

    Who is one, who is two, whose faces look wrong, who is met most. The report shows the faces. Where several are
    listed, leave out those of which the answer does not hold.
    """
    from facecluster.pipeline.suggest import suggestions
    from facecluster.store.library import open_library

    questions = suggestions(open_library(library), limit)
    if json:
        print_json({"library": library.resolve(), "questions": [_record(one, library) for one in questions]})
        return
    for number, one in enumerate(questions, 1):
        print_lines([f"{number}. {_title(one)}", *_answer_lines(one, library)])
    if not questions:
        print_lines(["There is nothing to ask: every group is settled."])


def asked(question: "Question") -> Asked:
    """The question in words, with its answers."""
    return {"same": _same, "mixed": _mixed, "wrong": _wrong, "who": _who, "uncertain": _uncertain}[question.kind](
        question
    )


def _same(question: "Question") -> Asked:
    one, other = question.units
    moment = ", taken within minutes" if question.same_moment else ""
    return Asked(
        f"Are {_told(one)} and {_told(other)} one person{moment}?",
        {"yes": ["merge", one.id, other.id], "no": ["differ", one.id, other.id]},
    )


def _mixed(question: "Question") -> Asked:
    unit, *known = question.units
    ones, others = question.shown
    sides = f"{plural(len(question.sides[0]), 'face')} and {len(question.sides[1]):,}"
    if known:
        first, second = known
        return Asked(
            f"Are {sides} of {_told(unit)} those of {_name(first)} and {_name(second)}?",
            {f"yes, {_name(one)}": ["name", one.id, *faces] for one, faces in zip(known, question.shown, strict=True)},
        )
    sentence = f"Is {_told(unit)} two people, {sides}?"
    if unit.kind == "person":
        fewer = min(range(2), key=lambda side: len(question.sides[side]))
        answers = {"yes": ["split", unit.id, *question.shown[fewer]], "no": ["confirm", unit.id, *ones, *others]}
    else:
        answers = {"yes": ["differ", ",".join(ones), ",".join(others)], "no": ["merge", *ones, *others]}
    return Asked(sentence, answers)


def _wrong(question: "Question") -> Asked:
    return _one_by_one(question, "really show")


def _uncertain(question: "Question") -> Asked:
    return _one_by_one(question, "show")


def _one_by_one(question: "Question", show: str) -> Asked:
    (unit,), (faces,) = question.units, question.shown
    answers = {"those that do": ["confirm", unit.id, *faces], "those that do not": ["reject", unit.id, *faces]}
    these = "this face" if len(faces) == 1 else f"each of these {len(faces)} faces"
    return Asked(f"Does {these} {show} {_name(unit)}?", answers)


def _who(question: "Question") -> Asked:
    (unit,) = question.units
    if unit.kind == "person":
        answers = {"somebody": ["rename", unit.id, "NAME"]}
    else:
        answers = {"somebody new": ["name", "NAME", unit.id, "--new"], "somebody known": ["name", "NAME", unit.id]}
    return Asked(f"Who is {_told(unit)}?", answers | {"a stranger": ["ignore", unit.id]})


def _name(unit: "Unit") -> str:
    return unit.name or (f"person {unit.id}" if unit.kind == "person" else f"{unit.kind} {unit.id}")


def _told(unit: "Unit") -> str:
    return f"{_name(unit)} ({plural(unit.faces, 'face')})"


def _title(question: "Question") -> str:
    chance = "" if question.probability is None else f" ({question.probability:.0%})"
    return f"{asked(question).sentence}{chance}"


def _answer_lines(question: "Question", folder: Path) -> list[str]:
    return [f"   {answer}: {command(folder, 'people', *words)}" for answer, words in asked(question).answers.items()]


def _record(question: "Question", folder: Path) -> dict[str, object]:
    told = asked(question)
    answers = {answer: command(folder, "people", *words) for answer, words in told.answers.items()}
    return {**question.to_json(), "sentence": told.sentence, "answers": answers}


COMMANDS = {"suggest": suggest}
