"""What can be saved of a damaged file, so that a photo is not lost for the bytes that are."""

import numpy as np
from PIL import Image, ImageFile

from facecluster.errors import PhotoError, PhotoFault

_LEAST_RECOVERED = 0.5  # of the rows of a file cut short: with less, faces missed would look like no faces

_END_OF_JPEG = b"\xff\xd9"

_PNG_SIGNATURE_BYTES = 8
_CHUNK_OVERHEAD_BYTES = 12  # of a PNG chunk: length, type and checksum
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf"})


def ended_jpeg(data: bytes) -> bytes:
    """A JPEG that was cut short, with an end: a decoder makes grey of what is missing instead of waiting for it."""
    return data + _END_OF_JPEG


def bare_png(data: bytes) -> bytes:
    """A PNG without its text and colour profile: damaged, or larger than a megabyte, they make a decoder give up."""
    kept, at = [data[:_PNG_SIGNATURE_BYTES]], _PNG_SIGNATURE_BYTES
    while at < len(data):
        end = at + int.from_bytes(data[at : at + 4], "big") + _CHUNK_OVERHEAD_BYTES
        if data[at + 4 : at + 8] in _PIXEL_CHUNKS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def keep_decoded_rows(image: ImageFile.ImageFile) -> None:
    """Settle for the rows that were decoded before the file ended; the rest is of one value.

    Raises:
        PhotoError: CORRUPT where they are too few.
    """
    image.tile = []  # what is still to be loaded: nothing
    recovered = _share_of_varied_rows(image)
    if recovered < _LEAST_RECOVERED:
        raise PhotoError(PhotoFault.CORRUPT, f"cut short: only {recovered:.0%} of its rows are there")


def _share_of_varied_rows(image: Image.Image) -> float:
    rows = np.asarray(image).reshape(image.height, image.width, -1)
    return float(np.mean((rows != rows[:, :1]).any(axis=(1, 2))))
