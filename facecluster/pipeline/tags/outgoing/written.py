"""What became of files, as workers commit it shard by shard -> sums, and rows by path."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from facecluster.errors import MetadataError
from facecluster.pipeline.tags.outcomes import Status
from facecluster.schemas import WRITTEN
from facecluster.store.library import Library
from facecluster.store.parts import Parts

ROWS_AT_ONCE = 1000
"""That are Python objects while rows are handed out."""


class WrittenRow(NamedTuple):
    """A row of schemas.WRITTEN, field by field."""

    path: str
    file: str
    status: Status
    reason: str | None = None
    changes: tuple[str, ...] = ()


class Written(NamedTuple):
    """What became of all files."""

    counts: Counter[str]  # files by Status
    added: int  # values
    taken_out: int
    rows: Callable[[], Iterator[dict[str, Any]]]  # those that are not unchanged, by path


def failed(path: str, file: str, error: MetadataError) -> WrittenRow:
    """The row of a file that is as it was."""
    return WrittenRow(path, file, Status.FAILED, str(error))


def parts_of(library: Library) -> Parts:
    """Where workers commit what became of files: there until the next writing."""
    return Parts(library.folder / "written")


def written_table(rows: Sequence[WrittenRow]) -> pa.Table:
    """The table of rows (schemas.WRITTEN)."""
    columns = zip(*rows, strict=True) if rows else [[]] * len(WRITTEN)
    return pa.table([pa.array(column, type_) for column, type_ in zip(columns, WRITTEN.types, strict=True)], WRITTEN)


def written_in(parts: Parts) -> Written:
    """The sums of all parts, and how to go through their rows.

    Raises:
        LibraryError: one is damaged.
    """
    counts, added, taken_out = Counter[str](), 0, 0
    for table in parts.tables():
        counts.update(table["status"].to_pylist())
        told = _told(table)
        changes = pc.list_flatten(told.filter(pc.not_equal(told["status"], Status.FAILED))["changes"])
        added += pc.sum(pc.starts_with(changes, "+")).as_py() or 0
        taken_out += pc.sum(pc.starts_with(changes, "-")).as_py() or 0
    return Written(counts, added, taken_out, lambda: _rows(parts))


def _rows(parts: Parts) -> Iterator[dict[str, Any]]:
    told = pa.concat_tables([WRITTEN.empty_table(), *map(_told, parts.tables())])
    order = pc.sort_indices(told, [("path", "ascending"), ("file", "ascending")])
    for start in range(0, len(order), ROWS_AT_ONCE):
        yield from told.take(order[start : start + ROWS_AT_ONCE]).to_pylist()


def _told(table: pa.Table) -> pa.Table:
    return table.filter(pc.not_equal(table["status"], Status.UNCHANGED))
