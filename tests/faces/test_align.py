import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.faces.align import CROP_PX, TEMPLATE, aligned_crops, crop_scale, landmarks_to_similarities


def similarity(scale, degrees, shift):
    turn = scale * np.exp(1j * np.radians(degrees))
    return turn, complex(*shift)


def moved(points, turn, shift):
    """Points of the template seen in an image that `crop = turn * image + shift` brings back."""
    image = ((points[:, 0] + 1j * points[:, 1]) - shift) / turn
    return np.stack([image.real, image.imag], axis=1).astype(np.float32)


def umeyama(source, target):
    """The published method, by singular values: rotation, scale and shift as a 2 by 3 matrix."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    a, b = source - source_mean, target - target_mean
    u, d, vt = np.linalg.svd(b.T @ a / len(source))
    sign = np.array([1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    rotation = u @ np.diag(sign) @ vt
    scale = (d * sign).sum() / a.var(0).sum()
    return np.column_stack([scale * rotation, target_mean - scale * rotation @ source_mean])


@given(st.integers(0, 2**32 - 1))
def test_the_closed_form_is_umeyamas(seed):
    points = np.random.default_rng(seed).uniform(0, 500, (1, 5, 2)).astype(np.float32)
    found = landmarks_to_similarities(points)
    turn, shift = found.turn[0], found.shift[0]
    matrix = [[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]]
    np.testing.assert_allclose(matrix, umeyama(points[0].astype(float), TEMPLATE.astype(float)), rtol=1e-4, atol=1e-4)


@given(st.floats(0.02, 20), st.floats(-180, 180), st.tuples(*[st.floats(-2000, 2000)] * 2))
def test_a_moved_template_is_brought_back(scale, degrees, shift):
    turn, offset = similarity(scale, degrees, shift)
    landmarks = moved(TEMPLATE, turn, offset)[None]
    np.testing.assert_allclose(crop_scale(landmarks), [scale], rtol=0.02)


def test_no_faces_no_crops():
    none = np.empty((0, 5, 2), np.float32)
    assert aligned_crops(np.zeros((10, 10, 3), np.uint8), none).shape == (0, CROP_PX, CROP_PX, 3)
    assert crop_scale(none).shape == (0,)


def test_an_aligned_image_is_cut_unchanged():
    image = np.random.default_rng(0).integers(0, 255, (CROP_PX, CROP_PX, 3)).astype(np.uint8)
    np.testing.assert_allclose(aligned_crops(image, TEMPLATE[None])[0].astype(int), image, atol=1)


def smooth(height, width):
    """A picture without detail finer than a few pixels, so that resampling it twice costs little."""
    noise = np.random.default_rng(1).integers(0, 255, (height // 16 + 1, width // 16 + 1, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("scale", [0.11, 0.24, 0.3, 0.49, 0.5, 0.7, 1, 1.9])
@pytest.mark.parametrize("degrees", [0, 17, 90, -160])
def test_crops_show_the_same_at_every_scale_and_turn(scale, degrees):
    picture = smooth(CROP_PX, CROP_PX)
    side = int(200 / scale)
    turn, shift = similarity(scale, degrees, (0, 0))
    shift = CROP_PX / 2 * (1 + 1j) - turn * complex(side / 2, side / 2)  # the crop's middle is the image's
    forward = Image.fromarray(picture).transform(
        (side, side),
        Image.Transform.AFFINE,
        (turn.real, -turn.imag, shift.real, turn.imag, turn.real, shift.imag),
        Image.Resampling.BICUBIC,
    )
    crop = aligned_crops(np.asarray(forward), moved(TEMPLATE, turn, shift)[None])[0]
    inner = slice(8, -8)
    difference = np.abs(crop[inner, inner].astype(int) - picture[inner, inner])
    assert difference.mean() < 3


def test_a_fine_pattern_far_too_large_for_the_crop_turns_grey():
    image = np.zeros((1600, 1600, 3), np.uint8)
    image[::2, ::2] = image[1::2, 1::2] = 255
    landmarks = moved(TEMPLATE, 0.08 + 0j, 0j)[None]
    crop = aligned_crops(image, landmarks)[0]
    assert crop.std() < 2


def test_beyond_the_image_is_black():
    image = np.full((100, 100, 3), 255, np.uint8)
    outside = TEMPLATE + np.float32(1000)
    half_out = TEMPLATE - np.float32([56, 0])
    crops = aligned_crops(image, np.stack([outside, half_out]))
    assert crops[0].max() == 0
    assert crops[1][5:95, :50].max() == 0
    assert crops[1][5:95, 60:].min() == 255


@pytest.mark.parametrize("point", [0, 50, -1e6, 1e7])
def test_landmarks_in_one_point_give_a_crop_and_no_error(point):
    crops = aligned_crops(np.zeros((20, 20, 3), np.uint8), np.full((1, 5, 2), point, np.float32))
    assert crops.shape == (1, CROP_PX, CROP_PX, 3)
    assert np.isfinite(crop_scale(np.full((1, 5, 2), point, np.float32))).all()


def test_crops_do_not_depend_on_their_company():
    image = smooth(300, 300)
    landmarks = np.stack([moved(TEMPLATE, 0.5 + 0.1j, 5 + 0j), TEMPLATE + 20, moved(TEMPLATE, 0.4 + 0j, 2j)])
    together = aligned_crops(image, landmarks)
    alone = np.concatenate([aligned_crops(image, one[None]) for one in landmarks])
    np.testing.assert_array_equal(together, alone)
