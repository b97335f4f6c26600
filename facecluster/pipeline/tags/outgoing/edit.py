"""A metadata document and whom it is to show -> what its file is to hold, and what of that is ours."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from facecluster.metadata.merging.merge import merge
from facecluster.metadata.words import NO_VALUES, Frame, Shown, Values
from facecluster.metadata.xmp.packet import Packet, packet_bytes


class Document(NamedTuple):
    """What is known of a document before it is changed."""

    packet: Packet
    ours: Values  # of it, as far as it still stands there
    seed: str | None  # seed_digest of what a file that we made began with; None: somebody else made it
    keywords: Sequence[str] = ()  # that stand beside it, as metadata.merging.merge has it


class Edit(NamedTuple):
    """What is to become of a file."""

    data: bytes | None  # that it is to hold; None: it is not to be there
    changed: bool  # else the data say what the file says already
    values: Values  # what of it is ours afterwards
    changes: tuple[str, ...]  # lines for people
    left_alone: tuple[str, ...]


def edited(document: Document, shown: Sequence[Shown], frame: Frame) -> Edit:
    """The change that makes a document show these people; its packet is changed on the way.

    A file that we made goes when nothing is left in it but what it began with: photos say that themselves.

    Raises:
        MetadataError: BROKEN: a name cannot stand in XML.
    """
    merged = merge(document.packet, shown, frame, document.ours, document.keywords)
    goes = document.seed is not None and merged.ours == NO_VALUES and seed_digest(document.packet) == document.seed
    data = None if goes else packet_bytes(document.packet)
    return Edit(data, merged.changed or goes, merged.ours, merged.changes, merged.left_alone)


def seed_digest(packet: Packet) -> str:
    """What a file is recognised by in which nothing but its beginning stands."""
    return hashlib.sha256(packet_bytes(packet)).hexdigest()
