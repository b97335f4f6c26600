"""What the Tab key offers for people, clusters and decisions.

Shells run what they are offered through their own grammar, some of it twice. So a name is offered only when it consists
of letters, digits and a few marks that mean nothing to any shell; anybody else is offered by id.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from facecluster.cli.options import DEFAULT_LIBRARY

if TYPE_CHECKING:
    from facecluster.store.library import Library

PLAIN = re.compile(r"[^\W_](?:[^\W_]|[ ._-])*")
"""Letters and digits of any script, inside also blanks, dots, hyphens and underscores."""

SHELL_VARIABLE = "_FACECLUSTER_COMPLETE"
"""Set by the script that typer installs: which shell asks."""

MAX_OFFERED = 200
"""Nobody reads more; the shell would ask whether to show them all."""


def people(context: typer.Context, incomplete: str) -> list[str]:
    """Names, or ids where a name is none that a shell can be trusted with."""
    return _offered(context, incomplete, _people)


def clusters(context: typer.Context, incomplete: str) -> list[str]:
    """Numbers of clusters of the current run."""
    return _offered(context, incomplete, _clusters)


def people_and_clusters(context: typer.Context, incomplete: str) -> list[str]:
    """Both."""
    return _offered(context, incomplete, lambda library: [*_people(library), *_clusters(library)])


def decisions(context: typer.Context, incomplete: str) -> list[str]:
    """Numbers of decisions, newest first."""
    return _offered(context, incomplete, _decisions)


def _offered(context: typer.Context, incomplete: str, words: Callable[["Library"], Iterable[str]]) -> list[str]:
    """The words that begin so, as the shell wants them; none where the library cannot be read."""
    from facecluster.errors import FaceclusterError
    from facecluster.store.library import open_library

    try:
        with _in_silence():
            known = list(words(open_library(Path(context.params.get("library") or DEFAULT_LIBRARY))))
    except (FaceclusterError, OSError, ValueError):
        return []  # the command itself will say it
    fitting = [word for word in known if word.casefold().startswith(incomplete.casefold())]
    return list(map(_as_typed, fitting[:MAX_OFFERED]))


@contextmanager
def _in_silence() -> Iterator[None]:
    """The Tab key is no place for a warning."""
    logger = logging.getLogger("facecluster")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _as_typed(word: str) -> str:
    """The word as the shell has to find it: bash alone takes it as it is, and would see two in one with a blank."""
    return word.replace(" ", r"\ ") if os.environ.get(SHELL_VARIABLE) == "complete_bash" else word


def _people(library: "Library") -> list[str]:
    from facecluster.pipeline.journal import who_is_who_in
    from facecluster.spelling import name_key

    found = who_is_who_in(library, []).people
    bearers = Counter(name_key(person.name) for person in found if person.name)
    return [
        person.name
        if person.name and PLAIN.fullmatch(person.name) and bearers[name_key(person.name)] == 1
        else person.id
        for person in found
    ]


def _clusters(library: "Library") -> list[str]:
    import pyarrow.compute as pc

    run = library.current_run()
    if run is None:
        return []
    return list(map(str, sorted(pc.unique(library.clusters(run)["cluster_id"].drop_null()).to_pylist())))


def _decisions(library: "Library") -> list[str]:
    from facecluster.pipeline.journal import decisions_of

    return [str(number) for number in range(len(decisions_of(library)), 0, -1)]
