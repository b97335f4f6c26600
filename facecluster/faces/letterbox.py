"""Images of any size -> images a fully convolutional detector takes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32
from PIL import Image

from facecluster.types import Crops, Detections, RgbImage

STRIDE_PX = 32
"""Sides of a network's input are multiples of this: the coarsest feature map of the detectors we run."""


class Letterboxed(NamedTuple):
    """An image resized and padded at the right and bottom, and how to get back."""

    pixels: RgbImage
    scale_x: float  # length in `pixels` over length in the image as given
    scale_y: float


def letterbox(image: RgbImage, long_side_px: int, smallest_side_px: int = 0) -> Letterboxed:
    """The image no larger than `long_side_px`, zero-padded to multiples of 32.

    Larger images shrink (bilinear over the whole footprint of a pixel, so nothing aliases). Smaller ones stay as they
    are, unless their long side is under `smallest_side_px`, to which they grow.
    """
    height, width = image.shape[:2]
    long_side = max(height, width)
    target = min(max(long_side, smallest_side_px), long_side_px)
    new_width = max(1, round(width * target / long_side))
    new_height = max(1, round(height * target / long_side))
    if (new_width, new_height) == (width, height):
        resized = image
    else:
        pillow = Image.fromarray(image)
        resized = np.asarray(pillow.resize((new_width, new_height), Image.Resampling.BILINEAR, reducing_gap=3.0))
    padded = np.zeros((_ceil_to_stride(new_height), _ceil_to_stride(new_width), 3), np.uint8)
    padded[:new_height, :new_width] = resized
    return Letterboxed(padded, new_width / width, new_height / height)


def images_to_tensor(images: Sequence[RgbImage] | Crops) -> Float32[np.ndarray, "n 3 h w"]:
    """Images of one shape as one batch of float planes, values 0..255."""
    return np.ascontiguousarray(np.stack(images).transpose(0, 3, 1, 2), np.float32)


def to_given_image(found: Detections, frame: Letterboxed, image: RgbImage) -> Detections:
    """Detections in the letterboxed frame -> in pixels of the image as given, boxes cut at its edges.

    A face whose centre lies in the padding is no face and is left out.
    """
    scale = np.array([frame.scale_x, frame.scale_y], np.float32)
    corners = found.boxes.reshape(-1, 2, 2) / scale
    bottom_right = np.array([image.shape[1], image.shape[0]], np.float32)
    centres = corners.mean(axis=1)
    inside = np.all((centres > 0) & (centres < bottom_right), axis=1)
    boxes = np.clip(corners, 0, bottom_right).reshape(-1, 4)
    return Detections(boxes[inside], (found.landmarks / scale)[inside], found.scores[inside])


def _ceil_to_stride(length_px: int) -> int:
    return -(-length_px // STRIDE_PX) * STRIDE_PX
