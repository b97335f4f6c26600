"""The library: what a run leaves behind, in one folder.

    library.json                     format, id, the pack it was made with
    scans/<n>/listing.parquet        what the archive looked like, and scan.json (written last) with its root and time
    index/<shard>/photos.parquet, faces.parquet, commit.json (written last: a shard without it does not exist)
    runs/<n>/clusters.parquet, tree.parquet, suggestions.parquet, run.json (written last)
    current/<n>.json                 which run somebody chose; runs made since count unless they await a review
    names/<n>/names.parquet          whom the machine takes faces for, and names.json (written last)
    journal/                         what people decided (journal.py)
    calibration/<n>.json             what cosines mean here, measured; the newest counts
    work/                            how far the run under way has come (work.py); gone when it is committed
    graph/                           the neighbours of all faces, from which the next run goes on (work.py)

Everything is created, nothing is changed; only work/ and graph/ are. One process writes at a time (`locked`); any number may read.
"""

import contextlib
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import pyarrow as pa

from facecluster.errors import LibraryError, PackMismatchError
from facecluster.schemas import FORMAT_VERSION
from facecluster.store.files import FILE_MODE, STAGED, create_files, make_folder
from facecluster.store.records import (
    Commit,
    Identity,
    MeasuredCalibration,
    PackIdentity,
    Scan,
    TableFile,
    create_record,
    read_record,
)
from facecluster.store.tables import describe_file, read_table, table_to_bytes
from facecluster.store.work import Work

GARBAGE_SECONDS = 24 * 3600
"""Uncommitted files are swept when older: long after any worker of a run that was killed has ended."""

KEPT_SCANS = 2
KEPT_NAMES = 2


class RunTables(NamedTuple):
    """What a clustering run found."""

    clusters: pa.Table  # schemas.CLUSTERS
    tree: pa.Table  # schemas.TREE
    suggestions: pa.Table  # schemas.SUGGESTIONS


