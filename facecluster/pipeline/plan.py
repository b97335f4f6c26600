"""Listing minus commits = shards: what an index pass still has to do, and what the library knows of the archive now.

Pure functions on tables. A photo file is recognised by (path, size, modified_at) as listed; whether its bytes are known
already under another name is seen by the worker that reads them (pipeline.shard).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from facecluster.errors import TRANSIENT_FAULTS
from facecluster.packs.pack import Manifest
from facecluster.schemas import PHOTOS, SCAN
from facecluster.settings import Settings
from facecluster.store.archive import Listing, PhotoFile

INDEX_VERSION = 1
"""Raised whenever the same pixels and settings would give other rows."""

LEAST_SHARDS = 16
"""A small archive is cut into about this many shards, so that several workers share it and a kill costs little."""

SMALLEST_SHARD = 8  # photos; below it the commit costs more than it saves

FILE_KEY = ["path", "size", "modified_at"]


class Done(NamedTuple):
    """The photo rows of one commit, and the decoder that made them."""

    decoder: str
    photos: pa.Table


@dataclass(frozen=True)
class Census:
    """The archive as listed, split by what the index knows of each file (columns of schemas.PHOTOS)."""

    current: pd.DataFrame  # a row a listed file that is indexed
    pending: pd.DataFrame  # listed, not indexed or to be tried again (columns of schemas.SCAN)
    vanished: pd.DataFrame  # indexed once, listed no more; its rows stay
    known: pd.DataFrame  # a row a photo, by hash, that was ever used: perhaps a pending file has the same bytes
    changed: int  # of the pending: files whose path was indexed with other bytes


@dataclass(frozen=True)
class Shard:
    """The smallest piece of work that is committed or not: some photo files, in order."""

    name: str
    files: tuple[PhotoFile, ...]
    known: pa.Table = field(repr=False, compare=False)  # what a worker needs to know of them; see who plans the shard


def fingerprint(manifest: Manifest, settings: Settings) -> str:
    """A name for everything that decides the index rows of a photo: equal fingerprints, equal rows."""
    parts = {
        "version": INDEX_VERSION,
        "pack": manifest.sha256,
        "detect": settings.detect.model_dump(),
        "thumbnail_px": settings.index.thumbnail_px,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def listing_table(listing: Listing, before: pa.Table | None) -> pa.Table:
    """A scan of what was listed; files in folders that could not be read come from the scan before, as offline."""
    files = listing.files
    columns = {
        "path": [file.path for file in files],
        "size": [file.size for file in files],
        "modified_at": [file.modified_ns for file in files],
        "offline": [False] * len(files),
    }
    table = pa.table([pa.array(columns[name], type_) for name, type_ in zip(SCAN.names, SCAN.types, strict=True)], SCAN)
    if before is None or not listing.unreadable:
        return table
    prefixes = tuple(f"{folder}/" for folder in listing.unreadable)
    hidden = [path.startswith(prefixes) for path in before["path"].to_pylist()]
    carried = before.filter(pa.array(hidden, pa.bool_()))
    carried = carried.set_column(
        SCAN.get_field_index("offline"), SCAN.field("offline"), pa.array([True] * len(carried), pa.bool_())
    )
    return pa.concat_tables([table, carried]).sort_by("path")


def take_census(listing: pa.Table, done: Iterable[Done], decoder: str | None, *, retry_failed: bool = False) -> Census:
    """What of a listing is indexed, pending or gone; `done` comes oldest first, the newest row of a file counts.

    A failed photo is pending again when its bytes could not be had, when it was made by another decoder than
    `decoder`, or when asked for; with no decoder at hand (None: we only look) failures stand.
    """
    listed = listing.to_pandas()
    rows = _newest_rows(done)
    merged = listed.merge(rows, on=FILE_KEY, how="left", indicator=True)
    indexed = merged["_merge"] == "both"
    again = indexed & (merged["status"] == "error") & ~merged["offline"]
    if decoder is None:
        again &= False
    elif not retry_failed:
        fault = merged["reason"].fillna("").str.split(":", n=1).str[0]
        again &= fault.isin([str(fault) for fault in TRANSIENT_FAULTS]) | (merged["decoder"] != decoder)
    pending = merged.loc[(~indexed & ~merged["offline"]) | again, SCAN.names]
    gone = rows.loc[~rows["path"].isin(listed["path"])].drop_duplicates("path", keep="last")
    changed = int(pending["path"].isin(rows["path"]).sum() - again.sum())
    known = rows.loc[rows["status"] != "error"].drop_duplicates("photo_hash", keep="last")
    columns = PHOTOS.names
    return Census(merged.loc[indexed & ~again, columns], pending, gone.loc[:, columns], known.loc[:, columns], changed)


def plan_shards(census: Census, scan: int, fingerprint: str, photos_per_shard: int) -> list[Shard]:
    """The pending files as shards, in an order and a cut that depend on nothing but the files.

    Files of equal size, which may be copies of one photo, stand beside each other so that one worker sees them
    together. What is known beside a shard's files are indexed photos of equal size: perhaps the same bytes
    (schemas.PHOTOS).
    """
    pending = census.pending
    files = list(map(PhotoFile, pending["path"], pending["size"], pending["modified_at"].astype("int64")))
    length = min(photos_per_shard, max(SMALLEST_SHARD, -(-len(files) // LEAST_SHARDS)))
    pieces = _cut(_copies_together(files), length)
    known = census.known.loc[census.known["size"].isin(pending["size"])]
    return [Shard(shard_name(scan, fingerprint, piece), tuple(piece), _of_equal_size(known, piece)) for piece in pieces]


def shard_name(scan: int, fingerprint: str, files: Sequence[PhotoFile], attempt: int = 1) -> str:
    """The folder of a shard: its scan, and a hash of its files, of what decides their rows, and of the attempt.

    No two attempts share a folder, so a worker that was given up for dead can never write into the work of its
    successor.
    """
    identity = json.dumps([fingerprint, attempt, *sorted(files)])
    return f"{scan:06d}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def halve(shard: Shard, scan: int, fingerprint: str) -> tuple[Shard, Shard]:
    """Two shards with the files of one that failed."""
    middle = len(shard.files) // 2
    first, second = shard.files[:middle], shard.files[middle:]
    return (
        Shard(shard_name(scan, fingerprint, first), first, shard.known),
        Shard(shard_name(scan, fingerprint, second), second, shard.known),
    )


def _newest_rows(done: Iterable[Done]) -> pd.DataFrame:
    frames = [PHOTOS.empty_table().to_pandas().assign(decoder="")]
    frames += [commit.photos.to_pandas().assign(decoder=commit.decoder) for commit in done]
    return pd.concat([frame for frame in frames if len(frame)] or frames).drop_duplicates(FILE_KEY, keep="last")


def _copies_together(files: Sequence[PhotoFile]) -> list[PhotoFile]:
    first_of_size: dict[int, str] = {}
    for file in sorted(files):
        first_of_size.setdefault(file.size, file.path)
    return sorted(files, key=lambda file: (first_of_size[file.size], file.size, file.path))


def _cut(files: Sequence[PhotoFile], length: int) -> list[list[PhotoFile]]:
    pieces: list[list[PhotoFile]] = []
    for _, group in groupby(files, key=lambda file: file.size):
        same_size = list(group)
        if pieces and len(pieces[-1]) + len(same_size) <= length:
            pieces[-1].extend(same_size)
            continue
        # A whole folder of uncompressed pictures has one size: such a group is cut like any other.
        pieces += [same_size[start : start + length] for start in range(0, len(same_size), length)]
    return pieces


def _of_equal_size(known: pd.DataFrame, files: Sequence[PhotoFile]) -> pa.Table:
    alike = known.loc[known["size"].isin([file.size for file in files])]
    return pa.Table.from_pandas(alike, PHOTOS, preserve_index=False)
