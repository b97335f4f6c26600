import json
import subprocess
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import DECODER_VERSION, decode_photo
from facecluster.faces.exif import turned_size
from facecluster.types import DecodedPhoto
from tests.faces.pictures import SIZE, encoded, exif, picture
from tests.faces.test_colour import swapped_profile

AWKWARD = Path(__file__).parents[3] / "shared" / "photos" / "awkward"
FULL = np.asarray(picture()).astype(int)
LOSSLESS = ("PNG", "BMP", "PPM", "TIFF", "JPEG2000", "ICO")
LOSSY = ("JPEG", "WEBP", "AVIF", "GIF", "MPO")
SAMPLES = {format_: encoded(picture(), format_) for format_ in (*LOSSLESS, *LOSSY)}
SAMPLES["ICO"] = encoded(picture(), "ICO", sizes=[SIZE])


def fault_of(data: bytes, max_megapixels: float = 10, min_long_side_px: int | None = None) -> PhotoFault:
    with pytest.raises(PhotoError) as caught:
        decode_photo(data, min_long_side_px, max_megapixels)
    return caught.value.fault


def difference(photo: DecodedPhoto) -> float:
    return float(np.abs(photo.pixels - FULL).mean())


@pytest.mark.parametrize("format_", SAMPLES)
def test_every_format_gives_the_same_picture(format_):
    photo = decode_photo(SAMPLES[format_], None, 10)
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert photo.pixels.flags.writeable
    assert (photo.width, photo.height) == (photo.stored_width, photo.stored_height) == SIZE
    assert (photo.orientation, photo.taken_at, photo.scale) == (1, None, 1.0)
    assert difference(photo) < (0.001 if format_ in LOSSLESS else 8)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_applied_once(format_, orientation):
    turns = {5: "TRANSPOSE", 6: "ROTATE_90", 7: "TRANSVERSE", 8: "ROTATE_270"}
    turns |= {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM"}
    stored = picture().transpose(Image.Transpose[turns[orientation]]) if orientation > 1 else picture()
    photo = decode_photo(encoded(stored, format_, exif=exif(orientation=orientation)), None, 10)
    assert (photo.width, photo.height) == SIZE
    assert (photo.stored_width, photo.stored_height) == stored.size
    assert photo.orientation == orientation
    assert difference(photo) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_is_turned_by_its_own_boxes(orientation):
    upright_size = SIZE if orientation < 5 else SIZE[::-1]
    photo = decode_photo(encoded(picture(), "AVIF", exif=exif(orientation=orientation)), None, 10)
    assert (photo.width, photo.height) == upright_size
    # Pillow writes no orientation into EXIF, and makes one up when it reads: it is not the one that metadata states.
    assert (photo.orientation, photo.stored_width, photo.stored_height) == (1, *upright_size)


def with_exif_orientation(name: str, data: bytes, orientation: int, folder: Path) -> bytes:
    """An image whose EXIF says something else than its container."""
    path = folder / name
    path.write_bytes(data)
    ask_exiftool("-overwrite_original", "-n", f"-IFD0:Orientation={orientation}", path)
    return path.read_bytes()


def ask_exiftool(*arguments: object) -> str:
    command = ["exiftool", "-config", "", *map(str, arguments)]
    # Some of the files it is shown are none, and its status says so.
    return subprocess.run(command, capture_output=True, check=False, text=True).stdout


@pytest.mark.parametrize(("boxes", "stated"), [(1, 6), (6, 1), (6, 8), (2, 5)])
def test_avif_whose_exif_disagrees_is_turned_by_its_boxes_and_stored_by_its_exif(boxes, stated, tmp_path):
    plain = encoded(picture(), "AVIF", exif=exif(orientation=boxes))
    photo = decode_photo(with_exif_orientation("a.avif", plain, stated, tmp_path), None, 10)
    before = decode_photo(plain, None, 10)
    np.testing.assert_array_equal(photo.pixels, before.pixels)
    assert (photo.width, photo.height) == (before.width, before.height)
    assert photo.orientation == stated
    assert (photo.stored_width, photo.stored_height) == turned_size((photo.width, photo.height), stated)


@pytest.mark.skipif(not AWKWARD.is_dir(), reason="the awkward photographs are not here")
@pytest.mark.parametrize("stated", [6, 1])
def test_heic_whose_exif_disagrees_is_turned_by_its_boxes_and_stored_by_its_exif(stated, tmp_path):
    plain = (AWKWARD / "formats/heif_odd/arrow.heic").read_bytes()  # turned by its boxes as if it were 6
    photo = decode_photo(with_exif_orientation("a.heic", plain, stated, tmp_path), 500, 200)
    assert (photo.width, photo.height) == (3024, 4032)
    assert photo.orientation == stated
    assert (photo.stored_width, photo.stored_height) == turned_size((3024, 4032), stated)


@pytest.mark.skipif(not AWKWARD.is_dir(), reason="the awkward photographs are not here")
def test_the_orientation_is_the_one_that_exiftool_reads():
    folders = [AWKWARD / name for name in ("orientation", "formats", "face_regions")]
    small = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 2e5]
    rows = json.loads(ask_exiftool("-j", "-n", "-G1", "-IFD0:Orientation", "-XMP-tiff:Orientation", *small))
    compared = 0
    for row in rows:
        try:
            photo = decode_photo(Path(row["SourceFile"]).read_bytes(), 64, 200)
        except PhotoError:
            continue
        stated = row.get("IFD0:Orientation", row.get("XMP-tiff:Orientation", 1))
        assert photo.orientation == (stated or 1), row  # some files say 0, which is none
        compared += 1
    assert compared > 100


