"""An XMP packet: bytes -> XML tree, and back.

The tree is the document: what nobody here understands (properties, prefixes, comments) is written back as it was read.
A document that declares entities or a DTD is refused before it is parsed: XMP has no use for either, attacks have.
"""

import re
from typing import Any, NamedTuple

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (compiled, and without types)

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.namespaces import META, NAMESPACES, qualified

MAX_PACKET_BYTES = 64 * 2**20
"""A packet larger than this is not parsed. Real ones have a few KB; with a depth map inside, a few MB."""

Element = Any
"""An element of lxml, which has no types."""

_BYTE_ORDER_MARKS = (  # the longer first: UTF-32 begins as UTF-16 does
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ZEROS = (  # which of the first four bytes are zero, where the first characters are ASCII
    ((False, True, True, True), "utf-32-le"),
    ((True, True, True, False), "utf-32-be"),
    ((False, True, False, True), "utf-16-le"),
    ((True, False, True, False), "utf-16-be"),
)
_UTF8_MARK = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n\0"  # some programs pad with zeros

_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_DECLARED_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_DOCTYPE = re.compile(
    rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL
)  # what may stand before the root, then a DTD
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
    if len(data) > MAX_PACKET_BYTES:
        raise MetadataError(
            MetadataFault.TOO_LARGE, f"{len(data):,} bytes of XMP, at most {MAX_PACKET_BYTES:,} are read"
        )
    document, end = _unwrapped(_as_utf8(data).strip(_BLANK))
    if _DOCTYPE.match(document):
        raise MetadataError(MetadataFault.FORBIDDEN, "the XMP has a DTD, which could reach for other files")
    root = _parsed(document)
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


def _as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8, without byte order marks before it and without a declaration of another encoding."""
    encoding = _encoding(data)
    if encoding != "utf-8":
        try:
            data = data.decode(encoding).encode()
        except UnicodeError:
            raise MetadataError(MetadataFault.BROKEN, f"the XMP is not the {encoding} that it begins as") from None
    while data.startswith(_UTF8_MARK):  # 2 in a row happen: one of a program, one of a conversion
        data = data.removeprefix(_UTF8_MARK)
    return _DECLARATION.sub(b"", data, count=1) if data.startswith(b"<?xml") else data


def _encoding(data: bytes) -> str:
    """What the text is written in, as far as its first bytes tell (XML 1.0, appendix F)."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    zeros = tuple(byte == 0 for byte in data[:4])
    for where, encoding in _ZEROS:
        if zeros == where:
            return encoding
    declaration = _DECLARATION.match(data)
    declared = declaration and _DECLARED_ENCODING.search(declaration[0])
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}:
        raise MetadataError(MetadataFault.BROKEN, "XMP is written in UTF-8, UTF-16 or UTF-32: this declares another")
    return "utf-8"


def _unwrapped(data: bytes) -> tuple[bytes, str | None]:
    """The XML between the two parts of the xpacket wrapper, and how that ends.

    The wrapper is taken off and not parsed, as conversions between encodings leave it with what no XML may hold.
    """
    begin = _BEGIN.match(data)
    end = _END.match(data, data.rfind(b"<?xpacket"))
    if end:
        data = data[: end.start()].rstrip(_BLANK)
    if begin:
        data = data[begin.end() :].lstrip(_BLANK)
    if not begin and not end:
        return data, None
    return data, end[1].decode() if end else "w"


def _parsed(document: bytes) -> Element:
    """The root of the tree: nothing expanded, nothing fetched."""
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        limit = error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        fault = MetadataFault.TOO_LARGE if limit else MetadataFault.BROKEN
        raise MetadataError(fault, "no XML that can be read: " + " ".join(error.msg.split())) from None
