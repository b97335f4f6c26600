"""What was imported: a table of each import, of which the last two are kept, and the parts of one under way.

    imports/<n>/imports.parquet    a row a mention, with what became of it (schemas.IMPORTS)
    imports/<n>/import.json        written last: when, by which decision, in numbers
    imports/reading/               what the import under way has read so far (parts.py)

Who wants to know what the metadata of the photos says reads the newest.
"""

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from facecluster.errors import LibraryError
from facecluster.schemas import IMPORTS
from facecluster.store.files import remove_files
from facecluster.store.parts import Parts
from facecluster.store.records import TableFile, create_record, numbered, read_record
from facecluster.store.tables import create_tables, read_table

KEPT_IMPORTS = 2

_RECORD = "import.json"


class Imports:
    """The imports of a library, in a folder that need not exist yet. Whoever adds holds the library for writing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reading = Parts(folder / "reading")

    def numbers(self) -> list[int]:
        """The numbers of the imports that are kept, oldest first."""
        return numbered(self.folder, _RECORD)

    def newest(self) -> int | None:
        """The number of the last import; None before the first."""
        return max(self.numbers(), default=None)

    def record(self, number: int) -> dict[str, Any]:
        """import.json of an import: when it was made, the id of its decision or null, its outcomes in numbers.

        Raises:
            LibraryError: there is no such import, or its record is damaged.
        """
        try:
            return read_record(self._folder(number) / _RECORD)
        except FileNotFoundError as error:
            raise LibraryError(f"There is no import {number} in {self.folder}: the last two are kept.") from error

    def table(self, number: int | None) -> pa.Table:
        """What was read, and what became of it (schemas.IMPORTS), by path of the photo; None: nothing.

        Raises:
            LibraryError: there is no such import, or it is damaged.
        """
        if number is None:
            return IMPORTS.empty_table()
        return read_table(self._folder(number), TableFile(**self.record(number)["table"]))

    def add(self, table: pa.Table, record: dict[str, object]) -> int:
        """Commit an import: its table first, then the record that makes it exist; its number.

        Older ones but one go, and what a crash left of others.

        Raises:
            StorageError: a write failed; the import does not exist.
        """
        number = max(numbered(self.folder, ""), default=0) + 1
        (file,) = create_tables(self._folder(number), {"imports.parquet": table})
        create_record(self._folder(number) / _RECORD, {"import": number, **record, "table": asdict(file)})
        for older in set(numbered(self.folder, "")).difference(self.numbers()[-KEPT_IMPORTS:]):
            remove_files(self._folder(older), _RECORD)
            with contextlib.suppress(OSError):  # an empty folder does no harm
                self._folder(older).rmdir()
        return number

    def _folder(self, number: int) -> Path:
        return self.folder / f"{number:06d}"
