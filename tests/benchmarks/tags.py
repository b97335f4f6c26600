"""What it takes to read and write names in the metadata of an archive, printed as a Markdown table.

    python -m tests.benchmarks.tags [--photos 10000] [--workers 2] [--runner local] [--cores 2] [--no-fsync]
        [--folder F]

The archive and its library are made up (tests.benchmarks.tagged_archive), in F or in a temporary folder. Every step is
the command itself, in a process of its own; CPU seconds are those of all its processes, and the memory is that of its
largest (tests.benchmarks.used_by, Linux only). With --no-fsync nothing waits for the disk: what is left is
what the work itself takes. With --cores the processes have so many cores only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_MAIN = "from facecluster.cli.main import main; main()"
_NO_FSYNC = "import os\nos.fsync = os.fdatasync = lambda _: None\n"


class Step(NamedTuple):
    """Something that was done to an archive."""

    what: str
    files: int  # that were looked at or written
    seconds: float
    cpu_seconds: float
    peak_mb: float


class Bench(NamedTuple):
    """An archive with its library, and how commands are run on them."""

    library: Path
    options: Sequence[str]
    environment: dict[str, str]

    def step(self, what: str, files: Callable[[dict[str, Any]], int], *command: str) -> Step:
        """A command, from its start to the end of all its processes."""
        arguments = ["tags", *command, "--library", str(self.library), "--json"]
        used = self.library.with_name("used.json")
        ended = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.used_by", used, sys.executable, "-c", _MAIN, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            check=False,
        )
        if ended.returncode:
            raise SystemExit(f"{' '.join(arguments)} ended with {ended.returncode}")
        return Step(what, files(json.loads(ended.stdout)), **json.loads(used.read_text()))


def measure(bench: Bench) -> Iterator[Step]:
    """All that can be done to the archive, step by step; in the end its photos say nothing of ours."""
    # What they import would count as the memory of commands, which begin as copies of this process.
    from tests.benchmarks.scale import in_own_process  # noqa: PLC0415
    from tests.benchmarks.tagged_archive import name_everybody, rename_first  # noqa: PLC0415

    def importing() -> Step:
        return bench.step("import", lambda told: told["photos"], "import", *bench.options)

    def writing(what: str, *command: str) -> Step:
        return bench.step(what, _files, *command, *bench.options)

    yield importing()
    yield importing()._replace(what="import again")
    in_own_process(name_everybody, bench.library)
    yield writing("write", "write")
    yield writing("write again", "write")
    in_own_process(rename_first, bench.library)
    yield writing("write after a renaming", "write")
    yield writing("revert", "revert")
    yield writing("write in place", "write", "--in-place", "--yes")
    yield writing("revert in place", "revert", "--in-place", "--yes")
    album = str(bench.library.with_name("album"))
    yield bench.step("album", _entries, "album", album)
    yield bench.step("album again", _entries, "album", album)


def _files(told: dict[str, Any]) -> int:
    """Files that were written or removed, else those that were looked at."""
    assert not told["failed"], told["files"][:3]
    return told["written"] + told["removed"] or told["unchanged"]


def _entries(told: dict[str, Any]) -> int:
    return told["album"]["photos"]


def bench_in(folder: Path, n_photos: int, options: Sequence[str], *, fsync: bool) -> Bench:
    """A new archive and its library."""
    from tests.benchmarks.scale import in_own_process  # noqa: PLC0415 - as above
    from tests.benchmarks.tagged_archive import make_archive, make_library  # noqa: PLC0415

    archive, library = folder / "photos", folder / "library"
    in_own_process(make_archive, archive, n_photos)
    in_own_process(make_library, library, archive)
    paths = [str(Path.cwd())]
    if not fsync:
        (folder / "site").mkdir()
        (folder / "site" / "sitecustomize.py").write_text(_NO_FSYNC)
        paths.insert(0, str(folder / "site"))
    return Bench(library, options, os.environ | {"PYTHONPATH": os.pathsep.join(paths)})


def main(arguments: Sequence[str] | None = None) -> list[Step]:
    """Print a row for every step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("photos", 10_000), ("workers", 2), ("cores", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--runner", default="local")
    parser.add_argument("--no-fsync", action="store_true")
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args(arguments)
    options = ["--workers", str(wanted.workers), "--runner", wanted.runner]
    if wanted.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: wanted.cores])  # commands inherit it
    steps = []
    with tempfile.TemporaryDirectory(prefix="facecluster-tags-") as temporary:
        folder = wanted.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        bench = bench_in(folder, wanted.photos, options, fsync=not wanted.no_fsync)
        print(f"| {wanted.photos:,} photos | files | seconds | files/s | CPU s | ms CPU a file | memory, MB |")
        print("|---|---|---|---|---|---|---|")
        for step in measure(bench):
            print(_row(step), flush=True)
            steps.append(step)
    return steps


def _row(step: Step) -> str:
    files = max(step.files, 1)
    rates = f"{files / step.seconds:,.0f} | {step.cpu_seconds:.1f} | {1000 * step.cpu_seconds / files:.2f}"
    return f"| {step.what} | {step.files:,} | {step.seconds:.1f} | {rates} | {step.peak_mb:,.0f} |"


if __name__ == "__main__":
    main()
