"""The two documents of a JPEG whose metadata does not fit into one segment <-> one packet."""

import hashlib

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (compiled, and without types)

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp import elements
from facecluster.metadata.xmp.namespaces import qualified
from facecluster.metadata.xmp.packet import Packet, new_packet, packet_bytes, read_packet
from facecluster.metadata.xmp.safe_xml import Element

_POINTER = qualified("xmpNote:HasExtendedXMP")
_POINTER_BYTES = 128  # it has 98 with its namespace


def joined(xmp: bytes | None, extension: bytes | None) -> bytes | None:
    """The embedded packet of a photo with all that its extension says, as if there had been room for it.

    What points from the one to the other is left out (XMP Specification Part 3, 1.1.3.1).

    Args:
        xmp: the packet; None: there is none, and nothing comes out.
        extension: the rest of it; None: there is none, and the packet comes out as it is.

    Raises:
        MetadataError: one of the two cannot be read (packet.read_packet).
    """
    if xmp is None or extension is None:
        return xmp
    packet, rest = read_packet(xmp), read_packet(extension)
    for description in packet.rdf:
        description.attrib.pop(_POINTER, None)
        for pointer in description.findall(_POINTER):
            description.remove(pointer)
    packet.rdf.extend(list(rest.rdf))
    return packet_bytes(packet)


def split(packet: bytes, max_bytes: int) -> tuple[bytes, bytes | None]:
    """A packet no longer than that, and an extension with its longest properties; None: there is room for all.

    Readers that know of no extensions see the packet alone: so that has as many of the properties as it can hold.

    Raises:
        MetadataError: TOO_LARGE, where what cannot be moved is longer; as `packet.read_packet`.
    """
    if len(packet) <= max_bytes:
        return packet, None
    main, rest = read_packet(packet), new_packet()._replace(end=None)
    if len(packet_bytes(main)) <= max_bytes:  # it was padded
        return packet_bytes(main), None
    properties = [child for description in main.rdf for child in description if isinstance(child.tag, str)]
    properties.sort(key=lambda child: len(etree.tostring(child)))
    holders = [child.getparent() for child in properties]
    while len(packet_bytes(main)) > max_bytes - _POINTER_BYTES:
        if not properties:
            raise MetadataError(MetadataFault.TOO_LARGE, f"XMP of {len(packet):,} bytes that cannot be parted")
        _move(properties.pop(), rest)
    extension = packet_bytes(rest)
    holders[-1].append(elements.text("xmpNote:HasExtendedXMP", extension_id(extension).decode()))
    return packet_bytes(main), extension


def extension_id(extension: bytes) -> bytes:
    """By what a packet names its extension: the MD5 of that, in 32 hex digits."""
    return hashlib.md5(extension, usedforsecurity=False).hexdigest().upper().encode()


def _move(prop: Element, to: Packet) -> None:
    about = prop.getparent().get(qualified("rdf:about"), "")
    prop.tail = None
    holder = elements.description(about)
    holder.append(prop)
    to.rdf.append(holder)
