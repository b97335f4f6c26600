"""What an open library takes in memory and time, printed as a Markdown table.

    python -m tests.benchmarks.review_memory FACES [FOLDER]

The library is made up (tests.benchmarks.large_library), with a cluster for every ten faces, decisions and names of the
machine; it is made in FOLDER, or taken from there where it is there already. All steps run in one process of their own,
one after another, as in a server; the memory is the most that this process held until then (Linux only).
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import NamedTuple

import pyarrow as pa

from facecluster.people.statements import Name
from facecluster.pipeline.journal import decide
from facecluster.pipeline.review.live import Live, Moment
from facecluster.pipeline.review.thinking import thought_of
from facecluster.schemas import NAMES
from facecluster.store.library import Library, RunTables, open_library

FACES_A_CLUSTER = 10  # that there are, with those that are alone
DECISIONS = 500
MACHINE_NAMES = 10_000
REPEATS = 9  # of what is short, of which the median is told
CHOSEN_AT = "2026-01-02T03:04:05Z"


class Step(NamedTuple):
    """Something that a server does."""

    what: str
    seconds: float
    peak_mb: float  # of the process until then


def main(n_faces: int, folder: Path | None = None) -> list[Step]:
    """Print a row for every step."""
    from tests.benchmarks.scale import in_own_process  # noqa: PLC0415 - what it imports would count as a server's memory

    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")  # as `facecluster review` does
    with tempfile.TemporaryDirectory(prefix="facecluster-review-") as temporary:
        library = folder or Path(temporary) / "library"
        if not library.exists():
            in_own_process(make_library, library, n_faces)
        steps = in_own_process(measure, library)
    print(f"| {n_faces:,} faces | seconds | memory, MB |\n|---|---|---|")
    for step in steps:
        print(f"| {step.what} | {step.seconds:.4f} | {step.peak_mb:,.0f} |")
    return steps


def make_library(folder: Path, n_faces: int) -> None:
    """A library with two runs, of which the first counts, decisions, and names that the machine gave."""
    from tests.benchmarks.decisions import made_decisions  # noqa: PLC0415 - as above
    from tests.benchmarks.large_library import large_library  # noqa: PLC0415

    library = large_library(folder, n_faces, n_faces // FACES_A_CLUSTER)
    tables = RunTables(library.clusters(1), library.tree(1), library.suggestions(1))
    record = {name: value for name, value in library.run_record(1).items() if name not in {"run", "tables"}}
    faces = tables.clusters["face_id"].to_pylist()
    for decision in made_decisions(DECISIONS, faces):
        decide(library, lambda _, said=decision.statements: said, decision.who)
    people = Live(library).now().people.who.people
    named = min(MACHINE_NAMES, n_faces)
    columns = [faces[:named], [people[row % len(people)].id for row in range(named)], [0.9] * named, [True] * named]
    library.add_names(pa.table(columns, NAMES), {"run": 1, "journal": DECISIONS})
    library.add_run(tables, record)
    library.make_current(1, CHOSEN_AT)


def measure(folder: Path) -> list[Step]:
    """The steps of a server that looks at a library."""
    library = open_library(folder)
    library.make_current(1, CHOSEN_AT)  # whichever was, when it was measured before
    return list(_steps(library))


def _steps(library: Library) -> Iterator[Step]:
    yield Step("before", 0, _peak_mb())
    live = Live(library)
    _, seconds = _timed(live.now)
    yield Step("opening", seconds, _peak_mb())
    yield Step("looking, nothing new", median(_timed(live.now)[1] for _ in range(REPEATS)), _peak_mb())
    yield Step(
        "looking after a decision", median(_seconds_after_deciding(live, row) for row in range(REPEATS)), _peak_mb()
    )
    _, seconds = _timed(lambda: thought_of(library, live.now()))
    yield Step("thinking of all questions", seconds, _peak_mb())
    library.make_current(2, CHOSEN_AT)
    _, seconds = _timed(lambda: _other_run(live, 1))
    yield Step("another run", seconds, _peak_mb())


def _seconds_after_deciding(live: Live, row: int) -> float:
    moment = live.now()
    person, face = moment.people.who.people[0].id, moment.people.faces["face_id"].iloc[row]
    decide(live.library, lambda _: [Name(person, (face,), f"Name {moment.state.journal}")], "somebody")
    return _timed(live.now)[1]


def _other_run(live: Live, run: int) -> Moment:
    """What is now once another run than this one has been read."""
    while (moment := live.now()).state.run == run:
        sleep(0.01)
    return moment


def _timed(function):
    started = perf_counter()
    return function(), perf_counter() - started


def _peak_mb() -> float:
    """As the kernel tells it, in kB; what `resource` tells begins with what the parent held."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
