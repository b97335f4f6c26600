"""Arrow tables to Parquet bytes and back, with the checks that make silent damage impossible."""

import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from facecluster.errors import LibraryError

UNCOMPRESSIBLE = frozenset({"thumbnail"})  # JPEG already


def table_to_bytes(table: pa.Table) -> bytes:
    """A Parquet file of a table, with a checksum on every page."""
    buffer = io.BytesIO()
    columns = table.schema.names
    pq.write_table(
        table,
        buffer,
        compression={name: "none" if name in UNCOMPRESSIBLE else "zstd" for name in columns},
        use_dictionary=[name for name in columns if pa.types.is_string(table.schema.field(name).type)],
        write_page_checksum=True,
    )
    return buffer.getvalue()


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """A Parquet file's table, or some columns of it, with every page verified.

    Raises:
        LibraryError: the file is missing, is not Parquet, or its bytes have changed since they were written.
    """
    try:
        return pq.read_table(
            path, columns=columns, page_checksum_verification=True, partitioning=None, memory_map=False
        )
    except (OSError, pa.ArrowException) as error:
        message = (
            f"{path} is damaged ({str(error).splitlines()[0]}). Move its folder away and run again: it is made anew."
        )
        raise LibraryError(message) from error
