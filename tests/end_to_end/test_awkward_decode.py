"""Every awkward file from listing to pixels, as a worker does it. The files stand beside the project, and not in it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import decode_photo
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.settings import ArchiveSettings, DecodeSettings
from facecluster.store.archive import list_photos, read_photo
from facecluster.types import DecodedPhoto

AWKWARD = Path(__file__).parents[3] / "shared" / "photos" / "awkward"

pytestmark = pytest.mark.skipif(not AWKWARD.is_dir(), reason="the awkward files are not there")

SIDE_PX = 1024

FAULTS = {
    "bombs/17000x17000.avif": PhotoFault.TOO_LARGE,
    "bombs/decompression_bomb.gif": PhotoFault.TOO_LARGE,
    "bombs/decompression_bomb.ico": PhotoFault.TOO_LARGE,
    "corrupt/compreface/corrupted.png": PhotoFault.CORRUPT,
    "corrupt/compreface/empty.png": PhotoFault.UNSUPPORTED,  # the word "test"
    "corrupt/heif/corrupted.heic": PhotoFault.CORRUPT,
    "corrupt/heif/corrupted.hif": PhotoFault.CORRUPT,
    "corrupt/heif/empty.heic": PhotoFault.EMPTY,
    "corrupt/libvips/truncated.jpg": PhotoFault.CORRUPT,  # less than half of its rows
    "corrupt/photoview/unrecoverable_unknown_format.jpg": PhotoFault.UNSUPPORTED,  # bytes lost in a text conversion
    "corrupt/pillow/broken.png": PhotoFault.CORRUPT,
    "corrupt/pillow/crash-2020-10-test.tif": PhotoFault.CORRUPT,
    "corrupt/pillow/crash-754d9c7ec485ffb76a90eeaab191ef69a2a3a3cd.sgi": PhotoFault.UNSUPPORTED,
    "corrupt/pillow/oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif": PhotoFault.CORRUPT,
    "corrupt/pillow/zero_width.gif": PhotoFault.CORRUPT,
    "formats/animated_multi/zero_width.gif": PhotoFault.CORRUPT,
    "formats/jxl/8bit-sRGB.jxl": PhotoFault.UNSUPPORTED,
    "formats/photoview_1px/jpegxl.jxl": PhotoFault.UNSUPPORTED,
}


@pytest.fixture(scope="module")
def outcomes():
    found: dict[str, DecodedPhoto | PhotoError] = {}
    with DecoderProcess(DecodeSettings()) as decoder:
        for file in list_photos(AWKWARD, ArchiveSettings()).files:
            try:
                found[file.path] = decoder.decode(read_photo(AWKWARD, file.path), SIDE_PX)
            except PhotoError as error:
                found[file.path] = error
    return found


def photo(name: str) -> DecodedPhoto:
    return decode_photo((AWKWARD / name).read_bytes(), 512, 150)


def small(decoded: DecodedPhoto) -> np.ndarray:
    return np.asarray(Image.fromarray(decoded.pixels).resize((48, 48), Image.Resampling.BOX)).astype(int)


def test_every_photo_decodes_but_those_that_cannot(outcomes):
    assert len(outcomes) > 200
    faults = {path: outcome.fault for path, outcome in outcomes.items() if isinstance(outcome, PhotoError)}
    assert faults == FAULTS


def test_what_decodes_is_within_the_limits(outcomes):
    for path, outcome in outcomes.items():
        if isinstance(outcome, DecodedPhoto):
            height, width, channels = outcome.pixels.shape
            assert channels == 3, path
            assert max(height, width) >= min(SIDE_PX, max(outcome.width, outcome.height)), path
            assert abs(height / width / (outcome.height / outcome.width) - 1) < 0.01, path
            assert {outcome.stored_width, outcome.stored_height} == {outcome.width, outcome.height}, path


def test_what_is_no_photo_is_not_listed(outcomes):
    endings = {Path(path).suffix.lower() for path in outcomes}
    assert not endings & {".xmp", ".md", ".csv", ".py", ".go", ".joblib", ".mp4", ".mov", ".pdf", ".svgz"}


@pytest.mark.parametrize(
    ("pattern", "upright"),
    [
        ("orientation/recurser/Landscape_[2-8].jpg", "orientation/recurser/Landscape_1.jpg"),
        ("orientation/recurser/Landscape_0.jpg", "orientation/recurser/Landscape_1.jpg"),
        ("orientation/recurser/Portrait_*.jpg", "orientation/recurser/Portrait_1.jpg"),
        ("orientation/ianare/landscape_*.jpg", "orientation/ianare/landscape_1.jpg"),
        ("orientation/ianare/portrait_*.jpg", "orientation/ianare/portrait_1.jpg"),
        ("orientation/hopper_face/*", "formats/hopper_face/hopper.png"),
        ("orientation/tiff/*.tif", "orientation/tiff/g4_orientation_1.tif"),
        ("orientation/avif/rot*.avif", "orientation/avif/rot0mir0.avif"),
        ("orientation/photoview/up_arrow*.tiff", "orientation/photoview/up_arrow_90cw_web.jpg"),
    ],
)
def test_each_family_shows_one_upright_picture(pattern, upright):
    expected = photo(upright)
    names = sorted(AWKWARD.glob(pattern))
    assert names
    for name in names:
        found = photo(str(name.relative_to(AWKWARD)))
        assert (found.width, found.height) == (expected.width, expected.height), name
        assert np.abs(small(found) - small(expected)).mean() < 8, name


def test_the_same_face_comes_out_of_every_container():
    expected = photo("formats/hopper_face/hopper.png")
    for name in sorted((AWKWARD / "formats" / "hopper_face").iterdir()):
        found = photo(str(name.relative_to(AWKWARD)))
        if name.suffix != ".ico":  # an icon of 16 pixels
            assert (found.width, found.height) == (128, 128)
            tolerance = 40 if "gray" in name.name else 10
            assert np.abs(small(found) - small(expected)).mean() < tolerance, name


def test_stored_sizes_and_orientation_of_phones_are_as_stored():
    iphone = photo("formats/heic/iphone_13_pro_max.HEIC")
    assert (iphone.width, iphone.height) == (3024, 4032)
    assert (iphone.stored_width, iphone.stored_height, iphone.orientation) == (4032, 3024, 6)
    assert iphone.taken_at == "2022-02-16T12:55:41"


def test_a_broken_exif_header_does_not_lose_the_photo():
    assert photo("corrupt/bad_exif_tiff_header.jpg").width == 2152
