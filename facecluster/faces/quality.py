"""How much a face's vector can be trusted, from its size, sharpness and pose and the detector's score."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from facecluster.faces.align import crop_scale
from facecluster.types import Crops, Landmarks, Scores

Parts = Float32[np.ndarray, "n"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of R, G and B in brightness (ITU-R BT.601)."""

MIDDLE = slice(20, 92)
"""Rows and columns of a crop that show the face in any pose."""

SHARP = 0.35
"""Ratio of fine to all detail in a sharp crop."""

PROFILE = 0.6
"""How far the nose tip stands from the middle of the face in profile, in widths between the eyes."""


class Quality(NamedTuple):
    """Four parts of 0..1 each, and their product."""

    size: Parts
    sharpness: Parts
    pose: Parts
    score: Parts

    @property
    def total(self) -> Parts:
        """0..1; low where any part is."""
        return np.clip(self.size * self.sharpness * self.pose * self.score, 0, 1).astype(np.float32)


def face_quality(crops: Crops, landmarks: Landmarks, scores: Scores) -> Quality:
    """The quality of each face.

    Args:
        crops: aligned crops.
        landmarks: in pixels of the upright image at full size.
        scores: of the detector.
    """
    return Quality(size_part(landmarks), sharpness_part(crops), pose_part(landmarks), scores)


def size_part(landmarks: Landmarks) -> Parts:
    """1 where the image has a pixel for each pixel of the crop, less in proportion."""
    return np.clip(1 / np.maximum(crop_scale(landmarks), 1e-6), 0, 1).astype(np.float32)


def sharpness_part(crops: Crops) -> Parts:
    """Fine detail against all detail in each crop: 0 flat, 1 sharp. Brightness and contrast cancel out."""
    grey = crops[:, MIDDLE, MIDDLE].astype(np.float32) @ LUMA
    variance = grey.var(axis=(1, 2)) + 1
    across = np.diff(grey, 2, axis=2)[:, 1:-1]
    down = np.diff(grey, 2, axis=1)[:, :, 1:-1]
    detail = (across + down).var(axis=(1, 2)) / variance
    return np.clip(np.sqrt(detail) / SHARP, 0, 1).astype(np.float32)


def pose_part(landmarks: Landmarks) -> Parts:
    """1 for a face seen from the front, 0 in profile; the roll of the head does not matter."""
    left, right, nose, mouth_left, mouth_right = (landmarks[:, i].astype(np.float64) for i in range(5))
    across = (right - left + mouth_right - mouth_left) / 2
    middle = (left + right + mouth_left + mouth_right) / 4
    length = np.maximum(np.sum(across**2, axis=1), 1e-6)
    yaw = np.abs(np.sum((nose - middle) * across, axis=1) / length)
    return np.clip(1 - yaw / PROFILE, 0, 1).astype(np.float32)
