"""The archive -> what its metadata says of people: a table, read in shards on any runner, from where it was left."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.errors import MetadataError, UsageError
from facecluster.metadata.others.picasa import contacts_in
from facecluster.pipeline.catalogue import archive_there, latest_scan
from facecluster.pipeline.columns import rows_alone
from facecluster.pipeline.plan import Shard, shard_name
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.tags.incoming.read_worker import READING, MadeOf, ReadJob
from facecluster.pipeline.tally import Tally
from facecluster.schemas import TAGS
from facecluster.settings import Settings
from facecluster.store.archive import PhotoFile
from facecluster.store.library import Library
from facecluster.store.parts import Parts
from facecluster.store.stamps import stamp_of

READING_VERSION = 1
"""Raised whenever the same files would give other tags."""

PHOTOS_PER_SHARD = 500
"""Read in two seconds with ExifTool: what a kill costs, and how often the folders at its ends are listed twice."""

RUN_BYTES = 8  # of a name for a reading

LEAST_SHARDS = 4
"""A small archive is cut into so many, for the cores of a small machine; a shard costs a start of ExifTool."""


class _Part(NamedTuple):
    """A part that was committed."""

    name: str
    paths: frozenset[str]  # of its photos


def read_tags(
    library: Library,
    photos: pd.DataFrame,
    contacts: bytes | None,
    settings: Settings,
    on_photos: Callable[[int, int], None],
    *,
    embedded: bool,
) -> pa.Table:
    """What the metadata of photo files says (schemas.TAGS): by path, for each photo the best file first.

    What an earlier reading that was stopped has committed is not read again, as far as its files are as they were.

    Args:
        library: held for writing; keeps what was read until `library.imports.reading.clear()`.
        photos: rows of schemas.PHOTOS, by path.
        contacts: Picasa's contacts.xml, or None.
        settings: all of them.
        on_photos: is told how many files of how many are done.
        embedded: whether to look into the photos themselves, too.

    Raises:
        UsageError: the contacts are none, or there is no ExifTool.
        ArchiveError: the archive is not there.
        FaceclusterError: see errors.py; what was committed stays.
    """
    scan, names = latest_scan(library), _contacts(contacts)
    sources = _fingerprint(names, embedded=embedded)
    run = secrets.token_hex(RUN_BYTES)
    archive, folder = archive_there(scan), library.folder.resolve()
    job = ReadJob(archive, folder, scan.number, sources, settings, names, embedded, run)
    parts = library.imports.reading
    kept = _parts_that_hold(parts, photos, job)
    done = set[str]().union(*(part.paths for part in kept))
    shards = _shards_of(photos.loc[[path not in done for path in photos["path"]]], job)
    if shards:
        runner_of(settings.runner)(shards, job, Tally(on_photos, len(photos), len(done)), READING)
    return _gathered(parts, [*kept, *_parts_of(parts, job)])


def _contacts(data: bytes | None) -> Mapping[str, str]:
    try:
        return contacts_in(data) if data is not None else {}
    except MetadataError as error:
        raise UsageError(
            f"The contacts cannot be read ({error}): expected the contacts.xml of Picasa. Nothing was changed."
        ) from error


def _fingerprint(contacts: Mapping[str, str], *, embedded: bool) -> str:
    """A name for all that decides what the same files give."""
    parts = {"version": READING_VERSION, "embedded": embedded, "contacts": sorted(contacts.items())}
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _parts_that_hold(parts: Parts, photos: pd.DataFrame, job: ReadJob) -> list[_Part]:
    """The parts that an earlier reading committed of files that all are as they were."""
    rows = zip(photos["path"], photos["size"], photos["modified_at"].astype("int64"), strict=True)
    now = {path: [size, modified_ns] for path, size, modified_ns in rows}
    kept = []
    for name in parts.names():
        made = MadeOf(**parts.made_of(name))
        is_same = made.sources == job.fingerprint and all(now.get(path) == stamp for path, stamp in made.photos.items())
        if is_same and all(stamp_of(job.archive, path) == stamp for path, stamp in made.beside.items()):
            kept.append(_Part(name, frozenset(made.photos)))
    return kept


def _parts_of(parts: Parts, job: ReadJob) -> list[_Part]:
    """The parts that this reading committed."""
    made = ((name, MadeOf(**parts.made_of(name))) for name in parts.names())
    return [_Part(name, frozenset(of.photos)) for name, of in made if of.run == job.run]


def _shards_of(photos: pd.DataFrame, job: ReadJob) -> list[Shard]:
    """The photos in pieces, in order of their paths, so that a folder is listed once or twice."""
    files = list(map(PhotoFile, photos["path"], photos["size"], photos["modified_at"].astype("int64")))
    length = min(PHOTOS_PER_SHARD, -(-len(files) // LEAST_SHARDS)) or 1
    hashes = pa.Table.from_pandas(photos[["path", "photo_hash"]], preserve_index=False)
    shards = []
    for first in range(0, len(files), length):
        some = files[first : first + length]
        name = shard_name(job.scan, job.fingerprint, some)
        shards.append(Shard(name, tuple(some), rows_alone(hashes, first, first + length)))
    return shards


def _gathered(parts: Parts, committed: Sequence[_Part]) -> pa.Table:
    """The tables of parts, by path. A worker that was given up for dead may have committed its photos all the same."""
    tables, done = [TAGS.empty_table()], set[str]()
    for part in committed:
        if done.isdisjoint(part.paths):
            done |= part.paths
            tables.append(parts.table(part.name))
    tags = pa.concat_tables(tables)
    # The rows of a path are in one part, in order, and a sort that is stable keeps them so.
    return tags.take(pc.sort_indices(tags["path"]))
