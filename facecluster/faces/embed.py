"""Aligned crops -> unit vectors."""

import numpy as np
from jaxtyping import Float32

from facecluster.faces.letterbox import images_to_tensor
from facecluster.faces.network import Network
from facecluster.types import Crops, Embeddings

MIN_LENGTH = 1e-6
"""A raw vector shorter than this has no direction."""


class NetworkEmbedder:
    """A recognition network that takes RGB 0..255 crops.

    Args:
        network: the network; its first output is a vector of `dimension` a crop.
        dimension: of a vector.
        batch: crops that run together. It changes speed only.
    """

    def __init__(self, network: Network, dimension: int, *, batch: int) -> None:
        self._network = network
        self._dimension = dimension
        self._batch = batch

    def embed(self, crops: Crops) -> Embeddings:
        """One unit vector a crop; (0, d) for none.

        Raises:
            ValueError: the network gave no direction for a crop.
        """
        batches = [crops[start : start + self._batch] for start in range(0, len(crops), self._batch)]
        raw = [self._network.run(images_to_tensor(batch))[0] for batch in batches]
        return unit_vectors(np.concatenate([np.empty((0, self._dimension), np.float32), *raw]))


def unit_vectors(raw: Float32[np.ndarray, "n d"]) -> Embeddings:
    """The rows, each divided by its length.

    Raises:
        ValueError: a row is zero or not finite: it has no direction, and would poison every mean it enters.
    """
    lengths = np.linalg.norm(raw, axis=1, keepdims=True)
    bad = np.nonzero(~(np.isfinite(lengths) & (lengths >= MIN_LENGTH)))[0]
    if len(bad):
        raise ValueError(f"expected finite vectors with a direction; row {bad[0]} has length {lengths[bad[0], 0]}")
    return (raw / lengths).astype(np.float32)
