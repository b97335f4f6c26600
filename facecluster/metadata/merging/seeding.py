"""What a new sidecar says before we say anything in it: what its photo says of itself.

Most readers let a sidecar stand for all that is embedded, so one that held our names only would hide the rest.
"""

from collections.abc import Sequence
from typing import NamedTuple

from facecluster.errors import MetadataError
from facecluster.metadata.merging.edit import Edit
from facecluster.metadata.tag_words import writable
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.extended import joined
from facecluster.metadata.xmp.packet import Packet, new_packet, read_packet
from facecluster.metadata.xmp.properties import list_elements, texts, values
from facecluster.metadata.xmp.safe_xml import BLANK

SUBJECT = "dc:subject"

OF_THE_FILE = ("xmpNote:HasExtendedXMP",)
"""Properties that speak of how the photo's file holds its metadata, and are wrong beside it."""


class Seed(NamedTuple):
    """A document to begin with."""

    packet: Packet
    left_out: str | None  # why the embedded metadata are not in it


def seeded(embedded: bytes | None, keywords: Sequence[str], extension: bytes | None = None) -> Seed:
    """The document that a new sidecar begins as, or an embedded packet where the photo has none.

    Embedded metadata that cannot be read are left out, and that is told: no reader could read them either, so nothing
    is hidden by that.

    Args:
        embedded: the XMP packet of the photo; None: it has none.
        keywords: those of its IPTC block, which Immich reads where there is no XMP; they become dc:subject if the
            packet has none.
        extension: what the photo had no room for in its packet (metadata.xmp.extended); None: there is no such.
    """
    packet, left_out = _embedded_or_new(embedded, extension)
    edit = Edit(packet, set())
    for name in OF_THE_FILE:
        for value in values(packet, name):
            edit.take_property(value)
    words = [word for word in dict.fromkeys(map(writable, keywords)) if word]
    if words and not texts(packet, SUBJECT):
        _say_subjects(edit, words)
    return Seed(packet, left_out)


def _embedded_or_new(embedded: bytes | None, extension: bytes | None) -> Seed:
    """The embedded document with as much of its extension as can be read, or an empty one, laid out in lines."""
    left_out = None
    if embedded and embedded.strip(BLANK):
        for rest, what in ((extension, "a part of the embedded metadata"), (None, "embedded metadata")):
            try:
                return Seed(read_packet(joined(embedded, rest) or embedded), left_out)
            except MetadataError as error:
                left_out = f"{what} left out: {error}"
    packet = new_packet()
    packet.root.text, packet.rdf.tail = "\n ", "\n"
    return Seed(packet, left_out)


def _say_subjects(edit: Edit, words: Sequence[str]) -> None:
    """Give the document a list of keywords, in place of one that is empty."""
    for value in values(edit.packet, SUBJECT):
        edit.take_property(value)
    edit.put_property(SUBJECT, elements.array(SUBJECT))
    for value in values(edit.packet, SUBJECT):
        for word in words:
            edit.put(list_elements(value)[0], elements.text("rdf:li", word))
