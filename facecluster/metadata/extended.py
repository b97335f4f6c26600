"""The two documents of a JPEG whose metadata does not fit into one segment -> one packet."""

from facecluster.metadata.namespaces import qualified
from facecluster.metadata.packet import packet_bytes, read_packet

_POINTER = qualified("xmpNote:HasExtendedXMP")


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
