r"""Paths as text that any table, page or terminal can hold, and back.

A path is bytes to the operating system. Here it is the text those bytes spell in UTF-8, with a backslash doubled, and
with `\xNN` for each byte that spells nothing, controls a terminal or breaks a line. Other paths have other texts.
"""

import os
import re

_BACKSLASH = "\\"

# Controls (C0, delete, C1), line and paragraph separators, and the stand-ins that decoding leaves for other bytes.
_UNSAFE = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\udc80-\udcff]")

_ESCAPE = re.compile(r"\\(?:\\|x([0-9a-f]{2}))")


def path_to_text(path: os.PathLike[str] | str | bytes) -> str:
    """The text of a path; `text_to_path` undoes it."""
    return _UNSAFE.sub(_escaped, os.fsencode(path).decode("utf-8", "surrogateescape"))


def text_to_path(text: str) -> bytes:
    """The path that a text of `path_to_text` stands for.

    Raises:
        ValueError: the text is none of `path_to_text`.
    """
    if _BACKSLASH in _ESCAPE.sub("", text):
        raise ValueError(f"not the text of a path: {text!r} has a backslash that begins no escape")
    plain = _ESCAPE.sub(_unescaped, text).encode("utf-8", "surrogateescape")
    if path_to_text(plain) != text:
        raise ValueError(f"not the text of a path: {text!r} is not how that path is written")
    return plain


def _escaped(match: re.Match[str]) -> str:
    if match[0] == _BACKSLASH:
        return _BACKSLASH * 2
    return "".join(f"\\x{byte:02x}" for byte in match[0].encode("utf-8", "surrogateescape"))


def _unescaped(match: re.Match[str]) -> str:
    """A backslash, or one byte in the stand-in form that encoding turns back into itself."""
    return bytes([int(match[1], 16)]).decode("ascii", "surrogateescape") if match[1] else _BACKSLASH
