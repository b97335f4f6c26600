"""Images of any size -> images a fully convolutional detector takes."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8
from PIL import Image

from facecluster.types import Detections, RgbImage

STRIDE_PX = 32
"""Sides of a network's input are multiples of this: the coarsest feature map of the detectors we run."""

REDUCING_GAP = 3.0
"""An image shrunk more than this many times is first averaged down to that by whole factors: as good, and much
faster."""


class Letterboxed(NamedTuple):
    """An image resized and padded at the right and bottom, and how to get back."""

    pixels: RgbImage
    scale_x: float  # length in `pixels` over length in the image as given
    scale_y: float


def length_at_size(image: RgbImage, size_px: int, smallest_px: int = 0) -> int:
    """The long side at which an image is looked at: its own, kept between `smallest_px` and `size_px`."""
    return min(max(*image.shape[:2], smallest_px), size_px)


def letterbox(image: RgbImage, long_side_px: int) -> Letterboxed:
    """The image at this long side, zero-padded to multiples of 32.

    Shrinking is bilinear over the whole footprint of a pixel, so nothing aliases.
    """
    height, width = image.shape[:2]
    long_side = max(height, width)
    new_width = max(1, round(width * long_side_px / long_side))
    new_height = max(1, round(height * long_side_px / long_side))
    if (new_width, new_height) == (width, height):
        resized = image
    else:
        pillow = Image.fromarray(image)
        resized = np.asarray(
            pillow.resize((new_width, new_height), Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
        )
    padded = np.zeros((_ceil_to_stride(new_height), _ceil_to_stride(new_width), 3), np.uint8)
    padded[:new_height, :new_width] = resized
    return Letterboxed(padded, new_width / width, new_height / height)


def images_to_tensor(images: UInt8[np.ndarray, "n h w 3"]) -> Float32[np.ndarray, "n 3 h w"]:
    """Images of one shape as one batch of float planes, values 0..255."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32)


def to_given_image(found: Detections, frame: Letterboxed, image: RgbImage) -> Detections:
    """Detections in the letterboxed frame -> in pixels of the image as given."""
    scale = np.array([frame.scale_x, frame.scale_y], np.float32)
    return within_image(Detections(found.boxes / np.tile(scale, 2), found.landmarks / scale, found.scores), image)


def within_image(found: Detections, image: RgbImage) -> Detections:
    """The faces whose centre lies in the image, their boxes cut at its edges; landmarks may lie beyond."""
    corners = found.boxes.reshape(-1, 2, 2)
    bottom_right = np.array([image.shape[1], image.shape[0]], np.float32)
    centres = corners.mean(axis=1)
    inside = np.all((centres > 0) & (centres < bottom_right), axis=1)
    boxes = np.clip(corners, 0, bottom_right).reshape(-1, 4)
    return Detections(boxes[inside], found.landmarks[inside], found.scores[inside])


def _ceil_to_stride(length_px: int) -> int:
    return -(-length_px // STRIDE_PX) * STRIDE_PX
