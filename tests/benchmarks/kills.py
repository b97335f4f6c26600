"""Kill runs at random points, run them again, and see whether anything is lost, doubled or left behind.

    python -m tests.benchmarks.kills [--drivers 50] [--workers 20] [--ray 10] [--seed 1]

Drivers and workers of local runs, and workers of a Ray of their own, are killed with SIGKILL. After each kill of a
driver the library must be readable and nothing may go on running; each library is killed up to three times before it
may finish. At the end the tables must equal those of a run that nobody disturbed.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from pathlib import Path

import psutil

from facecluster.errors import LibraryError
from facecluster.pipeline.queue import MAX_FALSE_STARTS
from facecluster.settings import Settings
from facecluster.store.library import open_library
from tests.end_to_end.album import make_archive, quick_settings
from tests.end_to_end.command import Command, Started
from tests.end_to_end.contents import Contents, assert_same, contents_of

KILLS_A_RUN = 3
WORKER_KILLS_A_RUN = MAX_FALSE_STARTS - 1  # one more before they have begun would rightly end the run
LOCAL_WORKER, RAY_WORKER = "spawn_main", "ray::ShardActor"
"""Words in the command lines of workers."""


class Ground:
    """The archive, what is to be found in it, and how long a run takes."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.counts: Counter[str] = Counter()
        self.archive = make_archive(folder / "photos")
        self.expected, self.seconds = self._undisturbed(_settings("local"))

    def _undisturbed(self, settings: Settings) -> tuple[Contents, float]:
        started = time.monotonic()
        library = self.folder / f"undisturbed-{settings.runner.kind}"
        code, output = Command(self.archive, library, settings).end()
        assert code == 0, output
        return contents_of(library), time.monotonic() - started

    def kill_drivers(self, wanted: int) -> None:
        """Kill whole runs."""
        while self.counts["driver kills"] < wanted:
            library = self.folder / f"driver-{self.counts['libraries']}"
            for _ in range(KILLS_A_RUN):
                command = Command(self.archive, library, _settings("local"))
                if not sleep_through(command, self.dice.uniform(0, self.seconds)):
                    assert command.end()[0] == 0
                    break
                command.kill()
                self.counts["driver kills"] += 1
                self._look(library)
            self._finish(library, _settings("local"))

    def kill_workers(self, wanted: int, kind: str, word: str) -> None:
        """Kill workers; their runs must end well by themselves."""
        name = f"{kind} worker kills"
        _, seconds = self._undisturbed(_settings(kind))
        while self.counts[name] < wanted:
            library = self.folder / f"worker-{self.counts['libraries']}"
            command = Command(self.archive, library, _settings(kind))
            command.wait_for(partial(command.marked, word))
            for _ in range(WORKER_KILLS_A_RUN):
                sleep_through(command, self.dice.uniform(0, seconds / WORKER_KILLS_A_RUN))
                if workers := command.marked(word):
                    self.counts[name] += kill(self.dice.choice(workers))
            code, output = command.end()
            assert code == 0, output
            self._finish(library, _settings(kind))

    def _look(self, library: Path) -> None:
        """A library after a kill: every commit it names is whole."""
        try:
            opened = open_library(library)
        except LibraryError:
            self.counts["killed before there was a library"] += 1
            return
        commits = opened.commits()
        assert sum(opened.photos(commit).num_rows for commit in commits) == sum(c.photos.rows for c in commits)
        unfinished = len(list(library.glob("index/*"))) - len(commits)
        self.counts["uncommitted shards seen"] += unfinished
        self.counts["killed half-way"] += len(commits) > 0

    def _finish(self, library: Path, settings: Settings) -> None:
        """Run again and compare."""
        code, output = Command(self.archive, library, settings).end()
        assert code == 0, output
        assert_same(contents_of(library), self.expected)
        self.counts["libraries"] += 1
        print(dict(self.counts), file=sys.stderr)


def main() -> None:
    """Kill, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("drivers", 50), ("workers", 20), ("ray", 10), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="facecluster-kills-") as folder:
        ground = Ground(Path(folder), random.Random(wanted.seed))
        ground.kill_drivers(wanted.drivers)
        ground.kill_workers(wanted.workers, "local", LOCAL_WORKER)
        ground.kill_workers(wanted.ray, "ray", RAY_WORKER)
    print("; ".join(f"{count} {name}" for name, count in ground.counts.items()), end=": ")
    print("every re-run equals an undisturbed run, nothing was left running")


def _settings(kind: str) -> Settings:
    return quick_settings(runner={"kind": kind, "workers": 2}, index={"photos_per_shard": 2})


def sleep_through(command: Started, seconds: float) -> bool:
    """Let a command run for a while; False if it ended."""
    try:
        command.process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def kill(process: psutil.Process) -> bool:
    """Kill a process; False if it ended before."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
