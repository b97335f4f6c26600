import sys

import numpy as np
import pytest

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import decode_photo
from tests.faces.pictures import dng, encoded, exif, picture


def preview(**options) -> bytes:
    return encoded(picture((192, 128)), "JPEG", quality=95, **options)


def test_without_the_extra_the_fix_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "rawpy", None)
    with pytest.raises(PhotoError, match=r"pip install 'facecluster\[raw\]'") as caught:
        decode_photo(dng(preview()), None, 10)
    assert caught.value.fault is PhotoFault.UNSUPPORTED


def test_the_preview_is_shown_upright_by_what_the_raw_file_says():
    pytest.importorskip("rawpy")
    photo = decode_photo(dng(preview(), orientation=6), None, 10)
    assert (photo.width, photo.height, photo.stored_width, photo.stored_height) == (128, 192, 192, 128)
    assert (photo.orientation, photo.taken_at) == (6, "2021-05-06T07:08:09")
    assert np.abs(np.rot90(photo.pixels).astype(int) - np.asarray(picture((192, 128)))).mean() < 4


def test_what_the_preview_says_itself_comes_first():
    pytest.importorskip("rawpy")
    jpeg = preview(exif=exif(orientation=3, original="2020:02:02 02:02:02"))
    as_cameras_write = jpeg[:2] + jpeg[20:]  # EXIF first: no JFIF header
    photo = decode_photo(dng(as_cameras_write, orientation=6), None, 10)
    assert (photo.orientation, photo.taken_at) == (3, "2020-02-02T02:02:02")


def test_the_preview_is_reduced_and_capped_like_any_photo():
    pytest.importorskip("rawpy")
    assert decode_photo(dng(preview()), 48, 10).pixels.shape == (32, 48, 3)
    with pytest.raises(PhotoError) as caught:
        decode_photo(dng(preview()), None, 0.01)
    assert caught.value.fault is PhotoFault.TOO_LARGE


def test_a_broken_raw_file_is_corrupt():
    pytest.importorskip("rawpy")
    with pytest.raises(PhotoError) as caught:
        decode_photo(b"FUJIFILMCCD-RAW 0201" + b"\0" * 100, None, 10)
    assert caught.value.fault is PhotoFault.CORRUPT
