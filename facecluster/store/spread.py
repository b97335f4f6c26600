"""Flat tables for other programs: CSV, JSON, Parquet."""

import json

import pandas as pd
import pyarrow as pa

from facecluster.store.tables import table_to_bytes

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins like this; such text gets an apostrophe before it (OWASP, CSV injection)."""


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Comma-separated UTF-8 with a header row; text cells cannot act as formulas."""
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]):
            risky = safe[name].str.startswith(FORMULA_STARTS, na=False)
            safe.loc[risky, name] = "'" + safe.loc[risky, name]
    return safe.to_csv(index=False, lineterminator="\n").encode()


def json_bytes(frame: pd.DataFrame) -> bytes:
    """A JSON array of one object a row; missing values are null."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A Parquet file."""
    return table_to_bytes(pa.Table.from_pandas(frame, preserve_index=False))
