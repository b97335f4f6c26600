import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from facecluster.metadata.frames import (
    Frames,
    all_turned,
    stored_boxes,
    turned,
    upright_boxes,
)
from facecluster.metadata.words import Frame
from tests.faces.pictures import exif
from tests.metadata.one_box import stored_box, upright_box

ORIENTATIONS = range(1, 9)
WIDTH, HEIGHT = 40, 24  # px, of the stored picture
PAINTED = (3, 5, 14, 9)  # px of it; unlike any of its mirror images and turns


def painted(orientation: int) -> Image.Image:
    """A black stored picture with a white box, that Pillow is to turn."""
    image = Image.new("L", (WIDTH, HEIGHT))
    image.paste(255, PAINTED)
    image.info["exif"] = exif(orientation=orientation).tobytes()
    return image


frames = st.builds(Frame, st.integers(1, 60_000), st.integers(1, 60_000), st.sampled_from(ORIENTATIONS))
edges = st.floats(-0.1, 1.1)
boxes = st.tuples(edges, edges, edges, edges)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_box_is_where_pillow_turns_its_pixels_to(orientation):
    found = ImageOps.exif_transpose(painted(orientation)).getbbox()
    frame = Frame(WIDTH, HEIGHT, orientation)
    left, top, right, bottom = PAINTED
    parts = (left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT)
    assert upright_box(parts, frame) == pytest.approx(found)
    assert stored_box(found, frame) == pytest.approx(parts)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_turned_frame_is_the_picture_that_pillow_turns(orientation):
    frame = turned(Frame(WIDTH, HEIGHT, orientation))
    assert frame[:2] == ImageOps.exif_transpose(painted(orientation)).size
    assert frame.orientation == 1
    assert turned(frame) == frame


@given(boxes, frames)
def test_there_and_back(box, frame):
    assert stored_box(upright_box(box, frame), frame) == pytest.approx(box, abs=1e-12)
    box_px = upright_box(box, frame)
    assert upright_box(stored_box(box_px, frame), frame) == pytest.approx(box_px, abs=1e-6)


@given(boxes.filter(lambda box: box[0] <= box[2] and box[1] <= box[3]), frames)
def test_a_box_keeps_its_order_and_its_area(box, frame):
    left, top, right, bottom = upright_box(box, frame)
    assert left <= right
    assert top <= bottom
    area = (box[2] - box[0]) * frame.width * (box[3] - box[1]) * frame.height
    assert (right - left) * (bottom - top) == pytest.approx(area, abs=1e-3)


@given(st.lists(st.tuples(boxes, frames), max_size=9))
def test_many_at_once_are_each_alone(rows):
    table = np.array([box for box, _ in rows], np.float64).reshape(-1, 4)
    columns = Frames(*np.array([frame for _, frame in rows], np.int64).reshape(-1, 3).T)
    pixels = np.array([upright_box(box, frame) for box, frame in rows]).reshape(-1, 4)
    np.testing.assert_array_equal(upright_boxes(table, columns), pixels)
    np.testing.assert_array_equal(
        stored_boxes(pixels, columns),
        np.array([stored_box(tuple(box), frame) for box, (_, frame) in zip(pixels, rows, strict=True)]).reshape(-1, 4),
    )
    assert list(zip(*(column.tolist() for column in all_turned(columns)), strict=True)) == [
        turned(frame) for _, frame in rows
    ]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_one_frame_holds_for_all_boxes(n):
    box, frame = (0.1, 0.2, 0.4, 0.8), Frame(4000, 3000, 6)
    expected = [upright_box(box, frame)] * n
    assert upright_boxes(np.array([box] * n).reshape(-1, 4), frame).tolist() == [list(one) for one in expected]


def test_the_columns_of_a_table_do_as_they_are():
    frames = Frames(np.array([400, 400], np.int32), np.array([300, 300], np.int32), np.array([1, 8], np.int8))
    pixels = np.array([[40, 30, 80, 60], [30, 320, 60, 360]], np.float32)
    np.testing.assert_allclose(stored_boxes(pixels, frames), [[0.1, 0.1, 0.2, 0.2], [0.1, 0.1, 0.2, 0.2]])


def test_an_orientation_above_eight_is_none():
    with pytest.raises(IndexError):
        stored_box((0, 0, 1, 1), Frame(10, 10, 9))
