"""An XMP packet into a JPEG, where all else stays as it is, bit for bit.

ExifTool, which does this for other formats, writes the EXIF of a JPEG anew on that occasion, and leaves out what is
empty or broken there, a maker's notes included.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp.extended import extension_id

_XMP = b"http://ns.adobe.com/xap/1.0/\0"  # XMP Specification Part 3, 1.1.3
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF = b"Exif\0"
_MPF = b"MPF\0"  # CIPA DC-007: where further images are, counted from here

_APP0, _APP1, _APP2, _START_OF_SCAN, _END_OF_IMAGE = 0xE0, 0xE1, 0xE2, 0xDA, 0xD9  # ITU-T T.81, table B.1
_BEGINNING_BYTES = 64  # enough to tell segments apart
_MAX_BODY_BYTES = 0xFFFF - 2  # of a segment: its length has 16 bits, and counts itself
MAX_PACKET_BYTES = _MAX_BODY_BYTES - len(_XMP)

_SEGMENT = re.compile(rb"\xff+([^\x00\xff])(..)", re.DOTALL)  # fill bytes, marker, length with its own two bytes
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)  # that ends compressed data, and does not restart it
_PREVIEW = re.compile(rb"\x00*\xff\xd8\xff")


class _Segment(NamedTuple):
    """A piece of the header."""

    start: int  # of the fill bytes before its marker, or of the marker
    end: int
    marker: int
    begins: bytes  # its first bytes


def with_xmp(jpeg: bytes, packet: bytes | None, extension: bytes | None = None) -> bytes:
    """A JPEG with this packet, of at most MAX_PACKET_BYTES, and this extension of it in place of its own.

    They stand where the old one stood, else behind EXIF. Without a packet, it has no XMP.

    Raises:
        MetadataError: DAMAGED: the header of the JPEG makes no sense; UNSUPPORTED: something in the file would not be
            found any more.
    """
    segments = list(_segments(jpeg))
    old = [segment for segment in segments if segment.marker == _APP1 and segment.begins.startswith((_XMP, _EXTENSION))]
    at = old[0].start if old else _behind_exif(segments)
    _refuse_what_would_be_lost(jpeg, segments, old[-1].end if old else at)
    starts, ends = [at, *(segment.end for segment in old)], [*(segment.start for segment in old), len(jpeg)]
    kept = [jpeg[start:end] for start, end in zip(starts, ends, strict=True)]
    pieces = _as_segments(packet, extension) if packet else ()
    return b"".join([jpeg[:at], *pieces, *kept])


def _as_segments(packet: bytes, extension: bytes | None) -> Iterator[bytes]:
    """The pieces in which XMP stands in a JPEG (XMP Specification Part 3, 1.1.3)."""
    yield _segment(_XMP + packet)
    if extension:
        header = _EXTENSION + extension_id(extension) + len(extension).to_bytes(4, "big")
        room = _MAX_BODY_BYTES - len(header) - 4
        for at in range(0, len(extension), room):
            yield _segment(header + at.to_bytes(4, "big") + extension[at : at + room])


def _segment(body: bytes) -> bytes:
    return b"\xff" + bytes([_APP1]) + (2 + len(body)).to_bytes(2, "big") + body


def _segments(jpeg: bytes) -> Iterator[_Segment]:
    """The segments of the header, the one that begins the compressed picture last."""
    at, marker = 2, None
    while marker != _START_OF_SCAN:
        found = _SEGMENT.match(jpeg, at)
        if not found:
            raise MetadataError(MetadataFault.DAMAGED, "the header of the JPEG ends before its picture begins")
        (marker,) = found[1]
        body, end = found.end(), found.end() - 2 + int.from_bytes(found[2], "big")
        yield _Segment(at, end, marker, jpeg[body : min(end, body + _BEGINNING_BYTES)])
        at = end


def _behind_exif(segments: list[_Segment]) -> int:
    """Where the first segment begins that is neither JFIF nor EXIF, which both have to come first."""
    return next(
        segment.start
        for segment in segments
        if segment.marker != _APP0 and not (segment.marker == _APP1 and segment.begins.startswith(_EXIF))
    )


def _refuse_what_would_be_lost(jpeg: bytes, segments: list[_Segment], changed_until: int) -> None:
    """Refuse files in which something behind the picture is counted from a place before what changes its length."""
    directories = [segment for segment in segments if segment.marker == _APP2 and segment.begins.startswith(_MPF)]
    if any(directory.start < changed_until for directory in directories):
        raise MetadataError(MetadataFault.UNSUPPORTED, "its further images would not be found behind other XMP")
    if not directories and _PREVIEW.match(jpeg, _end_of_picture(jpeg, segments[-1].end)):
        raise MetadataError(MetadataFault.UNSUPPORTED, "the preview behind its picture would not be found any more")


def _end_of_picture(jpeg: bytes, at: int) -> int:
    """Where the first image ends whose compressed data begins there."""
    while found := _MARKER.search(jpeg, at):
        at = found.end()
        if found[1][0] == _END_OF_IMAGE:
            return at
        at += int.from_bytes(jpeg[at : at + 2], "big")
    return len(jpeg)
