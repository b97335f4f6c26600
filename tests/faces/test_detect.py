import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.faces.detect import (
    NO_FACES,
    NetworkDetector,
    centerface_faces,
    merge_detections,
    overlaps_with,
    suppress_overlaps,
    yunet_faces,
)
from facecluster.types import Detections


def faces(boxes, scores):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    landmarks = np.repeat((boxes[:, None, :2] + boxes[:, None, 2:]) / 2, 5, axis=1)
    return Detections(boxes, landmarks, np.array(scores, np.float32))


def centerface_maps(height, width):
    rows, cols = height // 4, width // 4
    return [np.zeros((channels, rows, cols), np.float32) for channels in (1, 2, 2, 10)]


def yunet_rows(height, width):
    cells = [height // stride * (width // stride) for stride in (8, 16, 32)]
    return [np.zeros((count, columns), np.float32) for columns in (1, 1, 4, 10) for count in cells]


def test_centerface_reads_a_face_from_its_cell():
    heat, sizes, offsets, marks = maps = centerface_maps(64, 96)
    heat[0, 5, 7] = 0.9
    sizes[:, 5, 7] = np.log([6, 4])  # height 24, width 16
    offsets[:, 5, 7] = [0.25, -0.25]  # y, x
    marks[:, 5, 7] = [0.1, 0.2, 0.1, 0.8, 0.5, 0.5, 0.9, 0.3, 0.9, 0.7]  # y, x of each
    found = centerface_faces(maps, (64, 96), 0.5)
    centre = np.array([4 * (7 - 0.25 + 0.5), 4 * (5 + 0.25 + 0.5)])
    np.testing.assert_allclose(found.boxes, [np.tile(centre, 2) + np.array([-8, -12, 8, 12])], rtol=1e-6)
    top_left = centre - [8, 12]
    np.testing.assert_allclose(
        found.landmarks[0],
        top_left + np.array([[0.2, 0.1], [0.8, 0.1], [0.5, 0.5], [0.3, 0.9], [0.7, 0.9]]) * [16, 24],
        rtol=1e-5,
    )
    assert found.scores == np.float32(0.9)


@pytest.mark.parametrize(("level", "stride"), [(0, 8), (1, 16), (2, 32)])
def test_yunet_reads_a_face_from_its_row_at_every_stride(level, stride):
    outputs = yunet_rows(64, 96)
    row, col = 1, 2
    cell = row * (96 // stride) + col
    outputs[level][cell], outputs[3 + level][cell] = 0.9, 0.4
    outputs[6 + level][cell] = [0.5, -0.25, np.log(2), np.log(3)]
    outputs[9 + level][cell] = np.arange(10) / 10
    found = yunet_faces(outputs, (64, 96), 0.5)
    centre = stride * np.array([col + 0.5, row - 0.25])
    half = stride * np.array([1, 1.5])
    np.testing.assert_allclose(found.boxes, [[*(centre - half), *(centre + half)]], rtol=1e-5)
    expected = stride * (np.array([col, row]) + np.arange(10).reshape(5, 2) / 10)
    np.testing.assert_allclose(found.landmarks[0], expected, rtol=1e-5)
    np.testing.assert_allclose(found.scores, [0.6], rtol=1e-6)


@pytest.mark.parametrize(
    ("decoder", "outputs"), [(centerface_faces, centerface_maps(32, 64)), (yunet_faces, yunet_rows(32, 64))]
)
def test_a_map_without_faces_gives_empty_arrays_of_the_right_shape(decoder, outputs):
    found = decoder(outputs, (32, 64), 0.1)
    assert [part.shape for part in found] == [part.shape for part in NO_FACES]
    assert [part.dtype for part in found] == [np.float32] * 3


def test_of_overlapping_faces_the_best_stays():
    found = suppress_overlaps(faces([[0, 0, 10, 10], [1, 1, 11, 11], [30, 0, 40, 10]], [0.5, 0.9, 0.7]))
    np.testing.assert_array_equal(found.boxes, [[1, 1, 11, 11], [30, 0, 40, 10]])
    np.testing.assert_allclose(found.scores, [0.9, 0.7])


def test_a_suppressed_face_suppresses_nothing():
    chain = faces([[0, 0, 10, 10], [6, 0, 16, 10], [4, 0, 14, 10]], [0.9, 0.7, 0.8])
    # The middle one falls to the first, so the last, which only the middle one overlaps, stays.
    np.testing.assert_allclose(suppress_overlaps(chain).scores, [0.9, 0.7])


def test_overlap_of_known_boxes():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [3, 3, 3, 3]], np.float32)
    np.testing.assert_allclose(overlaps_with(boxes[0], boxes), [1, 1 / 3, 0, 0])
    np.testing.assert_array_equal(overlaps_with(boxes[3], boxes), np.zeros(4))


box = st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 20)] * 2).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(box, max_size=12), st.randoms(use_true_random=False))
def test_suppression_leaves_no_overlap_repeats_nothing_and_ignores_the_order(boxes, random):
    scores = [(index + 1) / 20 for index in range(len(boxes))]
    found = suppress_overlaps(faces(boxes, scores))
    for index in range(len(found.scores)):
        assert (overlaps_with(found.boxes[index], found.boxes[index + 1 :]) <= 0.3).all()
    shuffled = list(zip(boxes, scores, strict=True))
    random.shuffle(shuffled)
    again = suppress_overlaps(faces([b for b, _ in shuffled], [s for _, s in shuffled]))
    np.testing.assert_array_equal(again.boxes, found.boxes)
    np.testing.assert_array_equal(suppress_overlaps(found).boxes, found.boxes)


def test_merging_keeps_order():
    merged = merge_detections([faces([[0, 0, 1, 1]], [0.1]), NO_FACES, faces([[2, 2, 3, 3]], [0.9])])
    np.testing.assert_allclose(merged.scores, [0.1, 0.9])


class BrightSpots:
    """A network whose CenterFace-like heat is the brightness of each 4 px cell; it keeps the batch shapes it saw."""

    def __init__(self):
        self.shapes = []

    def run(self, batch):
        self.shapes.append(batch.shape)
        heat = batch.mean(axis=1, keepdims=True)[:, :, ::4, ::4] / 255
        n, _, rows, cols = heat.shape
        return (
            heat,
            np.full((n, 2, rows, cols), np.log(2)),
            np.zeros((n, 2, rows, cols)),
            np.full((n, 10, rows, cols), 0.5),
        )


def spot(shape, x, y):
    image = np.zeros((*shape, 3), np.uint8)
    image[y * 4, x * 4] = 255
    return image


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_images_of_any_shape_come_back_in_order(batch):
    places = [((64, 64), 3, 4), ((32, 96), 10, 1), ((64, 64), 8, 9), ((60, 62), 5, 6), ((32, 96), 2, 3)]
    network = BrightSpots()
    detector = NetworkDetector(network, centerface_faces, sizes_px=(320,), batch=batch)
    found = detector.detect([spot(*place) for place in places], 0.5)
    centres = [(one.boxes[0, :2] + one.boxes[0, 2:]) / 2 for one in found]
    np.testing.assert_allclose(centres, [(4 * x + 2, 4 * y + 2) for _, x, y in places])
    assert max(shape[0] for shape in network.shapes) == min(batch, 3)


def test_no_images_no_runs():
    network = BrightSpots()
    assert NetworkDetector(network, centerface_faces, sizes_px=(320,)).detect([], 0.5) == []
    assert network.shapes == []
