"""Who is to stand in files, and the ledger -> the work that is left to do, in shards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.pipeline.columns import one_array
from facecluster.pipeline.plan import Shard, shard_name
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.pipeline.tags.outgoing.shown import ShownPeople
from facecluster.pipeline.worker import Job
from facecluster.store.archive import PhotoFile
from facecluster.store.ledger import BUCKETS, Bucket, bucket_of
from facecluster.store.library import Library

PHOTOS_A_SHARD = 100
"""At least, where there are so many: opening a bucket and committing its rows costs as much as writing a few files."""


@dataclass(frozen=True)
class How:
    """How it is written."""

    style: str = "auto"  # of the name of a new sidecar: auto | full | stem
    in_place: bool = False  # photos themselves are written too, where they can be
    dry_run: bool = False  # nothing is written; the rows say what would be


@dataclass(frozen=True)
class WriteJob(Job):
    """What every worker needs to know; small, and the same for all."""

    how: How
    reverting: bool  # photos need not be there


class _Piece(NamedTuple):
    """Photo files to be visited, of whole buckets of the ledger."""

    files: list[PhotoFile]
    rows: pa.Table  # of SHOWN


def plan_writing(job: WriteJob, library: Library, shown: ShownPeople) -> list[Shard]:
    """The photo files to be visited, those of a bucket of the ledger together; beside them, their rows of SHOWN.

    These are the photos that show somebody, and those whose metadata holds something of ours.

    Raises:
        LibraryError: the ledger is damaged.
        StorageError: it cannot be written.
    """
    ledger = ledger_of(library, job.archive)
    parts = zip(_by_bucket(shown.table), _by_bucket(shown.photos), strict=True)
    buckets = (
        _Piece(_photo_files(rows, _photos_in(ledger.bucket(number), job), photos, job), rows)
        for number, (rows, photos) in enumerate(parts)
    )
    return [
        Shard(shard_name(job.scan, job.fingerprint, piece.files), tuple(piece.files), piece.rows)
        for piece in _joined(buckets)
    ]


def _by_bucket(table: pa.Table) -> Iterator[pa.Table]:
    """The rows of a table with a path that are of each bucket, in their order."""
    paths = one_array(table["path"]).dictionary_encode()
    buckets = np.fromiter((bucket_of(path.as_py()) for path in paths.dictionary), np.int8, len(paths.dictionary))
    of_rows = buckets[paths.indices.to_numpy()]
    del paths
    for number in range(BUCKETS):
        yield table.filter(pa.array(of_rows == number))


def _photos_in(bucket: Bucket, job: WriteJob) -> set[str]:
    """The photos of a bucket, once what a crash left open is settled; nobody else writes yet."""
    if not job.how.dry_run:
        bucket.settle_rest()
        bucket.shorten()
    return {owned.photo for owned in bucket.owned().values()}


def _photo_files(rows: pa.Table, ours: set[str], photos: pa.Table, job: WriteJob) -> list[PhotoFile]:
    """The photos of a bucket that are to be visited, by path; only a revert visits what may not be there."""
    if job.reverting:
        return [PhotoFile(path, 0, 0) for path in sorted(ours)]
    wanted = pa.array(ours.union(rows["path"].unique().to_pylist()), pa.string())
    there = photos.filter(pc.is_in(photos["path"], wanted))
    times = pc.cast(there["modified_at"], pa.int64())
    return list(map(PhotoFile, there["path"].to_pylist(), there["size"].to_pylist(), times.to_pylist()))


def _joined(buckets: Iterable[_Piece]) -> Iterator[_Piece]:
    """The files of a few buckets, or of one."""
    pieces: list[_Piece] = []
    for piece in buckets:
        pieces.append(piece)
        if sum(len(some.files) for some in pieces) >= PHOTOS_A_SHARD:
            yield _in_one(pieces)
            pieces = []
    if any(some.files for some in pieces):
        yield _in_one(pieces)


def _in_one(pieces: Sequence[_Piece]) -> _Piece:
    rows = pa.concat_tables([piece.rows for piece in pieces]).combine_chunks()
    return _Piece([file for piece in pieces for file in piece.files], rows)
