"""Metadata into a photo itself, so that nothing of the picture can be lost.

    read -> every image decoded -> a copy beside it with the packet -> the same images, the packet read back -> staged

JPEGs are written here, because that can be done without touching anything else in them; other formats by ExifTool.

What is staged takes the photo's place by `store.replacement.commit`, or goes by `discard`.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from facecluster.errors import MetadataError, MetadataFault, PhotoError, PhotoFault
from facecluster.faces.container import Container, container_of
from facecluster.faces.exact import fixed_end
from facecluster.metadata.xmp.extended import split
from facecluster.metadata.xmp.jpeg import MAX_PACKET_BYTES, with_xmp
from facecluster.store.replacement import (
    Original,
    Staged,
    copy_beside,
    read_original,
    ready,
    sweep_copies,
    write_copy,
)

if TYPE_CHECKING:
    from pathlib import Path

    from facecluster.pipeline.decoder import DecoderProcess
    from facecluster.store.exiftool.embedded import Embedded, ExifTool

_WRITABLE = frozenset(
    {
        Container.JPEG,
        Container.PNG,
        Container.WEBP,
        Container.AVIF,
        Container.HEIF,
        Container.TIFF,
        Container.GIF,
        Container.JPEG2000,
    }
)
"""What ExifTool writes XMP into; RAW files too, but those are nothing to take a risk with."""

_POINTER = b"HasExtendedXMP"

_FAULTS = {
    PhotoFault.UNSUPPORTED: MetadataFault.UNSUPPORTED,
    PhotoFault.TOO_LARGE: MetadataFault.TOO_LARGE,
    PhotoFault.OUT_OF_MEMORY: MetadataFault.TOO_LARGE,
    PhotoFault.TIMEOUT: MetadataFault.TIMEOUT,
}
"""What a photo that cannot be decoded is to whoever writes its metadata; DAMAGED, if nothing stands here."""


class Tools(NamedTuple):
    """What photos are written with; made once, used for many."""

    exiftool: "ExifTool"
    decoder: "DecoderProcess"  # of faces.exact.decode_exactly


def stage(photo: "Path", read: "Embedded", packet: bytes | None, tools: Tools) -> Staged:
    """A verified copy beside a photo that has another XMP packet, and is otherwise the same.

    Args:
        photo: its path; nothing is written to it.
        read: what stood inside it when the new packet was made of that.
        packet: the new one, UTF-8, and all of it: an extension that was read is joined to it (metadata.xmp.extended).
            None: it is to have none.
        tools: see there.

    Raises:
        MetadataError: LINKED, READ_ONLY, CHANGED (something else stands inside it by now), DAMAGED (an image in it
            cannot be decoded whole), UNSUPPORTED (RAW, a format without a place for names, or a file of which something
            would be lost), TOO_LARGE, PIXELS (the picture would be another), TIMEOUT, CRASH, UNREADABLE, STORAGE.
    """
    sweep_copies(photo.parent)
    original = read_original(photo)
    _refuse_what_holds_no_packet(container_of(original.data), packet)
    is_jpeg = container_of(original.data) is Container.JPEG
    packet, extension = split(packet, MAX_PACKET_BYTES) if is_jpeg and packet else (packet, None)
    images = _images(original.data, tools.decoder)
    if tools.exiftool.embedded(photo) != read:
        raise MetadataError(MetadataFault.CHANGED, "its metadata was changed since it was read; run again")
    with copy_beside(original) as copy:
        if is_jpeg:
            write_copy(copy, with_xmp(original.data, packet, extension))
        else:
            tools.exiftool.write_xmp(photo, copy, packet)
        _refuse_another_picture(original, images, copy, tools.decoder)
        _refuse_other_xmp(packet, extension, tools.exiftool.embedded(copy))
        return ready(original, copy)


def _refuse_what_holds_no_packet(container: Container | None, packet: bytes | None) -> None:
    if container not in _WRITABLE:
        what = f"{container} files" if container else "a file of no format known here"
        raise MetadataError(MetadataFault.UNSUPPORTED, f"nothing is written into {what}")
    if packet and _POINTER in packet:  # the old extension goes, so what it points to would be lost
        raise MetadataError(MetadataFault.UNSUPPORTED, "its XMP is in several pieces, which were not joined")


def _images(data: bytes, decoder: "DecoderProcess") -> np.ndarray:
    """A digest of each image in a file."""
    try:
        return decoder.decode(data, None).pixels
    except PhotoError as error:
        fault = _FAULTS.get(error.fault, MetadataFault.DAMAGED)
        raise MetadataError(fault, error.detail or str(error.fault)) from error


def _refuse_another_picture(original: Original, images: np.ndarray, copy: "Path", decoder: "DecoderProcess") -> None:
    data = copy.read_bytes()
    if container_of(data) is not container_of(original.data):
        raise MetadataError(MetadataFault.PIXELS, "it would be another kind of file")
    try:
        same = fixed_end(data) == fixed_end(original.data) and np.array_equal(_images(data, decoder), images)
    except MetadataError as error:
        raise MetadataError(MetadataFault.PIXELS, f"it would be damaged: {error}") from error
    if not same:
        raise MetadataError(MetadataFault.PIXELS, "the picture would change, or what stands behind it")


def _refuse_other_xmp(packet: bytes | None, extension: bytes | None, now: "Embedded") -> None:
    if now.extension != extension or _document(now.xmp or b"") != _document(packet or b""):
        raise MetadataError(MetadataFault.UNSUPPORTED, "what was written into a copy of it could not be read back")


def _document(packet: bytes) -> bytes:
    """A packet without its wrapper: some formats have their own, and padding in it."""
    start, end = packet.find(b"?>") + 2 if packet.startswith(b"<?xpacket") else 0, packet.rfind(b"<?xpacket end")
    return packet[start : end if end > start else None].strip()
