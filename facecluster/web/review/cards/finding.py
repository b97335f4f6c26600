"""Names and what somebody types -> which names may be meant, the likelier first."""

import difflib
import unicodedata
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache

NEAR = 0.8
"""Share of letters, in order, that a name with a slip of the finger has in common with what was meant: "Ana" and
"Anna" .86, "Marla" and "Maria" .8; below are other names, "Jana" and "Hana" .75."""

LEAST_LETTERS = 3
"""Of what is typed, before names that are merely near are looked for: of two letters anything is near."""

KEPT_NAMES = 1 << 16  # in their plain form, so that a key stroke costs nothing but comparisons

UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})  # noqa: RUF001
"""Letters with a mark that Unicode does not take apart, as they are typed where the keyboard lacks them."""


class Fit(IntEnum):
    """How a name fits what was typed; the lower the better."""

    EXACT = 0
    BEGINS = 1  # every word typed begins a word of the name
    WITHIN = 2
    NEAR = 3  # a slip of the finger away


def fitting(names: Mapping[int, str], typed: str) -> dict[int, Fit]:
    """Which names fit, and how; near ones only where nothing else does. Everything fits what is empty.

    Capitals, accents and the width of letters are ignored.
    """
    words = plain(typed)
    if not words:
        return dict.fromkeys(names, Fit.BEGINS)
    fits = {place: fit for place, name in names.items() if (fit := _fit(plain(name), words)) is not None}
    return fits or _near(names, words)


@lru_cache(KEPT_NAMES)
def plain(text: str) -> str:
    """The text as comparisons take it: small letters without accents, single blanks."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(UNDECOMPOSED)
    return " ".join("".join(sign for sign in folded if not unicodedata.combining(sign)).split())


def _fit(name: str, words: str) -> Fit | None:
    if name == words:
        return Fit.EXACT
    if all(any(part.startswith(word) for part in name.split()) for word in words.split()):
        return Fit.BEGINS
    return Fit.WITHIN if words in name else None


def _near(names: Mapping[int, str], words: str) -> dict[int, Fit]:
    """The names of which the whole, or as many words as were typed, are nearly the same.

    Who counts, as "Guest 1" and "Guest 2", means what is typed.
    """
    if len(words) < LEAST_LETTERS:
        return {}
    matcher = difflib.SequenceMatcher(b=words, autojunk=False)
    count, digits = len(words.split()), _digits(words)
    return {
        place: Fit.NEAR
        for place, name in names.items()
        if any(_digits(part) == digits and _is_near(matcher, part, words) for part in _parts(name, count))
    }


def _parts(name: str, count: int) -> list[str]:
    """The name, and all runs of so many of its words."""
    parts = plain(name).split()
    return [" ".join(parts), *(" ".join(parts[first : first + count]) for first in range(len(parts) - count + 1))]


def _digits(text: str) -> list[str]:
    return [sign for sign in text if sign.isdigit()]


def _is_near(matcher: difflib.SequenceMatcher, part: str, words: str) -> bool:
    """Whether a part of a name is the words but for a slip; the matcher has the words as its second text."""
    if len(part) == len(words) and sorted(part) == sorted(words):
        wrong = [place for place, (one, other) in enumerate(zip(part, words, strict=True)) if one != other]
        return len(wrong) == 2 and wrong[1] - wrong[0] == 1  # neighbours in each other's place
    matcher.set_seq1(part)
    return matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR and matcher.ratio() >= NEAR
