"""Files that are to show people -> what they say now, sidecars and photos, read many at a time."""

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.pipeline.tags.outgoing.prepare import (
    Prepared,
    changed_photo,
    changed_sidecar,
    forgotten,
    new_sidecar,
)
from facecluster.pipeline.tags.outgoing.tasks import Task
from facecluster.pipeline.tags.outgoing.write_tools import WriteTools
from facecluster.store.as_listed import is_as_listed
from facecluster.store.beside import Snapshot, read_beside
from facecluster.store.exiftool.embedded import Embedded


class Source(NamedTuple):
    """What was read of one file."""

    task: Task
    snapshot: Snapshot | None = None  # of a sidecar; None: there is none
    embedded: Embedded | None = None  # in the photo; None: it does not matter
    error: MetadataError | None = None

    def prepared(self) -> Prepared:
        """The change to the file.

        Raises:
            MetadataError: it cannot be changed.
        """
        if self.error:
            raise self.error
        if self.snapshot:
            return changed_sidecar(self.task, self.snapshot.data)
        if self.embedded is None:
            return forgotten(self.task)
        return (changed_photo if self.task.in_place else new_sidecar)(self.task, self.embedded)


def sources_of(tasks: Sequence[Task], tools: WriteTools) -> Iterator[Source]:
    """What the file of each task says now, in their order; ExifTool is asked for many photos at once."""
    sources = [_with_sidecar(task, tools) for task in tasks]
    asked = [source.task for source in sources if _needs_photo(source)]
    told = tools.exiftool.embedded_of(tools.photo_path(task.photo.file) for task in asked) if asked else iter(())
    for source in sources:
        yield _with_embedded(source, next(told)) if _needs_photo(source) else source


def _with_sidecar(task: Task, tools: WriteTools) -> Source:
    try:
        _check(task, tools)
        return Source(task, None if task.in_place else read_beside(tools.job.archive, task.file))
    except MetadataError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            return Source(task, error=error)
        # What is ours is not forgotten while it may lie on a disk that is not there.
        is_lost = not task.shown and not os.path.lexists(tools.photo_path(task.photo.file))
        return Source(task, error=_lost() if is_lost else None)


def _check(task: Task, tools: WriteTools) -> None:
    """Refuse what is known to be impossible, and boxes of a picture that is no longer there."""
    if task.error:
        raise task.error
    if not task.shown or is_as_listed(tools.job.archive, task.photo.file):
        return
    path = task.photo.file.path
    if not (task.in_photo and task.in_photo.sha256 == tools.digest_of(path, path)):
        raise MetadataError(
            MetadataFault.CHANGED, "the photo is not what it was when it was looked at: run `facecluster run` first"
        )


def _lost() -> MetadataError:
    return MetadataError(MetadataFault.UNREADABLE, "neither it nor its photo is there: is their disk mounted?")


def _needs_photo(source: Source) -> bool:
    task = source.task
    return not source.error and not source.snapshot and (task.in_place or bool(task.shown))


def _with_embedded(source: Source, told: Embedded | MetadataError) -> Source:
    if not isinstance(told, MetadataError):
        return source._replace(embedded=told)
    if told.fault is MetadataFault.UNSUPPORTED and not source.task.in_place:
        return source._replace(embedded=Embedded())  # no program that reads XMP finds any in such a file
    return source._replace(error=told)
