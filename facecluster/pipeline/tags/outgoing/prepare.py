"""A file that is to show people, and what was read of it -> the change that makes it do so. Nothing is written here."""

import hashlib
from typing import NamedTuple

from facecluster.metadata.merging.seeding import seeded
from facecluster.metadata.words import NO_VALUES
from facecluster.metadata.xmp.extended import joined
from facecluster.metadata.xmp.packet import new_packet, packet_bytes, read_packet
from facecluster.pipeline.tags.outcomes import Status
from facecluster.pipeline.tags.outgoing.edit import Document, Edit, edited, seed_digest
from facecluster.pipeline.tags.outgoing.ledger_state import values_owned, values_to_json
from facecluster.pipeline.tags.outgoing.tasks import Task
from facecluster.pipeline.tags.outgoing.written import WrittenRow
from facecluster.store.exiftool.embedded import Embedded
from facecluster.store.ledger import Intent


class Prepared(NamedTuple):
    """What is to become of a file, and what is to be said of it."""

    row: WrittenRow
    intent: Intent | None  # None: what is ours in it stays what it was
    data: bytes | None  # that the file, or what stands in the photo, is to be, where the row says `written`; None: gone


def changed_sidecar(task: Task, data: bytes) -> Prepared:
    """The change to a sidecar that is there.

    Raises:
        MetadataError: it is no XMP, or is not to be read; a name cannot be written.
    """
    document = Document(read_packet(data), values_owned(task.owned), task.owned.seed if task.owned else None)
    return _prepared(task, document, edited(document, task.shown, task.photo.frame), hashlib.sha256(data).hexdigest())


def new_sidecar(task: Task, embedded: Embedded) -> Prepared:
    """The sidecar of a photo that has none: what the photo says of itself, and whom it shows.

    Where the photo itself says that already, there is none to make. What is ours in the photo is so beside it.
    """
    unchanged = Prepared(WrittenRow(task.photo.file.path, task.file, Status.UNCHANGED), None, None)
    if task.in_photo:
        if changed_photo(task._replace(owned=task.in_photo), embedded).row.status is Status.UNCHANGED:
            return unchanged
        embedded = _without_ours(task, embedded)
    seed = seeded(embedded.xmp, embedded.keywords, embedded.extension)
    document = Document(seed.packet, NO_VALUES, seed_digest(seed.packet))
    edit = edited(document, task.shown, task.photo.frame)
    if edit.data is None:
        return unchanged
    left_alone = (*edit.left_alone, seed.left_out) if seed.left_out else edit.left_alone
    return _prepared(task, document, edit._replace(left_alone=left_alone), None)


def _without_ours(task: Task, embedded: Embedded) -> Embedded:
    """What would stand in a photo if we had never written there."""
    packet = read_packet(joined(embedded.xmp, embedded.extension) or packet_bytes(new_packet()))
    edited(Document(packet, values_owned(task.in_photo), None), (), task.photo.frame)
    return embedded._replace(xmp=packet_bytes(packet), extension=None)


def forgotten(task: Task) -> Prepared:
    """What to do about a document of ours that somebody else removed, and that is to show nobody: forget it."""
    intent = Intent(task.file, None, None, task.photo.file.path, None, None)
    return Prepared(WrittenRow(task.photo.file.path, task.file, Status.UNCHANGED), intent, None)


def changed_photo(task: Task, embedded: Embedded) -> Prepared:
    """The change to what stands in a photo; its intent is complete when the copy with the new packet is there.

    A packet that we made goes when nothing is left in it.
    """
    xmp = joined(embedded.xmp, embedded.extension)
    packet = read_packet(xmp) if xmp else new_packet()
    seed = (task.owned.seed if task.owned else None) if xmp else seed_digest(packet)
    document = Document(packet, values_owned(task.owned), seed, embedded.keywords)
    edit = edited(document, task.shown, task.photo.frame)
    if not xmp and edit.data is None:
        return forgotten(task)
    prepared = _prepared(task, document, edit, task.owned.sha256 if task.owned else None)
    return prepared._replace(row=prepared.row._replace(status=Status.WRITTEN)) if edit.changed else prepared


def _prepared(task: Task, document: Document, edit: Edit, before: str | None) -> Prepared:
    row = WrittenRow(task.photo.file.path, task.file, _status(edit), "; ".join(edit.left_alone) or None, edit.changes)
    after = before if not edit.changed else hashlib.sha256(edit.data).hexdigest() if edit.data is not None else None
    intent = Intent(task.file, before, after, task.photo.file.path, values_to_json(edit.values), document.seed)
    return Prepared(row, intent if edit.changed or edit.values != document.ours else None, edit.data)


def _status(edit: Edit) -> Status:
    if not edit.changed:
        return Status.UNCHANGED
    return Status.WRITTEN if edit.data is not None else Status.REMOVED
