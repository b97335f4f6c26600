"""How long somebody waits for `facecluster review`, and what it takes, printed as a Markdown table.

    python -m tests.benchmarks.review [--faces 100000 --clusters 12000 --largest 20000 --namings 200 --library FOLDER]

The command runs in a process of its own, on a made-up library (tests.benchmarks.large_library) in FOLDER, where it is
made unless it is there already; decisions are written to it. A real browser, of an empty cache, looks at every screen
and names groups by keyboard, every third as somebody who is known. The memory is the most that the server held (Linux
only).
"""

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import psutil

from tests.web.review.browser import Watched, chromium, watched

FACES, CLUSTERS, LARGEST = 100_000, 12_000, 20_000
NAMINGS = 200
AGAIN = 5  # visits of a screen after the first
WINDOWS = 12  # of a list that are brought into sight
WINDOWS_AHEAD = 3  # the one that is brought into sight, among those that are empty: the page loads the next by itself
PAUSE_MS = 1000  # between namings: nobody looks at a group and names it faster
KNOWN_EVERY = 3  # namings of which one is of somebody who has a name
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
PATIENCE_SECONDS = 600

MAIN = [sys.executable, "-c", "from facecluster.cli.main import main; main()"]
WATCH = Path(__file__).with_suffix(".js")


class Row(NamedTuple):
    """Something that somebody waited for, in milliseconds."""

    what: str
    first: float
    all: tuple[float, ...]  # without the first
    server: float | None = None  # median of what the server took of it
    peak_mb: float = 0  # the most memory that the server held until then


class Server(NamedTuple):
    """The command, running."""

    process: psutil.Process
    link: str
    opened_ms: float  # from its start until it printed the link

    @property
    def address(self) -> str:
        """What stands before paths."""
        return self.link.partition("/login")[0]

    def peak_mb(self) -> float:
        """The most memory that it held, as the kernel tells it in kB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1e6

    def cpu_ms(self) -> float:
        """Of all its threads so far."""
        times = self.process.cpu_times()
        return 1000 * (times.user + times.system)


@contextlib.contextmanager
def reviewing(folder: Path) -> Iterator[Server]:
    """The review of a library, until whoever looks at it has had enough."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [*MAIN, "review", "--library", str(folder), "--no-browser", "--port", "0"]
    started = perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        assert running.stdout
        link = running.stdout.readline().decode().strip()
        try:
            yield Server(psutil.Process(running.pid), link, 1000 * (perf_counter() - started))
        finally:
            running.send_signal(signal.SIGINT)


def main(
    faces: int = FACES,
    clusters: int = CLUSTERS,
    largest: int = LARGEST,
    namings: int = NAMINGS,
    library: Path | None = None,
) -> list[Row]:
    """Print a row for everything that is waited for."""
    from tests.benchmarks.large_library import large_library  # noqa: PLC0415 - what it imports is not needed for long
    from tests.benchmarks.scale import in_own_process  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="facecluster-review-") as temporary, chromium() as browser:
        folder = library or Path(temporary) / "library"
        if not folder.exists():
            in_own_process(large_library, folder, faces, clusters, 0, largest)
        with reviewing(folder) as server, watched(browser, may_say=("Autofocus",)) as watch:
            watch.context.add_init_script(path=WATCH)
            print("| | first, ms | then, median, ms | p95, ms | server's part, ms | held so far, MB |")
            print("|---|---|---|---|---|---|")
            rows = []
            for row in _waits(watch._replace(address=server.address), server, namings):
                rows.append(row._replace(peak_mb=server.peak_mb()))
                print(_in_words(rows[-1]), flush=True)
    return rows


