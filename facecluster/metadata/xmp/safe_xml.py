"""XML of any origin: bytes -> a tree, with nothing expanded and nothing fetched.

A document that declares entities or a DTD is refused before it is parsed: what is read here has no use for either,
attacks have.
"""

import re
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]  (compiled, and without types)

from facecluster.errors import MetadataError, MetadataFault

MAX_XML_BYTES = 64 * 2**20
"""A document larger than this is not read. XMP has a few KB; with a depth map inside, a few MB."""

BLANK = b" \t\r\n\0"
"""What may stand around a document: some programs pad with zeros."""

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

_DECLARATION = re.compile(rb"<\?xml\s[^>]*?\?>")
_DECLARED_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_DOCTYPE = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)  # all that may stand before it


def as_utf8(data: bytes) -> bytes:
    """The same document in UTF-8, in whatever Unicode encoding it is, without what declares that and blanks around it.

    Raises:
        MetadataError: TOO_LARGE; BROKEN: it is not in the encoding that it seems to be in.
    """
    if len(data) > MAX_XML_BYTES:
        raise MetadataError(MetadataFault.TOO_LARGE, f"{len(data):,} bytes of XML, at most {MAX_XML_BYTES:,} are read")
    encoding = _encoding(data)
    if encoding != "utf-8":
        try:
            data = data.decode(encoding).encode()
        except UnicodeError:
            raise MetadataError(MetadataFault.BROKEN, f"the XML is not the {encoding} that it begins as") from None
    while data.startswith(_UTF8_MARK):  # two in a row happen: one of a program, one of a conversion
        data = data.removeprefix(_UTF8_MARK)
    if declaration := _DECLARATION.match(data):
        data = data[declaration.end() :]
    return data.strip(BLANK)


def parsed(document: bytes) -> Element:
    """The root of a document in UTF-8.

    Raises:
        MetadataError: FORBIDDEN: it has a DTD; TOO_LARGE: a text or a depth beyond what libxml2 allows; BROKEN: it is
            no XML.
    """
    if _DOCTYPE.match(document):
        raise MetadataError(MetadataFault.FORBIDDEN, "the XML has a DTD, which could reach for other files")
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        limit = error.code == etree.ErrorTypes.ERR_RESOURCE_LIMIT
        fault = MetadataFault.TOO_LARGE if limit else MetadataFault.BROKEN
        raise MetadataError(fault, "no XML that can be read: " + " ".join(error.msg.split())) from None


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
        raise MetadataError(MetadataFault.BROKEN, "it declares another encoding than UTF-8, UTF-16 or UTF-32")
    return "utf-8"
