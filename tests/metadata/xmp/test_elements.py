import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.metadata.areas import number, top_left_box
from facecluster.metadata.words import Frame, Shown
from facecluster.metadata.xmp import elements

LARGEST_SIDE_PX = 65_535  # of a JPEG


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (1, "1"), (0.5, "0.5"), (1e-5, "0.00001"), (1 / 3, "0.3333333"), (1e-9, "0")]
)
def test_numbers_have_no_exponent_and_no_idle_zeros(value, text):
    assert elements.number(value) == text


@given(st.floats(0, 1))
def test_numbers_are_read_back(value):
    assert number(elements.number(value)) == pytest.approx(value, abs=0.5000001 * 10**-elements.DIGITS)


@given(st.tuples(*[st.floats(0, 1)] * 4).filter(lambda box: box[0] + 1e-4 < box[2] and box[1] + 1e-4 < box[3]))
def test_boxes_come_back_within_a_hundredth_of_a_pixel_of_the_largest_photos(box):
    rectangle = elements.microsoft_region(Shown("Anna", box), box)[1].text
    area = {part.tag.rpartition("}")[2]: part.text for part in elements.region(Shown("Anna", box), box)[0]}
    x, y, width, height = (float(area[part]) for part in "xywh")
    for back in (top_left_box(rectangle), (x - width / 2, y - height / 2, x + width / 2, y + height / 2)):
        assert np.abs(np.subtract(back, box)).max() * LARGEST_SIDE_PX < 0.01


def test_lists_are_of_the_kind_that_readers_expect():
    kinds = {name: elements.array(name)[0].tag.rpartition("}")[2] for name in ("digiKam:TagsList", "dc:subject")}
    assert kinds == {"digiKam:TagsList": "Seq", "dc:subject": "Bag"}


def test_the_size_of_a_picture_is_in_pixels():
    size = elements.dimensions(Frame(4000, 3000, 6))
    assert {part.tag.rpartition("}")[2]: part.text for part in size} == {"w": "4000", "h": "3000", "unit": "pixel"}
