import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.web.review.pictures.mosaic import COLUMNS, GREY, MAX_CELLS, ROWS, mosaic
from tests.pipeline.painted_library import painted


def cell(sheet, place, cell_px):
    """The colour in the middle of a cell."""
    row, column = divmod(place, COLUMNS)
    return sheet.getpixel((int((column + 0.5) * cell_px), int((row + 0.5) * cell_px)))


def opened(jpeg):
    return Image.open(io.BytesIO(jpeg))


@given(count=st.integers(1, MAX_CELLS), cell_px=st.sampled_from([16, 40]))
def test_cells_stand_row_by_row(count, cell_px):
    colours = [(place * 2, 255 - place * 2, place % 7 * 30) for place in range(count)]
    sheet = opened(mosaic([painted(colour, (16, 16)) for colour in colours], cell_px))
    assert sheet.size == (COLUMNS * cell_px, -(-count // COLUMNS) * cell_px)
    seen = [cell(sheet, place, cell_px) for place in range(count)]
    assert np.abs(np.subtract(seen, colours)).max() < 24  # what JPEG does at the borders of small cells


def test_a_full_sheet_has_all_its_rows():
    assert opened(mosaic([b""] * MAX_CELLS, 8)).size == (COLUMNS * 8, ROWS * 8)


@pytest.mark.parametrize("data", [b"", b"jpeg", b"\xff\xd8\xff\xe0 torn", painted((255, 0, 0))[:300]])
def test_what_is_no_picture_is_grey_and_harms_no_other(data):
    sheet = opened(mosaic([data, painted((20, 200, 20))], 160))
    assert cell(sheet, 0, 160) == pytest.approx(GREY, abs=3)
    assert cell(sheet, 1, 160) == pytest.approx((20, 200, 20), abs=6)


@pytest.mark.parametrize("size", [(160, 160), (30, 60), (61, 60), (1, 1), (512, 40)])
def test_pictures_of_any_size_fill_their_cell(size):
    sheet = opened(mosaic([painted((200, 40, 40), size)], 160))
    corners = [sheet.getpixel(corner) for corner in [(3, 3), (156, 3), (3, 156), (156, 156)]]
    assert np.abs(np.subtract(corners, (200, 40, 40))).max() < 10


def test_the_middle_of_a_long_picture_is_kept():
    picture = Image.new("RGB", (300, 100), (0, 0, 200))
    picture.paste((200, 0, 0), (100, 0, 200, 100))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95)
    sheet = opened(mosaic([buffer.getvalue()], 160))
    assert sheet.getpixel((20, 80)) == pytest.approx((200, 0, 0), abs=12)
    assert sheet.getpixel((140, 80)) == pytest.approx((200, 0, 0), abs=12)


def test_grey_pictures_are_shown_too():
    buffer = io.BytesIO()
    Image.new("L", (160, 160), 77).save(buffer, "JPEG")
    assert cell(opened(mosaic([buffer.getvalue()], 160)), 0, 160) == pytest.approx((77, 77, 77), abs=3)
