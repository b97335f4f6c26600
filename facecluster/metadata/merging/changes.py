"""What a merge did to a document, in lines for people: "+ region Anna Müller at 0.31 0.21 0.11 0.20"."""

from facecluster.metadata.areas import overlap
from facecluster.metadata.words import Box, Shown

MAX_SHOWN = 100
"""Characters of a text of somebody else's that a line quotes."""

MAX_TEXT = 300
"""Characters of a text that a line gives: every name of a person's has room, as a keyword too."""


def region_line(sign: str, form: str, shown: Shown) -> str:
    """A region that came (+) or went (-): left, top, width and height in parts of the stored picture."""
    assert shown.box is not None
    left, top, right, bottom = shown.box
    place = " ".join(f"{value:.2f}" for value in (left, top, right - left, bottom - top))
    return f"{sign} {form} {shown.name} at {place}"


def text_line(sign: str, kind: str, text: str) -> str:
    """A text that came or went; a long one, which is somebody else's that a list of ours takes over, is cut."""
    return f"{sign} {kind} {text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + '...'}"


def taken_line(shown: Shown, other: str, box: Box) -> str:
    """Why a region was not added: somebody else's stands there."""
    assert shown.box is not None
    share = overlap(shown.box, box)
    return f"no region for {shown.name}: the file has one of {quoted(other)} there ({share:.0%} the same)"


def unknown_form_line(name: str) -> str:
    """Why nothing was added to a property."""
    return f"{name} is written in a way that cannot be added to: left as it is"


def quoted(text: str) -> str:
    """A text of unknown origin as one short line that shows every sign in it."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text[:MAX_SHOWN])
    return f'"{shown}..."' if len(text) > MAX_SHOWN else f'"{shown}"'
