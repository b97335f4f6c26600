"""Landmarks -> square crops in which every face stands alike."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Complex128, Float32, UInt8
from PIL import Image

from facecluster.types import Crops, Landmarks, RgbImage

CROP_PX = 112
"""Side of a crop: what ArcFace and SFace were trained on."""

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
"""Where the five landmarks belong in a crop, px: the alignment of ArcFace (Deng et al., 2019)."""

MIN_SPREAD_PX2 = 1e-3
"""Least sum of squared distances of landmarks from their mean; under it they are one point and no scale is meant."""

MARGIN_PX = 2
"""Pixels kept around the part of the image that a crop shows, so that its border is interpolated, not cut."""


class Similarities(NamedTuple):
    """Similarity transforms of the plane of complex numbers, `crop = turn * image + shift`, one a face."""

    turn: Complex128[np.ndarray, "n"]  # absolute value: scale, argument: rotation
    shift: Complex128[np.ndarray, "n"]


def landmarks_to_similarities(landmarks: Landmarks) -> Similarities:
    """The rotation, scale and shift that bring each face's landmarks nearest to the template, by least squares.

    In the plane this is a regression of complex numbers, the closed form of Umeyama's method (1991) without reflection.
    """
    points = landmarks[..., 0].astype(np.float64) + 1j * landmarks[..., 1]
    target = TEMPLATE[:, 0].astype(np.float64) + 1j * TEMPLATE[:, 1]
    centre, target_centre = points.mean(axis=1), target.mean()
    centred = points - centre[:, None]
    spread = np.maximum(np.sum(np.abs(centred) ** 2, axis=1), MIN_SPREAD_PX2)
    turn = np.sum(np.conj(centred) * (target - target_centre), axis=1) / spread
    return Similarities(turn, target_centre - turn * centre)


def crop_scale(landmarks: Landmarks) -> Float32[np.ndarray, "n"]:
    """Crop pixels per image pixel of each face; over 1 its crop is enlarged from too few pixels."""
    return np.abs(landmarks_to_similarities(landmarks).turn).astype(np.float32)


def aligned_crops(image: RgbImage, landmarks: Landmarks) -> Crops:
    """The crop of each face, in their order; black where a crop reaches beyond the image.

    The image is halved first while a crop would show less than every second pixel, then read bilinearly: no aliasing.
    """
    crops = np.zeros((len(landmarks), CROP_PX, CROP_PX, 3), np.uint8)
    transforms = landmarks_to_similarities(landmarks)
    for crop, turn, shift in zip(crops, transforms.turn, transforms.shift, strict=True):
        crop[:] = _cut(image, complex(turn), complex(shift))
    return crops


def _cut(image: RgbImage, turn: complex, shift: complex) -> UInt8[np.ndarray, "112 112 3"]:
    """One crop of the image."""
    if abs(turn) * max(image.shape) < 1:  # the whole image is less than a pixel of the crop: no face is meant
        return np.zeros((CROP_PX, CROP_PX, 3), np.uint8)
    halved = 1
    while abs(turn) * halved < 0.5:
        halved *= 2
    corners = (np.array([0, CROP_PX, CROP_PX * 1j, CROP_PX * (1 + 1j)]) - shift) / turn
    left, right = _span(corners.real, image.shape[1], halved)
    top, bottom = _span(corners.imag, image.shape[0], halved)
    if left >= right or top >= bottom:
        return np.zeros((CROP_PX, CROP_PX, 3), np.uint8)
    region = Image.fromarray(image[top:bottom, left:right])
    if halved > 1:
        region = region.reduce(halved)
    back = 1 / (turn * halved)
    start = (-shift / turn - complex(left, top)) / halved
    coefficients = (back.real, -back.imag, start.real, back.imag, back.real, start.imag)
    size = (CROP_PX, CROP_PX)
    return np.asarray(region.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR))


def _span(edges: np.ndarray, length: int, halved: int) -> tuple[int, int]:
    """First pixel a crop needs along one axis (a multiple of `halved`: crops share one grid), and where it ends."""
    margin = MARGIN_PX * halved
    first = max(0, int(np.clip(np.floor(edges.min()), -margin, length)) - margin)
    last = min(length, int(np.clip(np.ceil(edges.max()), -margin, length)) + margin)
    return first // halved * halved, last
