"""How much a face's vector can be trusted, from the face's size, sharpness and pose and the detector's score.

The quality is a probability: that the vector lies within a cosine of .5 of the mean of its person's other vectors. It
is a logistic regression over some 2,000 labelled faces and 1,100 copies of some of them made small, blurred, pale or
badly compressed (`tests/benchmarks/quality.py`). Fitted on half of the people, it tells good vectors of the other
half from bad ones with an area under the curve of .93. Of the faces under .3, six in seven are bad; of those over
.95, one in fifty.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from facecluster.faces.align import crop_scale
from facecluster.types import Crops, Landmarks, Scores

Measures = Float32[np.ndarray, "n"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of R, G and B in brightness (ITU-R BT.601)."""

MIDDLE = slice(20, 92)
"""Rows and columns of a crop that show the face, px."""

SIZE_LIMITS = (np.log(0.1), 0.0)
SHARPNESS_LIMITS = (-7.0, -2.5)
TURN_LIMITS = (0.3, 1.0)
SCORE_LIMITS = (0.5, 0.95)
"""Beyond its limits a measure says no more: vectors get no better, or no worse."""

SIZE_WEIGHT = 1.5
SHARPNESS_WEIGHT = 0.8
TURN_WEIGHT = -2.0  # set, not fitted: few labelled faces are in profile; from -1 to -3 all serve alike
SCORE_WEIGHT = 13.0
BIAS = -5.4


class Quality(NamedTuple):
    """What is measured of each face."""

    size: Measures  # logarithm of image pixels per crop pixel
    sharpness: Measures  # logarithm of fine detail over all detail
    turn: Measures  # of the nose from the middle of the face, in widths between the eyes: 0 from the front
    score: Measures  # of the detector

    @property
    def total(self) -> Measures:
        """The probability that the vector is good, 0..1."""
        logit = (
            BIAS
            + SIZE_WEIGHT * np.clip(self.size, *SIZE_LIMITS)
            + SHARPNESS_WEIGHT * np.clip(self.sharpness, *SHARPNESS_LIMITS)
            + TURN_WEIGHT * (np.clip(self.turn, *TURN_LIMITS) - TURN_LIMITS[0])
            + SCORE_WEIGHT * np.clip(self.score, *SCORE_LIMITS)
        )
        return (1 / (1 + np.exp(-logit))).astype(np.float32)


def face_quality(crops: Crops, landmarks: Landmarks, scores: Scores) -> Quality:
    """The quality of each face.

    Args:
        crops: aligned crops.
        landmarks: in pixels of the upright image at full size.
        scores: of the detector, 0..1.
    """
    size = -np.log(np.maximum(crop_scale(landmarks), 1e-6)).astype(np.float32)
    return Quality(size, log_sharpness(crops), turn_of_head(landmarks), scores)


def log_sharpness(crops: Crops) -> Measures:
    """Logarithm of the variance of the Laplacian over the variance of the brightness, in the middle of each crop.

    Neither more light nor more contrast changes it. A crop of one colour has no detail and gets the lowest value there
    is.
    """
    grey = crops[:, MIDDLE, MIDDLE].astype(np.float32) @ LUMA
    laplacian = np.diff(grey, 2, axis=2)[:, 1:-1] + np.diff(grey, 2, axis=1)[:, :, 1:-1]
    ratio = laplacian.var(axis=(1, 2)) / np.maximum(grey.var(axis=(1, 2)), 1)  # 1: a variance that is only rounding
    return np.log(np.maximum(ratio, np.exp(SHARPNESS_LIMITS[0]))).astype(np.float32)


def turn_of_head(landmarks: Landmarks) -> Measures:
    """How far the nose stands from the middle of the face along the line of the eyes, in widths between them.

    0 seen from the front, over .5 near profile, whatever the roll of the head.
    """
    left, right, nose, mouth_left, mouth_right = (landmarks[:, i].astype(np.float64) for i in range(5))
    across = (right - left + mouth_right - mouth_left) / 2
    middle = (left + right + mouth_left + mouth_right) / 4
    width = np.maximum(np.sum(across**2, axis=1), 1e-6)
    return np.abs(np.sum((nose - middle) * across, axis=1) / width).astype(np.float32)
