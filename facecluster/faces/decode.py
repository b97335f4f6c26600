"""The bytes of a photo file to upright sRGB.

    container -> header -> size checked -> (JPEG: at reduced size) pixels -> 8 bits -> reduced -> sRGB -> upright

A photo that cannot be read raises `PhotoError`, and nothing else does. Hostile files may still hang the libraries
below or crash them, so a run decodes in a process of its own (pipeline.decoder).
"""

import contextlib
import importlib.metadata
import io
import warnings
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pi_heif
import PIL
from pi_heif.as_plugin import HeifImageFile
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.colour import eight_bit, to_srgb
from facecluster.faces.container import Container, container_of, largest_extent_px
from facecluster.faces.exif import ExifFacts, exif_of, read_exif, turned_size, upright
from facecluster.faces.raw import embedded_preview
from facecluster.faces.recovery import bare_png, ended_jpeg, keep_decoded_rows
from facecluster.types import DecodedPhoto


def _rawpy_version() -> str:
    try:
        return importlib.metadata.version("rawpy")
    except importlib.metadata.PackageNotFoundError:
        return "absent"


_OUR_VERSION = 1  # raised whenever the same bytes would give other pixels, or another fault

DECODER_VERSION = (
    f"facecluster {_OUR_VERSION}, pillow {PIL.__version__}, pi-heif {pi_heif.__version__}, rawpy {_rawpy_version()}"
)
"""Changes when photos that failed are worth another try."""

# Pillow's plugins are named one by one, instead of asking Image.open: it knows dozens of other formats, some of them
# unsafe, and applies a pixel limit of its own to what would be decoded at full size.
_OPENERS: dict[Container, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    Container.JPEG: JpegImagePlugin.jpeg_factory,
    Container.PNG: PngImagePlugin.PngImageFile,
    Container.WEBP: WebPImagePlugin.WebPImageFile,
    Container.AVIF: AvifImagePlugin.AvifImageFile,
    Container.HEIF: HeifImageFile,
    Container.TIFF: TiffImagePlugin.TiffImageFile,
    Container.BMP: BmpImagePlugin.BmpImageFile,
    Container.GIF: GifImagePlugin.GifImageFile,
    Container.PPM: PpmImagePlugin.PpmImageFile,
    Container.JPEG2000: Jpeg2KImagePlugin.Jpeg2KImageFile,
    Container.ICO: IcoImagePlugin.IcoImageFile,
}

_TURNED_BY_LIBRARY = frozenset({Container.HEIF, Container.TIFF})  # their pixels come upright

# They say which way is up twice: for whoever decodes them, and in their EXIF, which need not agree. Libraries turn
# pixels by the former and hide what the latter says.
_TURNED_BY_CONTAINER = frozenset({Container.AVIF, Container.HEIF})

_REDUCTIONS = (8, 4, 2)  # what a JPEG can be reduced by while it is decoded; others follow suit

_RECOVERABLE = frozenset({Container.JPEG, Container.PNG, Container.GIF})  # decoded row by row as the bytes come

_DETAIL_CHARACTERS = 160


class _Loaded(NamedTuple):
    """Pixels as a library gives them, and the size they would have if nothing had been reduced."""

    image: ImageFile.ImageFile
    size: tuple[int, int]
    facts: ExifFacts


def decode_photo(data: bytes, min_long_side_px: int | None, max_megapixels: float) -> DecodedPhoto:
    """The photo as upright sRGB, reduced 2, 4 or 8 times as far as its long side stays at least `min_long_side_px`.

    With None it comes at full size. Of an animation or a multi-page file it is the first image, of a camera RAW file
    the embedded preview. A JPEG, PNG or GIF cut short gives the rows that are there, if they are half of them or more.

    Raises:
        PhotoError: EMPTY, UNSUPPORTED, CORRUPT, OUT_OF_MEMORY, or TOO_LARGE where more than `max_megapixels` would be
            decoded.
    """
    with only_photo_errors():
        return _decode(data, min_long_side_px, max_megapixels * 1e6)


