"""A batch of files -> their metadata written, with the ledger told before and after."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import NamedTuple

from facecluster.errors import MetadataError
from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing import in_place
from facecluster.pipeline.tags.outgoing.prepare import Prepared
from facecluster.pipeline.tags.outgoing.sources import Source, sources_of
from facecluster.pipeline.tags.outgoing.tasks import Task
from facecluster.pipeline.tags.outgoing.write_tools import WriteTools
from facecluster.pipeline.tags.outgoing.written import WrittenRow, failed
from facecluster.store import replacement
from facecluster.store.beside import create_new, remove_if_unchanged, replace_if_unchanged, sync_folders
from facecluster.store.ledger import Bucket, Intent


class Change(NamedTuple):
    """What is about to happen to a file, and what is to be said of it."""

    intent: Intent
    row: WrittenRow
    carry_out: Callable[[], None]  # MetadataError: the file is as it was, or perhaps not


def visit(tasks: Sequence[Task], bucket: Bucket, tools: WriteTools) -> list[WrittenRow]:
    """What became of some files.

    Raises:
        LibraryError: the ledger is damaged.
        StorageError: it cannot be written; nothing more happens to any file.
    """
    rows: list[WrittenRow] = []
    changes: list[Change] = []
    with ExitStack() as staged:
        for source in sources_of(_one_a_file(tasks), tools):
            try:
                prepared = source.prepared()
                if prepared.intent is None or tools.job.how.dry_run:
                    rows.append(prepared.row)
                else:
                    changes.append(_change(source, prepared, prepared.intent, tools, staged))
            except MetadataError as error:
                rows.append(failed(source.task.photo.file.path, source.task.file, error))
        rows += _carried_out(changes, bucket, tools)
    return rows


def _one_a_file(tasks: Iterable[Task]) -> list[Task]:
    """Of two photos that one sidecar is, or was, of: the one that it is to show. Refused ones do not count."""
    by_file: dict[str, Task] = {}
    refused: list[Task] = []
    for task in tasks:
        if task.error:
            refused.append(task)
        elif task.shown or task.file not in by_file:
            by_file[task.file] = task
    return [*by_file.values(), *refused]


def _change(source: Source, prepared: Prepared, intent: Intent, tools: WriteTools, staged: ExitStack) -> Change:
    """How the change is to be made. The copy of a photo that is `staged` goes in the end if nobody needed it."""
    task, data, root = source.task, prepared.data, tools.job.archive
    if prepared.row.status is Status.UNCHANGED:
        return Change(intent, prepared.row, lambda: None)
    if source.snapshot:
        write = (
            partial(replace_if_unchanged, source.snapshot, data)
            if data
            else partial(remove_if_unchanged, source.snapshot)
        )
        return Change(intent, prepared.row, write)
    if not task.in_place:
        assert data, "what is not there is not removed"
        return Change(intent, prepared.row, partial(create_new, root, task.file, data, task.photo.file.path))
    assert source.embedded
    copy = in_place.stage(tools.photo_path(task.photo.file), source.embedded, data, tools.in_place)
    staged.callback(replacement.discard, copy)
    intent = intent._replace(before=copy.before, after=copy.sha256)
    return Change(intent, prepared.row, partial(replacement.commit, copy))


def _carried_out(changes: Sequence[Change], bucket: Bucket, tools: WriteTools) -> list[WrittenRow]:
    """What became of files that were to change: the ledger knows of each before it does, and afterwards."""
    if not changes:
        return []
    line = bucket.intend([change.intent for change in changes])
    errors = {change.intent.file: _tried(change.carry_out) for change in changes}
    fine = {change.intent.file for change in changes if not errors[change.intent.file]}
    touched = [change.intent.file for change in changes if change.row.status is not Status.UNCHANGED]
    unsafe = _tried(partial(sync_folders, tools.job.archive, fine.intersection(touched)))
    done = bucket.settle(line, () if unsafe else fine)
    return [_became(change, errors[change.intent.file] or unsafe, done) for change in changes]


def _became(change: Change, error: MetadataError | None, done: Collection[str]) -> WrittenRow:
    if error is None or change.intent.file in done:
        return change.row
    return failed(change.row.path, change.row.file, error)


def _tried(action: Callable[[], None]) -> MetadataError | None:
    """What went wrong."""
    try:
        action()
    except MetadataError as error:
        return error
    return None