class Library:
    """An open library. Reads see whatever is committed at that moment."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        """Use `open_library` or `create_library`."""
        self.folder = folder
        self.identity = identity
        self.work = Work(folder / "work")
        self.graph = Work(folder / "graph")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the library for writing; the lock goes with the process, however it ends.

        Raises:
            LibraryError: another process holds it.
        """
        lock = filelock.FileLock(self.folder / "lock", timeout=0, mode=FILE_MODE)
        try:
            with lock:
                yield
        except filelock.Timeout as error:
            raise LibraryError(
                f"Another facecluster is writing to {self.folder}. Wait until it ends, or choose another --library."
            ) from error

    # scans -----------------------------------------------------------------------------------------------------------

    def latest_scan(self) -> Scan | None:
        """The newest listing of the archive, or None before the first."""
        numbers = _numbered(self.folder / "scans", "scan.json")
        return Scan.from_json(read_record(self._scan_folder(numbers[-1]) / "scan.json")) if numbers else None

    def listing(self, scan: Scan) -> pa.Table:
        """The files of a scan (schemas.SCAN)."""
        return read_table(self._scan_folder(scan.number), scan.listing)

    def add_scan(self, listing: pa.Table, archive: str, fingerprint: str, listed_at: str) -> Scan:
        """Record what the archive looks like now; older scans but one are dropped."""
        numbers = _numbered(self.folder / "scans", "")
        number = numbers[-1] + 1 if numbers else 1
        folder = self._scan_folder(number)
        (file,) = _create_tables(folder, {"listing.parquet": listing})
        scan = Scan(number, archive, fingerprint, file, listed_at)
        create_record(folder / "scan.json", scan)
        for number in numbers[: 1 - KEPT_SCANS]:
            shutil.rmtree(self._scan_folder(number), ignore_errors=True)
        return scan

    def _scan_folder(self, number: int) -> Path:
        return self.folder / "scans" / f"{number:06d}"

    # index -----------------------------------------------------------------------------------------------------------

    def commits(self) -> list[Commit]:
        """All committed shards, oldest scan first."""
        records = sorted((self.folder / "index").glob("*/commit.json"))
        return [Commit.from_json(read_record(record)) for record in records]

    def add_shard(self, shard: str, photos: pa.Table, faces: pa.Table, fingerprint: str, decoder: str) -> Commit:
        """Commit the tables of a shard: both files first, then the record that makes them exist.

        Raises:
            FileExistsError: this shard is there already.
            StorageError: a write failed; the shard does not exist.
        """
        folder = self.folder / "index" / shard
        files = _create_tables(folder, {"photos.parquet": photos, "faces.parquet": faces})
        commit = Commit(shard, fingerprint, decoder, *files)
        create_record(folder / "commit.json", commit)
        return commit

    def photos(self, commit: Commit) -> pa.Table:
        """The photo rows of a shard (schemas.PHOTOS)."""
        return read_table(self.folder / "index" / commit.shard, commit.photos)

    def faces(self, commit: Commit, columns: Sequence[str]) -> pa.Table:
        """Columns of the face rows of a shard (schemas.faces_schema)."""
        return read_table(self.folder / "index" / commit.shard, commit.faces, columns)

    def sweep(self) -> int:
        """Remove what was never committed and is a day old; the number of shards removed."""
        horizon = time.time() - GARBAGE_SECONDS
        orphans = [
            folder
            for folder in (self.folder / "index").glob("*")
            if not (folder / "commit.json").exists() and folder.stat().st_mtime < horizon
        ]
        for folder in orphans:
            shutil.rmtree(folder, ignore_errors=True)
        self.work.sweep(horizon)
        return len(orphans)

    # runs ------------------------------------------------------------------------------------------------------------

    def run_numbers(self) -> list[int]:
        """The numbers of all finished clustering runs, oldest first."""
        return _numbered(self.folder / "runs", "run.json")

    def run_folder(self, number: int) -> Path:
        """Where a run keeps its files."""
        return self.folder / "runs" / f"{number:06d}"

    def run_record(self, number: int) -> dict[str, Any]:
        """run.json of a run: settings, counts, parent run."""
        return read_record(self.run_folder(number) / "run.json")

    def clusters(self, number: int) -> pa.Table:
        """The clusters of a run (schemas.CLUSTERS)."""
        return self._run_table(number, "clusters")

    def tree(self, number: int) -> pa.Table:
        """The condensed tree of a run (schemas.TREE)."""
        return self._run_table(number, "tree")

    def suggestions(self, number: int) -> pa.Table:
        """The pairs of clusters that a run almost made one (schemas.SUGGESTIONS)."""
        return self._run_table(number, "suggestions")

    def add_run(self, tables: RunTables, record: dict[str, object]) -> int:
        """Commit a clustering run: its tables first, then the record that makes them exist; its number."""
        numbers = _numbered(self.folder / "runs", "")
        number = numbers[-1] + 1 if numbers else 1
        named = tables._asdict()
        files = _create_tables(self.run_folder(number), {f"{name}.parquet": table for name, table in named.items()})
        described = {name: asdict(file) for name, file in zip(named, files, strict=True)}
        create_record(self.run_folder(number) / "run.json", {"run": number, **record, "tables": described})
        return number

    def _run_table(self, number: int, name: str) -> pa.Table:
        files = self.run_record(number).get("tables")
        if files is None:
            raise LibraryError(
                f"Run {number} of the library in {self.folder} was written by an earlier facecluster. "
                "Group the faces anew with `facecluster cluster`; no photo is looked at again."
            )
        return read_table(self.run_folder(number), TableFile(**files[name]))

    def current_run(self) -> int | None:
        """The run that counts: the newest, or the one that was chosen since; None before the first.

        A run that was made to be reviewed counts only once it is chosen.
        """
        numbers = self.run_numbers()
        choices = _numbered_records(self.folder / "current")
        chosen = read_record(self._current_file(choices[-1])) if choices else {"run": None, "newest": 0}
        since = [number for number in numbers if number > chosen["newest"]]
        plain = [number for number in since if not self.run_record(number).get("review", False)]
        return plain[-1] if plain else chosen["run"]

    def make_current(self, run: int, chosen_at: str) -> None:
        """Let a run count from now on, whichever came later.

        Raises:
            LibraryError: there is no such run.
        """
        numbers = self.run_numbers()
        if run not in numbers:
            raise LibraryError(
                f"There is no run {run} in {self.folder}: `facecluster runs list` shows those there are."
            )
        number = max(_numbered_records(self.folder / "current"), default=0) + 1
        create_record(self._current_file(number), {"run": run, "newest": numbers[-1], "chosen_at": chosen_at})

    def _current_file(self, number: int) -> Path:
        return self.folder / "current" / f"{number:06d}.json"

    # names -----------------------------------------------------------------------------------------------------------

    def names_numbers(self) -> list[int]:
        """The numbers of all tables of names, oldest first."""
        return _numbered(self.folder / "names", "names.json")

    def names_record(self, number: int) -> dict[str, Any]:
        """names.json of a table of names: its run, how much of the journal it knew, how sure it is."""
        return read_record(self._names_folder(number) / "names.json")

    def names(self, number: int) -> pa.Table:
        """Whom the machine takes faces for (schemas.NAMES)."""
        return read_table(self._names_folder(number), TableFile(**self.names_record(number)["table"]))

    def add_names(self, table: pa.Table, record: dict[str, object]) -> int:
        """Commit a table of names; older ones but one are dropped; its number."""
        numbers = _numbered(self.folder / "names", "")
        number = numbers[-1] + 1 if numbers else 1
        (file,) = _create_tables(self._names_folder(number), {"names.parquet": table})
        create_record(self._names_folder(number) / "names.json", {"names": number, **record, "table": asdict(file)})
        for older in numbers[: 1 - KEPT_NAMES]:
            shutil.rmtree(self._names_folder(older), ignore_errors=True)
        return number

    def _names_folder(self, number: int) -> Path:
        return self.folder / "names" / f"{number:06d}"

    # calibration -----------------------------------------------------------------------------------------------------

    def calibration(self) -> MeasuredCalibration | None:
        """The newest calibration, or None where there is only what the pack says."""
        numbers = _numbered_records(self.folder / "calibration")
        record = self._calibration_file(numbers[-1]) if numbers else None
        return MeasuredCalibration.from_json(read_record(record)) if record else None

    def add_calibration(self, **measured: Any) -> MeasuredCalibration:
        """Write a calibration, which counts from then on; all its fields but the number are given."""
        number = max(_numbered_records(self.folder / "calibration"), default=0) + 1
        calibration = MeasuredCalibration(number, **measured)
        create_record(self._calibration_file(number), calibration)
        return calibration

    def _calibration_file(self, number: int) -> Path:
        return self.folder / "calibration" / f"{number:06d}.json"


