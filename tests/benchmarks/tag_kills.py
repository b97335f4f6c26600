"""Kill commands that read and write tags at random points, run them again, and see whether anything is lost or doubled.

    python -m tests.benchmarks.tag_kills [--photos 300] [--drivers 30] [--workers 15] [--seed 1]

Names are imported, written into sidecars, written in place and taken out again. After each kill of a driver nothing may
go on running, every file must be the old or the new one, and the ledger must know which; each command is killed up to
three times before it may finish. Where a worker or its ExifTool is killed, the command must end well by itself. In the
end everything must equal what an undisturbed command leaves.
"""

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.store.files import STAGED
from facecluster.store.library import Library, open_library
from tests.benchmarks.kills import kill, sleep_through
from tests.benchmarks.tagged_archive import make_archive, make_library, name_everybody
from tests.end_to_end.command import Started

KILLS_A_RUN = 3
BEGUN = 0.8  # of the kills come when there is something to be lost
WORKER_KILLS_A_RUN = 2  # three in a row over one photo would rightly be held against it
BUSY_SHARE = 0.3  # of the time of a command, about, in which files are read and written; the rest is its beginning
VICTIMS = ("spawn_main", "exiftool")
"""Words in the command lines of workers and of what they start."""


class Phase(NamedTuple):
    """A command, and what it leaves when nobody disturbs it."""

    name: str
    command: tuple[str, ...]
    before: Path  # the archive and the library that it begins with
    seconds: float
    files: dict[str, str]  # sha256 by path
    owned: dict[str, Any]  # what the ledger says of files
    names: dict[str, str]  # of the faces
    n_decisions: int


class Ground:
    """One archive and its library, put back before each command."""

    def __init__(self, folder: Path, n_photos: int, dice: random.Random) -> None:
        self.folder, self.dice = folder, dice
        self.archive, self.library = folder / "now" / "photos", folder / "now" / "library"
        self.counts: Counter[str] = Counter()
        make_archive(self.archive, n_photos)
        make_library(self.library, self.archive)
        self.phases = [self._undisturbed("import", "import")]
        name_everybody(self.library)
        self.phases.append(self._undisturbed("write", "write"))
        self.phases.append(self._undisturbed("write in place", "write", "--in-place", "--yes"))
        self.phases.append(self._undisturbed("revert", "revert", "--in-place", "--yes"))

    def kill_drivers(self, wanted: int) -> None:
        """Kill whole commands, as many of each kind."""
        while self.counts["driver kills"] < wanted:
            for phase in self.phases:
                self._restore(phase)
                for _ in range(KILLS_A_RUN):
                    command = self._start(phase)
                    if self.dice.random() < BEGUN:
                        command.wait_for(partial(self._has_begun, self._kept()))
                    if not sleep_through(command, self.dice.uniform(0, BUSY_SHARE) * phase.seconds):
                        assert command.end()[0] == 0
                        break
                    command.kill()
                    self.counts["driver kills"] += 1
                    self._look(phase)
                self._finish(phase)

    def kill_workers(self, wanted: int) -> None:
        """Kill workers and what they start."""
        while self.counts["worker kills"] < wanted:
            for phase in self.phases:
                self._restore(phase)
                command = self._start(phase)
                command.wait_for(partial(command.marked, VICTIMS[0]))
                for _ in range(WORKER_KILLS_A_RUN):
                    sleep_through(command, self.dice.uniform(0, phase.seconds / WORKER_KILLS_A_RUN))
                    if victims := [one for word in VICTIMS for one in command.marked(word)]:
                        self.counts["worker kills"] += kill(self.dice.choice(victims))
                code, output = command.end()
                assert code == 0, output
                self._assert_as_undisturbed(phase)
                self._finish(phase)

    def _undisturbed(self, name: str, *command: str) -> Phase:
        before = self.folder / name
        shutil.copytree(self.folder / "now", before)
        started = time.monotonic()
        code, output = Started([*_arguments(command), "--library", str(self.library)], self.folder).end()
        assert code == 0, output
        seconds = time.monotonic() - started
        library = open_library(self.library)
        return Phase(
            name, command, before, seconds, self._files(), self._owned(), _names(library), len(decisions_of(library))
        )

    def _restore(self, phase: Phase) -> None:
        shutil.rmtree(self.folder / "now")
        shutil.copytree(phase.before, self.folder / "now")

    def _start(self, phase: Phase) -> Started:
        return Started([*_arguments(phase.command), "--library", str(self.library)], self.folder)

    def _look(self, phase: Phase) -> None:
        """After a kill: every file is old or new, and the ledger agrees."""
        old, now, owned = _files_in(phase.before / "photos"), self._files(), self._owned()
        for path in old.keys() | phase.files.keys() | now.keys():
            digest = now.get(path)
            assert digest in {old.get(path), phase.files.get(path)}, path
            if digest != old.get(path) or path in owned:
                ours = owned.get(path)
                assert (ours.sha256 if ours else None) == (digest if path in phase.owned or ours else None), path
        library = open_library(self.library)
        is_half_way = now not in (old, phase.files) or bool(library.imports.reading.names())
        self.counts[f"{phase.name}: killed half-way"] += is_half_way
        self.counts["left in hand"] += sum(1 for _ in self.archive.rglob(f"{STAGED}*"))
        assert len(decisions_of(library)) <= phase.n_decisions

    def _finish(self, phase: Phase) -> None:
        """Run again and compare."""
        code, output = self._start(phase).end()
        assert code == 0, output
        self._assert_as_undisturbed(phase)
        self.counts["commands finished"] += 1
        print(dict(self.counts), file=sys.stderr)

    def _assert_as_undisturbed(self, phase: Phase) -> None:
        library = open_library(self.library)
        assert self._files() == phase.files
        assert self._owned() == phase.owned
        assert _names(library) == phase.names
        assert len(decisions_of(library)) == phase.n_decisions

    def _kept(self) -> set[Path]:
        """The files in which a command notes how far it has come."""
        return {file for name in ("imports", "ledger") for file in (self.library / name).rglob("*") if file.is_file()}

    def _has_begun(self, kept: set[Path]) -> bool:
        return self._kept() != kept

    def _files(self) -> dict[str, str]:
        return _files_in(self.archive)

    def _owned(self) -> dict[str, Any]:
        ledger = ledger_of(open_library(self.library), self.archive)
        return {path: owned for number in ledger.numbers() for path, owned in ledger.bucket(number).owned().items()}


def main() -> None:
    """Kill, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("photos", 300), ("drivers", 30), ("workers", 15), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="facecluster-tag-kills-") as folder:
        ground = Ground(Path(folder), wanted.photos, random.Random(wanted.seed))
        ground.kill_drivers(wanted.drivers)
        ground.kill_workers(wanted.workers)
    print("; ".join(f"{count} {name}" for name, count in ground.counts.items()), end=": ")
    print("every file was old or new, every re-run equals an undisturbed one, nothing was left running")


def _arguments(command: tuple[str, ...]) -> list[str]:
    return ["tags", *command, "--workers", "2", "--strict"]


def _files_in(archive: Path) -> dict[str, str]:
    """What is in an archive, but for what is still being written."""
    files = (file for file in archive.rglob("*") if file.is_file() and not file.name.startswith(STAGED))
    return {str(file.relative_to(archive)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _names(library: Library) -> dict[str, str]:
    people = people_of(library, [])
    persons = zip(people.faces["face_id"], people.faces["person"], strict=True)
    return {face: people.who.people[person].name or "" for face, person in persons if person >= 0}


if __name__ == "__main__":
    sys.exit(main())
