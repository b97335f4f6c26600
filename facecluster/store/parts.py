"""Work in parts: the table of each shard, kept until the whole is done, so that a run that was stopped goes on.

    <part>-<digits>.parquet    its table
    <part>.json                written last: which file that is, and what the table was made of

Everything here can be made again. A part that is made anew, of other files, takes the place of the one before.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from facecluster.errors import LibraryError
from facecluster.store.files import file_names, make_folder, replace_file, storage_error
from facecluster.store.records import TableFile, read_record, record_to_bytes
from facecluster.store.tables import create_tables, read_table

_RECORD = ".json"


class Parts:
    """The parts of one piece of work, in a folder that is theirs alone. Any number of workers may add to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, table: pa.Table, made_of: Mapping[str, Any]) -> None:
        """Keep the table of a part; from the moment this returns it survives a crash.

        Args:
            name: of the part, fit for a file name.
            table: what was made.
            made_of: what it was made of, in words of JSON: whoever goes on compares it with what there is then.

        Raises:
            StorageError: a write failed; the part is as it was.
        """
        make_folder(self.folder)
        (file,) = create_tables(self.folder, {f"{name}-{secrets.token_hex(4)}.parquet": table})
        record = {"table": asdict(file), "made_of": dict(made_of)}
        replace_file(self._record(name), record_to_bytes(record))

    def names(self) -> list[str]:
        """The parts that are there, in order."""
        return sorted(name.removesuffix(_RECORD) for name in file_names(self.folder) if name.endswith(_RECORD))

    def made_of(self, name: str) -> dict[str, Any]:
        """What a part was made of.

        Raises:
            FileNotFoundError: there is no such part.
            LibraryError: its record is damaged.
        """
        return self._read(name)[1]

    def table(self, name: str) -> pa.Table:
        """The table of a part.

        Raises:
            FileNotFoundError: there is no such part.
            LibraryError: it is damaged.
        """
        return read_table(self.folder, self._read(name)[0])

    def tables(self) -> Iterator[pa.Table]:
        """The tables, in order of the parts, each read when it is asked for.

        Raises:
            LibraryError: one is damaged.
        """
        for name in self.names():
            yield self.table(name)

    def clear(self) -> None:
        """Remove all of it.

        Raises:
            StorageError: a file could not be removed; the parts that are left are whole.
        """
        try:
            # Records first: a part without its record is none, a record without its table is damage.
            for file in sorted(file_names(self.folder), key=lambda file: not file.endswith(_RECORD)):
                (self.folder / file).unlink(missing_ok=True)
            if self.folder.exists():
                self.folder.rmdir()
        except OSError as error:
            raise storage_error("empty", self.folder, error) from error

    def _record(self, name: str) -> Path:
        return self.folder / f"{name}{_RECORD}"

    def _read(self, name: str) -> tuple[TableFile, dict[str, Any]]:
        path = self._record(name)
        record = read_record(path)
        try:
            return TableFile(**record["table"]), record["made_of"]
        except (KeyError, TypeError) as error:
            raise LibraryError(f"{path} is damaged: it names no table. Move its folder away and run again.") from error
