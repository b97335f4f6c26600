import numpy as np
import pytest
from PIL import Image

from facecluster.faces.exif import ExifFacts, exif_of, read_exif, turned_size, upright, valid_orientation
from tests.faces.pictures import exif, picture


def test_nothing_said_is_none():
    assert read_exif(Image.Exif) == ExifFacts(None, None)


def test_blocks_of_any_file_are_read_alike():
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="8"/></x:xmpmeta>'
    block = exif(orientation=6, date_time="2024:01:01 00:00:00").tobytes()
    assert read_exif(lambda: exif_of({"exif": block, "xmp": xmp})) == ExifFacts(6, "2024-01-01T00:00:00")
    assert read_exif(lambda: exif_of({"exif": None, "xmp": xmp})) == ExifFacts(8, None)
    assert read_exif(lambda: exif_of({})) == ExifFacts(None, None)


@pytest.mark.parametrize("error", [SyntaxError, OSError, ValueError, KeyError, ZeroDivisionError, RecursionError])
def test_a_broken_header_says_nothing(error):
    def broken():
        raise error("hostile")

    assert read_exif(broken) == ExifFacts(None, None)


def test_the_time_of_the_shot_comes_before_the_time_of_the_last_change():
    both = exif(original="2020:02:29 10:11:12", date_time="2024:01:01 00:00:00")
    assert read_exif(lambda: both).taken_at == "2020-02-29T10:11:12"
    assert read_exif(lambda: exif(date_time="2024:01:01 00:00:00\0")).taken_at == "2024-01-01T00:00:00"


@pytest.mark.parametrize(
    "nonsense", ["0000:00:00 00:00:00", "2021:02:29 00:00:00", "yesterday", "", "    :  :     :  :  "]
)
def test_a_time_that_is_none_is_none(nonsense):
    assert read_exif(lambda: exif(original=nonsense)).taken_at is None
    assert read_exif(lambda: exif(original=nonsense, date_time="2024:01:01 00:00:00")).taken_at == "2024-01-01T00:00:00"


@pytest.mark.parametrize(
    ("value", "kept"), [(1, 1), (8, 8), (0, None), (9, None), (None, None), ("6", None), ((6,), None)]
)
def test_orientations_out_of_range_are_none(value, kept):
    assert valid_orientation(value) == kept


@pytest.mark.parametrize("orientation", range(1, 9))
def test_sizes_turn_with_the_picture(orientation):
    stored = picture()
    assert upright(stored, orientation).size == turned_size(stored.size, orientation)
    assert turned_size(turned_size(stored.size, orientation), orientation) == stored.size


def test_the_eight_orientations_are_eight_pictures():
    pictures = {np.asarray(upright(picture((64, 64)), orientation)).tobytes() for orientation in range(1, 9)}
    assert len(pictures) == 8
