import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.faces.thumbnail import MARGIN, face_thumbnail

IMAGE = np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)


def _opened(box, side_px=160, image=IMAGE):
    picture = Image.open(io.BytesIO(face_thumbnail(image, np.array(box, np.float32), side_px)))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return picture


def test_a_face_stands_in_its_surroundings():
    assert _opened((150, 100, 200, 150)).size == (85,) * 2


def test_the_longer_side_of_the_box_counts():
    wide, high = _opened((150, 125, 200, 145)).size, _opened((165, 110, 185, 160)).size
    assert wide == high == (85,) * 2


def test_a_large_face_is_made_smaller_and_a_small_one_is_not_enlarged():
    assert _opened((100, 50, 250, 200), 64).size == (64, 64)
    assert max(_opened((100, 50, 110, 60), 64).size) == 17


def test_what_it_shows_is_the_face():
    image = np.zeros((300, 400, 3), np.uint8)
    image[100:200, 150:250] = 200, 40, 40
    shown = np.asarray(_opened((150, 100, 250, 200), 64, image), float)
    assert shown[32, 32] == pytest.approx([200, 40, 40], abs=6)
    assert shown[3, 3] == pytest.approx([0, 0, 0], abs=6)
    red = (shown[:, :, 0] > 100).mean()
    assert red == pytest.approx(1 / (1 + 2 * MARGIN) ** 2, abs=0.03)


def test_fine_stripes_do_not_become_broad_ones():
    image = np.zeros((400, 400, 3), np.uint8)
    image[:, ::2] = 255
    assert np.asarray(_opened((100, 100, 300, 300), 50, image), float).std() < 12


@given(
    st.tuples(*[st.floats(0, 400, width=32)] * 2),
    st.tuples(*[st.floats(0, 300, width=32)] * 2),
    st.integers(32, 512),
)
def test_any_box_within_the_image_gives_a_picture(across, down, side_px):
    (x0, x1), (y0, y1) = sorted(across), sorted(down)
    assert 1 <= max(_opened((min(x0, 399), min(y0, 299), x1, y1), side_px).size) <= side_px


@pytest.mark.parametrize("corner", [0, 1, 2, 3])
def test_a_face_at_the_edge_is_cut_there(corner):
    left, top = (corner % 2) * 350, (corner // 2) * 250
    assert _opened((left, top, left + 50, top + 50)).size == pytest.approx((50 * (1 + MARGIN),) * 2, abs=1)
