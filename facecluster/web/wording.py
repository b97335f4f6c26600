"""Values -> words for a reader: counts, dates, durations, and text from outside made safe to look at."""

import re
from datetime import datetime

MAX_PATH_CHARACTERS = 240
"""Of a path as shown; longer ones lose their middle. Keeps the page bounded and lines readable."""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not taken from the locale, so that a report does not depend on the machine that wrote it."""

# Control characters, line and paragraph separators, lone surrogates, and the marks that reorder the text around them
# (Unicode Bidirectional Algorithm, UAX 9): a file's name must not change how the rest of the page reads.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def printable(text: str) -> str:
    r"""The text with every character that cannot be seen, or that reorders others, written as `\n` or `\u202e`."""
    return UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def shortened(path: str) -> str:
    """A path of at most `MAX_PATH_CHARACTERS`: the middle of a longer one is left out."""
    if len(path) <= MAX_PATH_CHARACTERS:
        return path
    kept = MAX_PATH_CHARACTERS - 1
    return f"{path[: kept // 2]}…{path[-(kept - kept // 2) :]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """`1 photo`, `2,300 photos`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def day_in_words(day: datetime) -> str:
    """`3 Aug 2021`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def days_in_words(first: datetime, last: datetime) -> str:
    """`3 Aug 2021`; by month where the days differ: `Aug 2021` or `Mar 2014 to Aug 2021`."""
    if first.date() == last.date():
        return day_in_words(first)
    from_month, to_month = (f"{MONTHS[day.month - 1]} {day.year}" for day in (first, last))
    return from_month if from_month == to_month else f"{from_month} to {to_month}"


def moment_in_words(iso: str) -> str:
    """`21 Nov 2026, 23:44 UTC` from ISO 8601; a text that is something else is returned as it is."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = moment.tzname()
    return f"{day_in_words(moment)}, {moment:%H:%M}{f' {zone}' if zone else ''}"


def duration_in_words(seconds: float) -> str:
    """`0.4 s`, `42 s`, `3 min 5 s` or `2 h 14 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"
