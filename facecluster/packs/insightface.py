"""InsightFace packs (SCRFD and ArcFace) from a local folder, through the package `insightface`.

Nothing is ever downloaded. Its weights are licensed for non-commercial research only, so none comes with facecluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from facecluster.clusters.threshold import Calibration
from facecluster.errors import PackError
from facecluster.faces.align import CROP_PX
from facecluster.faces.detect import NO_FACES, suppress_overlaps
from facecluster.faces.embed import unit_vectors
from facecluster.faces.letterbox import STRIDE_PX, within_image
from facecluster.packs.insightface_folder import choose_files, hash_of_networks, models_folder
from facecluster.packs.onnx import check_provider, providers_to_try, session_options
from facecluster.packs.pack import LoadedPack, Manifest
from facecluster.packs.runtime import onnxruntime
from facecluster.settings import DetectSettings, PackSettings
from facecluster.types import Crops, Detections, Embeddings, RgbImage

CODE_VERSION = 1
"""Of what stands around the weights. Raise it when vectors or boxes come out differently."""

SMALL_PASS_PX = 128
"""Side of a second, small look at each image: SCRFD misses a face that fills a large one."""

MIN_SCORE = 0.5
"""SCRFD's own detection threshold."""

LICENCE = "InsightFace models: non-commercial research only"

PRIOR = Calibration(impostor_median=0.02, impostor_sd=0.06, genuine_median=0.6)
"""Not measured: we have no such weights to measure. At InsightFace's own boundary of "the same person" in its examples,
a cosine of .28, this spread means one false accept in 130,000."""


def describe_insightface(settings: PackSettings) -> Manifest:
    """The manifest of the folder's pack, its hash taken over all networks in it; loads none of them.

    Raises:
        PackError: the folder or one of the two networks is missing.
    """
    folder = models_folder(settings)
    dimension = choose_files(folder).dimension
    sha256 = hash_of_networks(folder, CODE_VERSION)
    return Manifest(settings.name, dimension, CROP_PX, MIN_SCORE, LICENCE, PRIOR, sha256)


def load_insightface(settings: PackSettings, detect: DetectSettings) -> LoadedPack:
    """The folder's pack, ready to run.

    Raises:
        PackError: the package, the folder, a network or the provider is missing.
    """
    manifest = describe_insightface(settings)
    files = choose_files(models_folder(settings))
    runtime = onnxruntime()
    model_zoo = _model_zoo()
    options = {
        "providers": providers_to_try(settings.provider, runtime),
        "sess_options": session_options(runtime, settings.threads),
    }
    detector = model_zoo.get_model(str(files.detector), static_shape_sessions=False, **options)
    recogniser = model_zoo.get_model(str(files.recogniser), **options)
    check_provider(detector.session, settings.provider)
    return LoadedPack(
        manifest,
        ScrfdDetector(detector, detect.size_px),
        ArcFaceEmbedder(recogniser, manifest.dimension, settings.embed_batch),
        check_provider(recogniser.session, settings.provider),
    )


@dataclass(frozen=True)
class ScrfdDetector:
    """SCRFD, at the size set and at a small one."""

    model: Any  # insightface.model_zoo.SCRFD
    size_px: int

    def detect(self, images: Sequence[RgbImage], min_score: float) -> list[Detections]:
        """The faces of each image, in the order of the images, in pixels of the image as given."""
        return [self._detect(image, min_score) for image in images]

    def _detect(self, image: RgbImage, min_score: float) -> Detections:
        side = -(-self.size_px // STRIDE_PX) * STRIDE_PX
        sizes = [(SMALL_PASS_PX, SMALL_PASS_PX), (side, side)]
        rows, landmarks = self.model.detect(_bgr(image), input_size=sizes, det_thresh=min_score)
        if not len(rows):
            return NO_FACES
        boxes, scores = rows[:, :4].astype(np.float32), rows[:, 4].astype(np.float32)
        return within_image(suppress_overlaps(Detections(boxes, landmarks.astype(np.float32), scores)), image)


@dataclass(frozen=True)
class ArcFaceEmbedder:
    """A recogniser of InsightFace, in batches."""

    model: Any  # insightface.model_zoo.ArcFaceONNX
    dimension: int
    batch: int

    def embed(self, crops: Crops) -> Embeddings:
        """One unit vector a crop; (0, d) for none."""
        batches = [crops[start : start + self.batch] for start in range(0, len(crops), self.batch)]
        raw = [self.model.get_feat([_bgr(crop) for crop in batch]) for batch in batches]
        return unit_vectors(np.concatenate([np.empty((0, self.dimension), np.float32), *raw]))


def _model_zoo() -> Any:
    """The module `insightface.model_zoo`, imported after ONNX Runtime is.

    Raises:
        PackError: the package is not installed.
    """
    try:
        from insightface import model_zoo  # noqa: PLC0415  # an extra: 0.6 s and 121 MB
    except ImportError as error:
        raise PackError(
            f"expected the package insightface, but it cannot be imported ({error}); "
            "install it with: pip install 'facecluster[insightface]'"
        ) from error
    return model_zoo


def _bgr(image: RgbImage) -> np.ndarray:
    """The image as OpenCV orders it."""
    return np.ascontiguousarray(image[:, :, ::-1])
