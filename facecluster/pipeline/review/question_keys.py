"""Questions <-> names for them, fit for an address, which hold while what they are about does."""

import re
from typing import Literal, NamedTuple

from facecluster.people.questions import KINDS, Kind, Question

UnitKind = Literal["person", "cluster", "face"]

N_ASKED = {"same": 2}
"""Units in the key of a question; else it is one: `mixed` tells of people too, who follow from the unit."""

WORDS: dict[UnitKind, re.Pattern[str]] = {
    "person": re.compile("[0-9a-f]{12}"),
    "cluster": re.compile("0|[1-9][0-9]{0,8}"),
    "face": re.compile("[0-9a-f]{20}(--?[0-9]+){4}"),
}
"""The id of each kind of unit."""


class About(NamedTuple):
    """A person, a cluster or a face that is alone (questions.Unit)."""

    kind: UnitKind
    id: str


class Asked(NamedTuple):
    """What is asked about what."""

    kind: Kind
    about: tuple[About, ...]


def key_of(question: Question) -> str:
    """A name for a question that holds while its units do, fit for an address."""
    return key_from(question.kind, *(About(unit.kind, unit.id) for unit in question.units[: _n_asked(question.kind)]))


def key_from(kind: Kind, *about: About) -> str:
    """The key of a question of this kind about these."""
    return ".".join([kind, *("-".join(unit) for unit in about)])


def asked_by(key: str) -> Asked | None:
    """The question of a key; None: there can be none."""
    kind, *words = key.split(".")
    about = tuple(found for found in map(_about, words) if found)
    if kind not in KINDS or len(about) != len(words) or len(words) != _n_asked(kind):
        return None
    return Asked(kind, about)


def _about(word: str) -> About | None:
    kind, _, id_ = word.partition("-")
    return next((About(one, id_) for one, ids in WORDS.items() if one == kind and ids.fullmatch(id_)), None)


def _n_asked(kind: str) -> int:
    return N_ASKED.get(kind, 1)