@contextlib.contextmanager
def only_photo_errors() -> Iterator[None]:
    """Whatever the libraries below raise over a file, as PhotoError; without their warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about tags that do not matter here
            yield
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError(PhotoFault.OUT_OF_MEMORY) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(PhotoFault.TOO_LARGE, _one_line(error)) from error
    except Exception as error:
        raise PhotoError(PhotoFault.CORRUPT, _one_line(error)) from error


def _decode(data: bytes, min_long_side_px: int | None, max_pixels: float) -> DecodedPhoto:
    container = readable_container(data)
    about_raw = ExifFacts(None, None)
    if container is Container.RAW:
        container, data, about_raw = embedded_preview(data)
    loaded = _load(container, data, min_long_side_px, max_pixels)
    image = eight_bit(loaded.image)
    factor = _reduction(image.size, min_long_side_px) if image.size == loaded.size else 1
    image = to_srgb(image.reduce(factor) if factor > 1 else image, loaded.image.info.get("icc_profile"))

    orientation = loaded.facts.orientation or about_raw.orientation or 1
    turn = _turn(container, loaded.image, orientation)
    pixels = np.array(upright(image, turn))
    width, height = turned_size(loaded.size, turn)
    stored = turned_size((width, height), orientation)
    return DecodedPhoto(pixels, width, height, *stored, orientation, loaded.facts.taken_at or about_raw.taken_at)


def _turn(container: Container, image: ImageFile.ImageFile, orientation: int) -> int:
    """The EXIF orientation by which pixels, as a library gives them, are to be turned."""
    if container in _TURNED_BY_LIBRARY:
        return 1
    if container is Container.AVIF:  # Pillow makes one up, of what the container says
        return read_exif(image.getexif).orientation or 1
    return orientation


def readable_container(data: bytes) -> Container:
    """The format of a file; PhotoError EMPTY or UNSUPPORTED where it is none that is read here."""
    if not data:
        raise PhotoError(PhotoFault.EMPTY)
    container = container_of(data)
    if container is None:
        raise PhotoError(
            PhotoFault.UNSUPPORTED, f"not a photo format known here; the file begins with {data[:12].hex(' ')}"
        )
    return container


def _load(container: Container, data: bytes, min_long_side_px: int | None, max_pixels: float) -> _Loaded:
    image, size = open_image(container, data, min_long_side_px, max_pixels)
    # Asking a PNG for its EXIF decodes it; a TIFF forgets its orientation when it is decoded.
    facts = read_exif(image.getexif) if container is Container.TIFF else None
    try:
        image.load()
    except OSError:
        if container not in _RECOVERABLE:
            raise
        if container is Container.JPEG:
            image, size = open_image(container, ended_jpeg(data), min_long_side_px, max_pixels)
            image.load()
        keep_decoded_rows(image)
    if container in _TURNED_BY_CONTAINER:
        facts = read_exif(lambda: exif_of(pi_heif.open_heif(io.BytesIO(data)).info))
    return _Loaded(image, size if container is Container.JPEG else image.size, facts or read_exif(image.getexif))


def open_image(
    container: Container, data: bytes, min_long_side_px: int | None, max_pixels: float
) -> tuple[ImageFile.ImageFile, tuple[int, int]]:
    """The image with its header read, set to be reduced while it is decoded if it can be, and its full size."""
    if container in {Container.AVIF, Container.HEIF}:
        refuse_too_large(largest_extent_px(data), max_pixels)
    image = _read_header(container, data)
    size = image.size
    factor = _reduction(size, min_long_side_px)
    if container is Container.JPEG and 1 < factor <= min(size):
        image.draft(None, (size[0] // factor, size[1] // factor))
    whole = "progressive" in image.info  # a progressive JPEG is held in memory at full size, however small it comes out
    refuse_too_large(size[0] * size[1] if whole else image.width * image.height, max_pixels)
    return image, size


def _read_header(container: Container, data: bytes) -> ImageFile.ImageFile:
    try:
        return _OPENERS[container](io.BytesIO(data))
    except (SyntaxError, ValueError):
        if container is not Container.PNG:
            raise
        return _OPENERS[container](io.BytesIO(bare_png(data)))


def _reduction(size: tuple[int, int], min_long_side_px: int | None) -> int:
    if min_long_side_px is None:
        return 1
    return next((factor for factor in _REDUCTIONS if max(size) >= factor * min_long_side_px), 1)


def refuse_too_large(pixels: int, max_pixels: float) -> None:
    """PhotoError TOO_LARGE if so many pixels are more than may be decoded."""
    if pixels > max_pixels:
        raise PhotoError(
            PhotoFault.TOO_LARGE,
            f"{pixels / 1e6:.0f} megapixels, at most {max_pixels / 1e6:.0f} (decode.max_megapixels)",
        )


def _one_line(error: Exception) -> str:
    words = " ".join(str(error).split())
    text = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return "".join(character if character.isprintable() else "?" for character in text)[:_DETAIL_CHARACTERS]
