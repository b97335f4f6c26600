"""The packs that come with facecluster: permissive weights, nothing to download."""

import hashlib
from pathlib import Path

from facecluster.faces.align import CROP_PX
from facecluster.faces.detect import NetworkDetector, centerface_faces
from facecluster.faces.embed import NetworkEmbedder
from facecluster.packs import weights
from facecluster.packs.onnx import OnnxNetwork
from facecluster.packs.pack import Calibration, LoadedPack, Manifest
from facecluster.settings import DetectSettings, PackSettings

CODE_VERSION = 1
"""Of what stands around the weights: resizing, decoding, alignment. Raise it when vectors or boxes come out
differently."""

DIMENSION = 128

SMALLEST_PX = 320
"""Images with a shorter long side are enlarged to it before detection."""

NAME = "embedded"

MANIFEST = Manifest(
    name=NAME,
    dimension=DIMENSION,
    crop_px=CROP_PX,
    min_score=0.4,
    licence="CenterFace: MIT; SFace: Apache-2.0",
    calibration=Calibration(impostor_median=0.03, impostor_sd=0.1, genuine_median=0.65),
    sha256=hashlib.sha256(
        f"{weights.CENTERFACE.sha256} {weights.SFACE.sha256} {weights.FOLD_VERSION} {CODE_VERSION}".encode()
    ).hexdigest(),
)


def load_embedded(pack: PackSettings, detect: DetectSettings, cache: Path | None = None) -> LoadedPack:
    """The embedded pack, ready to run.

    Args:
        pack: provider, threads and batch sizes.
        detect: the size of image that the detector sees.
        cache: where folded networks are kept; None: the user's cache folder.

    Raises:
        PackError: weights are missing or damaged, or ONNX Runtime is unfit.
    """

    def network(weight: weights.Weight) -> OnnxNetwork:
        content = weights.runnable_bytes(weight, weights.weights_folder(), cache or weights.cache_folder())
        return OnnxNetwork(content, provider=pack.provider, threads=pack.threads)

    detector = NetworkDetector(
        network(weights.CENTERFACE),
        centerface_faces,
        size_px=detect.size_px,
        smallest_px=SMALLEST_PX,
        batch=pack.detect_batch,
    )
    return LoadedPack(MANIFEST, detector, NetworkEmbedder(network(weights.SFACE), DIMENSION, batch=pack.embed_batch))
