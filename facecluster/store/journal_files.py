"""The files of a journal: which of them holds which lines, and how many small ones become one.

    00000001.jsonl             a line, loose
    00000001-00001000.jsonl    a pack: the very lines of so many files
    lock                       held together by those who write, alone by whoever packs

Lines are bytes here; what they say is the journal's business (journal.py).
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import LibraryError
from facecluster.store.files import create_file, file_names, held, read_file, remove_copies
from facecluster.store.journal_line import is_whole

PACKED_LINES = 1000
"""In a pack, and loose beside packs: a thousand small files are listed and read in some 50 ms."""

REMEDY = (
    " Put the file back from a backup of the library; or move the folder of the journal away and bring its decisions "
    "back with `facecluster people import FILE`, FILE being what `facecluster people export` wrote last."
)

_FILE_NAME = re.compile(r"(\d{8})(?:-(\d{8}))?\.jsonl")


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


class JournalFiles:
    """The files in a folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"

    def lines(self, after: int) -> Iterator[tuple[Path, bytes]]:
        """The lines after a number, in order, each with the file it stands in.

        Packs are made, and loose files removed, from the first number on: while a whole line is loose, so are those
        after it, and its neighbour is looked for by name. Else the folder is listed, and packs are believed first.
        """
        while after:
            lines = self._lines_of(self.loose(after + 1).name)
            if lines is None:
                before = self._lines_of(self.loose(after).name)
                if before is None or not is_whole(before[0]):
                    break
                return
            after += 1
            yield self.loose(after), lines[0]
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
                    raise LibraryError(f"{path} is damaged: it holds {len(lines)} lines.{REMEDY}")
                yield from ((path, line) for line in lines[number + 1 - file.first :])
                number = file.last
            else:
                return
            # A listing is no single moment: what seems to be missing may have been packed, or written, meanwhile.
            earlier, files = files, self._files()
            if files == earlier:
                raise LibraryError(f"{self.folder} has later lines, but no line {number + 1}.{REMEDY}")

    def _lines_of(self, name: str) -> list[bytes] | None:
        """The lines of a file; None if it is gone. A loose file is one line, whatever is in it."""
        try:
            data = read_file(self.folder / name)
        except FileNotFoundError:
            return None
        return data.splitlines(keepends=True) if "-" in name else [data]

    def loose(self, number: int) -> Path:
        """Where a line stands before it is packed."""
        return self.folder / f"{number:08d}.jsonl"

    def strangers(self) -> list[str]:
        """What to say of files that look like decisions and are none."""
        return [
            f"{self.folder / name} is not read: no journal names a file so. A program that keeps folders alike may "
            "have made it of a conflict: say again what it says and the journal does not, then move it away."
            for name in sorted(file_names(self.folder))
            if name.endswith(".jsonl") and not _FILE_NAME.fullmatch(name)
        ]

    def pack(self) -> None:
        """Put the lines of loose files together, a thousand at a time, while there are more than that.

        Damaged lines are left as they are. A crash leaves lines twice, which harms nobody and is mended the next time;
        so is what is left alone now because somebody is writing.

        Raises:
            StorageError: a write failed; nothing is lost.
        """
        if not any(file.loose for file in self._files()):
            return
        with held(self.lock, alone=True) as ours:
            if ours:
                self._remove_packed()
                self._pack([file for file in self._files() if file.loose])

    def _files(self) -> list[_File]:
        """The files of the journal, by their first numbers."""
        names = (_FILE_NAME.fullmatch(name) for name in file_names(self.folder))
        return sorted(_File(int(name[1]), -int(name[2] or name[1]), name[0]) for name in names if name)

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
