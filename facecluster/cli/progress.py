"""How far the work is, on standard error: a bar on a terminal, a few lines anywhere else."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from facecluster.cli.output import say
from facecluster.web.wording import duration_in_words

LOG_STEPS = 10
"""Where standard error is no terminal, a count is so many lines."""

BAR_COLUMNS = 24
"""With the words around it, a bar of this width fits into 80 columns."""

NARROW = 60
"""A terminal of fewer columns shows no bar, only the words."""

MILLION = 1_000_000


class Display(Protocol):
    """Shows what goes on."""

    def photos(self, done: int, total: int) -> None:
        """So many photo files of so many are settled."""
        ...

    def pairs(self, done: int, total: int) -> None:
        """So many pairs of faces of so many have been looked at."""
        ...

    def step(self, doing: str) -> None:
        """Something else has begun, and will take its time."""
        ...


@contextmanager
def display(doing: str) -> Iterator[Display]:
    """A display of what goes on until the block ends; nothing of a bar is left on the terminal.

    Args:
        doing: what is done first.
    """
    console = Console(stderr=True)
    if not sys.stderr.isatty() or console.is_dumb_terminal:
        yield _Lines()
        return
    bar = () if console.width < NARROW else (BarColumn(BAR_COLUMNS),)
    with Progress(TextColumn("{task.description}"), *bar, _PaceColumn(), console=console, transient=True) as progress:
        yield _Bar(progress, doing)


class _PaceColumn(ProgressColumn):
    """Count, rate and time left, as far as they are known."""

    def render(self, task: Task) -> Text:
        """One line for a task."""
        if task.total is None:
            return Text("")
        return Text(pace(int(task.completed), int(task.total), task.speed, task.time_remaining))


class _Counts(ABC):
    """Shows counts of two kinds in one way."""

    def photos(self, done: int, total: int) -> None:
        self.count("Photos", done, total)

    def pairs(self, done: int, total: int) -> None:
        self.count("Million pairs", -(-done // MILLION), -(-total // MILLION))

    @abstractmethod
    def count(self, things: str, done: int, total: int) -> None:
        """So many things of so many."""


class _Bar(_Counts):
    """One line that changes."""

    def __init__(self, progress: Progress, doing: str) -> None:
        self.progress = progress
        self.task = progress.add_task(doing, total=None)

    def count(self, things: str, done: int, total: int) -> None:
        self.progress.update(self.task, description=things, completed=done, total=total)

    def step(self, doing: str) -> None:
        self.progress.remove_task(self.task)
        self.task = self.progress.add_task(doing, total=None)


class _Lines(_Counts):
    """A line now and then."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self.clock = clock
        self.began: tuple[float, int] | None = None  # when the count did, and at what
        self.shown = 0

    def count(self, things: str, done: int, total: int) -> None:
        if self.began is None:
            self.began = self.clock(), done
        step = done * LOG_STEPS // total
        if step > self.shown:
            self.shown = step
            seconds, counted = self.clock() - self.began[0], done - self.began[1]
            rate = counted / seconds if seconds > 0 else 0.0
            say(f"{things} {pace(done, total, rate or None, (total - done) / rate if rate else None)}")

    def step(self, doing: str) -> None:
        self.began, self.shown = None, 0
        say(doing)


def pace(done: int, total: int, per_second: float | None, seconds_left: float | None) -> str:
    """`12 of 71, 3.4/s, 17 s left`, without what is not known or no longer of interest."""
    parts = [f"{done:,} of {total:,}"]
    if per_second:
        parts.append(f"{per_second:.1f}/s")
    if seconds_left is not None and done < total:
        left = duration_in_words(seconds_left) if seconds_left >= 10 else f"{seconds_left:.0f} s"
        parts.append(f"{left} left")
    return ", ".join(parts)
