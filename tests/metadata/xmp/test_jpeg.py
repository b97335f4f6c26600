import hashlib
import io
import re

import numpy as np
import pytest
from PIL import Image

from facecluster.errors import MetadataError, MetadataFault
from facecluster.metadata.xmp.jpeg import MAX_PACKET_BYTES, with_xmp
from tests.faces.pictures import encoded, exif, picture

XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
PLAIN = encoded(picture(), "JPEG", exif=exif(orientation=6), comment=b"\xff\xda \xff\xd9 in a comment")


def segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (len(body) + 2).to_bytes(2, "big") + body


def inserted(jpeg: bytes, piece: bytes, before: bytes) -> bytes:
    at = jpeg.index(before)
    return jpeg[:at] + piece + jpeg[at:]


def fault_of(jpeg: bytes, packet: bytes = b"<x/>") -> MetadataFault:
    with pytest.raises(MetadataError) as caught:
        with_xmp(jpeg, packet)
    return caught.value.fault


def test_a_packet_is_added_and_nothing_else_changes():
    added = segment(0xE1, XMP + b"<x/>")
    result = with_xmp(PLAIN, b"<x/>")
    assert result.replace(added, b"", 1) == PLAIN
    with Image.open(io.BytesIO(result)) as image:
        assert image.info["xmp"] == b"<x/>"
        assert image.getexif()[274] == 6
        np.testing.assert_array_equal(np.asarray(image), np.asarray(Image.open(io.BytesIO(PLAIN))))


def test_a_packet_goes_without_a_trace():
    assert with_xmp(with_xmp(PLAIN, b"<x/>", b"<rest/>"), None) == PLAIN
    assert with_xmp(PLAIN, None) == PLAIN


def test_exif_and_jfif_come_first():
    result = with_xmp(PLAIN, b"<x/>")
    assert result.index(b"JFIF") < result.index(b"Exif") < result.index(XMP) < result.index(b"in a comment")
    bare = encoded(picture(), "JPEG")
    assert with_xmp(bare, b"<x/>").index(b"JFIF") < with_xmp(bare, b"<x/>").index(XMP)


def test_an_old_packet_goes_with_its_extensions_and_the_new_one_takes_its_place():
    old = segment(0xE1, XMP + b"<old/>") + segment(0xE1, EXTENSION + b"1") + segment(0xEB, b"other")
    old += segment(0xE1, EXTENSION + b"2")
    before = inserted(PLAIN, old, b"\xff\xfe")  # the comment
    expected = inserted(PLAIN, segment(0xE1, XMP + b"<x/>") + segment(0xEB, b"other"), b"\xff\xfe")
    assert with_xmp(before, b"<x/>") == expected
    assert with_xmp(expected, b"<x/>") == expected


def test_fill_bytes_stay():
    filled = inserted(PLAIN, b"\xff\xff", b"\xff\xfe")
    assert with_xmp(filled, b"<x/>").replace(segment(0xE1, XMP + b"<x/>"), b"", 1) == filled


def test_there_is_room_for_so_much_and_no_more():
    most = b"x" * MAX_PACKET_BYTES
    with Image.open(io.BytesIO(with_xmp(PLAIN, most))) as image:
        assert image.info["xmp"] == most
    with pytest.raises(OverflowError):
        with_xmp(PLAIN, most + b"x")


@pytest.mark.parametrize("length", [1, 65_458, 65_459, 200_000])
def test_an_extension_follows_in_pieces(length):
    extension = bytes(range(256)) * (length // 256) + b"x" * (length % 256)
    result = with_xmp(PLAIN, b"<x/>", extension)
    header = EXTENSION + hashlib.md5(extension).hexdigest().upper().encode() + length.to_bytes(4, "big")
    pieces = result.split(header)[1:]
    assert [int.from_bytes(piece[:4], "big") for piece in pieces] == list(range(0, length, 65_458))
    assert len(result) == len(PLAIN) + len(segment(0xE1, XMP + b"<x/>")) + len(pieces) * (len(header) + 8) + length
    assert extension[:65_458] in result
    assert with_xmp(result, b"<x/>") == with_xmp(PLAIN, b"<x/>")


@pytest.mark.parametrize("end", [0, 2, 3, 5, 30, PLAIN.index(b"\xff\xda", PLAIN.index(b"in a comment"))])
def test_a_header_that_ends_early_is_damaged(end):
    assert fault_of(PLAIN[:end]) is MetadataFault.DAMAGED


def test_a_header_that_makes_no_sense_is_damaged():
    assert fault_of(PLAIN[:2] + b"nonsense" + PLAIN[2:]) is MetadataFault.DAMAGED


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("padding", [b"", b"\0\0\0"])
def test_a_preview_that_only_exif_can_point_to_is_not_moved(progressive, padding):
    photo = encoded(picture(), "JPEG", progressive=progressive)
    assert fault_of(photo + padding + PLAIN) is MetadataFault.UNSUPPORTED
    for film in (b"a film", b"\0\0\0\x18ftyp\xff\xd8\xff"):
        assert with_xmp(photo + film, b"<x/>").endswith(film)


def test_a_header_that_holds_a_thumbnail_is_no_preview_behind_the_picture():
    photo = inserted(PLAIN, segment(0xED, PLAIN), b"\xff\xfe")
    assert with_xmp(photo, b"<x/>").replace(segment(0xE1, XMP + b"<x/>"), b"", 1) == photo


def test_further_images_are_found_where_their_directory_says():
    stereo = encoded(picture(), "MPO", save_all=True, append_images=[picture().rotate(180)])
    with Image.open(io.BytesIO(with_xmp(stereo, b"<x/>"))) as image, Image.open(io.BytesIO(stereo)) as before:
        assert image.n_frames == 2
        image.seek(1)
        before.seek(1)
        np.testing.assert_array_equal(np.asarray(image), np.asarray(before))


def test_a_packet_behind_the_directory_of_further_images_is_left_alone():
    stereo = encoded(picture(), "MPO", save_all=True, append_images=[picture().rotate(180)])
    directory = re.search(rb"\xff\xe2..MPF\0", stereo, re.DOTALL)
    end = directory.start() + 2 + int.from_bytes(stereo[directory.start() + 2 : directory.start() + 4], "big")
    assert fault_of(stereo[:end] + segment(0xE1, XMP + b"<old/>") + stereo[end:]) is MetadataFault.UNSUPPORTED
