"""What ExifTool answers -> what stands inside a photo, and whether it was written."""

import base64
import binascii
import contextlib
import json
import re
from typing import Any, NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.exiftool.process import Answer

Record = dict[str, Any]
"""What ExifTool says of a file, by tag."""

_ORIENTATIONS = {str(value): value for value in range(1, 9)}
_HAS_EXTENSION = b"HasExtendedXMP"
_NOT_WRITTEN = re.compile(
    rb"not (?:yet )?supported|Can't (?:currently )?write|Unknown file type|Not a valid|is not writable", re.IGNORECASE
)


class Embedded(NamedTuple):
    """What stands inside a photo."""

    xmp: bytes | None = None  # the packet as it stands there, in whatever encoding, without a byte order mark
    extension: bytes | None = None  # what a JPEG had no room for in it: to be joined to it (metadata.xmp.extended)
    keywords: tuple[str, ...] = ()  # IPTC
    orientation: int | None = None  # EXIF tag 274, 1..8; None: there is none, or another number


def record_in(answer: Answer | MetadataError) -> Record | MetadataError:
    """What an answer in JSON says of its one file, by tag; numbers are text."""
    if isinstance(answer, MetadataError):
        return answer
    try:
        # A keyword may be a number, and 1.50 is not 1.5.
        (record,) = json.loads(answer.output, parse_int=str, parse_float=str)
    except ValueError:
        return MetadataError(MetadataFault.UNREADABLE, _said(answer) or "ExifTool says nothing of it")
    problem = record.get("Error")
    if problem is not None:
        unknown = "Unknown file type" in str(problem)
        return MetadataError(MetadataFault.UNSUPPORTED if unknown else MetadataFault.BROKEN, f"ExifTool: {problem}")
    return record


def embedded_in(record: Record | MetadataError) -> Embedded | MetadataError:
    """What of that stands inside the photo."""
    if isinstance(record, MetadataError):
        return record
    packet, keywords, orientation = (record.get(name) for name in ("XMP", "Keywords", "Orientation"))
    return Embedded(
        xmp=_bytes(packet) if packet else None,
        keywords=tuple(_text(each) for each in (keywords if isinstance(keywords, list) else [keywords]) if each),
        orientation=_ORIENTATIONS.get(str(orientation)),
    )


def is_extended(embedded: Embedded | MetadataError) -> bool:
    """Whether there is a second document, which only comes when all are asked for."""
    packet = None if isinstance(embedded, MetadataError) else embedded.xmp
    return packet is not None and _HAS_EXTENSION in packet.replace(b"\0", b"")


def with_extension(embedded: Embedded | MetadataError, record: Record | MetadataError) -> Embedded | MetadataError:
    """The same with the second document, from the record of all packets of the file."""
    if isinstance(embedded, MetadataError) or isinstance(record, MetadataError):
        return record if isinstance(record, MetadataError) else embedded
    packets = [_bytes(value) for name, value in record.items() if name.endswith(":XMP")]
    others = [packet for packet in packets if packet != embedded.xmp]
    return embedded._replace(extension=others[0] if others else None)


def _bytes(value: Any) -> bytes:
    """What stands in the file. ExifTool has it in base64 where, and only where, it is no UTF-8 or holds a NUL."""
    if isinstance(value, bool):  # a keyword that JSON has a word for
        return str(value).lower().encode()
    text = str(value)
    with contextlib.suppress(binascii.Error, ValueError):  # it begins so in the file
        data = base64.b64decode(text.removeprefix("base64:"), validate=True) if text.startswith("base64:") else b""
        if not _is_utf8(data) or b"\0" in data:
            return data
    return text.encode()


def _text(value: Any) -> str:
    """A keyword: in UTF-8, whether it is said to be or not, else as Windows has written them."""
    data = _bytes(value)
    return data.decode() if _is_utf8(data) else data.decode("cp1252", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def check_written(answer: Answer) -> None:
    """Raise the MetadataError of a command that was to write, unless it did."""
    said = _said(answer)
    if answer.ok and b" 1 image files updated" in answer.output:
        return
    if _NOT_WRITTEN.search(answer.errors):
        raise MetadataError(MetadataFault.UNSUPPORTED, f"ExifTool: {said}")
    raise MetadataError(MetadataFault.DAMAGED, f"ExifTool: {said or 'it wrote nothing'}")


def _said(answer: Answer) -> str:
    """The first error among what ExifTool complains of, without the path that it ends with."""
    lines = answer.errors.decode("utf-8", "replace").splitlines()
    first = next((line for line in lines if line.startswith("Error")), lines[0] if lines else "")
    return first.removeprefix("Error: ").split(" - /")[0][:200]
