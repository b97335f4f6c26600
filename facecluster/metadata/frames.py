"""Boxes of the upright image <-> boxes of the stored one, which is what metadata speaks of.

Orientations are those of EXIF (CIPA DC-008, tag 274): each swaps the axes of the stored picture, or does not, and then
mirrors either axis, or does not. A box that reaches over the edge of its picture is turned as it is.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float64, Integer

from facecluster.metadata.words import Frame

# By orientation; none is 0.
_SWAPS = np.array([False, False, False, False, False, True, True, True, True])
_MIRRORS_X = np.array([False, False, True, True, False, False, True, True, False])  # of the upright picture
_MIRRORS_Y = np.array([False, False, False, True, True, False, False, True, True])


class Frames(NamedTuple):
    """Many stored pictures: the columns of as many `Frame`."""

    width: Integer[np.ndarray, "n"]  # px
    height: Integer[np.ndarray, "n"]
    orientation: Integer[np.ndarray, "n"]  # 1..8


def stored_boxes(boxes_px: Float[np.ndarray, "n 4"], frames: Frame | Frames) -> Float64[np.ndarray, "n 4"]:
    """Boxes in px of their upright images as boxes in parts of their stored ones; all of one frame, or each of its own.

    Raises:
        IndexError: an orientation is above 8.
    """
    parts = np.asarray(boxes_px, np.float64) / _upright_edges_px(frames)
    return _swapped(_mirrored(parts, frames), frames)


def upright_boxes(boxes: Float[np.ndarray, "n 4"], frames: Frame | Frames) -> Float64[np.ndarray, "n 4"]:
    """Boxes in parts of their stored images as boxes in px of their upright ones: `stored_boxes`, the other way.

    Raises:
        IndexError: an orientation is above 8.
    """
    return _mirrored(_swapped(np.asarray(boxes, np.float64), frames), frames) * _upright_edges_px(frames)


def turned(frame: Frame) -> Frame:
    """The upright picture as a frame of its own, which nothing turns any more."""
    width, height = (frame.height, frame.width) if _SWAPS[frame.orientation] else frame[:2]
    return Frame(width, height, 1)


def all_turned(frames: Frames) -> Frames:
    """`turned` for each of many frames."""
    swaps = _SWAPS[frames.orientation]
    width, height = (np.where(swaps, b, a) for a, b in ((frames.width, frames.height), (frames.height, frames.width)))
    return Frames(width, height, np.ones_like(frames.orientation))


def _upright_edges_px(frames: Frame | Frames) -> Float64[np.ndarray, "_rows 4"]:
    """What the parts of each box are parts of."""
    width, height, _ = turned(frames) if isinstance(frames, Frame) else all_turned(frames)
    return np.stack([width, height] * 2, axis=-1).reshape(-1, 4).astype(np.float64)


def _swapped(boxes: Float64[np.ndarray, "n 4"], frames: Frame | Frames) -> Float64[np.ndarray, "n 4"]:
    return np.where(_column(_SWAPS, frames), boxes[:, [1, 0, 3, 2]], boxes)


def _mirrored(boxes: Float64[np.ndarray, "n 4"], frames: Frame | Frames) -> Float64[np.ndarray, "n 4"]:
    mirrored = 1 - boxes[:, [2, 3, 0, 1]]
    in_x, in_y = _column(_MIRRORS_X, frames), _column(_MIRRORS_Y, frames)
    return np.where(np.hstack([in_x, in_y, in_x, in_y]), mirrored, boxes)


def _column(table: Bool[np.ndarray, "9"], frames: Frame | Frames) -> Bool[np.ndarray, "_rows 1"]:
    return table[np.atleast_1d(frames.orientation)][:, None]
