"""Network outputs -> boxes, landmarks and scores, and the detector made of a network and such a decoder."""

from collections import defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float32

from facecluster.faces.letterbox import Letterboxed, images_to_tensor, length_at_size, letterbox, to_given_image
from facecluster.faces.network import Network
from facecluster.types import Boxes, Detections, RgbImage

MAX_OVERLAP = 0.3
"""Two boxes whose intersection is more than this part of their union are one face. Both detectors were published with
it."""

CENTERFACE_STRIDE_PX = 4
YUNET_STRIDES_PX = (8, 16, 32)

NO_FACES = Detections(np.empty((0, 4), np.float32), np.empty((0, 5, 2), np.float32), np.empty(0, np.float32))

Decoder = Callable[[Sequence[np.ndarray], tuple[int, int], float], Detections]
"""Outputs for one image, its height and width as the network saw it, the lowest score -> faces, best score first."""


class NetworkDetector:
    """A detection network that takes RGB 0..255 of any size, and the decoder of its outputs.

    Args:
        network: the network.
        decoder: reads its outputs.
        sizes_px: long sides at which each image is looked at; faces found at any of them count. One that is larger
            than the network ever saw in training is not seen at a large size, or not where it is.
        smallest_px: long side to which smaller images are grown.
        batch: images of one padded shape that run together. It changes speed only.
    """

    def __init__(
        self, network: Network, decoder: Decoder, *, sizes_px: Sequence[int], smallest_px: int = 0, batch: int = 1
    ) -> None:
        self._network = network
        self._decoder = decoder
        self._sizes_px = sizes_px
        self._smallest_px = smallest_px
        self._batch = batch

    def detect(self, images: Sequence[RgbImage], min_score: float) -> list[Detections]:
        """The faces of each image, in the order of the images, in pixels of the image as given."""
        looks = [(index, frame) for index, image in enumerate(images) for frame in self._frames(image)]
        same_shape: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number, (_, frame) in enumerate(looks):
            same_shape[frame.pixels.shape].append(number)
        found: dict[int, Detections] = {}
        for numbers in same_shape.values():
            for start in range(0, len(numbers), self._batch):
                together = numbers[start : start + self._batch]
                faces = self._look([looks[number][1] for number in together], min_score)
                found.update(zip(together, faces, strict=True))
        of_image: list[list[Detections]] = [[NO_FACES] for _ in images]
        for number, (index, frame) in enumerate(looks):
            of_image[index].append(to_given_image(found[number], frame, images[index]))
        return [suppress_overlaps(merge_detections(parts)) for parts in of_image]

    def _frames(self, image: RgbImage) -> list[Letterboxed]:
        """The image at each size, and once where it is too small for two sizes to differ."""
        lengths = {length_at_size(image, size_px, self._smallest_px) for size_px in self._sizes_px}
        return [letterbox(image, length_px) for length_px in sorted(lengths)]

    def _look(self, frames: Sequence[Letterboxed], min_score: float) -> list[Detections]:
        """The faces of frames of one shape, in pixels of the frame."""
        outputs = self._network.run(images_to_tensor(np.stack([frame.pixels for frame in frames])))
        height, width = frames[0].pixels.shape[:2]
        rows = range(len(frames))
        return [self._decoder([output[row] for output in outputs], (height, width), min_score) for row in rows]


def centerface_faces(outputs: Sequence[np.ndarray], shape: tuple[int, int], min_score: float) -> Detections:
    """Faces of one image from CenterFace's heat [1 h w], size [2 h w], offset [2 h w] and landmark [10 h w] maps.

    Each cell of 4 px votes for a face centred in it. Sizes and offsets come as (height, width) and (y, x), sizes as
    logarithms; landmarks are fractions of the box, y before x. Source: Xu et al., "CenterFace", 2019, and its published
    weights.
    """
    del shape  # the maps carry it
    heat, log_sizes, offsets, marks = outputs
    rows, cols = np.nonzero(heat[0] >= min_score)
    cells = np.stack([cols, rows], axis=1)
    sizes = CENTERFACE_STRIDE_PX * np.exp(log_sizes[::-1, rows, cols].T)
    centres = CENTERFACE_STRIDE_PX * (cells + offsets[::-1, rows, cols].T + 0.5)
    top_left = centres - sizes / 2
    fractions = marks[:, rows, cols].T.reshape(-1, 5, 2)[:, :, ::-1]
    landmarks = top_left[:, None] + fractions * sizes[:, None]
    boxes = np.concatenate([top_left, top_left + sizes], axis=1)
    return suppress_overlaps(_detections(boxes, landmarks, heat[0, rows, cols]))


def yunet_faces(outputs: Sequence[np.ndarray], shape: tuple[int, int], min_score: float) -> Detections:
    """Faces of one image from YuNet's class, objectness, box and landmark rows at strides of 8, 16 and 32 px.

    A row is a cell, row by row from the top; its score is the geometric mean of class and objectness; box centre and
    landmarks are offsets from the cell in strides, box sizes logarithms of strides. Source: Wu et al., "YuNet", 2023,
    and its published weights.
    """
    levels = len(YUNET_STRIDES_PX)
    found = []
    for level, stride in enumerate(YUNET_STRIDES_PX):
        classes, objectness, box_codes, mark_codes = (outputs[level + levels * kind] for kind in range(4))
        scores = np.sqrt(np.clip(classes[:, 0] * objectness[:, 0], 0, 1))
        kept = np.nonzero(scores >= min_score)[0]
        cells = np.stack([kept % (shape[1] // stride), kept // (shape[1] // stride)], axis=1)
        centres = stride * (cells + box_codes[kept, :2])
        half_sizes = stride * np.exp(box_codes[kept, 2:]) / 2
        landmarks = stride * (cells[:, None] + mark_codes[kept].reshape(-1, 5, 2))
        boxes = np.concatenate([centres - half_sizes, centres + half_sizes], axis=1)
        found.append(_detections(boxes, landmarks, scores[kept]))
    return suppress_overlaps(merge_detections(found))


def merge_detections(parts: Sequence[Detections]) -> Detections:
    """All faces of the parts, in their order."""
    return Detections(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def suppress_overlaps(found: Detections, max_overlap: float = MAX_OVERLAP) -> Detections:
    """The faces that no better one overlaps by more than `max_overlap` (intersection over union), best score first.

    Equal scores keep the order in which they came.
    """
    order = np.argsort(-found.scores, kind="stable")
    boxes = found.boxes[order]
    alive = np.ones(len(order), bool)
    for best in range(len(order)):
        if alive[best]:
            alive[best + 1 :] &= overlaps_with(boxes[best], boxes[best + 1 :]) <= max_overlap
    kept = order[alive]
    return Detections(found.boxes[kept], found.landmarks[kept], found.scores[kept])


def overlaps_with(box: Float32[np.ndarray, "4"], boxes: Boxes) -> Float32[np.ndarray, "n"]:
    """Intersection over union of a box with each of the others, 0..1; 0 where both are empty."""
    sides = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.prod(np.maximum(sides, 0), axis=1)
    union = _areas(box[None]) + _areas(boxes) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _areas(boxes: Boxes) -> Float32[np.ndarray, "n"]:
    return np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1)


def _detections(boxes: np.ndarray, landmarks: np.ndarray, scores: np.ndarray) -> Detections:
    return Detections(boxes.astype(np.float32), landmarks.astype(np.float32), scores.astype(np.float32))
