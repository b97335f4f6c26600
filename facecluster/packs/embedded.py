"""The pack that comes with facecluster: permissive weights, nothing to download."""

import hashlib

from facecluster.clusters.threshold import Calibration
from facecluster.faces.align import CROP_PX
from facecluster.faces.closeup import CloseUpDetector
from facecluster.faces.detect import NetworkDetector, centerface_faces, yunet_faces
from facecluster.faces.embed import NetworkEmbedder
from facecluster.packs import weights
from facecluster.packs.onnx import OnnxNetwork
from facecluster.packs.pack import LoadedPack, Manifest
from facecluster.settings import DetectSettings, PackSettings

CODE_VERSION = 1
"""Of the code around the weights: resizing, decoding, alignment. Raised when vectors or boxes come out differently."""

DIMENSION = 128

SMALL_PX = 320
"""Every image is also looked at in this size, where a face that fills the frame is found; smaller ones grow to it."""

NAME = "embedded"

MANIFEST = Manifest(
    name=NAME,
    dimension=DIMENSION,
    crop_px=CROP_PX,
    # Labelled faces score .66 and more, what is found on photos without people .29 and less.
    min_score=0.5,
    licence="YuNet: MIT; CenterFace: MIT; SFace: Apache-2.0",
    # All pairs of 2,490 faces: LFW, film stills, sports and family photos. To one false accept in a million the tail is
    # that of a normal distribution with this median and spread. Photos of one person that were taken on different
    # occasions: the mean of four medians, film stills .57, sports .54, television .61, press photos .69.
    calibration=Calibration(impostor_median=0.093, impostor_sd=0.089, genuine_median=0.602),
    sha256=hashlib.sha256(
        " ".join(
            [*(weight.sha256 for weight in weights.EMBEDDED), str(weights.FOLD_VERSION), str(CODE_VERSION)]
        ).encode()
    ).hexdigest(),
)


def load_embedded(pack: PackSettings, detect: DetectSettings) -> LoadedPack:
    """The embedded pack, ready to run.

    Args:
        pack: provider, threads and batch sizes.
        detect: the size of image on which faces are proposed.

    Raises:
        PackError: weights are missing or damaged, or ONNX Runtime is unfit.
    """

    def network(weight: weights.Weight) -> OnnxNetwork:
        content = weights.runnable_bytes(weight, weights.weights_folder(), weights.cache_folder())
        return OnnxNetwork(content, provider=pack.provider, threads=pack.threads)

    proposer = NetworkDetector(
        network(weights.YUNET),
        yunet_faces,
        sizes_px=(SMALL_PX, detect.size_px),
        smallest_px=SMALL_PX,
        batch=pack.detect_batch,
    )
    detector = CloseUpDetector(proposer, network(weights.CENTERFACE), centerface_faces)
    recogniser = network(weights.SFACE)
    embedder = NetworkEmbedder(recogniser, DIMENSION, batch=pack.embed_batch)
    return LoadedPack(MANIFEST, detector, embedder, recogniser.provider)
