"""Decisions <-> plain dictionaries: the records of a journal, and all of it as one JSON object, its backup."""

import reprlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple, get_args, get_type_hints

from facecluster.errors import UsageError
from facecluster.people.names import checked_day, checked_name
from facecluster.people.statements import KINDS, Decision, FaceIds, Provenance, Statement, Undo

BACKUP_KIND = "facecluster people"
BACKUP_FORMAT = 1
MAX_ID = 100  # characters of an id, and more than any of ours has

_WORDS = {kind: word for word, kind in KINDS.items()}
_PROVENANCES = get_args(Provenance)


class _Kind(NamedTuple):
    """What may stand in a field."""

    expected: str
    fits: Callable[[Any], bool]


_KINDS: dict[Any, _Kind] = {
    str: _Kind("text", lambda value: type(value) is str),
    str | None: _Kind("text or null", lambda value: value is None or type(value) is str),
    FaceIds: _Kind("a list of texts", lambda value: type(value) is list and {str}.issuperset(map(type, value))),
}
_OF_DECISION = dict.fromkeys(("id", "time", "who", "provenance"), _KINDS[str]) | {
    "statements": _Kind("a list of statements", lambda value: type(value) is list and len(value) > 0)
}
_OF_STATEMENT = {
    word: {"kind": _KINDS[str]} | {name: _KINDS[hint] for name, hint in get_type_hints(kind).items()}
    for word, kind in KINDS.items()
}


def to_record(decision: Decision) -> dict[str, Any]:
    """The decision as JSON has it; each statement begins with the word for its kind."""
    statements = [{"kind": _WORDS[type(said)], **_plain(vars(said))} for said in decision.statements]
    return {**vars(decision), "statements": statements}


def from_record(record: Any) -> Decision:
    """The decision that a record stands for.

    Raises:
        ValueError: it stands for none; says what was expected and what was found.
    """
    _check_fields(record, _OF_DECISION, "a decision")
    if record["provenance"] not in _PROVENANCES:
        raise ValueError(f"expected provenance {' or '.join(_PROVENANCES)}, found {_shown(record['provenance'])}")
    return Decision(**{**record, "statements": tuple(map(_statement, record["statements"]))})


def backup(decisions: Iterable[Decision]) -> dict[str, Any]:
    """All decisions as one JSON object."""
    return {"kind": BACKUP_KIND, "format": BACKUP_FORMAT, "decisions": [to_record(decision) for decision in decisions]}


def decisions_in(record: Any) -> list[Decision]:
    """The decisions of a backup, in order.

    Raises:
        UsageError: it is none, or holds what nobody can have decided; says what was expected and what was found.
    """
    if not isinstance(record, dict) or record.get("kind") != BACKUP_KIND:
        raise UsageError(
            f'This is no backup of people: expected a JSON object with "kind": "{BACKUP_KIND}", as '
            f"`facecluster people export` writes it, found {_shown(record)}."
        )
    if record.get("format") != BACKUP_FORMAT:
        raise UsageError(
            f"The backup has format {_shown(record.get('format'))}, this facecluster reads format {BACKUP_FORMAT}. "
            "Use the facecluster that wrote it."
        )
    if not isinstance(record.get("decisions"), list):
        raise UsageError(f"Expected a list of decisions in the backup, found {_shown(record.get('decisions'))}.")
    decisions: dict[str, Decision] = {}
    for number, one in enumerate(record["decisions"], 1):
        try:
            decision = from_record(one)
            _check_place(decision, decisions)
            check_decision(decision)
        except (ValueError, UsageError) as error:
            raise UsageError(f"Decision {number} of the backup cannot be used: {error} Nothing was added.") from error
        decisions[decision.id] = decision
    return list(decisions.values())


def check_decision(decision: Decision) -> None:
    """Refuse what must not come into a journal, whoever made it; whether it makes sense is not asked.

    Raises:
        UsageError: a name, a day, a time or an id is none, or nothing is said.
    """
    try:
        from_record(to_record(decision))
        datetime.fromisoformat(decision.time)
    except ValueError as error:
        raise UsageError(f"This is no decision: {error}") from error
    _check_words("id", [decision.id])
    _check_words("name", [decision.who])
    for said in decision.statements:
        for field, value in vars(said).items():
            _check_words(field, value if isinstance(value, tuple) else [] if value is None else [value])


def _statement(record: Any) -> Statement:
    word = record.get("kind") if isinstance(record, dict) else None
    if not isinstance(word, str) or word not in KINDS:
        raise ValueError(f"expected a statement of the kind {', '.join(KINDS)}, found {_shown(record)}.")
    _check_fields(record, _OF_STATEMENT[word], f'a statement of the kind "{word}"')
    values = {name: tuple(value) if type(value) is list else value for name, value in record.items() if name != "kind"}
    return KINDS[word](**values)


def _check_fields(record: Any, kinds: Mapping[str, _Kind], what: str) -> None:
    if not isinstance(record, dict) or record.keys() != kinds.keys():
        found = ", ".join(map(_shown, record)) if isinstance(record, dict) else _shown(record)
        raise ValueError(f"expected {what} with the fields {', '.join(kinds)}, found {found}.")
    for name, kind in kinds.items():
        if not kind.fits(record[name]):
            raise ValueError(f"expected {kind.expected} as {name} of {what}, found {_shown(record[name])}.")


def _check_place(decision: Decision, earlier: Mapping[str, Decision]) -> None:
    """Refuse a decision that was made before, or undoes one that was not."""
    if decision.id in earlier:
        raise UsageError(f"the id {_shown(decision.id)} is there twice.")
    for said in decision.statements:
        if isinstance(said, Undo) and said.decision not in earlier:
            raise UsageError(f"it undoes the decision {_shown(said.decision)}, which is not among those before it.")


def _check_words(field: str, words: Iterable[str]) -> None:
    """Refuse a name or a day that is none, and ids that cannot be shown."""
    for word in words:
        if field == "name":
            if checked_name(word) != word:
                raise UsageError(f"expected the name {checked_name(word)!a}, found {word!a}.")
        elif field == "day":
            checked_day(word, date.max)
        elif not (word.isascii() and word.isprintable() and 0 < len(word) <= MAX_ID):
            raise UsageError(f"expected an id, found {_shown(word)}.")


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _shown(value: Any) -> str:
    """A value, shortened, in ASCII."""
    return reprlib.repr(value).encode("ascii", "backslashreplace").decode()
