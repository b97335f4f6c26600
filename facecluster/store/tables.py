"""Arrow tables to Parquet bytes and back, with the checks that make silent damage impossible."""

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Int64

from facecluster.errors import LibraryError
from facecluster.store.files import create_files
from facecluster.store.records import TableFile

TAIL_BYTES = 8
"""At the end of a Parquet file: the length of its footer, little-endian, and the letters PAR1."""

PICTURES_READ_AT_ONCE = 128
"""Rows of a group of a table with pictures. Measured on 1,000 faces: one picture takes 0.6 ms to read instead of 4,
other columns no longer than before, for half a percent more bytes; with 64 rows those columns take twice as long."""


def table_to_bytes(table: pa.Table) -> bytes:
    """A Parquet file of a table, with a checksum on every page."""
    buffer = io.BytesIO()
    repeating = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pictures = any(pa.types.is_binary(field.type) for field in table.schema)
    pq.write_table(
        table,
        buffer,
        row_group_size=PICTURES_READ_AT_ONCE if pictures else None,
        compression="zstd",
        use_dictionary=repeating,
        write_page_checksum=True,
    )
    return buffer.getvalue()


def describe_file(name: str, table: pa.Table, data: bytes) -> TableFile:
    """What its commit says of a Parquet file."""
    footer = data[_footer_start(data[-TAIL_BYTES:], len(data)) :]
    digest, footer_digest = hashlib.sha256(data).hexdigest(), hashlib.sha256(footer).hexdigest()
    return TableFile(name, table.num_rows, len(data), digest, footer_digest)


def create_tables(folder: Path, tables: Mapping[str, pa.Table]) -> list[TableFile]:
    """Write tables, by file name, as new files (files.create_files); what a commit is to say of them."""
    contents = {name: table_to_bytes(table) for name, table in tables.items()}
    create_files(folder, contents)
    return [describe_file(name, tables[name], data) for name, data in contents.items()]


def check_file(folder: Path, known: TableFile) -> None:
    """Read all bytes of a Parquet file and hold them against what its commit says.

    Raises:
        LibraryError: the file is missing, or its bytes have changed since they were written.
    """
    path = folder / known.name
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _damaged(path, str(error)) from error
    if digest != known.sha256:
        raise _damaged(path, "its bytes are not those that were written")


def read_table(folder: Path, known: TableFile, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file's table, or some columns of it, with all that is read verified.

    Pages carry checksums of their own; the footer, which says where and what they are, has none in the format, so it is
    held against the digest in the commit.

    Raises:
        LibraryError: the file is missing, or its bytes have changed since they were written.
    """
    path = folder / known.name
    try:
        _check_footer(path, known)
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            # The files of a library are many and small: threads would cost each more than they save.
            return file.read(columns if columns is None else list(columns), use_threads=False)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(path, str(error)) from error


def read_rows(folder: Path, known: TableFile, rows: Int64[np.ndarray, "n"], columns: Sequence[str]) -> pa.Table:
    """Some rows of a Parquet file, in the order asked for, verified like `read_table`; only their groups are read.

    Raises:
        IndexError: there is no such row.
        LibraryError: the file is missing, or its bytes have changed since they were written.
    """
    if len(rows) and not 0 <= rows.min() <= rows.max() < known.rows:
        raise IndexError(f"expected rows from 0 to {known.rows - 1:,}, found {rows.min():,} to {rows.max():,}")
    path = folder / known.name
    try:
        _check_footer(path, known)
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            ends = np.cumsum([file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)])
            groups = np.unique(np.searchsorted(ends, rows, side="right"))
            table = file.read_row_groups(groups.tolist(), columns=list(columns), use_threads=False)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _damaged(path, str(error)) from error
    held = np.flatnonzero(np.isin(np.searchsorted(ends, np.arange(known.rows), side="right"), groups))
    return table.take(pa.array(np.searchsorted(held, rows)))


def _check_footer(path: Path, known: TableFile) -> None:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size != known.bytes:
            raise ValueError(f"expected {known.bytes:,} bytes, found {size:,}")
        file.seek(-TAIL_BYTES, os.SEEK_END)
        file.seek(_footer_start(file.read(), size))
        if hashlib.sha256(file.read()).hexdigest() != known.footer_sha256:
            raise ValueError("its footer is not the one that was written")


def _footer_start(tail: bytes, size: int) -> int:
    """Where the footer of a file of `size` bytes begins, by its last eight; 0 where they cannot be right."""
    return max(0, size - TAIL_BYTES - int.from_bytes(tail[:4], "little"))


def _damaged(path: Path, why: str) -> LibraryError:
    return LibraryError(f"{path} is damaged ({why.splitlines()[0]}). Move its folder away and run again.")
