"""The preview that a camera puts into its RAW files."""

import io
from typing import NamedTuple

from PIL import Image

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.container import Container
from facecluster.faces.exif import ExifFacts, read_exif

_ORIENTATION_OF_FLIP = {0: 1, 3: 3, 5: 8, 6: 6}
"""EXIF orientation by LibRaw's `flip`: none, 180 degrees, 90 counter-clockwise, 90 clockwise."""


class RawPreview(NamedTuple):
    """The largest preview of a RAW file, and what the file says of it."""

    container: Container  # JPEG, or PPM where the camera stored bare pixels
    data: bytes
    facts: ExifFacts  # for a preview that has none of its own


def embedded_preview(data: bytes) -> RawPreview:
    """The preview of a RAW file. The sensor's own data is never developed.

    Raises:
        PhotoError: UNSUPPORTED where the extra `raw` is not installed or the file holds no preview.
    """
    try:
        import rawpy  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise PhotoError(PhotoFault.UNSUPPORTED, "a camera RAW file: pip install 'facecluster[raw]' reads it") from None
    with rawpy.imread(io.BytesIO(data)) as raw:
        facts = ExifFacts(_ORIENTATION_OF_FLIP.get(raw.sizes.flip), _tiff_exif(data).taken_at)
        try:
            preview = raw.extract_thumb()
        except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
            raise PhotoError(PhotoFault.UNSUPPORTED, "a camera RAW file without a preview") from None
    if isinstance(preview.data, bytes):
        return RawPreview(Container.JPEG, preview.data, facts)
    return RawPreview(Container.PPM, _as_ppm(Image.fromarray(preview.data)), facts)


def _tiff_exif(data: bytes) -> ExifFacts:
    """The facts of the many RAW files that are TIFFs at heart; nothing of the others."""
    exif = Image.Exif()
    return read_exif(lambda: exif.load(data) or exif)


def _as_ppm(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PPM")
    return stream.getvalue()
