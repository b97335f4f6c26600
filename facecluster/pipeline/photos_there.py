"""Listing and commits -> the photos that are there, each once: no more of each than a million may take."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.pipeline.columns import one_array, rows_each_once
from facecluster.pipeline.plan import FILE_KEY
from facecluster.schemas import PHOTOS
from facecluster.store.library import Library
from facecluster.store.records import Commit, Scan

TOLD = ["photo_hash", "taken_at", "status", "reason"]  # of a file

_TOLD_OF_FILES = pa.schema([PHOTOS.field(name) for name in ("path", *TOLD)])


class PhotosThere(NamedTuple):
    """The photos that are there, by their bytes."""

    hashes: pa.StringArray  # each once, rising
    paths: pa.StringArray  # of its files the first by path
    taken_at: pa.TimestampArray  # of its files the first as listed; null: no camera wrote it
    failed: pd.DataFrame  # files that could not be looked at: path, status and reason of schemas.PHOTOS


def photos_there(library: Library, scan: Scan, shards: Iterable[Commit]) -> PhotosThere:
    """The photos of a scan that are in these shards, which come oldest first: the newest row of a file counts.

    Raises:
        LibraryError: the library is damaged.
    """
    return _each_once(_newest_rows(library, library.listing(scan), shards, ["path", *TOLD]))


def files_there(library: Library, scan: Scan, shards: Iterable[Commit], columns: Sequence[str]) -> pa.Table:
    """The photo files of a scan that are in these shards, by path: `columns` of schemas.PHOTOS, the path among them.

    Of a file whose folder is offline nobody knows what it shows now: it is not among them. As `photos_there` otherwise.

    Raises:
        LibraryError: the library is damaged.
    """
    listing = library.listing(scan)
    files = _newest_rows(library, listing.filter(pc.invert(listing["offline"])), shards, columns)
    return files.take(pc.sort_indices(files["path"]))


def photos_in(census: pd.DataFrame) -> PhotosThere:
    """The photos of a part of a census."""
    return _each_once(pa.Table.from_pandas(census, _TOLD_OF_FILES, preserve_index=False))


def _newest_rows(library: Library, listing: pa.Table, shards: Iterable[Commit], columns: Sequence[str]) -> pa.Table:
    """The last row of each listed file that has one, in the order of the listing."""
    read = list(dict.fromkeys([*FILE_KEY, *columns]))
    photos = (library.photos(shard, read) for shard in shards)
    rows = pa.concat_tables([PHOTOS.empty_table().select(read), *photos])
    files = pc.fill_null(pc.index_in(rows["path"], listing["path"]), -1).to_numpy()
    known = np.flatnonzero(files >= 0)
    for column in FILE_KEY[1:]:
        known = known[listing[column].to_numpy()[files[known]] == rows[column].to_numpy()[known]]
    newest = np.full(len(listing), -1)
    np.maximum.at(newest, files[known], known)
    return rows.select(columns).take(pa.array(newest[newest >= 0]))


def _each_once(files: pa.Table) -> PhotosThere:
    failed = files.filter(pc.equal(files["status"], "error")).select(["path", "status", "reason"]).to_pandas()
    files = files.select(["path", "photo_hash", "taken_at"]).filter(files["photo_hash"].is_valid()).combine_chunks()
    paths, hashes, taken_at = map(one_array, files.columns)
    as_listed, by_path = rows_each_once(hashes), pc.sort_indices(paths)
    first_by_path = by_path.take(rows_each_once(hashes.take(by_path)))
    return PhotosThere(hashes.take(as_listed), paths.take(first_by_path), taken_at.take(as_listed), failed)
