"""A second look at each face a fast detector proposes: is it one, and where exactly are its landmarks?

The fast detector finds nearly every face, and a few things that are none. A slower network that sees the face alone and
large tells them apart, and places the landmarks better than either does on the whole image: on them depends how good
the vector is.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32
from PIL import Image

from facecluster.faces.detect import (
    MAX_OVERLAP,
    NO_FACES,
    Decoder,
    merge_detections,
    overlaps_with,
    suppress_overlaps,
)
from facecluster.faces.letterbox import REDUCING_GAP, images_to_tensor, within_image
from facecluster.faces.network import Detector, Network
from facecluster.types import Detections, RgbImage

CLOSE_UP_PX = 160
"""Side of a close-up. Measured: 128 is less exact, 192 and 224 cost more and gain nothing."""

SURROUNDINGS = 1.3
"""Side of a close-up in longer sides of the proposed box. Measured: 1.6 and 2.0 place landmarks less exactly."""

PROPOSAL_MIN_SCORE = 0.3
"""Proposals of the fast detector under this are faces too seldom to be worth a look."""

BATCH = 8
"""Close-ups that run together; more of them fall out of a CPU's cache."""


class CloseUp(NamedTuple):
    """A proposed face alone, and where it was."""

    image: int  # index of the image
    pixels: RgbImage
    left: int  # of the close-up in the image, px
    top: int
    scale: float  # image pixels per pixel of the close-up
    box: Float32[np.ndarray, "4"]  # as proposed, in pixels of the image


class CloseUpDetector:
    """A detector that confirms and refines what another proposes.

    Args:
        proposer: finds where faces may be.
        network: looks at each of them.
        decoder: reads the network's outputs.
    """

    def __init__(self, proposer: Detector, network: Network, decoder: Decoder) -> None:
        self._proposer = proposer
        self._network = network
        self._decoder = decoder

    def detect(self, images: Sequence[RgbImage], min_score: float) -> list[Detections]:
        """The confirmed faces of each image, in the order of the images, in pixels of the image as given.

        Scores are those of the second look.
        """
        proposals = self._proposer.detect(images, PROPOSAL_MIN_SCORE)
        close_ups = [
            cut_close_up(index, image, box)
            for index, (image, proposed) in enumerate(zip(images, proposals, strict=True))
            for box in proposed.boxes
        ]
        confirmed = [[NO_FACES] for _ in images]
        for close_up, faces in zip(close_ups, self._look(close_ups, min_score), strict=True):
            confirmed[close_up.image].append(the_proposed_face(close_up, faces))
        return [
            within_image(suppress_overlaps(merge_detections(parts)), image)
            for image, parts in zip(images, confirmed, strict=True)
        ]

    def _look(self, close_ups: Sequence[CloseUp], min_score: float) -> Iterator[Detections]:
        """The faces in each close-up."""
        for start in range(0, len(close_ups), BATCH):
            together = np.stack([close_up.pixels for close_up in close_ups[start : start + BATCH]])
            outputs = self._network.run(images_to_tensor(together))
            for row in range(len(together)):
                yield self._decoder([output[row] for output in outputs], together.shape[1:3], min_score)


def cut_close_up(index: int, image: RgbImage, box: Float32[np.ndarray, "4"]) -> CloseUp:
    """The square around a box and some of its surroundings, resized; black beyond the image."""
    left_edge, top_edge, right_edge, bottom_edge = (float(edge) for edge in box)
    side = max(1, round(SURROUNDINGS * max(right_edge - left_edge, bottom_edge - top_edge)))
    left = round((left_edge + right_edge - side) / 2)
    top = round((top_edge + bottom_edge - side) / 2)
    square = np.zeros((side, side, 3), np.uint8)
    shown = image[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    down, right = max(0, -top), max(0, -left)
    square[down : down + shown.shape[0], right : right + shown.shape[1]] = shown
    size = (CLOSE_UP_PX, CLOSE_UP_PX)
    resized = Image.fromarray(square).resize(size, Image.Resampling.BILINEAR, reducing_gap=REDUCING_GAP)
    return CloseUp(index, np.asarray(resized), left, top, side / CLOSE_UP_PX, box)


def the_proposed_face(close_up: CloseUp, faces: Detections) -> Detections:
    """Of the faces seen in a close-up, the one that stands most where a face was proposed, in pixels of the image.

    None, where no face overlaps the proposal enough to be the same.
    """
    corner = np.array([close_up.left, close_up.top], np.float32)
    boxes = faces.boxes * close_up.scale + np.tile(corner, 2)
    landmarks = faces.landmarks * close_up.scale + corner
    overlaps = overlaps_with(close_up.box, boxes)
    best = np.flatnonzero(overlaps > MAX_OVERLAP)
    best = best[np.argsort(-overlaps[best], kind="stable")][:1]
    return Detections(boxes[best].astype(np.float32), landmarks[best].astype(np.float32), faces.scores[best])
