"""An XMP packet: bytes -> XML tree, and back.

The tree is the document: what nobody here understands (properties, prefixes, comments) is written back as it was read.
"""

import re
from typing import NamedTuple

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (compiled, and without types)

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp.namespaces import META, NAMESPACES, qualified
from facecluster.metadata.xmp.safe_xml import BLANK, Element, as_utf8, parsed

_BEGIN = re.compile(rb"<\?xpacket\s+begin=.*?\?>", re.DOTALL)
_END = re.compile(rb"<\?xpacket\s+end=[\"']([rw])[\"']\s*\?>\Z")
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'  # as XMP Specification Part 1, 7.3.2, demands
_TAIL = '\n<?xpacket end="{}"?>\n'


class Packet(NamedTuple):
    """One XMP document; to change it, change the elements below `rdf`."""

    root: Element  # x:xmpmeta, or rdf:RDF itself
    rdf: Element  # rdf:RDF
    end: str | None  # of the xpacket wrapper: "w" may be edited in place, "r" not; None: there is no wrapper


def read_packet(data: bytes) -> Packet:
    """The document in the bytes of a sidecar or of an embedded packet, in whatever Unicode encoding.

    Raises:
        MetadataError: TOO_LARGE; FORBIDDEN: it has a DTD; BROKEN: it is no XML, or no XMP.
    """
    document, end = _unwrapped(as_utf8(data))
    root = parsed(document)
    rdf = root if root.tag == qualified("rdf:RDF") else root.find(qualified("rdf:RDF"))
    if rdf is None:
        raise MetadataError(MetadataFault.BROKEN, "XML, but no XMP: there is no rdf:RDF in it")
    return Packet(root, rdf, end)


def new_packet() -> Packet:
    """A document that says nothing yet."""
    root = etree.Element(f"{{{META}}}xmpmeta", nsmap={"x": META})
    rdf = etree.SubElement(root, qualified("rdf:RDF"), nsmap={"rdf": NAMESPACES["rdf"]})
    return Packet(root, rdf, end="w")


def packet_bytes(packet: Packet) -> bytes:
    """The document in UTF-8, in the wrapper that it had."""
    body = etree.tostring(packet.root.getroottree(), encoding="utf-8", xml_declaration=False)
    if packet.end is None:
        return body + b"\n"
    return _HEAD.encode() + body + _TAIL.format(packet.end).encode()


def _unwrapped(data: bytes) -> tuple[bytes, str | None]:
    """The XML between the two parts of the xpacket wrapper, and how that ends.

    The wrapper is taken off and not parsed, as conversions between encodings leave it with what no XML may hold.
    """
    begin = _BEGIN.match(data)
    end = _END.match(data, data.rfind(b"<?xpacket"))
    if end:
        data = data[: end.start()].rstrip(BLANK)
    if begin:
        data = data[begin.end() :].lstrip(BLANK)
    if not begin and not end:
        return data, None
    return data, end[1].decode() if end else "w"
