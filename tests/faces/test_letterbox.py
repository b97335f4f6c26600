import numpy as np
import pytest

from facecluster.faces.letterbox import images_to_tensor, length_at_size, letterbox, to_given_image, within_image
from facecluster.types import Detections


def faces(boxes):
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    landmarks = np.repeat((boxes[:, None, :2] + boxes[:, None, 2:]) / 2, 5, axis=1)
    return Detections(boxes, landmarks, np.linspace(0.9, 0.5, len(boxes), dtype=np.float32))


@pytest.mark.parametrize(
    ("shape", "long_side_px", "smallest_px", "padded", "scales"),
    [
        ((100, 50), 640, 0, (128, 64), (1, 1)),
        ((2000, 1000), 640, 0, (640, 320), (0.32, 0.32)),
        ((100, 50), 640, 320, (320, 160), (3.2, 3.2)),
        ((100, 50), 160, 320, (160, 96), (1.6, 1.6)),
        ((64, 32), 640, 0, (64, 32), (1, 1)),
        ((1, 3000), 640, 0, (32, 640), (1, 0.21333)),
    ],
)
def test_letterbox(shape, long_side_px, smallest_px, padded, scales):
    image = np.full((*shape, 3), 200, np.uint8)
    frame = letterbox(image, length_at_size(image, long_side_px, smallest_px))
    assert frame.pixels.shape == (*padded, 3)
    np.testing.assert_allclose([frame.scale_y, frame.scale_x], scales, rtol=1e-3)
    filled = frame.pixels[: round(shape[0] * frame.scale_y), : round(shape[1] * frame.scale_x)]
    assert (filled == 200).all()
    assert frame.pixels.sum() == filled.sum()


def test_an_image_that_fits_is_not_resampled():
    image = np.random.default_rng(0).integers(0, 255, (64, 96, 3)).astype(np.uint8)
    np.testing.assert_array_equal(letterbox(image, 96).pixels, image)


def test_tensor_is_planes_of_floats():
    image = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    tensor = images_to_tensor(image[None])
    assert tensor.dtype == np.float32
    np.testing.assert_array_equal(tensor[0, 1], image[:, :, 1])


def test_detections_return_to_the_image_as_given():
    image = np.zeros((2000, 1000, 3), np.uint8)
    frame = letterbox(image, 500)
    back = to_given_image(faces([[50, 100, 100, 200]]), frame, image)
    np.testing.assert_allclose(back.boxes, [[200, 400, 400, 800]])
    np.testing.assert_allclose(back.landmarks[0, 0], [300, 600])


def test_boxes_end_at_the_image_and_faces_in_the_padding_are_none():
    image = np.zeros((100, 100, 3), np.uint8)
    found = within_image(faces([[-10, -20, 50, 60], [90, 10, 120, 40], [10, 10, 20, 20]]), image)
    np.testing.assert_array_equal(found.boxes, [[0, 0, 50, 60], [10, 10, 20, 20]])
