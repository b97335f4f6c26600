import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.threshold import Calibration
from facecluster.faces.align import TEMPLATE, crop_scale
from facecluster.packs.pack import LoadedPack, Manifest
from facecluster.pipeline.clock import StepClock
from facecluster.pipeline.found import FoundFaces, keep_faces, side_for_crops_px
from facecluster.settings import Settings
from facecluster.types import DecodedPhoto, Detections

MANIFEST = Manifest("test", 2, 112, 0.5, "none", Calibration(0.1, 0.1, 0.6), "a" * 64)


class MeanEmbedder:
    """The brightness of a crop as its direction in the plane; notes the sizes of its batches."""

    def __init__(self):
        self.batches = []

    def embed(self, crops):
        self.batches.append(len(crops))
        angles = crops.reshape(len(crops), -1).mean(axis=1) / 255
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def photo_of(width, height, scale=1.0, brightness=100):
    pixels = np.full((round(height * scale), round(width * scale), 3), brightness, np.uint8)
    return DecodedPhoto(pixels, width, height, width, height, 1, None)


def detections_of(*boxes):
    """A face in each box (left, top, side), landmarks as in the template."""
    corners = np.array(boxes, np.float32).reshape(-1, 3)
    squares = np.column_stack([corners[:, :2], corners[:, :2] + corners[:, 2:]])
    landmarks = corners[:, None, :2] + TEMPLATE / 112 * corners[:, None, 2:]
    return Detections(squares, landmarks.astype(np.float32), np.linspace(0.9, 0.5, len(corners), dtype=np.float32))


def test_boxes_are_given_in_full_size_pixels_within_the_photo():
    kept = keep_faces(detections_of((-10, 5, 50), (70, 20, 60)), photo_of(200, 100, scale=0.5), 24)
    assert kept.boxes.tolist() == [[0, 10, 80, 100], [140, 40, 200, 100]]
    assert kept.landmarks.min() < 30, "landmarks are not cut"
    assert kept.scores.tolist() == pytest.approx([0.9, 0.5])


@pytest.mark.parametrize(("least", "kept"), [(20, 2), (40, 2), (41, 1), (101, 0)])
def test_faces_are_measured_by_the_shorter_side_at_full_size(least, kept):
    detections = detections_of((0, 0, 50), (50, 20, 20))
    assert len(keep_faces(detections, photo_of(400, 400, scale=0.5), least).scores) == kept


def test_no_face_needs_no_larger_photo():
    none = detections_of()
    assert side_for_crops_px(none, photo_of(4000, 3000, scale=0.25)) is None
    assert len(keep_faces(none, photo_of(4000, 3000, scale=0.25), 24).scores) == 0


@given(st.floats(30, 2000), st.sampled_from([1.0, 0.5, 0.25]))
def test_a_photo_is_decoded_large_enough_for_its_smallest_face_and_no_larger(side, scale):
    photo = photo_of(4000, 3000, scale=scale)
    faces = detections_of((0, 0, 2000), (0, 0, side))
    wanted = side_for_crops_px(faces, photo)
    enough = min(1.0, float(crop_scale(faces.landmarks).max()))
    if scale >= enough:
        assert wanted is None
    else:
        assert wanted is not None
        assert enough <= wanted / 4000 < enough + 1 / 4000


def found_with(embed_batch, photos):
    embedder = MeanEmbedder()
    pack = LoadedPack(MANIFEST, None, embedder, "cpu")
    found = FoundFaces(pack, Settings(pack={"embed_batch": embed_batch}), StepClock())
    for number, (brightness, count) in enumerate(photos):
        photo = photo_of(200, 200, brightness=brightness)
        found.add(f"photo {number}", detections_of(*[(10 * i, 10, 120) for i in range(count)]), photo)
    return *found.embedded(), embedder.batches


PHOTOS = [(50, 1), (100, 0), (150, 3), (200, 2)]


@pytest.mark.parametrize("embed_batch", [1, 2, 4, 100])
def test_rows_and_vectors_keep_their_order_however_they_are_batched(embed_batch):
    rows, vectors, batches = found_with(embed_batch, PHOTOS)
    assert [row.photo_hash for row in rows] == ["photo 0"] + ["photo 2"] * 3 + ["photo 3"] * 2
    assert sum(batches) == len(rows) == len(vectors) == 6
    angles = np.arctan2(vectors[:, 1], vectors[:, 0]) * 255
    np.testing.assert_allclose(angles, [50, 150, 150, 150, 200, 200], atol=1)
    assert all(row.thumbnail.startswith(b"\xff\xd8") for row in rows)


def test_nothing_found_is_an_empty_table():
    rows, vectors, batches = found_with(4, [(100, 0)])
    assert (rows, vectors.shape, batches) == ([], (0, 2), [])
