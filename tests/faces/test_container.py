import pytest

from facecluster.faces.container import Container, container_of, largest_extent_px
from tests.faces.pictures import dng, encoded, picture


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    brands = major + b"\0\0\0\0" + b"".join(compatible)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def extent(width: int, height: int) -> bytes:
    return box(b"ispe", b"\0\0\0\0" + width.to_bytes(4, "big") + height.to_bytes(4, "big"))


@pytest.mark.parametrize(
    ("format_", "container"),
    [
        ("JPEG", Container.JPEG),
        ("PNG", Container.PNG),
        ("WEBP", Container.WEBP),
        ("AVIF", Container.AVIF),
        ("TIFF", Container.TIFF),
        ("BMP", Container.BMP),
        ("GIF", Container.GIF),
        ("PPM", Container.PPM),
        ("JPEG2000", Container.JPEG2000),
        ("ICO", Container.ICO),
    ],
)
def test_what_pillow_writes_is_known_by_its_bytes(format_, container):
    assert container_of(encoded(picture(), format_)) is container


@pytest.mark.parametrize(
    ("data", "container"),
    [
        (ftyp(b"heic", b"mif1", b"heic"), Container.HEIF),
        (ftyp(b"mif1", b"heic"), Container.HEIF),
        (ftyp(b"mif1", b"avif", b"miaf"), Container.AVIF),
        (ftyp(b"crx ", b"isom"), Container.RAW),
        (ftyp(b"isom", b"mp41"), None),
        (ftyp(b"qt  "), None),
        (b"FUJIFILMCCD-RAW 0201", Container.RAW),
        (b"IIU\0\x18\0\0\0", Container.RAW),
        (b"II*\0\x10\0\0\0CR\x02\0", Container.RAW),
        (b"II*\0", Container.TIFF),
        (b"\xff\x0a\xba\x21", None),
        (b"%PDF-1.7", None),
        (b"<svg>", None),
        (b"P7\n", None),
        (b"RIFF\0\0\0\0AVI ", None),
        (b"", None),
    ],
)
def test_containers_by_their_first_bytes(data, container):
    assert container_of(data) is container


def test_a_dng_is_raw_and_no_tiff():
    assert container_of(dng(encoded(picture(), "JPEG"))) is Container.RAW


def test_the_largest_extent_is_found_in_the_metadata_only():
    properties = extent(512, 512) + extent(4032, 3024)
    meta = box(b"meta", b"\0\0\0\0" + box(b"iprp", box(b"ipco", properties)))
    pixels = box(b"mdat", extent(60000, 60000))
    assert largest_extent_px(ftyp(b"heic") + pixels + meta) == 4032 * 3024


@pytest.mark.parametrize("data", [b"", ftyp(b"heic"), ftyp(b"heic") + b"\0\0\0\0free", ftyp(b"heic") + b"\0\0\0\1meta"])
def test_no_extent_is_none(data):
    assert largest_extent_px(data) == 0
