"""A record <-> a line of a journal, which shows any change to itself and to the line before it.

    {"number": n, "previous": digest, "format": 1, "record": {...}, "sha256": digest}

`previous` is the sha256 of the bytes of line n - 1 as they lie on disk, torn or not ("" in the first); `sha256` that of
the line as it would be without that last field. Every format ends so: of a line of any, it shows whether it is whole.
"""

import hashlib
import json
from typing import Any, NamedTuple

LINE_FORMAT = 1

SEAL_BYTES = len(', "sha256": ""}\n') + 64
"""Of the last field and what follows it."""


class Line(NamedTuple):
    """What a line says."""

    number: int
    previous: str
    format: int
    record: dict[str, Any]


def line_to_bytes(line: Line) -> bytes:
    """The line as it stands on disk, in ASCII."""
    body = json.dumps(line._asdict(), allow_nan=False)[:-1].encode()
    return body + _seal(body)


def bytes_to_line(data: bytes) -> Line | None:
    """The line, or None if these bytes are not as they were written.

    Raises:
        ValueError: they are, but by a program that does not write what this one expects.
    """
    if not is_whole(data):
        return None
    fields = json.loads(data[:-SEAL_BYTES].decode("ascii") + "}")
    if fields.keys() != set(Line._fields):
        raise ValueError(f"expected the fields {', '.join(Line._fields)}, found {', '.join(fields)}")
    return Line(**fields)


def is_whole(data: bytes) -> bool:
    """Whether these bytes are a line as it was written, of whatever format."""
    return data[-SEAL_BYTES:] == _seal(data[:-SEAL_BYTES])


def digest(data: bytes) -> str:
    """What stands for a line in the next."""
    return hashlib.sha256(data).hexdigest()


def _seal(body: bytes) -> bytes:
    return b', "sha256": "%s"}\n' % digest(body + b"}").encode()
