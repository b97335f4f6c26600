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
"""Pillow averages whole blocks of pixels down to no less than this many times the wanted size before it resamples. With
Hamming's filter this takes a third of the time of a bicubic one alone, for a difference that nobody sees (over 40 dB)."""


def face_thumbnail(image: RgbImage, box: Float32[np.ndarray, "4"], side_px: int) -> bytes:
    """A square sRGB JPEG around a face, at most `side_px` wide; never enlarged, and cut where the image ends."""
    x0, y0, x1, y1 = (float(edge) for edge in box)
    half = max(x1 - x0, y1 - y0) * (0.5 + MARGIN)
    centre_x, centre_y = (x0 + x1) / 2, (y0 + y1) / 2
    height, width = image.shape[:2]
    left, right = max(0, int(centre_x - half)), min(width, int(np.ceil(centre_x + half)))
    top, bottom = max(0, int(centre_y - half)), min(height, int(np.ceil(centre_y + half)))
    picture = Image.fromarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])
    picture.thumbnail((side_px, side_px), Image.Resampling.HAMMING, reducing_gap=REDUCING_GAP)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()
