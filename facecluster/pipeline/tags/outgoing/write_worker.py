"""What a worker does that writes tags: visit the photos of a shard bucket by bucket, and commit what became of each."""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from facecluster.errors import MetadataError, MetadataFault
from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.pipeline.tags.outgoing.photo_shown import PhotoShown, shown_on
from facecluster.pipeline.tags.outgoing.tasks import Task, tasks_of
from facecluster.pipeline.tags.outgoing.visit import visit
from facecluster.pipeline.tags.outgoing.write_job import WriteJob
from facecluster.pipeline.tags.outgoing.write_tools import WriteTools
from facecluster.pipeline.tags.outgoing.written import WrittenRow, failed, parts_of, written_table
from facecluster.pipeline.worker import ShardReport, Work, peak_memory_mb
from facecluster.store.ledger import FILES_AT_ONCE, Bucket, Owned, bucket_of
from facecluster.store.library import open_library

COPIES_AT_ONCE = 16
"""Of photos that are written in place: they lie beside the photos until all of a batch are ready."""


class WriteWorker(contextlib.AbstractContextManager["WriteWorker"]):
    """An open library, and the tools that read and write metadata."""

    def __init__(self, job: WriteJob) -> None:
        self.job = job
        library = open_library(job.library)
        self.parts = parts_of(library)
        self.ledger = ledger_of(library, job.archive)
        self.tools = WriteTools(job)

    def work(self, shard: Shard, on_photo: Callable[[], None] = lambda: None) -> ShardReport:
        """Write the files of a shard, and commit what became of them."""
        rows: list[WrittenRow] = []
        for number, photos in groupby(shown_on(shard), key=lambda photo: bucket_of(photo.file.path)):
            bucket = self.ledger.bucket(number)
            for batch in _batches(photos, COPIES_AT_ONCE if self.job.how.in_place else FILES_AT_ONCE):
                rows += self._visited(batch, bucket)
                for _ in batch:
                    on_photo()
        self.parts.add(shard.name, written_table(rows), {})
        n_failed = sum(row.status == Status.FAILED for row in rows)
        return ShardReport(shard.name, len(shard.files), n_failed, 0, StepSeconds(), peak_memory_mb(os.getpid()))

    def _visited(self, batch: Sequence[PhotoShown], bucket: Bucket) -> list[WrittenRow]:
        """What became of the files of some photos."""
        rows: list[WrittenRow] = []
        tasks: list[Task] = []
        everything = bucket.owned()
        owned = _by_photo(everything, [photo.file.path for photo in batch])
        for photo in batch:
            path = photo.file.path
            try:
                target = self.tools.target(path)
            except MetadataError as error:
                rows.append(failed(path, path, error))
                continue
            if ours := everything.get(target.path):
                owned[path][target.path] = ours
            tasks += tasks_of(photo, target, owned[path], in_place=self.job.how.in_place)
        return rows + visit(tasks, bucket, self.tools)

    def __exit__(self, *_: object) -> None:
        """End the programs that it holds."""
        self.tools.close()


def give_up(job: WriteJob, shard: Shard, detail: str) -> ShardReport:
    """Commit the only photo of a shard as one whose metadata workers die over."""
    path = shard.files[0].path
    row = failed(path, path, MetadataError(MetadataFault.CRASH, detail))
    parts_of(open_library(job.library)).add(shard.name, written_table([row]), {})
    return ShardReport(shard.name, 1, 1, 0, StepSeconds(), 0.0)


def _by_photo(owned: Mapping[str, Owned], photos: Sequence[str]) -> dict[str, dict[str, Owned]]:
    """What is ours in the files of each of some photos, by path."""
    files: dict[str, dict[str, Owned]] = {photo: {} for photo in photos}
    for file, ours in owned.items():
        if ours.photo in files:
            files[ours.photo][file] = ours
    return files


def _batches(photos: Iterator[PhotoShown], length: int) -> Iterator[list[PhotoShown]]:
    while batch := list(islice(photos, length)):
        yield batch


WRITING = Work(WriteWorker, give_up)
