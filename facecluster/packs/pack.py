"""What a model pack is: a detector, an alignment and an embedder that belong together, and a manifest."""

from dataclasses import dataclass
from typing import Protocol

from facecluster.clusters.threshold import Calibration
from facecluster.faces.network import Detector, Embedder


@dataclass(frozen=True)
class Manifest:
    """A pack's description, known without loading a network."""

    name: str
    dimension: int
    crop_px: int  # side of the square crop the embedder takes
    min_score: float  # detection threshold of this detector unless the settings say otherwise
    licence: str
    calibration: Calibration  # measured on labelled photographs
    sha256: str  # over the bytes of the weights and the version of the code around them


class Pack(Protocol):
    """A loaded pack, ready to run."""

    @property
    def manifest(self) -> Manifest:
        """What this pack is."""
        ...

    @property
    def detector(self) -> Detector:
        """Finds faces."""
        ...

    @property
    def embedder(self) -> Embedder:
        """Turns aligned crops into unit vectors."""
        ...

    @property
    def runs_on(self) -> str:
        """ONNX Runtime's name of the provider that runs the embedder."""
        ...


@dataclass(frozen=True)
class LoadedPack:
    """A pack put together from its parts."""

    manifest: Manifest
    detector: Detector
    embedder: Embedder
    runs_on: str
