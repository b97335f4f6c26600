"""Names and days as people type them -> as they are kept, or a sentence why not.

A name is data: markup, quotes, slashes, formulas and any script are ordinary. Only what cannot be seen is refused, as
it would make two names that look the same, or turn the text around it.
"""

import re
import unicodedata
from datetime import date

from facecluster.errors import UsageError

MAX_NAME = 200
"""Characters of a name: the longest names of people have some hundred."""

EARLIEST_YEAR = 1800  # photographs begin in 1826; nobody on one was born much before

_UNSEEN_CATEGORIES = {
    "Cc": "a control character",
    "Cs": "half of a character",
    "Co": "a character without a meaning of its own",
    "Cn": "a character that no standard knows",
    "Zl": "a line break",
    "Zp": "a line break",
}
_JOINERS = "\u200c\u200d"
"""They shape the letters beside them in Persian or Hindi, and the people of an emoji; elsewhere they cannot be seen."""

_BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Unicode calls them letters, marks or symbols; they look like nothing."""

_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Alphabets that share the looks of some letters: no word is written in two of them."""


def checked_name(text: str) -> str:
    """The name without blanks around it, composed as Unicode recommends (NFC).

    Raises:
        UsageError: it is empty, too long, or holds what cannot be seen.
    """
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > MAX_NAME:
        raise UsageError(f"A name has at most {MAX_NAME} characters, this one has {len(name):,}: shorten it.")
    for place, character in enumerate(name):
        if why := _unseen(character, name[place - 1 : place], name[place + 1 : place + 2]):
            raise UsageError(
                f"The name {_quoted(name)} holds {why} (U+{ord(character):04X}) as its character {place + 1}: type it "
                "anew, without."
            )
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise UsageError("A name needs at least one letter, digit or sign: this one is empty.")
    return name


def checked_day(text: str, today: date) -> str:
    """The day as ISO 8601 writes it.

    Raises:
        UsageError: it is none, or nobody on a photo can have been born on it.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"A day is written like 1987-03-21, found {_quoted(text)}.") from None
    if day.year < EARLIEST_YEAR:
        raise UsageError(f"{day} is long before the first photograph: expected a day from {EARLIEST_YEAR} on.")
    if day > today:
        raise UsageError(f"{day} is still to come: today is {today}.")
    return day.isoformat()


def mixed_letters(name: str) -> str | None:
    """What to warn of if a word mixes alphabets whose letters look alike; None: nothing."""
    for word in re.findall(r"\w+", unicodedata.normalize("NFKC", name)):
        alphabets = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if len(mixed := [alphabet.title() for alphabet in _ALIKE if alphabet in alphabets]) > 1:
            return (
                f'"{word}" mixes {" and ".join(mixed)} letters, some of which look the same: whoever types the name '
                "in one alphabet will not find it."
            )
    return None


def _unseen(character: str, before: str, after: str) -> str | None:
    """What is wrong with a character of a name, between its neighbours; None: nothing."""
    category = unicodedata.category(character)
    if character in _JOINERS and _is_shaped(before) and _is_shaped(after):
        return None
    if category == "Cf" or character in _BLANK_LETTERS:
        return "an invisible character"
    if unicodedata.name(character, "").startswith("VARIATION SELECTOR") and unicodedata.category(before or "a") != "So":
        return "an invisible character"
    return _UNSEEN_CATEGORIES.get(category)


def _is_shaped(character: str) -> bool:
    """Whether a joiner beside it shows: letters and marks of most scripts, and pictures."""
    shown = character and unicodedata.category(character)[0] in "LMS"
    return bool(shown) and unicodedata.name(character, "").partition(" ")[0] not in _ALIKE


def _quoted(text: str) -> str:
    """The beginning of a text, with what cannot be seen written out."""
    return ascii(text if len(text) <= 40 else text[:40] + "...")
