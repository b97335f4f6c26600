"""The ledger of a library: what stands in files of the archive because of us, so that just that can be taken out again.

    ledger/<bucket>/<generation>/    a journal (journal.py) of three kinds of records

    {"state": [file, ...], "open": [[file, ...], ...]}
                                     all that holds at the beginning of a generation, and what is not settled then
    {"intents": [file, ...]}         files that are about to be replaced, and what will hold of each when it is
    {"settled": n, "done": [path, ...], "failed": [path, ...]}
                                     what became of files of line n

An intent that a crash left unsettled holds if the file has the bytes that it was to have. So whatever dies, each file
is the old or the new one, and the ledger knows which.

A photo and all files beside it belong to one bucket, whose file names need not be looked up for that: buckets can be
worked off side by side. A bucket that has many more lines than files begins a new generation, which sums up the one
before. What is ours in a file is JSON here; what it means is not known to the store.
"""

import contextlib
import hashlib
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import LibraryError
from facecluster.store.files import file_names
from facecluster.store.journal import Entry, Journal
from facecluster.store.journal_files import REMEDY as JOURNALS_REMEDY

BUCKETS = 64

FILES_AT_ONCE = 128
"""In one record of intents."""

FEWEST_LINES = 64
"""Below this a bucket is not worth summing up."""

LINES_A_RECORD = 8
"""Lines that a bucket may have for each record of intents that would hold all its files."""

_BUCKET = re.compile("[0-9a-f]{2}")
_GENERATION = re.compile("[0-9]{6}")

_REMEDY = (
    " Put the folder back from a backup of the library; or move it away: what stands in the files it speaks of then "
    "counts as written by others, and stays."
)


class Owned(NamedTuple):
    """What of a file is ours."""

    photo: str  # whose metadata the file holds; path_text, relative to the archive
    sha256: str  # of the file as we left it
    values: Any  # JSON; a falsy value: nothing is ours
    seed: str | None  # a digest of what stood in a document that we made before ours did; None: it was there before


class Intent(NamedTuple):
    """A file that is about to be replaced, made or removed."""

    file: str  # path_text, relative to the archive
    before: str | None  # sha256; None: there is no such file
    after: str | None  # sha256; None: it is removed
    photo: str
    values: Any
    seed: str | None

    @property
    def owned(self) -> Owned | None:
        """What of the file is ours afterwards; None: nothing."""
        return Owned(self.photo, self.after, self.values, self.seed) if self.after and self.values else None


class Length(NamedTuple):
    """How long a bucket is."""

    lines: int
    files: int  # of which something is ours


DigestOf = Callable[[str, str], str | None]
"""Paths of a file and of its photo -> sha256 of the file, None where there is none. OSError: nobody can know just now,
for the file cannot be read, or neither of the two is there: their disk may be out of reach."""


class Ledger:
    """The buckets of a library. They need not exist yet."""

    def __init__(self, folder: Path, digest_of: DigestOf) -> None:
        self.folder = folder
        self.digest_of = digest_of

    def numbers(self) -> list[int]:
        """The buckets that something was ever written to, rising."""
        return sorted(int(name, 16) for name in file_names(self.folder) if _BUCKET.fullmatch(name))

    def bucket(self, number: int) -> "Bucket":
        """One of them."""
        return Bucket(self.folder / f"{number:02x}", self.digest_of)


