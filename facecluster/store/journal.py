"""The journal of a library: what people decided, the one thing in it that cannot be computed again.

    journal/00000001.jsonl             one line (journal_line.py), numbered from 1, created exclusively
    journal/00000001-00001000.jsonl    the very lines of many such files, once there are thousands

Of two who write the same number one wins, and the other reads on and writes the next. `journal/lock` keeps writers and
whoever packs apart: no number becomes free because its file went into a pack.
A line that a crash tore counts for nothing, is reported for ever after, and the next number follows it. Whatever else
is not as it was written ends the reading: decisions that are wrong are worse than none.
"""

import contextlib
import errno
import os
import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import LibraryError
from facecluster.store.files import STAGED, create_file, file_names, held, read_file, remove_copies
from facecluster.store.journal_line import LINE_FORMAT, Line, bytes_to_line, digest, is_whole, line_to_bytes

PACKED_LINES = 1000
"""In a pack, and loose beside packs: a thousand small files are listed and read in some 20 ms."""

_FILE_NAME = re.compile(r"(\d{8})(?:-(\d{8}))?\.jsonl")


class Entry(NamedTuple):
    """A record with its place in the journal."""

    number: int
    record: dict[str, Any]


class Read(NamedTuple):
    """What a journal holds after some number."""

    entries: list[Entry]  # in order; numbers of damaged lines are missing
    damage: tuple[str, ...]  # what is to be told to a human, a sentence each
    last: int  # number of the last line, damaged or not; 0: there is none


class _Place(NamedTuple):
    """Between two lines."""

    number: int  # of the line before
    digest: str  # of that line


class _File(NamedTuple):
    """A file of the journal, by the numbers of its lines; of two that begin alike, a pack comes first."""

    first: int
    minus_last: int
    name: str

    @property
    def last(self) -> int:
        return -self.minus_last

    @property
    def loose(self) -> bool:
        return "-" not in self.name


_START = _Place(0, "")
_REMEDY = (
    " Put the file back from a backup of the library; or move the folder of the journal away and bring its decisions "
    "back with `facecluster people import FILE`, FILE being what `facecluster people export` wrote last."
)


