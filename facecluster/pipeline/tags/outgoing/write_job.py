"""Who is to stand in files, and the ledger -> the work that is left to do, in shards."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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


def plan_writing(job: WriteJob, library: Library, shown: ShownPeople) -> list[Shard]:
    """The photo files to be visited, those of a bucket of the ledger together; beside them, their rows of SHOWN.

    These are the photos that show somebody, and those whose metadata holds something of ours.

    Raises:
        LibraryError: the ledger is damaged.
        StorageError: it cannot be written.
    """
    ledger = ledger_of(library, job.archive)
    showing = _by_bucket(shown.table["path"].unique().to_pylist())
    files = shown.photos.set_index("path", drop=False)
    buckets = (
        _photo_files(showing[number] | _photos_in(ledger.bucket(number), job), files, job) for number in range(BUCKETS)
    )
    pieces = list(_joined(buckets))
    names = [shard_name(job.scan, job.fingerprint, piece) for piece in pieces]
    return list(map(Shard, names, map(tuple, pieces), _rows_of(pieces, shown.table)))


def _by_bucket(paths: Iterable[str]) -> list[set[str]]:
    buckets: list[set[str]] = [set() for _ in range(BUCKETS)]
    for path in paths:
        buckets[bucket_of(path)].add(path)
    return buckets


def _photos_in(bucket: Bucket, job: WriteJob) -> set[str]:
    """The photos of a bucket, once what a crash left open is settled; nobody else writes yet."""
    if not job.how.dry_run:
        bucket.settle_rest()
        bucket.shorten()
    return {owned.photo for owned in bucket.owned().values()}


def _photo_files(paths: set[str], files: pd.DataFrame, job: WriteJob) -> list[PhotoFile]:
    """Those of these photos that are to be visited, by path; only a revert visits what may not be there."""
    if job.reverting:
        return [PhotoFile(path, 0, 0) for path in sorted(paths)]
    if not paths:
        return []
    there = files.loc[sorted(paths.intersection(files.index))]
    return list(map(PhotoFile, there.index, there["size"], there["modified_at"].astype("int64")))


def _joined(buckets: Iterable[list[PhotoFile]]) -> Iterator[list[PhotoFile]]:
    """The files of a few buckets, or of one."""
    piece: list[PhotoFile] = []
    for files in buckets:
        piece.extend(files)
        if len(piece) >= PHOTOS_A_SHARD:
            yield piece
            piece = []
    if piece:
        yield piece


def _rows_of(pieces: Sequence[Sequence[PhotoFile]], shown: pa.Table) -> Iterator[pa.Table]:
    """The rows of the files of each piece, in their order."""
    piece_of = {file.path: number for number, piece in enumerate(pieces) for file in piece}
    paths = pc.dictionary_encode(shown["path"].combine_chunks())
    pieces_of_paths = np.array([piece_of.get(path, -1) for path in paths.dictionary.to_pylist()], np.int64)
    of_rows = pieces_of_paths[paths.indices.to_numpy()] if len(shown) else pieces_of_paths
    order = np.argsort(of_rows, kind="stable")
    starts = np.searchsorted(of_rows[order], np.arange(len(pieces) + 1))
    for start, end in pairwise(starts.tolist()):
        yield shown.take(pa.array(order[start:end]))