class Bucket:
    """A part of the ledger. Several processes may write to it at once, if they speak of different files."""

    def __init__(self, folder: Path, digest_of: DigestOf) -> None:
        self.folder = folder
        self.digest_of = digest_of
        self._open(1)
        for generation in reversed(self._generations()):
            self._open(generation)
            self._read_on()
            if self._line:
                break  # it has begun: older ones are left over from a crash

    def owned(self) -> dict[str, Owned]:
        """What is ours, by path.

        Raises:
            LibraryError: the bucket is damaged.
            StorageError: it cannot be read.
        """
        self._read_on()
        owned = dict(self._owned)
        for intents in self._open_intents.values():
            for intent in intents.values():
                if self._is_done(intent):
                    _hold(owned, intent)
        return owned

    def intend(self, intents: Sequence[Intent]) -> int:
        """Write down what is about to happen to files; the line to settle when it has. Survives a crash from then on.

        Raises:
            LibraryError: the bucket is damaged.
            StorageError: it cannot be written: nothing must happen to the files.
        """
        return self._append({"intents": [list(intent) for intent in intents]})

    def settle(self, line: int, done: Collection[str] = ()) -> set[str]:
        """Write down what became of the files of a line; those that became what they were to be.

        Args:
            line: of `intend`.
            done: files that are known to have; the others are looked at. What cannot be looked at stays open.
        """
        intents = self._open_intents[line]
        judged = {path: path in done or self._is_done(intent) for path, intent in intents.items()}
        are, are_not = ([path for path, is_done in judged.items() if is_done is wanted] for wanted in (True, False))
        if judged and (are or are_not):
            self._append({"settled": line, "done": are, "failed": are_not})
        return set(are)

    def settle_rest(self) -> None:
        """Settle what a crash left open. Only where no one else writes."""
        self._read_on()
        for line in list(self._open_intents):
            self.settle(line)

    def shorten(self) -> None:
        """Begin a new generation if there are many more lines than files. Only where no one else writes."""
        self._read_on()
        if not is_too_long(Length(self._line, len(self._owned))):
            return
        state = [[path, *owned] for path, owned in self._owned.items()]
        still_open = [[list(intent) for intent in intents.values()] for intents in self._open_intents.values()]
        self._open(self._generation + 1)
        self._append({"state": state, "open": still_open})
        for generation in self._generations():
            if generation < self._generation:
                shutil.rmtree(self._folder_of(generation), ignore_errors=True)

    def _generations(self) -> list[int]:
        return sorted(int(name) for name in file_names(self.folder) if _GENERATION.fullmatch(name))

    def _folder_of(self, generation: int) -> Path:
        return self.folder / f"{generation:06d}"

    def _open(self, generation: int) -> None:
        self._generation = generation
        self._journal = Journal(self._folder_of(generation))
        self._line = 0
        self._owned: dict[str, Owned] = {}
        self._open_intents: dict[int, dict[str, Intent]] = {}

    def _read_on(self) -> None:
        """Take in what was written since."""
        with _told_as_ledger():
            read = self._journal.read(self._line, self._take)
        if read.damage:
            raise LibraryError(read.damage[0].partition(" The decision")[0] + _REMEDY)
        self._line = read.last

    def _append(self, record: dict[str, Any]) -> int:
        while True:
            try:
                with _told_as_ledger():
                    entry = self._journal.append(record, self._line)
            except FileExistsError:
                self._read_on()
            else:
                self._take(entry)
                self._line = entry.number
                return entry.number

    def _take(self, entry: Entry) -> None:
        """What a record says, added to what those before it said."""
        match entry.record:
            case {"state": state, "open": still_open}:
                self._owned = {path: Owned(*owned) for path, *owned in state}
                self._open_intents = {
                    number: _by_path(intents) for number, intents in enumerate(still_open, -len(still_open))
                }
            case {"intents": intents}:
                self._open_intents[entry.number] = _by_path(intents)
            case {"settled": line, "done": done, "failed": failed}:
                self._settled(line, done, failed)
            case _:
                raise LibraryError(f"Line {entry.number} of {self.folder} is none of a ledger.{_REMEDY}")

    def _settled(self, line: int, done: Sequence[str], failed: Sequence[str]) -> None:
        intents = self._open_intents.get(line, {})
        for path in done:
            if intent := intents.get(path):
                _hold(self._owned, intent)
                self._forget_intents(path, until=line)
        for path in failed:
            intents.pop(path, None)
        self._open_intents = {number: rest for number, rest in self._open_intents.items() if rest}

    def _forget_intents(self, path: str, until: int) -> None:
        """What was once to become of a file is of no interest when something later has."""
        for number, intents in self._open_intents.items():
            if number <= until:
                intents.pop(path, None)

    def _is_done(self, intent: Intent) -> bool | None:
        """Whether a file is what it was to become; None: it cannot be looked at."""
        try:
            return self.digest_of(intent.file, intent.photo) == intent.after
        except OSError:
            return None


def bucket_of(path: str) -> int:
    """The bucket of a photo and of all files beside it, by the path of any of them: by its folder and first word."""
    folder, _, name = path.rpartition("/")
    key = f"{folder}/{name.partition('.')[0]}".lower()
    return hashlib.sha256(key.encode()).digest()[0] % BUCKETS


def is_too_long(length: Length) -> bool:
    """Whether a bucket should be summed up: reading it costs much more than what it says is worth."""
    return length.lines > FEWEST_LINES + LINES_A_RECORD * (length.files // FILES_AT_ONCE)


def _by_path(intents: Iterable[list[Any]]) -> dict[str, Intent]:
    return {path: Intent(path, *rest) for path, *rest in intents}


def _hold(owned: dict[str, Owned], intent: Intent) -> None:
    if ours := intent.owned:
        owned[intent.file] = ours
    else:
        owned.pop(intent.file, None)


@contextlib.contextmanager
def _told_as_ledger() -> Iterator[None]:
    """Errors of a journal speak of what can be done about decisions; here something else can be."""
    try:
        yield
    except LibraryError as error:
        raise LibraryError(str(error).removesuffix(JOURNALS_REMEDY) + _REMEDY) from error