def test_reduced_and_turned():
    photo = decode_photo(encoded(picture((800, 600)), "JPEG", exif=exif(orientation=6)), 200, 10)
    assert photo.pixels.shape == (200, 150, 3)
    assert (photo.width, photo.height, photo.stored_width, photo.stored_height) == (600, 800, 800, 600)
    assert photo.scale == 0.25


@pytest.mark.parametrize(
    "header", [b"", b"Exif\0\0", b"Exif\0\0I\x01\0\0\0\0\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\xff" * 99]
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_a_broken_exif_header_costs_nothing(format_, header):
    photo = decode_photo(encoded(picture(), format_, exif=header), None, 10)
    assert (photo.orientation, photo.taken_at) == (1, None)
    assert difference(photo) < 6


def test_metadata_is_read():
    data = encoded(picture(), "JPEG", exif=exif(orientation=3, original="2001:02:03 04:05:06"))
    assert decode_photo(data, None, 10).taken_at == "2001-02-03T04:05:06"


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_the_colour_profile_is_applied(format_):
    photo = decode_photo(encoded(picture(), format_, icc_profile=swapped_profile()), None, 10)
    assert np.abs(photo.pixels - FULL[..., [1, 0, 2]]).mean() < 8


def test_cmyk_jpegs_are_not_inverted():
    assert difference(decode_photo(encoded(picture().convert("CMYK"), "JPEG"), None, 10)) < 10


def test_sixteen_bits_are_scaled():
    image = Image.fromarray(np.asarray(picture().convert("L")).astype(np.uint16) * 257)
    grey = np.asarray(picture().convert("L")).astype(int)
    for format_ in ("PNG", "TIFF"):
        found = decode_photo(encoded(image, format_), None, 10).pixels
        assert np.abs(found[..., 0] - grey).max() <= 1


@pytest.mark.parametrize("format_", ["GIF", "TIFF", "WEBP", "PNG", "MPO"])
def test_of_several_images_the_first_is_taken(format_):
    others = [Image.new("RGB", SIZE, "red"), Image.new("RGB", SIZE, "blue")]
    photo = decode_photo(encoded(picture(), format_, save_all=True, append_images=others), None, 10)
    assert difference(photo) < 8


@given(width=st.integers(1, 900), height=st.integers(1, 900), least=st.integers(1, 400))
@settings(max_examples=60)
def test_reduction_is_as_far_as_allowed_and_equal_in_all_formats(width, height, least):
    whole = max(width, height)
    factor = next(factor for factor in (8, 4, 2, 1) if whole >= factor * least or factor == 1)
    for format_ in ("JPEG", "PNG"):
        photo = decode_photo(encoded(Image.new("RGB", (width, height)), format_), least, 10)
        assert photo.pixels.shape == (-(-height // factor), -(-width // factor), 3)
        assert (photo.width, photo.height) == (width, height)


def test_reduction_is_an_average():
    reduced = decode_photo(SAMPLES["PNG"], SIZE[0] // 4, 10).pixels
    assert np.abs(reduced - FULL.reshape(16, 4, 24, 4, 3).mean(axis=(1, 3))).max() <= 1


@pytest.mark.parametrize("format_", SAMPLES)
def test_too_many_pixels_are_refused(format_):
    assert fault_of(SAMPLES[format_], max_megapixels=0.006) is PhotoFault.TOO_LARGE
    decode_photo(SAMPLES[format_], None, 0.0062)


def test_a_jpeg_counts_at_the_size_it_is_decoded_at():
    large = picture((800, 600))
    assert decode_photo(encoded(large, "JPEG"), 100, 0.01).pixels.shape == (75, 100, 3)
    assert fault_of(encoded(large, "JPEG"), 0.01) is PhotoFault.TOO_LARGE
    assert fault_of(encoded(large, "JPEG", progressive=True), 0.01, 100) is PhotoFault.TOO_LARGE
    assert fault_of(encoded(large, "PNG"), 0.01, 100) is PhotoFault.TOO_LARGE


def test_bombs_are_refused_before_they_are_decoded():
    header = encoded(Image.new("L", (1, 1)), "GIF")
    assert fault_of(header[:6] + b"\xff\xff\xff\xff" + header[10:], 150) is PhotoFault.TOO_LARGE
    png = encoded(Image.new("L", (1, 1)), "PNG")
    size = b"IHDR" + (60_000).to_bytes(4, "big") * 2 + png[24:29]
    assert fault_of(png[:12] + size + zlib.crc32(size).to_bytes(4, "big") + png[33:], 150) is PhotoFault.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", PhotoFault.EMPTY),
        (b"a letter", PhotoFault.UNSUPPORTED),
        (b"\0" * 100, PhotoFault.UNSUPPORTED),
        (b"%PDF-1.7\n", PhotoFault.UNSUPPORTED),
        (b"\xff\x0a\xba\x21", PhotoFault.UNSUPPORTED),  # JPEG XL
        (SAMPLES["PNG"][:20], PhotoFault.CORRUPT),
        (SAMPLES["JPEG"][:3], PhotoFault.CORRUPT),
        (SAMPLES["WEBP"][:40], PhotoFault.CORRUPT),
        (SAMPLES["AVIF"][:200], PhotoFault.CORRUPT),
        (SAMPLES["TIFF"][:300], PhotoFault.CORRUPT),
        (SAMPLES["BMP"][:500], PhotoFault.CORRUPT),
        (b"II*\0", PhotoFault.CORRUPT),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", PhotoFault.CORRUPT),
        (b"P6\n", PhotoFault.CORRUPT),
    ],
)
def test_what_cannot_be_read_says_why(data, fault):
    assert fault_of(data) is fault


@given(data=st.data())
@settings(max_examples=400)
def test_damaged_files_give_a_photo_or_a_reason(data):
    sample = bytearray(data.draw(st.sampled_from(list(SAMPLES.values()))))
    for position in data.draw(st.lists(st.integers(0, len(sample) - 1), max_size=4)):
        sample[position] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(sample)), st.integers(0, len(sample))))
    reason, size = "", 1
    try:
        size = decode_photo(bytes(sample[:end]), data.draw(st.sampled_from([None, 20])), 1).pixels.size
    except PhotoError as error:
        reason = str(error)
    assert reason.isprintable()
    assert len(reason) <= 200
    assert size > 0


def test_no_warning_leaks():
    text = PngInfo()
    text.add_text("comment", "x")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        decode_photo(encoded(Image.new("1", (12_000, 8_000)), "PNG", pnginfo=text), 1000, 150)


def test_the_version_names_every_decoder():
    assert all(name in DECODER_VERSION for name in ("facecluster", "pillow", "pi-heif", "rawpy"))
