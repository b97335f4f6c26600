import io

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.exact import decode_exactly, fixed_end
from tests.faces.pictures import dng, encoded, exif, picture

SEVERAL = {
    "GIF": {"optimize": False},
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "AVIF": {"quality": 95},
    "MPO": {"quality": 95},
}


def frames() -> list[Image.Image]:
    return [picture().rotate(angle) for angle in (0, 90, 180)]


def digests(data: bytes) -> np.ndarray:
    return decode_exactly(data, None, 10).pixels


def several(format_: str, frames: list[Image.Image]) -> bytes:
    return encoded(frames[0], format_, save_all=True, append_images=frames[1:], **SEVERAL[format_])


def fault_of(data: bytes, max_megapixels: float = 10) -> PhotoFault:
    with pytest.raises(PhotoError) as caught:
        decode_exactly(data, None, max_megapixels)
    return caught.value.fault


@pytest.mark.parametrize("format_", SEVERAL)
def test_every_image_of_a_file_has_a_digest(format_):
    before = digests(several(format_, frames()))
    assert len(before) == 3
    assert len(np.unique(before.reshape(3, -1), axis=0)) == 3


@pytest.mark.parametrize("format_", SEVERAL)
def test_a_change_of_the_last_image_changes_its_digest(format_):
    changed = frames()
    changed[-1].paste((255, 255, 255), (40, 20, 80, 50))
    before, after = digests(several(format_, frames())), digests(several(format_, changed))
    assert [np.array_equal(*pair) for pair in zip(before, after, strict=True)] == [True, True, False]


def test_metadata_changes_nothing():
    plain = encoded(picture(), "PNG")
    assert np.array_equal(digests(plain), digests(encoded(picture(), "PNG", exif=exif(orientation=6), dpi=(72, 72))))


def test_what_cannot_be_seen_in_eight_bits_counts():
    deep = np.full((8, 8), 30_000, np.uint16)
    deeper = deep.copy()
    deeper[0, 0] += 1
    assert not np.array_equal(*(digests(encoded(Image.fromarray(array), "PNG")) for array in (deep, deeper)))


@pytest.mark.parametrize("row", [0, 255, 256, 511, 599])
def test_every_row_counts(row):
    tall = Image.new("L", (3, 600))
    changed = tall.copy()
    changed.putpixel((2, row), 1)
    assert not np.array_equal(digests(encoded(tall, "PNG")), digests(encoded(changed, "PNG")))


def test_alpha_palette_and_profile_count():
    clear, opaque = picture().convert("RGBA"), picture().convert("RGBA")
    clear.putalpha(0)
    assert not np.array_equal(digests(encoded(clear, "PNG")), digests(encoded(opaque, "PNG")))
    grey = Image.new("P", (4, 4))
    grey.putpalette([9, 9, 9])
    red = grey.copy()
    red.putpalette([200, 9, 9])
    assert not np.array_equal(digests(encoded(grey, "PNG")), digests(encoded(red, "PNG")))
    assert not np.array_equal(
        digests(encoded(picture(), "PNG")), digests(encoded(picture(), "PNG", icc_profile=b"a profile of some kind"))
    )


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "TIFF", "WEBP", "AVIF"])
def test_what_is_cut_short_is_damaged_although_a_photo_can_be_made_of_it(format_):
    data = encoded(picture((256, 256)), format_)
    assert fault_of(data[: len(data) * 3 // 4]) is PhotoFault.CORRUPT


def test_what_cannot_be_read_says_why():
    assert fault_of(b"") is PhotoFault.EMPTY
    assert fault_of(b"no photo") is PhotoFault.UNSUPPORTED
    assert fault_of(dng(encoded(picture(), "JPEG"))) is PhotoFault.UNSUPPORTED
    assert fault_of(encoded(picture(), "PNG"), 0.001) is PhotoFault.TOO_LARGE


def test_a_later_page_may_be_too_large():
    pages = encoded(Image.new("L", (10, 10)), "TIFF", save_all=True, append_images=[Image.new("L", (2000, 2000))])
    assert fault_of(pages, 1) is PhotoFault.TOO_LARGE
    assert len(decode_exactly(pages, None, 4).pixels) == 2


def test_of_a_jpeg_all_is_fixed_from_the_first_scan_on():
    data = encoded(picture(), "JPEG", exif=exif(orientation=6), comment=b"\xff\xda in a comment") + b"and a film"
    end = fixed_end(data)
    assert data.endswith(end)
    assert end.startswith(b"\xff\xda")
    assert end.endswith(b"and a film")
    header = data.removesuffix(end)
    assert b"in a comment" in header
    with Image.open(io.BytesIO(header)) as image:
        assert image.size == picture().size
    assert fixed_end(data[:2] + b"\xff\xff" + data[2:]) == end  # fill bytes


@pytest.mark.parametrize("length", range(3, 8))
def test_a_jpeg_without_a_scan_has_no_fixed_end(length):
    assert fixed_end(b"\xff\xd8\xff\xe1\0\4ab"[:length]) == b""


def test_of_avif_all_is_fixed_that_is_behind_the_picture():
    data, film = encoded(picture(), "AVIF"), box(b"mpvd", b"a film")
    assert fixed_end(data) == b""
    assert fixed_end(data + film) == film
    assert fixed_end(data + film + box(b"free", b"") + b"end") == film + box(b"free", b"") + b"end"
    large = b"\0\0\0\1mdat" + (20).to_bytes(8, "big") + b"1234"
    assert fixed_end(data + large + film) == film
    assert fixed_end(data + b"\0\0\0\0mdat to the end") == b""
    assert fixed_end(data + b"\0\0\0\3mdat is no size") == b""


def test_other_files_have_no_fixed_end():
    assert fixed_end(encoded(picture(), "PNG")) == b""
    assert fixed_end(b"") == b""


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content
