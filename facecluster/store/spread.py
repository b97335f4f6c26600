"""Flat tables for other programs: CSV, JSON, Parquet."""

import io
import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from facecluster.store.tables import table_to_bytes

FORMULA_START = "^[=+\\-@\t\r\n]"
"""A spreadsheet runs a cell that begins like this; such text gets an apostrophe before it (OWASP, CSV injection)."""


def csv_bytes(table: pa.Table) -> bytes:
    """Comma-separated UTF-8 with a header row. Text is quoted and cannot act as a formula; missing values are empty."""
    for index, field in enumerate(table.schema):
        if pa.types.is_string(field.type):
            table = table.set_column(index, field, _harmless(table[field.name]))
    buffer = io.BytesIO()
    pa.csv.write_csv(_shortest(table), buffer)
    return buffer.getvalue()


def json_bytes(table: pa.Table) -> bytes:
    """A JSON array of one object a row; missing values, and numbers that are none, are null."""
    rows = _shortest(table).to_pylist()
    return (json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def parquet_bytes(table: pa.Table) -> bytes:
    """A Parquet file."""
    return table_to_bytes(table)


def _harmless(text: pa.ChunkedArray) -> pa.ChunkedArray:
    quoted = pc.binary_join_element_wise("'", text, "")
    return pc.if_else(pc.match_substring_regex(text, FORMULA_START), quoted, text)


def _shortest(table: pa.Table) -> pa.Table:
    """The table with each float32 as the float64 that is written with the fewest digits: 0.1, not 0.10000000149."""
    for index, field in enumerate(table.schema):
        if pa.types.is_float32(field.type):
            shortest = pc.cast(pc.cast(table[field.name], pa.string()), pa.float64())
            finite = pc.if_else(pc.is_finite(shortest), shortest, None)
            table = table.set_column(index, pa.field(field.name, pa.float64()), finite)
    return table
