"""What the rest of facecluster asks of a neural network. Checkable at run time, so that tests can check signatures."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float32

from facecluster.types import Crops, Detections, Embeddings, RgbImage


@runtime_checkable
class Network(Protocol):
    """A frozen function from a batch of tensors to output tensors, in the order the network declares them."""

    def run(self, batch: Float32[np.ndarray, "n 3 h w"]) -> tuple[np.ndarray, ...]:
        """The outputs for a batch; row i of every output belongs to row i of the batch."""
        ...


@runtime_checkable
class Detector(Protocol):
    """Finds the faces of images."""

    def detect(self, images: Sequence[RgbImage], min_score: float) -> list[Detections]:
        """The faces of each image, in the order of the images, in pixels of the image as given."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns aligned crops into unit vectors."""

    def embed(self, crops: Crops) -> Embeddings:
        """One unit vector a crop; (0, d) for none."""
        ...
