"""What an import has come to, in numbers and in reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from facecluster.people.statements import Decision
from facecluster.pipeline.tags.outcomes import Outcome


class NotRead(NamedTuple):
    """A file, or one mention in it, that an import could make nothing of."""

    path: str  # of the photo
    file: str  # where it stands: the photo, or a file beside it
    name: str | None  # as it stands there; None: it is about all of the file
    reason: str


@dataclass(frozen=True)
class ImportSummary:
    """What an import found and did, or with `dry_run` would do."""

    photos: int  # files of photos that were looked at
    files_read: int  # files, photos and those beside them, that mention anybody
    mentions: int  # of people, and regions without a name
    outcomes: dict[Outcome, int]  # of the mentions, and FAILED files; only what occurs
    people_new: int  # people whom the decision founds
    people_known: int  # people of before who get faces by it
    faces_drawn: int  # faces that only a region shows
    hints: int  # names without a place that the review offers
    decision: Decision | None  # None: nothing new to decide, or a dry run
    number: int | None  # of the decision in the history, by which it can be undone
    failed: tuple[NotRead, ...]  # files that could not be read, once each
    refused: tuple[NotRead, ...]  # names and boxes that are none, and regions that cannot be drawn into their photos
    seconds: float


class Decided(NamedTuple):
    """What an import decided, or would."""

    decision: Decision | None  # None: nothing, or it was a dry run
    number: int | None  # of the decision in the history
    people_new: int
    people_known: int


def outcomes_in(table: pa.Table) -> dict[Outcome, int]:
    """How often each outcome occurs in a table (schemas.IMPORTS), in the order of Outcome."""
    counts = {row["values"]: row["counts"] for row in pc.value_counts(table["outcome"]).to_pylist()}
    return {outcome: counts[outcome] for outcome in Outcome if outcome in counts}


def summary_of(photos: int, table: pa.Table, decided: Decided, seconds: float) -> ImportSummary:
    """The summary of an import.

    Args:
        photos: files that were looked at.
        table: what became of what was read (schemas.IMPORTS).
        decided: by the import.
        seconds: that it took.
    """
    outcomes = outcomes_in(table)
    failed = outcomes.get(Outcome.FAILED, 0)
    said = table.filter(table["source"].is_valid()).select(["path", "file"])
    return ImportSummary(
        photos=photos,
        files_read=said.group_by(["path", "file"]).aggregate([]).num_rows,
        mentions=len(table) - failed,
        outcomes=outcomes,
        people_new=decided.people_new,
        people_known=decided.people_known,
        faces_drawn=outcomes.get(Outcome.DRAWN, 0),
        hints=outcomes.get(Outcome.HINT, 0) + outcomes.get(Outcome.AMBIGUOUS, 0),
        decision=decided.decision,
        number=decided.number,
        failed=_once_a_file(_not_used(table, Outcome.FAILED)),
        refused=_not_used(table, Outcome.REFUSED),
        seconds=seconds,
    )


def _not_used(table: pa.Table, outcome: Outcome) -> tuple[NotRead, ...]:
    rows = table.filter(pc.equal(table["outcome"], str(outcome))).select(NotRead._fields)
    return tuple(NotRead(**row) for row in rows.to_pylist())


def _once_a_file(rows: Sequence[NotRead]) -> tuple[NotRead, ...]:
    """The rows without those that say the same of one file, which speaks of all photos of a folder."""
    return tuple({(row.file, row.reason): row for row in reversed(rows)}.values())[::-1]
