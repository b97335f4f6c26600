"""Who is on the photos -> the metadata beside them, or in them; and all of it taken out again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from facecluster.pipeline.catalogue import archive_there, latest_scan
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.pipeline.tags.outgoing.shown import Which, no_people, shown_people
from facecluster.pipeline.tags.outgoing.write_job import How, WriteJob, plan_writing
from facecluster.pipeline.tags.outgoing.write_worker import WRITING
from facecluster.pipeline.tags.outgoing.written import Written, parts_of, written_in
from facecluster.pipeline.tally import Tally
from facecluster.settings import Settings
from facecluster.store.exiftool.embedded import find_exiftool
from facecluster.store.ledger import bucket_of
from facecluster.store.library import Library

__all__ = ["How", "Which", "WriteSummary", "revert_tags", "write_tags"]


@dataclass(frozen=True)
class WriteSummary:
    """What became of the files, in numbers, and row by row."""

    written: int  # files
    removed: int  # sidecars that held nothing but ours
    unchanged: int  # files that said so already
    failed: int
    people: int  # who stand in the files
    values_added: int
    values_removed: int
    seconds: float
    rows: Callable[[], Iterator[dict[str, Any]]]
    """Rows of schemas.WRITTEN that are not `unchanged`, by path; there until the next `write_tags` or `revert_tags`."""


def write_tags(
    library: Library, which: Which, how: How, settings: Settings, on_photos: Callable[[int, int], None]
) -> WriteSummary:
    """Have the metadata of all photos say who is on them; a file that cannot be written is a row with its reason.

    Run again after an interruption, it does the rest; where there is nothing to do, no file is touched.

    Args:
        library: whose people are written.
        which: of its people.
        how: they are written.
        settings: all of them; the runner's and the decoder's are used.
        on_photos: is told how many photo files of how many are settled.

    Raises:
        UsageError: a person is not known, or ExifTool is missing.
        ArchiveError: the archive is not there.
        LibraryError: the library is empty, damaged or in use.
        StorageError: the library cannot be written.
    """
    started = perf_counter()
    find_exiftool()
    with library.locked():
        job = _job(library, how, settings, reverting=False)
        shown = shown_people(library, latest_scan(library), which)
        n_people = len(shown.table["person"].unique())
        shards = plan_writing(job, library, shown)
        del shown  # the shards have all of it
        written = _worked_off(library, shards, job, on_photos)
    return _summary(written, n_people, perf_counter() - started)


def revert_tags(library: Library, how: How, settings: Settings, on_photos: Callable[[int, int], None]) -> WriteSummary:
    """Take out of all files what `write_tags` put there, and nothing else; otherwise as that.

    Photos that were written in place are left as they are, a failed row each, unless `how.in_place`.
    """
    started = perf_counter()
    with library.locked():
        job = _job(library, how, settings, reverting=True)
        written = _worked_off(library, plan_writing(job, library, no_people()), job, on_photos)
    return _summary(written, 0, perf_counter() - started)


def _job(library: Library, how: How, settings: Settings, *, reverting: bool) -> WriteJob:
    scan = latest_scan(library)
    return WriteJob(
        archive_there(scan), library.folder.resolve(), scan.number, scan.fingerprint, settings, how, reverting
    )


def _worked_off(library: Library, shards: list[Shard], job: WriteJob, on_photos: Callable[[int, int], None]) -> Written:
    """What became of the files that the shards are about."""
    parts = parts_of(library)
    parts.clear()
    if shards:
        tally = Tally(on_photos, sum(len(shard.files) for shard in shards))
        runner_of(job.settings.runner)(shards, job, tally, WRITING)
        _settle_what_was_tried_again(library, job, shards, set(parts.names()))
    return written_in(parts)


def _settle_what_was_tried_again(library: Library, job: WriteJob, shards: list[Shard], committed: set[str]) -> None:
    """A worker that died may have left files open in the ledger, which others found to be as they should be."""
    if not job.how.dry_run:
        ledger = ledger_of(library, job.archive)
        for number in {bucket_of(file.path) for shard in shards if shard.name not in committed for file in shard.files}:
            ledger.bucket(number).settle_rest()


def _summary(written: Written, n_people: int, seconds: float) -> WriteSummary:
    counts = written.counts
    return WriteSummary(
        written=counts[Status.WRITTEN],
        removed=counts[Status.REMOVED],
        unchanged=counts[Status.UNCHANGED],
        failed=counts[Status.FAILED],
        people=n_people,
        values_added=written.added,
        values_removed=written.taken_out,
        seconds=seconds,
        rows=written.rows,
    )
