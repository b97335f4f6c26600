"""What of an album is ours: written down before it is made, and believed only if it makes sense."""

import json
from pathlib import Path
from typing import Any

from facecluster.errors import UsageError
from facecluster.store.albums.entries import Mark
from facecluster.store.files import read_file, replace_file

OURS = ".facecluster-album"
"""The folder in an album that no entry is in."""

CONTENTS = "contents.json"
VERSION = 1  # of its form

Marks = dict[str, tuple[Mark, ...]]
"""By entry, `<folder>/<file>`: each that we made of it, or were about to make."""


def read_contents(folder: Path, library: str) -> Marks | None:
    """What is known to be ours in an album; None: it is new.

    Raises:
        UsageError: that cannot be told, or the album is of another library than that of this id.
        StorageError: the file cannot be read.
    """
    file = folder / OURS / CONTENTS
    try:
        record = json.loads(read_file(file))
        made_of, marks = record["library"], _marks(record)
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{file} is damaged, so nobody knows what of the album is ours. Nothing was changed: choose another folder."
        ) from error
    if made_of != library:
        raise UsageError(f"{folder} is an album of another library. Nothing was changed: choose another folder.")
    return marks


def _marks(record: Any) -> Marks:
    if record["version"] != VERSION:
        raise ValueError(record["version"])
    return {
        _entry_name(name): tuple(Mark(str(to), size and int(size), int(modified)) for to, size, modified in marks)
        for name, marks in record["entries"].items()
    }


def with_mark(mark: Mark, others: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The marks with one more, if it is not among them."""
    return others if mark in others else (*others, mark)


def _entry_name(text: str) -> str:
    """The name of an entry, which is one of a file in a folder of the album, so that nothing else is ever removed."""
    folder, _, file = text.partition("/")
    if not folder or not file or "/" in file or {folder, file} & {".", "..", OURS}:
        raise ValueError(text)
    return text


def write_contents(folder: Path, library: str, marks: Marks, before: Marks | None) -> None:
    """Write down what is ours, whole or not at all, if that is something else than before.

    Raises:
        StorageError: the write failed; what stood there still does.
    """
    if marks != before:
        record = {"version": VERSION, "library": library, "entries": marks}
        replace_file(folder / OURS / CONTENTS, json.dumps(record, sort_keys=True).encode())
