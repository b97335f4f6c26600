"""What a photo's metadata says that its pixels need: which way is up, and when it was taken."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from PIL import ExifTags, Image

_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes the pixels upright, by EXIF orientation (CIPA DC-008, tag 274)."""

_TURNED = frozenset({5, 6, 7, 8})  # orientations whose upright width is the stored height


class ExifFacts(NamedTuple):
    """What EXIF, or XMP in its place, says; None where it says nothing that makes sense."""

    orientation: int | None  # 1..8
    taken_at: str | None  # ISO 8601 local time, to the second


def read_exif(open_exif: Callable[[], Image.Exif]) -> ExifFacts:
    """The facts of an image's EXIF; a broken header says nothing, and never costs the photo."""
    try:
        exif = open_exif()
    except Exception:  # noqa: BLE001 - hostile headers raise anything; the pixels are none the worse
        return ExifFacts(None, None)
    return ExifFacts(valid_orientation(exif.get(ExifTags.Base.Orientation)), _taken_at(exif))


def exif_of(info: Mapping[str, Any]) -> Image.Exif:
    """The EXIF of a file's blocks "exif" and "xmp", read as Pillow reads those of any image."""
    image = Image.new("1", (1, 1))
    image.info.update({name: info[name] for name in ("exif", "xmp") if info.get(name)})
    return image.getexif()


def valid_orientation(value: object) -> int | None:
    """An EXIF orientation, 1..8; None for anything else."""
    return value if isinstance(value, int) and 1 <= value <= 8 else None


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """The image as it is meant to be seen."""
    return image.transpose(_TRANSPOSE[orientation]) if orientation in _TRANSPOSE else image


def turned_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Upright size of a stored size, and the other way round."""
    return (size[1], size[0]) if orientation in _TURNED else size


def _taken_at(exif: Image.Exif) -> str | None:
    try:
        original = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    except Exception:  # noqa: BLE001 - as above: a broken part of the header
        original = None
    return _iso_time(original) or _iso_time(exif.get(ExifTags.Base.DateTime))


def _iso_time(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        return datetime.strptime(value.strip("\0 "), "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 - cameras write local time
    except ValueError:
        return None
