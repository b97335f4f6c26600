"""Arrays and small records that travel between rooms, and the conventions all of them keep.

- An image is RGB, uint8, row by row from the top: `image[y, x]` is the pixel whose centre is at (x + .5, y + .5); the
  origin (0, 0) is the top left corner of the top left pixel.
- A box is (x0, y0, x1, y1) in pixels: left, top, right, bottom edges. Landmarks are (x, y) of the left eye, right eye,
  nose tip, left and right mouth corner, where left means the viewer's left.
- Coordinates are those of the image they came with. In tables they are those of the *upright image at full size*.
- An embedding is a unit vector; the cosine of two is their dot product. Vectors of different packs are never compared.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

RgbImage = UInt8[np.ndarray, "_height _width 3"]  # unbound: the images of a list differ in size
Boxes = Float32[np.ndarray, "n 4"]
Landmarks = Float32[np.ndarray, "n 5 2"]
Scores = Float32[np.ndarray, "n"]
Crops = UInt8[np.ndarray, "n 112 112 3"]
Embeddings = Float32[np.ndarray, "n d"]


class Detections(NamedTuple):
    """The faces of one image, best score first."""

    boxes: Boxes
    landmarks: Landmarks
    scores: Scores


class DecodedPhoto(NamedTuple):
    """One photo as upright RGB, perhaps at a reduced size, and what its container said of it."""

    pixels: RgbImage
    width: int  # of the upright image at full size, px
    height: int
    stored_width: int  # before the orientation is applied, px
    stored_height: int
    orientation: int  # EXIF value 1..8; 1 where the file says nothing
    taken_at: str | None  # ISO 8601 local time, to the second

    @property
    def scale(self) -> float:
        """Length in `pixels` over length in the full-size image; 1 where nothing was reduced."""
        return self.pixels.shape[1] / self.width
