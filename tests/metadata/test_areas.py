import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.areas import centred_box, inside, number, overlap, top_left_box

edges = st.floats(-2, 3)
boxes = st.tuples(edges, edges, edges, edges)
frame_boxes = st.tuples(st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0.6, 1), st.floats(0.6, 1))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        (".5", 0.5),
        ("5", 5),
        ("5.", 5),
        ("-1", -1),
        ("+1", 1),
        ("5e-1", 0.5),
        ("1,25E2", 125),
    ],
)
def test_numbers_as_programs_write_them(text, value):
    assert number(text) == value


@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "-Infinity", "1e999", "1_0", "1 0", "0.5.5", "1/2", "0x1", "٣"]
)
def test_what_is_no_number(text):
    assert number(text) is None


def test_areas_are_boxes_in_parts():
    assert centred_box((0.5, 0.4, 0.2, 0.4), None) == pytest.approx((0.4, 0.2, 0.6, 0.6))
    assert centred_box((500, 200, 200, 200), (1000, 500)) == pytest.approx((0.4, 0.2, 0.6, 0.6))
    assert top_left_box("0.4, 0.2, 0.2, 0.4") == pytest.approx((0.4, 0.2, 0.6, 0.6))


@pytest.mark.parametrize("rectangle", ["0.4,0.2,0.2,0.4", "0,4, 0,2, 0,2, 0,4", " 0.4 , 0.2 , 0.2 , 0.4"])
def test_rectangles_in_every_spelling(rectangle):
    assert top_left_box(rectangle) == pytest.approx((0.4, 0.2, 0.6, 0.6))


@pytest.mark.parametrize("rectangle", ["", "0.4, 0.2, 0.2", "0,4,0,2,0,2,0,4", "a, b, c, d", "0.4, 0.2, nan, 0.4"])
def test_what_is_no_rectangle(rectangle):
    assert top_left_box(rectangle) is None


def test_an_area_without_a_number_is_none():
    assert centred_box((0.5, None, 0.2, 0.4), None) is None


@pytest.mark.parametrize(
    ("box", "clipped"),
    [
        ((0, 0, 1, 1), (0, 0, 1, 1)),
        ((-0.1, 0.2, 0.3, 0.4), (0, 0.2, 0.3, 0.4)),  # three quarters of it are in the frame
        ((-0.3, 0.2, 0.1, 0.4), None),  # one quarter
        ((0.9, 0.9, 1.2, 1.2), None),
        ((0.3, 0.2, 0.3, 0.4), None),
        ((0.4, 0.2, 0.3, 0.4), None),
        ((2, 2, 3, 3), None),
        ((-5, -5, 6, 6), None),
    ],
)
def test_what_of_a_box_is_in_the_frame(box, clipped):
    assert inside(box) == clipped


@given(boxes)
def test_whatever_the_box_what_is_given_is_a_box_of_the_frame(box):
    if (found := inside(box)) is not None:
        left, top, right, bottom = found
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        assert inside(found) == found


@given(frame_boxes, frame_boxes)
def test_overlap_is_one_of_the_same_and_takes_no_side(one, other):
    assert overlap(one, one) == pytest.approx(1)
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert 0 < overlap(one, other) <= 1 + 1e-9


def test_overlap_counted_by_hand():
    assert overlap((0, 0, 0.2, 0.2), (0.1, 0, 0.3, 0.2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 0.2, 0.2), (0.2, 0, 0.3, 0.2)) == 0
    assert not math.isnan(overlap((0, 0, 1e-300, 1e-300), (0.5, 0.5, 1, 1)))
