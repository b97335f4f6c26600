"""The archive -> what its metadata says of people: a table, read in shards on any runner, from where it was left."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.errors import MetadataError, UsageError
from facecluster.metadata.others.picasa import contacts_in
from facecluster.pipeline.catalogue import archive_there, latest_scan
from facecluster.pipeline.columns import one_array, rows_alone
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
    """A part that an earlier reading committed."""

    name: str
    paths: pa.StringArray  # of its photos


def read_tags(
    library: Library,
    photos: pa.Table,
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
        photos: FILE_KEY and `photo_hash` of schemas.PHOTOS, by path.
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
    done = pa.chunked_array([part.paths for part in kept], pa.string())
    left = photos.filter(pc.invert(pc.is_in(photos["path"], done)))
    if len(left):
        tally = Tally(on_photos, len(photos), len(photos) - len(left))
        runner_of(settings.runner)(_shards_of(left, job), job, tally, READING)
    return _gathered(parts, [*(part.name for part in kept), *_parts_of(parts, job)])


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


def _parts_that_hold(parts: Parts, photos: pa.Table, job: ReadJob) -> list[_Part]:
    """The parts that an earlier reading committed of files that all are as they were."""
    names, kept = parts.names(), []
    if not names:
        return []
    now = {file.path: [file.size, file.modified_ns] for file in _files_of(photos)}
    for name in names:
        made = MadeOf(**parts.made_of(name))
        is_same = made.sources == job.fingerprint and all(now.get(path) == stamp for path, stamp in made.photos.items())
        if is_same and all(stamp_of(job.archive, path) == stamp for path, stamp in made.beside.items()):
            kept.append(_Part(name, pa.array(made.photos, pa.string())))
    return kept


def _parts_of(parts: Parts, job: ReadJob) -> list[str]:
    """The parts that this reading committed."""
    return [name for name in parts.names() if MadeOf(**parts.made_of(name)).run == job.run]


def _files_of(photos: pa.Table) -> Iterator[PhotoFile]:
    times = pc.cast(photos["modified_at"], pa.int64())
    return map(PhotoFile, photos["path"].to_pylist(), photos["size"].to_pylist(), times.to_pylist())


def _shards_of(photos: pa.Table, job: ReadJob) -> list[Shard]:
    """The photos in pieces, in order of their paths, so that a folder is listed once or twice."""
    length = min(PHOTOS_PER_SHARD, -(-len(photos) // LEAST_SHARDS)) or 1
    shards = []
    for first in range(0, len(photos), length):
        some = rows_alone(photos, first, first + length)
        files = tuple(_files_of(some))
        shards.append(Shard(shard_name(job.scan, job.fingerprint, files), files, some.select(["path", "photo_hash"])))
    return shards


def _gathered(parts: Parts, committed: Sequence[str]) -> pa.Table:
    """The tables of parts, by path. A worker that was given up for dead may have committed its photos all the same."""
    tables = [TAGS.empty_table(), *map(parts.table, committed)]
    tags = pa.concat_tables(tables)
    part_of = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    del tables
    # The rows of a path are in order within each part, and a sort that is stable keeps them so.
    order = pc.sort_indices(tags["path"])
    paths = pc.run_end_encode(one_array(tags["path"].take(order)))
    lengths = np.diff(paths.run_ends.to_numpy(), prepend=0)
    part_of = part_of[order.to_numpy()]
    first = np.repeat(part_of[np.cumsum(lengths) - lengths], lengths)
    return tags.take(order.filter(pa.array(part_of == first)))
