import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from facecluster.faces.align import TEMPLATE
from facecluster.faces.quality import face_quality, log_sharpness, turn_of_head


def textured():
    """A picture with both coarse shapes and fine detail, as a face has."""
    random = np.random.default_rng(0)
    coarse, fine = (
        np.asarray(Image.fromarray(random.integers(*levels, (side, side, 3)).astype(np.uint8)).resize((112, 112)), int)
        for side, levels in ((7, (20, 180)), (56, (0, 50)))
    )
    return (coarse + fine).astype(np.uint8)


def blurred(crop, radius):
    return np.asarray(Image.fromarray(crop).filter(ImageFilter.GaussianBlur(radius)))


def total(crop=None, landmarks=TEMPLATE, score=0.9):
    crop = textured() if crop is None else crop
    return float(face_quality(crop[None], np.asarray(landmarks, np.float32)[None], np.float32([score])).total[0])


def turned(by):
    landmarks = TEMPLATE.copy()
    landmarks[2, 0] += by * 32
    return landmarks


def test_no_faces_have_no_quality():
    crops, landmarks = np.zeros((0, 112, 112, 3), np.uint8), np.zeros((0, 5, 2), np.float32)
    assert face_quality(crops, landmarks, np.zeros(0, np.float32)).total.shape == (0,)


@pytest.mark.parametrize(
    "worse",
    [
        [total(landmarks=TEMPLATE * share) for share in (1, 0.6, 0.4, 0.25, 0.12)],
        [total(landmarks=TEMPLATE * 0.3, crop=blurred(textured(), radius)) for radius in (0.5, 2, 4)],
        [total(landmarks=turned(by)) for by in (0.2, 0.5, 0.7, 0.9)],
        [total(score=score) for score in (0.95, 0.85, 0.7, 0.5)],
    ],
    ids=["smaller", "blurred", "turned", "unsure"],
)
def test_what_harms_the_vector_lowers_the_quality(worse):
    assert all(0 <= one <= 1 for one in worse)
    assert worse == sorted(worse, reverse=True)
    assert len(set(worse)) == len(worse)


def test_a_large_sharp_frontal_face_is_good_and_a_tiny_blurred_one_is_not():
    assert total(score=0.93) > 0.95
    assert total(crop=blurred(textured(), 6), landmarks=TEMPLATE * 0.15, score=0.65) < 0.2


def test_more_pixels_than_the_crop_needs_add_nothing():
    assert total(landmarks=TEMPLATE * 5) == pytest.approx(total(), rel=1e-5)


@given(st.floats(0.4, 1.3), st.floats(-30, 40))
def test_sharpness_does_not_depend_on_the_light(contrast, brightness):
    crop = textured()
    lit = np.clip(np.round((crop.astype(float) - 110) * contrast + 110 + brightness), 0, 255).astype(np.uint8)
    assert log_sharpness(lit[None])[0] == pytest.approx(log_sharpness(crop[None])[0], abs=0.2)
    assert log_sharpness(blurred(lit, 3)[None])[0] < log_sharpness(lit[None])[0] - 1


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_crop_of_one_colour_is_not_sharp(value):
    flat = np.full((1, 112, 112, 3), value, np.uint8)
    assert log_sharpness(flat)[0] <= log_sharpness(blurred(textured(), 8)[None])[0]
    assert np.isfinite(total(flat[0]))


@given(st.floats(-180, 180), st.floats(0.1, 10))
def test_neither_roll_nor_size_turns_the_head(degrees, scale):
    turn = scale * np.exp(1j * np.radians(degrees))
    for landmarks in (TEMPLATE, turned(0.4)):
        points = (landmarks[:, 0] + 1j * landmarks[:, 1]) * turn
        rolled = np.stack([points.real, points.imag], axis=1).astype(np.float32)
        np.testing.assert_allclose(turn_of_head(rolled[None]), turn_of_head(landmarks[None]), atol=1e-3)


def test_left_and_right_turn_alike():
    for by in (0, 0.3, 0.8):
        landmarks = turned(by)
        mirrored = landmarks[[1, 0, 2, 4, 3]] * np.float32([-1, 1])
        np.testing.assert_allclose(turn_of_head(mirrored[None]), turn_of_head(landmarks[None]), rtol=1e-5)


def test_landmarks_in_one_point_give_a_number():
    assert np.isfinite(total(landmarks=np.full((5, 2), 7)))