class Journal:
    """The journal in a folder, which need not exist yet. One thread at a time may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._end = _START  # how far it was last read: reading on from there reads nothing twice

    def read(self, after: int = 0) -> Read:
        """All that was written after a number, verified.

        From where the last reading or writing ended only what is new is read, from elsewhere everything.

        Raises:
            LibraryError: a line is missing, changed, of another journal or of a newer facecluster.
            StorageError: a file cannot be read.
        """
        entries: list[Entry] = []
        place = self._end if after == self._end.number else _START
        damage = self._strangers() if place == _START else []
        for path, data in self._lines(place.number):
            number = place.number + 1
            line = self._checked(path, data, place)
            if line is None:
                damage.append(_damage(path, number, data))
            elif number > after:
                entries.append(Entry(number, line.record))
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
            raise LibraryError(f"{self.folder} ends with line {self._end.number}, not {after}.{_REMEDY}")
        path = self._loose(after + 1)
        if self._end.number > after:
            raise _taken(path)
        with held(self._lock, alone=False):
            self._check_end(path)
            data = line_to_bytes(Line(after + 1, self._end.digest, LINE_FORMAT, record))
            create_file(path, data)
        self._end = _Place(after + 1, digest(data))
        return Entry(after + 1, record)

    def pack(self) -> None:
        """Put the lines of loose files together, a thousand at a time, while there are more than that.

        Damaged lines are left as they are. A crash leaves lines twice, which harms nobody and is mended the next time;
        so is what is left alone now because somebody is writing.

        Raises:
            StorageError: a write failed; nothing is lost.
        """
        if not any(file.loose for file in self._files()):
            return
        with held(self._lock, alone=True) as ours:
            if ours:
                self._remove_packed()
                self._pack([file for file in self._files() if file.loose])

    def sweep(self, horizon: float) -> None:
        """Remove what was never finished and is older than a time (seconds since the epoch)."""
        for path in self.folder.glob(f"{STAGED}*"):
            with contextlib.suppress(FileNotFoundError):  # it was finished meanwhile
                if path.stat().st_mtime < horizon:
                    path.unlink()

    # reading ---------------------------------------------------------------------------------------------------------

    def _checked(self, path: Path, data: bytes, place: _Place) -> Line | None:
        """The line after a place; None if it is damaged, which the line after it will know if it always was."""
        try:
            line = bytes_to_line(data)
        except ValueError as error:
            raise LibraryError(f"{path} is no line of a journal: {error}.{_REMEDY}") from error
        if line is None:
            return None
        if line.format != LINE_FORMAT:
            raise LibraryError(
                f"{path} has format {line.format}, this facecluster reads format {LINE_FORMAT}: a newer one wrote "
                "it. Use that one. Nothing was changed."
            )
        if line.number != place.number + 1:
            raise LibraryError(f"{path} should hold line {place.number + 1}, it holds {line.number}.{_REMEDY}")
        if line.previous != place.digest:
            before = f"Line {place.number} of {self.folder}" if place.number else "The beginning of this journal"
            raise LibraryError(
                f"{before} is not what it was when {path.name} was written: one of the two was changed, or is of "
                f"another journal.{_REMEDY}"
            )
        return line

    def _lines(self, after: int) -> Iterator[tuple[Path, bytes]]:
        """The lines after a number, in order, each with the file it stands in.

        Packs are made, and loose files removed, from the first number on: while a whole line is loose, so are those
        after it, and its neighbour is looked for by name. Else the folder is listed, and packs are believed first.
        """
        while after:
            lines = self._lines_of(self._loose(after + 1).name)
            if lines is None:
                before = self._lines_of(self._loose(after).name)
                if before is None or not is_whole(before[0]):
                    break
                return
            after += 1
            yield self._loose(after), lines[0]
        yield from self._listed_lines(after)

    def _listed_lines(self, after: int) -> Iterator[tuple[Path, bytes]]:
        number, files = after, self._files()
        while True:
            for file in files:
                if file.last <= number:
                    continue
                lines = self._lines_of(file.name) if file.first <= number + 1 else None
                if lines is None:
                    break
                path = self.folder / file.name
                if len(lines) != file.last - file.first + 1:
                    raise LibraryError(f"{path} is damaged: it holds {len(lines)} lines.{_REMEDY}")
                yield from ((path, line) for line in lines[number + 1 - file.first :])
                number = file.last
            else:
                return
            # A listing is no single moment: what seems to be missing may have been packed, or written, meanwhile.
            earlier, files = files, self._files()
            if files == earlier:
                raise LibraryError(f"{self.folder} has later lines, but no line {number + 1}.{_REMEDY}")

    def _lines_of(self, name: str) -> list[bytes] | None:
        """The lines of a file; None if it is gone. A loose file is one line, whatever is in it."""
        try:
            data = read_file(self.folder / name)
        except FileNotFoundError:
            return None
        return data.splitlines(keepends=True) if "-" in name else [data]

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    def _loose(self, number: int) -> Path:
        return self.folder / f"{number:08d}.jsonl"

    def _check_end(self, path: Path) -> None:
        """Refuse to write a file after the end as it was read, if that is not the end, or not as it was read."""
        number = self._end.number
        found = [data for _, data in islice(self._lines(max(number - 1, 0)), 2)]
        if number and (not found or digest(found.pop(0)) != self._end.digest):
            raise LibraryError(
                f"Line {number} of {self.folder} was changed or taken away since it was read. Nothing was written: "
                "look what is there, then run the same command again."
            )
        if found:
            raise _taken(path)

    def _files(self) -> list[_File]:
        """The files of the journal, by their first numbers."""
        names = (_FILE_NAME.fullmatch(name) for name in file_names(self.folder))
        return sorted(_File(int(name[1]), -int(name[2] or name[1]), name[0]) for name in names if name)

    def _strangers(self) -> list[str]:
        """What to say of files that look like decisions and are none."""
        return [
            f"{self.folder / name} is not read: no journal names a file so. A program that keeps folders alike may "
            "have made it of a conflict: say again what it says and the journal does not, then move it away."
            for name in sorted(file_names(self.folder))
            if name.endswith(".jsonl") and not _FILE_NAME.fullmatch(name)
        ]

    # packing ---------------------------------------------------------------------------------------------------------

    def _pack(self, loose: Sequence[_File]) -> None:
        while len(loose) > PACKED_LINES:
            for first, lines in self._sound(loose[:PACKED_LINES]):
                create_file(self.folder / f"{first:08d}-{first + len(lines) - 1:08d}.jsonl", b"".join(lines))
            self._remove_packed()
            loose = loose[PACKED_LINES:]

    def _sound(self, files: Sequence[_File]) -> Iterator[tuple[int, list[bytes]]]:
        """The lines of loose files that are whole: those together whose numbers follow each other, and the first."""
        lines = {file.first: read_file(self.folder / file.name) for file in files}
        numbers = [number for number, line in lines.items() if is_whole(line)]
        for _, group in groupby(enumerate(numbers), lambda placed: placed[1] - placed[0]):
            together = [number for _, number in group]
            yield together[0], [lines[number] for number in together]

    def _remove_packed(self) -> None:
        """Remove the loose files whose lines are in a pack."""
        covered, packed = [], 0
        for file in self._files():
            if not file.loose:
                packed = max(packed, file.last)
            elif file.first <= packed:
                covered.append(file.name)
        if covered:
            remove_copies(self.folder, covered)


def _taken(path: Path) -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _damage(path: Path, number: int, data: bytes) -> str:
    how = "cut off" if not data.endswith(b"\n") else "not as it was written"
    return (
        f"{path} is damaged: its line {number} is {how} ({len(data)} bytes). The decision in it does not count; all "
        "others do. Put the file back from a backup of the library if nothing was decided since, or say it again."
    )
