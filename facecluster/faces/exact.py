"""All images of a file, bit for bit: what has to be the same after its metadata was written.

    container -> size checked -> image by image: decoded, digested

Nothing is reduced, turned, converted or recovered here: a file that is damaged is no file to write to.
"""

import hashlib

import numpy as np
from PIL import ImageFile

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.container import Container, container_of
from facecluster.faces.decode import only_photo_errors, open_image, readable_container, refuse_too_large
from facecluster.types import DecodedPhoto

_DIGEST_PX = 16  # of three bytes: a SHA-384
_ROWS_AT_ONCE = 256

_START_OF_SCAN = b"\xff\xda"  # ITU-T T.81, table B.1
_PICTURE_BOXES = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip"})  # ISO/IEC 14496-12


def decode_exactly(data: bytes, _min_long_side_px: int | None, max_megapixels: float) -> DecodedPhoto:
    """A photo that has, in place of pixels, a digest of each image in its file, a row each; in the form of a decoder.

    Two files have equal ones if all their images are the same: layout, pixels as they are stored, palette and colour
    profile. Pages, frames of an animation and further images of a camera's file count, alpha and deeper bits too.
    Of the rest it knows the size of the first image alone.

    Raises:
        PhotoError: as `decode_photo`; CORRUPT for what that would recover, UNSUPPORTED for a camera RAW file.
    """
    with only_photo_errors():
        container = readable_container(data)
        if container is Container.RAW:
            raise PhotoError(PhotoFault.UNSUPPORTED, "a camera RAW file")
        image, size = open_image(container, data, None, max_megapixels * 1e6)
        digests = np.frombuffer(b"".join(_digests(image, max_megapixels * 1e6)), np.uint8)
    return DecodedPhoto(digests.reshape(-1, _DIGEST_PX, 3), *size, *size, 1, None)


def _digests(image: ImageFile.ImageFile, max_pixels: float) -> list[bytes]:
    digests = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        refuse_too_large(image.width * image.height, max_pixels)
        image.load()
        digests.append(_digest(image))
    return digests


def _digest(image: ImageFile.ImageFile) -> bytes:
    palette = image.palette.tobytes() if image.palette else b""
    profile = image.info.get("icc_profile") or b""
    digest = hashlib.sha384(f"{image.mode} {image.size} {len(palette)} {len(profile)} ".encode())
    digest.update(palette)
    digest.update(profile)
    for top in range(0, image.height, _ROWS_AT_ONCE):  # a copy of all would double what the decoder needs
        digest.update(image.crop((0, top, image.width, min(image.height, top + _ROWS_AT_ONCE))).tobytes())
    return digest.digest()


def fixed_end(data: bytes) -> bytes:
    """The end of a file that holds no metadata of its first image, and that other things in it are found from.

    Of a JPEG all from the first scan on: the compressed picture, a gain map, a film. Of AVIF and HEIF what follows the
    boxes of the picture: a film, the directory of a camera's maker. Empty for other files.
    """
    match container_of(data):
        case Container.JPEG:
            return data[_first_scan(data) :]
        case Container.AVIF | Container.HEIF:
            return data[_first_foreign_box(data) :]
        case _:
            return b""


def _first_scan(jpeg: bytes) -> int:
    """Where the compressed picture begins; the end of the data, where none does."""
    at = 2
    while jpeg[at : at + 1] == b"\xff" and jpeg[at + 1 : at + 2] != _START_OF_SCAN[1:]:
        filler = jpeg[at + 1 : at + 2] == b"\xff"
        at += 1 if filler else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return at if jpeg[at : at + 2] == _START_OF_SCAN else len(jpeg)


def _first_foreign_box(data: bytes) -> int:
    """Where the first box begins that is none of the picture; the end of the data, where none does."""
    at = 0
    while data[at + 4 : at + 8] in _PICTURE_BOXES:
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:  # the true size follows, in 64 bits
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        at = at + size if size >= 8 else len(data)  # 0: to the end of the file
    return min(at, len(data))
