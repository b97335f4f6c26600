"""The library: what a run leaves behind, in one folder.

    library.json                     format, id, the pack it was made with
    scans/<n>/listing.parquet        what the archive looked like, and scan.json (written last) with its root and time
    index/<shard>/photos.parquet, faces.parquet, commit.json (written last: a shard without it does not exist)
    runs/<n>/clusters.parquet, tree.parquet, suggestions.parquet, run.json (written last)
    current/<n>.json                 which run somebody chose; runs made since count unless they await a review
    names/<n>/names.parquet          whom the machine takes faces for, and names.json (written last)
    heirs/<n>/heirs.parquet          the same faces in photos that were changed, and heirs.json (written last)
    imports/<n>/imports.parquet      what was read in metadata and what became of it, and import.json (imports.py)
    journal/                         what people decided (journal.py)
    calibration/<n>.json             what cosines mean here, measured; the newest counts
    work/                            how far the run under way has come (work.py); gone when it is committed
    graph/                           the neighbours of all faces, from which the next run goes on (work.py)

Everything is created, nothing is changed; only work/ and graph/ are. One process writes at a time (`locked`); any
number may read. Runs, the choice among them, names and heirs are read and written in runs.py.
"""

import contextlib
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import filelock
import numpy as np
import pyarrow as pa
from jaxtyping import Int64

from facecluster.errors import LibraryError, LibraryInUseError, PackMismatchError
from facecluster.schemas import FORMAT_VERSION, faces_schema
from facecluster.store.files import FILE_MODE, STAGED, make_folder, storage_error
from facecluster.store.imports import Imports
from facecluster.store.journal import Journal
from facecluster.store.records import (
    Commit,
    Identity,
    MeasuredCalibration,
    PackIdentity,
    Scan,
    create_record,
    numbered,
    numbered_records,
    read_record,
)
from facecluster.store.runs import Runs, RunTables
from facecluster.store.tables import create_tables, read_rows, read_table
from facecluster.store.work import Work

__all__ = ["Library", "PackIdentity", "RunTables", "create_library", "open_library", "open_or_create_library"]

GARBAGE_SECONDS = 24 * 3600
"""Uncommitted files are swept when older: long after any worker of a run that was killed has ended."""

KEPT_SCANS = 2


class Library(Runs):
    """An open library. Reads see whatever is committed at that moment."""

    def __init__(self, folder: Path, identity: Identity) -> None:
        """Use `open_library` or `create_library`."""
        self.folder = folder
        self.identity = identity
        self.work = Work(folder / "work")
        self.graph = Work(folder / "graph")
        self.journal = Journal(folder / "journal")
        self.imports = Imports(folder / "imports")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the library for writing; the lock goes with the process, however it ends.

        Raises:
            LibraryInUseError: another process holds it.
            StorageError: it cannot be locked.
        """
        lock = self.folder / "lock"
        try:
            held = filelock.FileLock(lock, timeout=0, mode=FILE_MODE).acquire()
        except filelock.Timeout as error:
            raise LibraryInUseError(
                f"Another facecluster is writing to {self.folder}. Wait until it ends, or choose another --library."
            ) from error
        except OSError as error:
            raise storage_error("lock", lock, error) from error
        with held:
            yield

    # scans -----------------------------------------------------------------------------------------------------------

    def latest_scan(self) -> Scan | None:
        """The newest listing of the archive, or None before the first."""
        numbers = numbered(self.folder / "scans", "scan.json")
        return Scan.from_json(read_record(self._scan_folder(numbers[-1]) / "scan.json")) if numbers else None

    def listing(self, scan: Scan) -> pa.Table:
        """The files of a scan (schemas.SCAN)."""
        return read_table(self._scan_folder(scan.number), scan.listing)

    def add_scan(self, listing: pa.Table, archive: str, fingerprint: str, listed_at: str) -> Scan:
        """Record what the archive looks like now; older scans but one are dropped."""
        numbers = numbered(self.folder / "scans", "")
        number = numbers[-1] + 1 if numbers else 1
        folder = self._scan_folder(number)
        (file,) = create_tables(folder, {"listing.parquet": listing})
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
        files = create_tables(folder, {"photos.parquet": photos, "faces.parquet": faces})
        commit = Commit(shard, fingerprint, decoder, *files)
        create_record(folder / "commit.json", commit)
        return commit

    def photos(self, commit: Commit, columns: Sequence[str] | None = None) -> pa.Table:
        """The photo rows of a shard (schemas.PHOTOS), or some columns of them."""
        return read_table(self.folder / "index" / commit.shard, commit.photos, columns)

    def faces(self, commit: Commit, columns: Sequence[str]) -> pa.Table:
        """Columns of the face rows of a shard (schemas.faces_schema)."""
        return self._as_now(read_table(self.folder / "index" / commit.shard, commit.faces, columns))

    def face_rows(self, commit: Commit, rows: Int64[np.ndarray, "n"], columns: Sequence[str]) -> pa.Table:
        """The same of some rows, in the order asked for; little more than those is read.

        Raises:
            IndexError: there is no such row.
        """
        return self._as_now(read_rows(self.folder / "index" / commit.shard, commit.faces, rows, columns))

    def _as_now(self, faces: pa.Table) -> pa.Table:
        """Columns of faces with the schema of now: the first version knew no unseen ones."""
        schema = faces_schema(self.identity.pack.dimension)
        return pa.table(faces.columns, pa.schema([schema.field(name) for name in faces.column_names]))

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
        self.journal.sweep(horizon)
        for staged in self.folder.rglob(f"{STAGED}*"):
            with contextlib.suppress(FileNotFoundError):  # whoever decides at this moment cleared it away
                if staged.stat().st_mtime < horizon:
                    staged.unlink()
        return len(orphans)

    # calibration -----------------------------------------------------------------------------------------------------

    def calibration(self) -> MeasuredCalibration | None:
        """The newest calibration, or None where there is only what the pack says."""
        numbers = numbered_records(self.folder / "calibration")
        record = self._calibration_file(numbers[-1]) if numbers else None
        return MeasuredCalibration.from_json(read_record(record)) if record else None

    def add_calibration(self, **measured: Any) -> MeasuredCalibration:
        """Write a calibration, which counts from then on; all its fields but the number are given."""
        number = max(numbered_records(self.folder / "calibration"), default=0) + 1
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
