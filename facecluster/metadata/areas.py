"""Numbers and areas as programs write them -> boxes in parts of the frame."""

import math
import re

from facecluster.metadata.words import Box

MIN_INSIDE = 0.5
"""Part of an area that must lie in the picture: faces at its edge reach over it; what lies outside is some mistake."""

_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def number(text: str) -> float | None:
    """A number, with a decimal point or comma; None: it is none, or not finite."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def centred_box(
    parts: tuple[float | None, float | None, float | None, float | None], px: tuple[float, float] | None
) -> Box | None:
    """The box of a centre (x, y), a width and a height, clipped to the frame; None: it is none, or not in the frame.

    Args:
        parts: x, y, width, height.
        px: width and height of the picture, if the parts are px of it; None: they are parts of the frame.
    """
    x, y, width, height = parts
    if x is None or y is None or width is None or height is None:
        return None
    across, down = px or (1.0, 1.0)
    half_width, half_height = width / 2, height / 2
    box = ((x - half_width) / across, (y - half_height) / down, (x + half_width) / across, (y + half_height) / down)
    return inside(box)


def top_left_box(rectangle: str) -> Box | None:
    """The box of "x, y, width, height" from the top left, in parts, clipped to the frame; None: it is none.

    Where commas are decimal too, those between the numbers are told by the blank behind them.
    """
    parts = re.split(r",\s+", rectangle)
    if len(parts) != 4:
        parts = rectangle.split(",")
    numbers = [number(part.strip()) for part in parts]
    if len(numbers) != 4 or None in numbers:
        return None
    left, top, width, height = (value for value in numbers if value is not None)
    return inside((left, top, left + width, top + height))


def inside(box: Box) -> Box | None:
    """What of a box is in the frame; None: less than half of it, or it has no area."""
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
    area = (box[2] - box[0]) * (box[3] - box[1])
    if not (box[2] > box[0] and box[3] > box[1] and right > left and bottom > top):
        return None
    return (left, top, right, bottom) if (right - left) * (bottom - top) >= MIN_INSIDE * area else None


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return width * height / (sum(areas) - width * height)
