"""Runs are versions: which there are, what one changed, going back to one, and doing away with old ones."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from facecluster.errors import LibraryError, UsageError
from facecluster.people.diff import RunDiff, diff_runs, faces_of_either
from facecluster.people.stand_ins import as_versions
from facecluster.pipeline.heirs import heirs_of
from facecluster.pipeline.journal import who_is_who_in
from facecluster.store.library import Library


@dataclass(frozen=True)
class RunRow:
    """A run, as a list of runs shows it."""

    run: int
    created_at: str | None  # ISO 8601, UTC; None, here and below: the facecluster that made it did not say
    kind: str | None  # full | warm
    parent: int | None  # the run that counted when this one was made; it may have been removed since
    faces: int
    clusters: int
    alone: int
    current: bool
    waiting: bool  # made to be reviewed, and neither chosen nor made up for by a later one
    bytes: int


@dataclass(frozen=True)
class Comparison:
    """What a run changed against another."""

    before: int
    after: int
    diff: RunDiff
    names: dict[str, str | None]  # of people, by id; None: nobody said


@dataclass(frozen=True)
class Removed:
    """A run that is no more."""

    run: int
    bytes: int
    finished: bool  # False: what was left of a run that was ended while it was written or removed


def list_runs(library: Library) -> list[RunRow]:
    """All runs, the newest first."""
    current = library.current_run()
    chosen = {choice["run"] for choice in library.choices()}
    return [_row(library, number, current, chosen) for number in reversed(library.run_numbers())]


def diff(library: Library, before: int | None = None, after: int | None = None) -> Comparison:
    """What changed from one run to another, by all decisions until now.

    Args:
        library: of both.
        before: a run; None: the one that counted when `after` was made.
        after: a run; None: the current one.

    Raises:
        UsageError: a run is to be found out and there is none.
        LibraryError: there is no such run, or it is damaged.
    """
    after = _current(library) if after is None else after
    before = _parent(library, after) if before is None else before
    other = library.clusters(after)
    names, heirs = _names(library, before), heirs_of(library)
    one = as_versions(library.clusters(before), other, heirs)
    names = None if names is None else as_versions(names, other, heirs)
    who = who_is_who_in(library, faces_of_either(one, other))
    found = diff_runs(one, other, who, names, _names(library, after))
    return Comparison(before, after, found, {person.id: person.name for person in who.people})


def roll_back(library: Library, run: int) -> bool:
    """Let a run count from now on, until a newer one is made; False if it does already.

    Decisions are no part of a run: they stay, and speak of its faces as of those of any other.

    Raises:
        LibraryError: there is no such run, it is damaged, or somebody else is writing to the library.
    """
    with library.locked():
        library.check_run(run)
        if library.current_run() == run:
            return False
        library.make_current(run, datetime.now(UTC).isoformat(timespec="seconds"))
        return True


def prune(library: Library, keep: int, runs: Collection[int] = (), *, dry_run: bool = False) -> list[Removed]:
    """Do away with old runs, and with what is left of unfinished ones; those that are no more.

    Each run stands by itself: none needs another. The current run stays, and one that waits for a review.

    Args:
        library: of the runs.
        keep: how many of the newest stay too.
        runs: these instead, whether or not they wait.
        dry_run: only say which it would be.

    Raises:
        UsageError: one of `runs` is the current one.
        LibraryError: there is no such run, or somebody else is writing to the library.
    """
    with contextlib.nullcontext() if dry_run else library.locked():
        finished = _named(library, runs) if runs else _old(library, keep)
        removed = [Removed(run, library.run_bytes(run), finished=True) for run in finished]
        removed += [Removed(run, library.run_bytes(run), finished=False) for run in library.unfinished_runs()]
        for gone in removed if not dry_run else ():
            library.remove_run(gone.run)
    return removed


def _row(library: Library, number: int, current: int | None, chosen: set[int | None]) -> RunRow:
    record = library.run_record(number)
    return RunRow(
        number,
        record.get("created_at"),
        record.get("kind"),
        record.get("parent"),
        record["faces"],
        record["clusters"],
        record["alone"],
        current=number == current,
        waiting=record.get("review", False) and number not in chosen and number > (current or 0),
        bytes=library.run_bytes(number),
    )


def _current(library: Library) -> int:
    run = library.current_run()
    if run is None:
        raise LibraryError(f"The faces of {library.folder} are not grouped yet: run `facecluster cluster` first.")
    return run


def _parent(library: Library, run: int) -> int:
    parent = library.run_record(run).get("parent")
    if parent not in library.run_numbers():
        raise UsageError(
            f"The run that run {run} came after {'was removed' if parent else 'does not exist: it is the first'}. "
            "Name two runs to compare: `facecluster runs list` shows those there are."
        )
    return parent


def _names(library: Library, run: int) -> pa.Table | None:
    """The newest names that were found by this run, if they are still there."""
    of_run = [number for number in library.names_numbers() if library.names_record(number).get("run") == run]
    return library.names(of_run[-1]) if of_run else None


def _named(library: Library, runs: Collection[int]) -> list[int]:
    for run in runs:
        library.run_record(run)
        if run == library.current_run():
            raise UsageError(
                f"Run {run} is the current one and stays. Make another current first: `facecluster runs rollback RUN`."
            )
    return sorted(set(runs))


def _old(library: Library, keep: int) -> list[int]:
    return [row.run for row in reversed(list_runs(library)[keep:]) if not row.current and not row.waiting]
