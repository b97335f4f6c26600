"""The small JSON records of a library, and their way to disk and back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from facecluster.errors import LibraryError
from facecluster.store.files import create_file, read_file


@dataclass(frozen=True)
class PackIdentity:
    """What must be known of a pack to use its vectors without it."""

    name: str
    sha256: str
    dimension: int
    impostor_median: float  # cosine of two different people
    impostor_sd: float
    genuine_median: float  # cosine of two photos of one person, taken on different occasions
    licence: str


@dataclass(frozen=True)
class Identity:
    """library.json: which library this is, and the pack whose vectors it holds."""

    format_version: int
    id: str
    pack: PackIdentity


@dataclass(frozen=True)
class TableFile:
    """One Parquet file as its commit knows it."""

    name: str
    rows: int
    bytes: int
    sha256: str
    footer_sha256: str  # of the Parquet footer with its length and magic: what read_table checks without reading it all


@dataclass(frozen=True)
class Scan:
    """scan.json: where and how the archive was listed."""

    number: int
    archive: str  # absolute path of the archive's root
    fingerprint: str  # of everything that decides what the index of a photo is
    listing: TableFile
    listed_at: str  # ISO 8601, UTC

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Scan":
        """The scan that was written as this record."""
        with _fields_of("scan.json"):
            return cls(**{**record, "listing": TableFile(**record["listing"])})


@dataclass(frozen=True)
class Commit:
    """commit.json: the two tables of a shard, and what made them."""

    shard: str
    fingerprint: str
    decoder: str  # version and limits of the decoder: failed photos are tried again when it changes
    photos: TableFile
    faces: TableFile

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "Commit":
        """The commit that was written as this record."""
        with _fields_of("commit.json"):
            return cls(**{**record, "photos": TableFile(**record["photos"]), "faces": TableFile(**record["faces"])})


@dataclass(frozen=True)
class MeasuredCalibration:
    """calibration/<n>.json: what cosines mean in a library, in place of what its pack says."""

    number: int
    measured_at: str  # ISO 8601, UTC
    impostor_median: float
    impostor_sd: float
    genuine_median: float
    source: str  # in words: what it was measured on

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> "MeasuredCalibration":
        """The calibration that was written as this record."""
        with _fields_of("record of a calibration"):
            return cls(**record)


@contextmanager
def _fields_of(name: str) -> Iterator[None]:
    """Turn a field too many or too few into a sentence: another program, or an unreleased version, wrote the file."""
    try:
        yield
    except (KeyError, TypeError) as error:
        raise LibraryError(
            f"A {name} of this library is not one of ours ({type(error).__name__}: {error}). "
            "Use the facecluster that wrote it, or choose another --library."
        ) from error


def create_record(path: Path, record: Any) -> None:
    """Write a dataclass or a dictionary as a new JSON file (files.create_file)."""
    create_file(path, record_to_bytes(record if isinstance(record, dict) else asdict(record)))


def record_to_bytes(record: dict[str, Any]) -> bytes:
    """The JSON file of a record."""
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()


def read_record(path: Path) -> dict[str, Any]:
    """The dictionary in a JSON file.

    Raises:
        FileNotFoundError: there is none.
        LibraryError: it is damaged.
    """
    try:
        return json.loads(read_file(path))
    except ValueError as error:
        raise LibraryError(f"{path} is damaged: it is not JSON. Move its folder away and run again.") from error


def numbered(folder: Path, record: str) -> list[int]:
    """The numbers that name the folders of a folder, in order: those that hold this record, or with "" all."""
    return sorted(int(path.name) for path in folder.glob("[0-9]*") if (path / record).exists())


def numbered_records(folder: Path) -> list[int]:
    """The numbers that name the JSON files of a folder, in order."""
    return sorted(int(path.stem) for path in folder.glob("[0-9]*.json"))
