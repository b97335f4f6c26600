"""What an address says -> what is meant by it."""

from typing import TypeVar

from facecluster.errors import UsageError

MAX_DIGITS = 9  # of a number: what an int32 holds, and more than there is of anything
MAX_QUOTED = 40  # characters of an address that a message repeats

Word = TypeVar("Word", bound=str)


def number_in(text: str) -> int:
    """The number that a part of an address is.

    Raises:
        UsageError: it is none, or too large.
    """
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise UsageError(f"Expected a number in the address, found {text[:MAX_QUOTED]!r}.")
    return int(text)


def word_in(text: str, known: tuple[Word, ...]) -> Word:
    """The word, of those that may stand there, that a part of an address is.

    Raises:
        UsageError: it is none of them.
    """
    for word in known:
        if word == text:
            return word
    raise UsageError(f"Expected one of {', '.join(known)} in the address, found {text[:MAX_QUOTED]!r}.")
