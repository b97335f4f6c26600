import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import decode_photo
from facecluster.faces.recovery import bare_png
from tests.faces.pictures import encoded, picture

FULL = np.asarray(picture((640, 480))).astype(int)


def noisy(format_: str, **options) -> bytes:
    """An image that cannot be packed well, so that the rows are spread evenly over the bytes."""
    image = picture((640, 480))
    noise = np.random.default_rng(7).integers(-20, 20, (480, 640, 3))
    shaken = (np.asarray(image) + noise).clip(0, 255).astype(np.uint8)
    return encoded(Image.fromarray(shaken), format_, **options)


@pytest.mark.parametrize(("format_", "options"), [("JPEG", {}), ("PNG", {}), ("GIF", {"interlace": 0})])
def test_a_file_cut_short_gives_the_rows_that_are_there(format_, options):
    data = noisy(format_, **options)
    whole = decode_photo(data, None, 10).pixels
    cut = decode_photo(data[: len(data) * 3 // 4], None, 10).pixels
    assert cut.shape == whole.shape
    assert (cut[:300] == whole[:300]).all()
    assert (cut[-20:] == cut[-1, -1]).all()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF"])
def test_a_file_with_less_than_half_of_its_rows_is_corrupt(format_):
    data = noisy(format_)
    with pytest.raises(PhotoError, match=r"cut short: only \d+% of its rows") as caught:
        decode_photo(data[: len(data) * 2 // 5], None, 10)
    assert caught.value.fault is PhotoFault.CORRUPT


def test_a_progressive_jpeg_cut_short_is_whole_but_coarse():
    data = noisy("JPEG", progressive=True)
    cut = decode_photo(data[: len(data) // 2], None, 10).pixels
    assert np.abs(cut.astype(int) - FULL).mean() < 30


def test_a_jpeg_without_any_pixels_is_corrupt():
    data = noisy("JPEG")
    with pytest.raises(PhotoError, match="only 3% of its rows"):  # the decoder begins the first rows all the same
        decode_photo(data[: data.index(b"\xff\xda") + 14], None, 10)


def test_a_png_is_stripped_to_its_pixels():
    text = PngInfo()
    text.add_text("comment", "x" * 3_000_000, zip=True)
    with_text = encoded(picture(), "PNG", pnginfo=text)
    plain = encoded(picture(), "PNG")
    assert bare_png(with_text) == bare_png(plain) == plain
    assert (decode_photo(with_text, None, 10).pixels == np.asarray(picture())).all()


@pytest.mark.parametrize("length", [0, 3, 8, 12, 20, 40])
def test_stripping_a_stump_of_a_png_gives_a_stump(length):
    data = encoded(picture(), "PNG")[:length]
    assert len(bare_png(data)) <= length
