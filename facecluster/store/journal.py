"""The journal of a library: what people decided, the one thing in it that cannot be computed again.

Each decision is a line (journal_line.py), numbered from 1, which names the one before it by its digest: first in a
file of its own, later in one with others (journal_files.py). Of two who write the same number one wins; the other reads
on and writes the next.

A line that a crash tore counts for nothing, is reported for ever after, and the next number follows it. Whatever else
is not as it was written ends the reading: decisions that are wrong are worse than none.
"""

import contextlib
import errno
import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import LibraryError
from facecluster.store.files import STAGED, create_file, held
from facecluster.store.journal_files import REMEDY, JournalFiles
from facecluster.store.journal_line import LINE_FORMAT, Line, bytes_to_line, digest, line_to_bytes


class Entry(NamedTuple):
    """A record with its place in the journal."""

    number: int
    record: dict[str, Any]


class Read(NamedTuple):
    """What a journal holds after some number."""

    entries: list[Any]  # what they were taken for, in order; there is none of a damaged line
    damage: tuple[str, ...]  # what is to be told to a human, a sentence each
    last: int  # number of the last line, damaged or not; 0: there is none


class _Place(NamedTuple):
    """Between two lines."""

    number: int  # of the line before
    digest: str  # of that line


_START = _Place(0, "")


def _itself(entry: Entry) -> Entry:
    return entry


class Journal:
    """The journal in a folder, which need not exist yet. One thread at a time may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = JournalFiles(folder)
        self._end = _START  # how far it was last read: reading on from there reads nothing twice

    def read(self, after: int = 0, take: Callable[[Entry], Any] = _itself) -> Read:
        """All that was written after a number, verified.

        From where the last reading or writing ended only what is new is read, from elsewhere everything.

        Args:
            after: the number.
            take: what to make of an entry; what it raises ends the reading.

        Raises:
            LibraryError: a line is missing, changed, of another journal or of a newer facecluster.
            StorageError: a file cannot be read.
        """
        entries: list[Any] = []
        place = self._end if after == self._end.number else _START
        damage = self._files.strangers() if place == _START else []
        for path, data in self._files.lines(place.number):
            number = place.number + 1
            line = self._checked(path, data, place)
            if line is None:
                damage.append(_damage(path, number, data))
            elif number > after:
                entries.append(take(Entry(number, line.record)))
            place = _Place(number, digest(data))
        self._end = place
        return Read(entries, tuple(damage), place.number)

    def append(self, record: dict[str, Any], after: int) -> Entry:
        """Write a record as number `after` + 1, so that it survives a crash from the moment this returns.

        Raises:
            FileExistsError: somebody else wrote that number first.
            LibraryError: the journal is damaged, or ends before `after`.
            StorageError: a write failed; the record may be there or not.
        """
        if self._end.number < after:
            self.read(self._end.number)
        if self._end.number < after:
            raise LibraryError(f"{self.folder} ends with line {self._end.number}, not {after}.{REMEDY}")
        path = self._files.loose(after + 1)
        if self._end.number > after:
            raise _taken(path)
        with held(self._files.lock, alone=False):
            self._check_end(path)
            data = line_to_bytes(Line(after + 1, self._end.digest, LINE_FORMAT, record))
            create_file(path, data)
        self._end = _Place(after + 1, digest(data))
        return Entry(after + 1, record)

    def pack(self) -> None:
        """Put lines together that are many (JournalFiles.pack). Only for who holds the library for writing."""
        self._files.pack()

    def sweep(self, horizon: float) -> None:
        """Remove what was never finished and is older than a time (seconds since the epoch)."""
        for path in self.folder.glob(f"{STAGED}*"):
            with contextlib.suppress(FileNotFoundError):  # it was finished meanwhile
                if path.stat().st_mtime < horizon:
                    path.unlink()

    def _checked(self, path: Path, data: bytes, place: _Place) -> Line | None:
        """The line after a place; None if it is damaged, which the line after it will know if it always was."""
        try:
            line = bytes_to_line(data)
        except ValueError as error:
            raise LibraryError(f"{path} is no line of a journal: {error}.{REMEDY}") from error
        if line is None:
            return None
        if line.format != LINE_FORMAT:
            raise LibraryError(
                f"{path} has format {line.format}, this facecluster reads format {LINE_FORMAT}: a newer one wrote "
                "it. Use that one. Nothing was changed."
            )
        if line.number != place.number + 1:
            raise LibraryError(f"{path} should hold line {place.number + 1}, it holds {line.number}.{REMEDY}")
        if line.previous != place.digest:
            before = f"Line {place.number} of {self.folder}" if place.number else "The beginning of this journal"
            raise LibraryError(
                f"{before} is not what it was when {path.name} was written: one of the two was changed, or is of "
                f"another journal.{REMEDY}"
            )
        return line

    def _check_end(self, path: Path) -> None:
        """Refuse to write a file after the end as it was read, if that is not the end, or not as it was read."""
        number = self._end.number
        found = [data for _, data in islice(self._files.lines(max(number - 1, 0)), 2)]
        if number and (not found or digest(found.pop(0)) != self._end.digest):
            raise LibraryError(
                f"Line {number} of {self.folder} was changed or taken away since it was read. Nothing was written: "
                "look what is there, then run the same command again."
            )
        if found:
            raise _taken(path)


def _taken(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _damage(path: Path, number: int, data: bytes) -> str:
    how = "cut off" if not data.endswith(b"\n") else "not as it was written"
    return (
        f"{path} is damaged: its line {number} is {how} ({len(data)} bytes). The decision in it does not count; all "
        "others do. Put the file back from a backup of the library if nothing was decided since, or say it again."
    )
