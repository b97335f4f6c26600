"""Listing and commits -> the photos that are there, each once: no more of each than a million may take."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Int64

from facecluster.pipeline.plan import FILE_KEY
from facecluster.schemas import PHOTOS
from facecluster.store.library import Library
from facecluster.store.records import Commit, Scan

COLUMNS = ["path", "photo_hash", "taken_at", "status", "reason"]


class PhotosThere(NamedTuple):
    """The photos that are there, by their bytes."""

    hashes: pa.StringArray  # each once
    paths: pa.StringArray  # of its files the first by path
    taken_at: pa.TimestampArray  # of its files the first as listed; null: no camera wrote it
    failed: pd.DataFrame  # files that could not be looked at: path, status and reason of schemas.PHOTOS


def photos_there(library: Library, scan: Scan, shards: Iterable[Commit]) -> PhotosThere:
    """The photos of a scan that are in these shards, which come oldest first: the newest row of a file counts.

    Raises:
        LibraryError: the library is damaged.
    """
    columns = [*FILE_KEY, *COLUMNS[1:]]
    photos = (library.photos(shard).select(columns) for shard in shards)
    rows = pa.concat_tables([PHOTOS.empty_table().select(columns), *photos])
    newest = _newest_rows(library.listing(scan), rows)
    return _each_once(rows.select(COLUMNS).take(pa.array(newest[newest >= 0])))


def photos_in(census: pd.DataFrame) -> PhotosThere:
    """The photos of a part of a census."""
    return _each_once(pa.Table.from_pandas(census[COLUMNS], preserve_index=False))


def _newest_rows(listing: pa.Table, rows: pa.Table) -> Int64[np.ndarray, "n"]:
    """The last of the rows of each listed file; -1: it has none."""
    files = pc.fill_null(pc.index_in(rows["path"], listing["path"]), -1).to_numpy()
    known = files >= 0
    for column in FILE_KEY[1:]:
        known &= listing[column].to_numpy()[files] == rows[column].to_numpy()
    newest = np.full(len(listing), -1)
    np.maximum.at(newest, files[known], np.flatnonzero(known))
    return newest


def _each_once(files: pa.Table) -> PhotosThere:
    failed = files.filter(pc.equal(files["status"], "error")).select(["path", "status", "reason"])
    files = files.select(COLUMNS[:3]).filter(files["photo_hash"].is_valid()).combine_chunks()
    coded = files["photo_hash"].combine_chunks().dictionary_encode()
    photos = coded.indices.to_numpy()
    by_path = pc.sort_indices(files["path"]).to_numpy()
    first, first_by_path = (np.unique(order, return_index=True)[1] for order in (photos, photos[by_path]))
    return PhotosThere(
        coded.dictionary,
        files["path"].combine_chunks().take(pa.array(by_path[first_by_path])),
        files["taken_at"].combine_chunks().take(pa.array(first)),
        failed.to_pandas(),
    )