def create_library(folder: Path, pack: PackIdentity) -> Library:
    """A new, empty library in a folder that is missing or empty.

    Raises:
        LibraryError: the folder holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder} is a file. A library is a folder: choose another with --library.")
    if folder.exists() and any(not path.name.startswith(STAGED) for path in folder.iterdir()):
        raise LibraryError(f"{folder} is not empty and holds no library.json. Choose a new folder with --library.")
    make_folder(folder)
    identity = Identity(FORMAT_VERSION, uuid.uuid4().hex, pack)
    with contextlib.suppress(FileExistsError):  # another process was faster: its library is as good
        create_record(folder / "library.json", identity)
    return open_library(folder)


def open_library(folder: Path) -> Library:
    """The library in a folder.

    Raises:
        LibraryError: there is none, or it was written by a newer facecluster.
    """
    try:
        record = read_record(folder / "library.json")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LibraryError(
            f"There is no library in {folder}. Make one with `facecluster run ARCHIVE --library {folder}`, "
            "or name another with --library."
        ) from error
    found = record.get("format_version")
    if found != FORMAT_VERSION:
        raise LibraryError(
            f"The library in {folder} has format {found}, this facecluster reads format {FORMAT_VERSION}. "
            "Use the facecluster that wrote it, or choose another --library."
        )
    return Library(folder, Identity(found, record["id"], PackIdentity(**record["pack"])))


def open_or_create_library(folder: Path, pack: PackIdentity) -> Library:
    """The library in a folder, made if need be, after a check that it is of this pack.

    Raises:
        PackMismatchError: it was made with another pack.
    """
    if not (folder / "library.json").exists():
        return create_library(folder, pack)
    library = open_library(folder)
    theirs = library.identity.pack
    if theirs.sha256 != pack.sha256:
        raise PackMismatchError(
            f"The library in {folder} was made with the pack {theirs.name!r} ({theirs.sha256[:12]}), not with "
            f"{pack.name!r} ({pack.sha256[:12]}): their vectors cannot be compared. Go on with --pack {theirs.name}, "
            "or give this pack a library of its own with --library."
        )
    return library


def _create_tables(folder: Path, tables: Mapping[str, pa.Table]) -> list[TableFile]:
    contents = {name: table_to_bytes(table) for name, table in tables.items()}
    create_files(folder, contents)
    return [describe_file(name, tables[name], data) for name, data in contents.items()]


def _numbered(folder: Path, record: str) -> list[int]:
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if (path / record).exists())


def _numbered_records(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("[0-9]*.json"))