def _waits(watch: Watched, server: Server, namings: int) -> Iterator[Row]:
    """All that somebody does in an evening."""
    yield Row("the link is printed", server.opened_ms, ())
    page = watch.page("about://blank")
    started = perf_counter()
    page.goto(server.link, wait_until="commit")
    yield Row("the first answer after that", 1000 * (perf_counter() - started), ())
    page.evaluate("() => waits.forScreen('.question, .empty', 'none')")
    yield _screen(page, watch, "Name, keys at work", "/name", "card")
    yield _screen(page, watch, "Groups, keys at work", "/groups", "list")
    yield _windows(page, "120 groups on scroll")
    group = page.locator("face-grid a").first.get_attribute("href")
    yield _screen(page, watch, "the largest group, keys at work", group, "list")
    yield _windows(page, "120 of its faces on scroll")
    yield from _namings(page, watch, server, namings)
    yield _screen(page, watch, "Same person?", "/same", "none")
    yield _screen(page, watch, "Review more", "/more", "none")
    yield _screen(page, watch, "People, keys at work", "/people", "list")
    person = page.locator("face-grid a").first.get_attribute("href")
    yield _screen(page, watch, "who has most faces, keys at work", person, "list")
    yield _windows(page, "120 of these faces on scroll")


def _screen(page: Any, watch: Watched, what: str, path: str, keys: str) -> Row:
    """A screen, again and again."""
    part = "face-grid" if keys == "list" else ".question, .empty"
    waited = []
    for _ in range(1 + AGAIN):
        page.goto(watch.address + path, wait_until="commit")
        waited.append(page.evaluate("([part, keys]) => waits.forScreen(part, keys)", [part, keys]))
    return Row(what, waited[0], tuple(waited[1:]))


def _windows(page: Any, what: str) -> Row:
    waited = [page.evaluate("(ahead) => waits.forWindow(ahead)", WINDOWS_AHEAD) for _ in range(WINDOWS)]
    found = [one for one in waited if one is not None]
    return Row(what, found[0] if found else np.nan, tuple(found[1:]))


def _namings(page: Any, watch: Watched, server: Server, count: int) -> Iterator[Row]:
    """From Enter to the next group, all of them and, for what grows on the way, the last tenth."""
    page.goto(f"{watch.address}/name", wait_until="commit")
    page.evaluate("() => waits.forScreen('.question', 'none')")
    began_ms = server.cpu_ms()
    waited = [_naming(page, name) for name in made_names(count)]
    cpu_ms = (server.cpu_ms() - began_ms) / max(count, 1)
    last = waited[-max(count // 10, 1) :]
    for what, some in (("a naming to the next group", waited), ("the same, the last tenth", last)):
        if some:
            all_ms, server_ms = zip(*some, strict=True)
            yield Row(what, all_ms[0], all_ms[1:], float(np.median(server_ms)))
    yield Row("CPU of the server a naming, with all that it thinks meanwhile", cpu_ms, ())


def _naming(page: Any, name: str) -> tuple[float, float]:
    """A group is named by keyboard; from Enter to the next, and what the server took of it, in milliseconds."""
    page.wait_for_timeout(PAUSE_MS)
    while page.query_selector(".question .settled"):  # names have spread to it
        key = page.get_attribute(".question", "data-key")
        page.keyboard.press("j")
        page.wait_for_selector(f'.question:not([data-key="{key}"])')
    page.evaluate("() => waits.forNextCard()")
    page.keyboard.press("Enter")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    waited = page.evaluate("() => window.waited")
    return waited[0], waited[1]


def made_names(count: int, seed: int = 0) -> list[str]:
    """Names, none of which could be taken for a slip in typing another, and among them some a second time."""
    chance = np.random.default_rng(seed)
    names: list[str] = []
    for place in range(count):
        if place % KNOWN_EVERY == KNOWN_EVERY - 1:
            names.append(names[chance.integers(len(names))])
        else:
            parts = chance.choice(SYLLABLES, (2, 4))
            names.append(" ".join("".join(part).title() for part in parts))
    return names


def _in_words(row: Row) -> str:
    """A row of the table."""
    then = ("", "") if not row.all else (f"{np.median(row.all):,.0f}", f"{np.quantile(row.all, 0.95):,.0f}")
    server = "" if row.server is None else f"{row.server:,.0f}"
    return f"| {row.what} | {row.first:,.0f} | {then[0]} | {then[1]} | {server} | {row.peak_mb:,.0f} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for flag, default in (("faces", FACES), ("clusters", CLUSTERS), ("largest", LARGEST), ("namings", NAMINGS)):
        parser.add_argument(f"--{flag}", type=int, default=default)
    parser.add_argument("--library", type=Path)
    main(**vars(parser.parse_args()))
