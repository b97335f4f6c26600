"""An XMP packet into a JPEG, where all else stays as it is, bit for bit.

ExifTool, which does this for other formats, writes the EXIF of a JPEG anew on that occasion, and leaves out what is
empty or broken there, a maker's notes included.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault

_XMP = b"http://ns.adobe.com/xap/1.0/\0"  # XMP Specification Part 3, 1.1.3
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_EXIF = b"Exif\0"
_MPF = b"MPF\0"  # CIPA DC-007: where further images are, counted from here

_APP0, _APP1, _APP2, _START_OF_SCAN, _END_OF_IMAGE = 0xE0, 0xE1, 0xE2, 0xDA, 0xD9  # ITU-T T.81, table B.1
_BEGINNING_BYTES = 64  # enough to tell segments apart
MAX_PACKET_BYTES = 0xFFFF - 2 - len(_XMP)  # the length of a segment has 16 bits, and counts itself

_SEGMENT = re.compile(rb"\xff+([^\x00\xff])(..)", re.DOTALL)  # fill bytes, marker, length with its own two bytes
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)  # that ends compressed data, and does not restart it
_PREVIEW = re.compile(rb"\x00*\xff\xd8\xff")


class _Segment(NamedTuple):
    """A piece of the header."""

    start: int  # of the fill bytes before its marker, or of the marker
    end: int
    marker: int
    begins: bytes  # its first bytes


def with_xmp(jpeg: bytes, packet: bytes) -> bytes:
    """A JPEG with this packet in place of its own, extensions of that included.

    It stands where the old one stood, else behind EXIF.

    Raises:
        MetadataError: TOO_LARGE: there is no room for so much; DAMAGED: the header of the JPEG makes no sense;
            UNSUPPORTED: something in the file would no longer be found.
    """
    if len(packet) > MAX_PACKET_BYTES:
        raise MetadataError(
            MetadataFault.TOO_LARGE,
            f"{len(packet):,} bytes of XMP, a JPEG holds {MAX_PACKET_BYTES:,} in one piece, a sidecar more",
        )
    segments = list(_segments(jpeg))
    old = [segment for segment in segments if segment.marker == _APP1 and segment.begins.startswith((_XMP, _EXTENSION))]
    at = old[0].start if old else _behind_exif(segments)
    _refuse_what_would_be_lost(jpeg, segments, old[-1].end if old else at)
    starts, ends = [at, *(segment.end for segment in old)], [*(segment.start for segment in old), len(jpeg)]
    kept = [jpeg[start:end] for start, end in zip(starts, ends, strict=True)]
    length = (2 + len(_XMP) + len(packet)).to_bytes(2, "big")
    return b"".join([jpeg[:at], b"\xff", bytes([_APP1]), length, _XMP, packet, *kept])


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
