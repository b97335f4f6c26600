"""Pictures of faces -> one image, cell by cell."""

import io
from collections.abc import Sequence

from PIL import Image, ImageOps

COLUMNS = 12
ROWS = 10
MAX_CELLS = COLUMNS * ROWS

GREY = (150, 150, 150)
"""In place of a picture that cannot be read: visible on a light and on a dark page."""

QUALITY = 80
"""Of the JPEG. Measured on 120 faces of 160 px: 530 kB in 33 ms; 85 takes a tenth more bytes, and nobody sees it."""


def mosaic(pictures: Sequence[bytes], cell_px: int) -> bytes:
    """A JPEG of square cells, row by row, as wide as COLUMNS of them and as high as need be.

    Args:
        pictures: at most MAX_CELLS image files; one that cannot be read gives a grey cell.
        cell_px: side of a cell; smaller pictures are enlarged, and longer sides cut evenly.
    """
    sheet = Image.new("RGB", (COLUMNS * cell_px, -(-len(pictures) // COLUMNS) * cell_px), GREY)
    for place, data in enumerate(pictures):
        row, column = divmod(place, COLUMNS)
        if cell := _cell(data, cell_px):
            sheet.paste(cell, (column * cell_px, row * cell_px))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _cell(data: bytes, side_px: int) -> Image.Image | None:
    """The square middle of a picture; None where it cannot be read."""
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG"])
        if picture.size != (side_px, side_px):
            return ImageOps.fit(picture, (side_px, side_px), Image.Resampling.BICUBIC)
        picture.load()
    except (OSError, ValueError):  # ValueError: how Pillow calls some kinds of damage
        return None
    return picture
