from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

import facecluster
from facecluster.errors import UsageError
from facecluster.faces.align import aligned_crops
from facecluster.packs.embedded import MANIFEST
from facecluster.packs.load import describe_pack, load_pack
from facecluster.settings import DetectSettings, PackSettings

ALBUM = Path(facecluster.__file__).parent / "demo_album"
NAMES = (
    "obama-portrait.jpg",
    "collins-portrait.jpg",
    "hopper-portrait.jpg",
    "collins-and-hopper.jpg",
    "biden-close.jpg",
)


def read(path):
    return np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def settings(**changes):
    return PackSettings(provider="cpu", threads=1, **changes)


@pytest.fixture(scope="module")
def pack(cache):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACECLUSTER_CACHE", str(cache))
        return load_pack(settings(), DetectSettings())


@pytest.fixture(scope="module")
def images():
    return [read(ALBUM / name) for name in NAMES]


def vectors(pack, image):
    return pack.embedder.embed(
        aligned_crops(image, pack.detector.detect([image], pack.manifest.min_score)[0].landmarks)
    )


def test_the_same_person_is_near_and_others_are_far(pack, images):
    obama, collins, hopper, both, _ = (vectors(pack, image) for image in images)
    assert [len(found) for found in (obama, collins, hopper, both)] == [1, 1, 1, 2]
    threshold = (MANIFEST.calibration.impostor_median + MANIFEST.calibration.genuine_median) / 2
    assert (collins @ both.T).max() > threshold
    assert (hopper @ both.T).max() > threshold
    assert (both @ both.T)[0, 1] < threshold
    assert (obama @ np.concatenate([collins, hopper]).T).max() < threshold


def test_vectors_are_unit_and_of_the_size_declared(pack, images):
    found = vectors(pack, images[3])
    assert found.shape == (2, pack.manifest.dimension)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-6)


def test_a_photo_without_people_has_no_face(pack):
    assert len(pack.detector.detect([read(ALBUM / "coffee.jpg")], MANIFEST.min_score)[0].scores) == 0


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (33, 7), (2000, 3)])
def test_images_of_any_shape_are_looked_at(pack, size):
    assert len(pack.detector.detect([np.zeros((*size, 3), np.uint8)], 0.5)[0].scores) == 0


def test_neither_batch_nor_order_changes_a_face(cached, pack, images):
    # Of one shape each two, so that batches form.
    several = [*images, images[0][:, ::-1].copy(), images[3][:, ::-1].copy()]
    alone = [pack.detector.detect([image], 0.5)[0] for image in several]
    batched = load_pack(settings(detect_batch=4, embed_batch=3), DetectSettings())
    together = batched.detector.detect(several[::-1], 0.5)[::-1]
    for one, other in zip(alone, together, strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-3)
    crops = np.concatenate([aligned_crops(image, found.landmarks) for image, found in zip(several, alone, strict=True)])
    np.testing.assert_allclose(batched.embedder.embed(crops), pack.embedder.embed(crops), atol=1e-5)


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
@pytest.mark.parametrize("side_px", [120, 1600])
def test_a_face_that_fills_the_frame_is_found(pack, images, share, side_px):
    image = images[0]
    x0, y0, x1, y1 = pack.detector.detect([image], 0.5)[0].boxes[0]
    half = max(x1 - x0, y1 - y0) / share / 2
    left, top = (int(max(0, middle - half)) for middle in ((x0 + x1) / 2, (y0 + y1) / 2))
    frame = image[top : int((y0 + y1) / 2 + half), left : int((x0 + x1) / 2 + half)]
    scale = side_px / max(frame.shape[:2])
    frame = np.asarray(Image.fromarray(frame).resize((round(frame.shape[1] * scale), round(frame.shape[0] * scale))))
    found = pack.detector.detect([frame], MANIFEST.min_score)[0]
    assert len(found.scores) == 1
    np.testing.assert_allclose(
        found.boxes[0], (np.array([x0, y0, x1, y1]) - [left, top] * 2) * scale, atol=0.15 * side_px
    )


def test_a_small_face_in_a_large_photo_is_found(pack, images):
    canvas = np.full((3000, 4000, 3), 90, np.uint8)
    box = pack.detector.detect([images[0]], 0.5)[0].boxes[0]
    scale = 90 / (box[3] - box[1])  # px: 23 px on the image the detector sees
    small = np.asarray(Image.fromarray(images[0]).resize([round(side * scale) for side in images[0].shape[1::-1]]))
    canvas[2000 : 2000 + small.shape[0], 500 : 500 + small.shape[1]] = small
    found = pack.detector.detect([canvas], MANIFEST.min_score)[0]
    assert len(found.scores) == 1
    np.testing.assert_allclose(found.boxes[0], box * scale + [500, 2000, 500, 2000], atol=20)


def test_scores_fall_and_obey_the_threshold(pack, images):
    scores = pack.detector.detect([images[3]], 0.5)[0].scores
    assert (np.diff(scores) <= 0).all()
    assert len(pack.detector.detect([images[3]], float(scores[0]) + 1e-4)[0].scores) == 0


def test_the_manifest_is_the_same_before_and_after_loading(pack):
    assert describe_pack(PackSettings()) == pack.manifest
    assert len(pack.manifest.sha256) == 64
    assert 0 < pack.manifest.calibration.impostor_sd < 1


@pytest.mark.parametrize("name", ["", "embeded", "insightface", "Embedded"])
def test_an_unknown_pack_is_refused_by_name(name):
    for refuse in (
        lambda: describe_pack(settings(name=name)),
        lambda: load_pack(settings(name=name), DetectSettings()),
    ):
        with pytest.raises(UsageError, match="expected the pack embedded or insightface:<name>"):
            refuse()
