"""Columns of Arrow tables of a million rows, at no more memory than they take."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

VALUES_AT_ONCE = 1 << 18
"""That others are looked up among: Arrow makes a table of them, in which they stand a second time."""


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, which is the column itself where it is one already."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def rows_each_once(column: pa.Array) -> pa.UInt64Array:
    """The first row of each value, by value."""
    order = pc.sort_indices(column)  # stable
    values = column.take(order)
    new = pc.not_equal(values[1:], values[:-1])
    return pa.concat_arrays([order[:1], order[1:].filter(new)])


def rows_among(column: pa.Array, values: pa.ChunkedArray) -> pa.Int64Array:
    """The row of `values`, each of which is there once, that has each value of a column; null: there is none."""
    rows = np.full(len(column), -1)
    for start in range(0, len(values), VALUES_AT_ONCE):
        found = pc.index_in(column, values[start : start + VALUES_AT_ONCE])
        met = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
        rows[met] = found.drop_null().to_numpy() + start
    return pa.array(rows, mask=rows < 0)


def rows_alone(table: pa.Table, start: int, end: int) -> pa.Table:
    """The rows of a table from `start` to before `end`, copied: a slice is sent to others with all of its table."""
    return table.take(pa.array(np.arange(start, min(end, len(table)))))


def give_back() -> None:
    """Let the system have the memory that Arrow keeps for later: what comes next may take it elsewhere."""
    pa.default_memory_pool().release_unused()
