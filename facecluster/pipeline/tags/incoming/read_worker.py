"""What a worker does that reads tags: look into each photo of a shard and at the files beside it, and commit that."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

import pyarrow as pa

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.words import Tag
from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.tags.incoming.photo_tags import Said, Surroundings, tags_of_photo
from facecluster.pipeline.worker import Job, ShardReport, Work, peak_memory_mb
from facecluster.schemas import TAGS
from facecluster.store.archive import PhotoFile
from facecluster.store.as_listed import full_path, is_as_listed
from facecluster.store.exiftool.embedded import Embedded, ExifTool
from facecluster.store.library import open_library

NOT_LOOKED_INTO = Embedded()


@dataclass(frozen=True)
class ReadJob(Job):
    """What every worker of one reading needs to know; its fingerprint names all that decides what a file gives."""

    contacts: Mapping[str, str]  # metadata.others.picasa.contacts_in
    embedded: bool  # look into the photos, too
    run: str  # a name for this reading, by chance


class MadeOf(NamedTuple):
    """What a part was made of, as its record has it; stamps are those of store.stamps."""

    sources: str  # the fingerprint of the job
    run: str
    photos: dict[str, list[int]]  # stamps by path
    beside: dict[str, list[int] | None]  # of the folders, and of the files that were read in them


class ReadWorker(contextlib.AbstractContextManager["ReadWorker"]):
    """An open library, and an ExifTool if one is needed."""

    def __init__(self, job: ReadJob) -> None:
        self.job = job
        self.parts = open_library(job.library).imports.reading
        self.exiftool = ExifTool() if job.embedded else None

    def work(self, shard: Shard, on_photo: Callable[[], None] = lambda: None) -> ShardReport:
        """Read what the photos of a shard say, and commit it."""
        around = Surroundings(self.job.archive, self.job.contacts)
        rows: list[dict[str, Any]] = []
        n_failed = 0
        for file, photo_hash, inside in zip(shard.files, _hashes(shard), self._inside(shard.files), strict=True):
            for said in tags_of_photo(file.path, inside, around):
                rows += _rows(file.path, photo_hash, said)
                n_failed += said.reason is not None
            on_photo()
        _commit(self.job, shard, rows, around.stamps)
        return ShardReport(shard.name, len(shard.files), n_failed, 0, StepSeconds(), self._peak_memory_mb())

    def _inside(self, files: Sequence[PhotoFile]) -> Iterator[Embedded | MetadataError]:
        """What stands in each photo."""
        if self.exiftool is None:
            yield from repeat(NOT_LOOKED_INTO, len(files))
            return
        paths = (full_path(self.job.archive, file.path) for file in files)
        for file, inside in zip(files, self.exiftool.embedded_of(paths), strict=True):
            yield inside if isinstance(inside, MetadataError) else self._if_as_listed(file, inside)

    def _if_as_listed(self, file: PhotoFile, inside: Embedded) -> Embedded | MetadataError:
        try:
            if is_as_listed(self.job.archive, file):
                return inside
        except MetadataError as error:
            return error
        return MetadataError(
            MetadataFault.CHANGED, "it was written to since it was indexed: run `facecluster run` first"
        )

    def _peak_memory_mb(self) -> float:
        pids = (os.getpid(), self.exiftool.pid if self.exiftool else None)
        return sum(peak_memory_mb(pid) for pid in pids if pid)

    def __exit__(self, *_: object) -> None:
        """End ExifTool."""
        if self.exiftool:
            self.exiftool.close()


def give_up(job: ReadJob, shard: Shard, detail: str) -> ShardReport:
    """Commit the only photo of a shard as one whose metadata workers die over."""
    path = shard.files[0].path
    said = Said(path, (), str(MetadataError(MetadataFault.CRASH, detail)))
    _commit(job, shard, _rows(path, next(_hashes(shard)), said), {})
    return ShardReport(shard.name, 1, 1, 0, StepSeconds(), 0.0)


READING = Work(ReadWorker, give_up)


def _hashes(shard: Shard) -> Iterator[str]:
    """The hash of each photo, which the plan has put beside the shard."""
    known = dict(zip(shard.known["path"].to_pylist(), shard.known["photo_hash"].to_pylist(), strict=True))
    return (known[file.path] for file in shard.files)


def _rows(path: str, photo_hash: str, said: Said) -> list[dict[str, Any]]:
    """What a file says of a photo, as rows of schemas.TAGS."""
    common = {"path": path, "photo_hash": photo_hash, "file": said.file}
    if said.reason is not None:
        return [{**common, "reason": said.reason}]
    return [{**common, **_tag_columns(tag)} for tag in said.tags]


def _tag_columns(tag: Tag) -> dict[str, Any]:
    edges = dict(zip(("x0", "y0", "x1", "y1"), tag.box or (None,) * 4, strict=True))
    width, height = tag.applied_to or (None, None)
    return {"source": str(tag.source), "name": tag.name, **edges, "applied_width": width, "applied_height": height}


def _commit(job: ReadJob, shard: Shard, rows: list[dict[str, Any]], beside: dict[str, list[int] | None]) -> None:
    photos = {file.path: [file.size, file.modified_ns] for file in shard.files}
    made_of = MadeOf(job.fingerprint, job.run, photos, beside)
    parts = open_library(job.library).imports.reading
    parts.add(shard.name, pa.Table.from_pylist(rows, TAGS), made_of._asdict())
