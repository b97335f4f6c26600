"""A box in an image -> a small JPEG of the face with its surroundings."""

import io

import numpy as np
from jaxtyping import Float32
from PIL import Image

from facecluster.types import RgbImage

MARGIN = 0.35
"""Of the longer side of the box, on each side of it: hair, chin and ears, by which people recognise a face."""

JPEG_QUALITY = 85

REDUCING_GAP = 1.0
"""Pillow averages whole blocks of pixels down to no less than this many times the wanted size before it resamples.
With Hamming's filter this takes a third of the time of a bicubic one, and nobody sees the difference (over 40 dB)."""


def face_thumbnail(image: RgbImage, box: Float32[np.ndarray, "4"], side_px: int) -> bytes:
    """A square sRGB JPEG around a face, at most `side_px` wide; never enlarged, and cut where the image ends."""
    x0, y0, x1, y1 = (float(edge) for edge in box)
    side = max(1, round(max(x1 - x0, y1 - y0) * (1 + 2 * MARGIN)))
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    picture = Image.fromarray(image[max(0, top) : top + side, max(0, left) : left + side])
    picture.thumbnail((side_px, side_px), Image.Resampling.HAMMING, reducing_gap=REDUCING_GAP)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
