"""What a person or a program sees: progress on standard error, a summary or one JSON object on standard output."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

LOG_STEPS = 10
"""Where standard error is no terminal, progress is so many lines."""


class _RateColumn(ProgressColumn):
    """Photos a second."""

    def render(self, task: Any) -> Text:
        """The speed of late, blank before it is known."""
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


@contextmanager
def photo_progress() -> Iterator[Callable[[int, int], None]]:
    """A function (done, total) that shows how far the photos are, with rate and time left."""
    if not sys.stderr.isatty():
        yield _line_progress()
        return
    columns = (TextColumn("Photos"), BarColumn(), MofNCompleteColumn(), _RateColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("photos", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _line_progress() -> Callable[[int, int], None]:
    shown = 0

    def show(done: int, total: int) -> None:
        nonlocal shown
        step = done * LOG_STEPS // total
        if step > shown:
            shown = step
            typer.echo(f"{done} of {total} photos", err=True)

    return show


def print_json(record: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(record, indent=2, ensure_ascii=False, default=_plain))


def print_facts(facts: dict[str, object]) -> None:
    """Lines of a name and what is to be said of it, in two columns."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        typer.echo(f"{name:<{width}}  {value}")


def plural(count: int, noun: str, many: str | None = None) -> str:
    """A count with its noun: 1 face, 2 faces, 12,345 faces."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def _plain(value: object) -> object:
    """What JSON has no word for, as what it has."""
    if hasattr(value, "__dataclass_fields__"):
        return asdict(value)  # type: ignore[arg-type]
    return str(value)
