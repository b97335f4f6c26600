"""What a library holds that was computed from its faces: runs, which of them counts, whom they name, and heirs."""

import contextlib
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from facecluster.errors import LibraryError
from facecluster.schemas import HEIRS
from facecluster.store.files import remove_files
from facecluster.store.records import TableFile, create_record, numbered, numbered_records, read_record
from facecluster.store.tables import check_file, create_tables, read_table

KEPT_NAMES = 2


class RunTables(NamedTuple):
    """What a clustering run found."""

    clusters: pa.Table  # schemas.CLUSTERS
    tree: pa.Table  # schemas.TREE
    suggestions: pa.Table  # schemas.SUGGESTIONS


class Runs:
    """The runs of a library, the choice among them, its tables of names, and its heirs."""

    folder: Path  # of the library

    def run_numbers(self) -> list[int]:
        """The numbers of all finished clustering runs, oldest first."""
        return numbered(self.folder / "runs", "run.json")

    def run_folder(self, number: int) -> Path:
        """Where a run keeps its files."""
        return self.folder / "runs" / f"{number:06d}"

    def run_record(self, number: int) -> dict[str, Any]:
        """run.json of a run: settings, counts, parent run.

        Raises:
            LibraryError: there is no such run, or its record is damaged.
        """
        try:
            return read_record(self.run_folder(number) / "run.json")
        except FileNotFoundError as error:
            raise LibraryError(
                f"There is no run {number} in {self.folder}: `facecluster runs list` shows those there are."
            ) from error

    def unfinished_runs(self) -> list[int]:
        """The numbers of which there are files but no run: it was ended while it was written, or removed."""
        numbers = set(numbered(self.folder / "runs", "")) - set(self.run_numbers())
        return sorted(number for number in numbers if any(self.run_folder(number).iterdir()))

    def run_bytes(self, number: int) -> int:
        """How much the files of a run hold."""
        return sum(path.stat().st_size for path in self.run_folder(number).iterdir())

    def clusters(self, number: int) -> pa.Table:
        """The clusters of a run (schemas.CLUSTERS)."""
        return self._run_table(number, "clusters")

    def tree(self, number: int) -> pa.Table:
        """The condensed tree of a run (schemas.TREE)."""
        return self._run_table(number, "tree")

    def suggestions(self, number: int) -> pa.Table:
        """The pairs of clusters that a run almost made one (schemas.SUGGESTIONS)."""
        return self._run_table(number, "suggestions")

    def check_run(self, number: int) -> None:
        """Read all tables of a run, byte by byte.

        Raises:
            LibraryError: one is missing or damaged, or was written by an earlier facecluster.
        """
        for name in RunTables._fields:
            check_file(self.run_folder(number), self._run_file(number, name))

    def add_run(self, tables: RunTables, record: dict[str, object]) -> int:
        """Commit a clustering run: its tables first, then the record that makes them exist; its number."""
        numbers = numbered(self.folder / "runs", "")
        number = numbers[-1] + 1 if numbers else 1
        named = tables._asdict()
        files = create_tables(self.run_folder(number), {f"{name}.parquet": table for name, table in named.items()})
        described = {name: asdict(file) for name, file in zip(named, files, strict=True)}
        create_record(self.run_folder(number) / "run.json", {"run": number, **record, "tables": described})
        return number

    def remove_run(self, number: int) -> int:
        """Remove a run, finished or not, its record before the rest; how many bytes it held.

        Its folder stays, empty: no other run is ever given its number.
        """
        return remove_files(self.run_folder(number), "run.json")

    def _run_table(self, number: int, name: str) -> pa.Table:
        return read_table(self.run_folder(number), self._run_file(number, name))

    def _run_file(self, number: int, name: str) -> TableFile:
        files = self.run_record(number).get("tables", {})
        if name not in files:
            raise LibraryError(
                f"Run {number} of the library in {self.folder} was written by an earlier facecluster. "
                "Group the faces anew with `facecluster cluster`; no photo is looked at again."
            )
        return TableFile(**files[name])

    # the run that counts ---------------------------------------------------------------------------------------------

    def current_run(self) -> int | None:
        """The run that counts: the newest, or the one that was chosen since; None before the first.

        A run that was made to be reviewed counts only once it is chosen.
        """
        numbers = self.run_numbers()
        choices = self.choices()
        chosen = choices[-1] if choices else {"run": None, "newest": 0}
        made_since = [number for number in numbers if number > chosen["newest"]]
        if plain := self._newest_plain(made_since):
            return plain
        # Somebody may have moved the chosen run away, as is advised when it is damaged.
        return chosen["run"] if chosen["run"] in numbers else self._newest_plain(numbers)

    def make_current(self, run: int, chosen_at: str) -> None:
        """Let a run count from now on, whichever came later.

        Raises:
            LibraryError: there is no such run.
        """
        self.run_record(run)
        newest = self.run_numbers()[-1]
        number = max(numbered_records(self.folder / "current"), default=0) + 1
        create_record(self._current_file(number), {"run": run, "newest": newest, "chosen_at": chosen_at})

    def choices(self) -> list[dict[str, Any]]:
        """What was chosen to be current, oldest first: run, the newest run at that time, chosen_at."""
        return [read_record(self._current_file(number)) for number in numbered_records(self.folder / "current")]

    def _newest_plain(self, numbers: list[int]) -> int | None:
        """The last of these runs that is not one to be reviewed first."""
        for number in reversed(numbers):
            with contextlib.suppress(FileNotFoundError):  # removed at this moment
                if not read_record(self.run_folder(number) / "run.json").get("review", False):
                    return number
        return None

    def _current_file(self, number: int) -> Path:
        return self.folder / "current" / f"{number:06d}.json"

    # names -----------------------------------------------------------------------------------------------------------

    def names_numbers(self) -> list[int]:
        """The numbers of all tables of names, oldest first."""
        return numbered(self.folder / "names", "names.json")

    def names_record(self, number: int) -> dict[str, Any]:
        """names.json of a table of names: its run, how much of the journal it knew, how sure it is."""
        return read_record(self._names_folder(number) / "names.json")

    def names(self, number: int) -> pa.Table:
        """Whom the machine takes faces for (schemas.NAMES)."""
        return read_table(self._names_folder(number), TableFile(**self.names_record(number)["table"]))

    def add_names(self, table: pa.Table, record: dict[str, object]) -> int:
        """Commit a table of names; older ones but one are dropped; its number."""
        numbers = numbered(self.folder / "names", "")
        number = numbers[-1] + 1 if numbers else 1
        (file,) = create_tables(self._names_folder(number), {"names.parquet": table})
        create_record(self._names_folder(number) / "names.json", {"names": number, **record, "table": asdict(file)})
        for older in numbers[: 1 - KEPT_NAMES]:
            remove_files(self._names_folder(older), "names.json")
            with contextlib.suppress(OSError):  # an empty folder does no harm
                self._names_folder(older).rmdir()
        return number

    def _names_folder(self, number: int) -> Path:
        return self.folder / "names" / f"{number:06d}"

    # heirs -----------------------------------------------------------------------------------------------------------

    def heirs_numbers(self) -> list[int]:
        """The numbers of all tables of heirs, oldest first. They add up: none takes the place of another."""
        return numbered(self.folder / "heirs", "heirs.json")

    def heirs(self, upto: int) -> pa.Table:
        """The tables of heirs up to a number as one, oldest first (schemas.HEIRS)."""
        folders = [self._heirs_folder(number) for number in self.heirs_numbers() if number <= upto]
        files = [TableFile(**read_record(folder / "heirs.json")["table"]) for folder in folders]
        return pa.concat_tables([HEIRS.empty_table(), *map(read_table, folders, files)])

    def add_heirs(self, table: pa.Table, record: dict[str, object]) -> int:
        """Commit a table of heirs beside those there are; its number."""
        numbers = numbered(self.folder / "heirs", "")
        number = numbers[-1] + 1 if numbers else 1
        (file,) = create_tables(self._heirs_folder(number), {"heirs.parquet": table})
        create_record(self._heirs_folder(number) / "heirs.json", {"heirs": number, **record, "table": asdict(file)})
        return number

    def _heirs_folder(self, number: int) -> Path:
        return self.folder / "heirs" / f"{number:06d}"
