"""What a person or a program reads: a summary or one JSON object on standard output, news on standard error."""

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from typing import Any

import typer

from facecluster.web.wording import printable


def print_json(record: dict[str, Any]) -> None:
    """One JSON object on standard output, in ASCII, so that no encoding of the terminal can spoil it."""
    typer.echo(json.dumps(_plain(record), indent=2, allow_nan=False))


def print_facts(facts: dict[str, object]) -> None:
    """Lines of a name and what is to be said of it, in two columns."""
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        typer.echo(f"{name:<{width}}  {printable(str(value))}")


def print_lines(lines: Iterable[str]) -> None:
    """Lines on standard output; characters that could control a terminal are written out."""
    for line in lines:
        typer.echo(printable(line))


def say(text: str) -> None:
    """Lines on standard error; characters that could control a terminal are written out."""
    for line in text.split("\n"):
        typer.echo(printable(line), err=True)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """A count with its noun: 1 face, 2 faces, 12,345 faces."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def _plain(value: Any) -> Any:
    """A value as JSON has it: numbers that are none are null, and what JSON has no word for is text."""
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, tuple) and (fields := getattr(value, "_asdict", None)):
        value = fields()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
