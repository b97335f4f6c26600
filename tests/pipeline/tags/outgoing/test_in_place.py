"""Each format that photos have, written to by the real ExifTool."""

import hashlib
import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from facecluster.errors import MetadataError, MetadataFault
from facecluster.faces.decode import decode_photo
from facecluster.faces.exact import decode_exactly
from facecluster.metadata.merging.merge import merge
from facecluster.metadata.words import NO_VALUES, Frame, Shown
from facecluster.metadata.xmp.extended import joined
from facecluster.metadata.xmp.jpeg import MAX_PACKET_BYTES
from facecluster.metadata.xmp.packet import new_packet, packet_bytes, read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.tags.outgoing import in_place
from facecluster.pipeline.tags.outgoing.in_place import Tools, stage
from facecluster.settings import ArchiveSettings, DecodeSettings
from facecluster.store.archive import list_photos
from facecluster.store.exiftool.embedded import Embedded, ExifTool
from facecluster.store.files import STAGED
from facecluster.store.replacement import commit
from tests.end_to_end.operations import Operations
from tests.faces.pictures import dng, encoded, exif, picture

AWKWARD = Path(__file__).parents[5] / "shared" / "photos" / "awkward"
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "WEBP": "webp", "AVIF": "avif", "GIF": "gif", "JPEG2000": "jp2"}
needs_awkward = pytest.mark.skipif(not AWKWARD.is_dir(), reason="the awkward photographs are not here")


@pytest.fixture(scope="module")
def tools():
    with ExifTool() as exiftool, DecoderProcess(DecodeSettings(), decode_exactly) as decoder:
        yield Tools(exiftool, decoder)


def packet_for(*names: str) -> bytes:
    packet = new_packet()
    merge(packet, [Shown(name, (0.1, 0.2, 0.3, 0.6)) for name in names], Frame(96, 64, 1), NO_VALUES)
    return packet_bytes(packet)


def photo_in(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def written(photo: Path, packet: bytes | None, tools: Tools) -> None:
    commit(stage(photo, tools.exiftool.embedded(photo), packet, tools))


def refused(photo: Path, packet: bytes, tools: Tools, read: Embedded | None = None) -> MetadataFault:
    before, beside = photo.read_bytes(), sorted(photo.parent.iterdir())
    with pytest.raises(MetadataError) as caught:
        stage(photo, read or Embedded(), packet, tools)
    assert photo.read_bytes() == before
    assert sorted(photo.parent.iterdir()) == beside
    return caught.value.fault


@pytest.mark.parametrize("format_", SUFFIXES)
def test_a_photo_of_any_format_gets_its_names_and_keeps_its_picture(format_, tmp_path, tools):
    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", encoded(picture(), format_))
    before = decode_exactly(photo.read_bytes(), None, 10)
    os.utime(photo, ns=(123_456_789, 987_654_321))
    staged = stage(photo, tools.exiftool.embedded(photo), packet_for("Ada"), tools)
    assert staged.before == hashlib.sha256(photo.read_bytes()).hexdigest()
    commit(staged)
    assert staged.sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    np.testing.assert_array_equal(decode_exactly(photo.read_bytes(), None, 10).pixels, before.pixels)
    xmp = tools.exiftool.embedded(photo).xmp
    assert [(tag.name, tag.box) for tag in tags_in(read_packet(xmp))] == [("Ada", pytest.approx((0.1, 0.2, 0.3, 0.6)))]
    assert photo.stat().st_mtime_ns == 987_654_321
    assert [path.name for path in tmp_path.iterdir()] == [photo.name]


@pytest.mark.parametrize("format_", SUFFIXES)
def test_a_photo_of_any_format_loses_its_packet_and_keeps_its_picture(format_, tmp_path, tools):
    data = encoded(picture(), format_)
    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", data)
    written(photo, packet_for("Ada"), tools)
    written(photo, None, tools)
    assert tools.exiftool.embedded(photo) == Embedded()
    if format_ in {"AVIF", "GIF"}:  # ExifTool leaves the place of a packet in the one, and a newer version in the other
        assert np.array_equal(*(decode_exactly(each, None, 10).pixels for each in (data, photo.read_bytes())))
    else:
        assert photo.read_bytes() == data


def test_all_else_in_a_photo_stays(tmp_path, tools):
    data = encoded(picture(), "JPEG", exif=exif(orientation=6), comment=b"mine", dpi=(7, 9))
    photo = photo_in(tmp_path, "a.jpg", data)
    written(photo, packet_for("Ada"), tools)
    xmp = tools.exiftool.embedded(photo).xmp
    segment = b"http://ns.adobe.com/xap/1.0/\0" + xmp
    added = b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment
    assert photo.read_bytes().replace(added, b"") == data


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "TIFF"])
def test_what_exif_says_stays(format_, tmp_path, tools):
    data = encoded(picture(), format_, exif=exif(orientation=6, original="2001:02:03 04:05:06"))
    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", data)
    written(photo, packet_for("Ada"), tools)
    before, after = decode_photo(data, None, 10), decode_photo(photo.read_bytes(), None, 10)
    assert (after.orientation, after.taken_at) == (6, before.taken_at)


def test_what_is_written_again_takes_the_place_of_what_was_written(tmp_path, tools):
    photo = photo_in(tmp_path, "a.jpg", encoded(picture(), "JPEG"))
    written(photo, packet_for("Ada", "Grace"), tools)
    written(photo, packet_for("Ada"), tools)
    once = photo.read_bytes()
    assert len(tags_in(read_packet(tools.exiftool.embedded(photo).xmp))) == 1
    written(photo, packet_for("Ada"), tools)
    assert photo.read_bytes() == once


@pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "TIFF", "MPO"])
def test_further_images_of_a_file_stay(format_, tmp_path, tools):
    frames = [picture().rotate(angle) for angle in (90, 180)]
    data = encoded(picture(), format_, save_all=True, append_images=frames)
    photo = photo_in(tmp_path, f"a.{format_.lower()}", data)
    written(photo, packet_for("Ada"), tools)
    np.testing.assert_array_equal(
        decode_exactly(photo.read_bytes(), None, 10).pixels, decode_exactly(data, None, 10).pixels
    )


@pytest.mark.parametrize("format_", ["BMP", "PPM", "ICO"])
def test_formats_without_a_place_for_names_are_refused(format_, tmp_path, tools):
    photo = photo_in(tmp_path, f"a.{format_.lower()}", encoded(picture(), format_))
    assert refused(photo, packet_for("Ada"), tools) is MetadataFault.UNSUPPORTED


@pytest.mark.parametrize("data", [dng(encoded(picture(), "JPEG")), b"", b"no photo"])
def test_raw_files_and_what_is_no_photo_are_refused(data, tmp_path, tools):
    photo = photo_in(tmp_path, "a.dng", data)
    assert refused(photo, packet_for("Ada"), tools) is MetadataFault.UNSUPPORTED


def test_a_name_that_says_another_format_is_no_obstacle(tmp_path, tools):
    photo = photo_in(tmp_path, "a.heic", encoded(picture(), "JPEG"))
    written(photo, packet_for("Ada"), tools)
    assert decode_exactly(photo.read_bytes(), None, 10).width == 96


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "TIFF", "WEBP", "GIF", "AVIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_damaged_photos_are_refused(format_, share, tmp_path, tools):
    data = encoded(picture((300, 200)), format_)
    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", data[: int(len(data) * share)])
    assert refused(photo, packet_for("Ada"), tools) is MetadataFault.DAMAGED


def test_links_are_refused(tmp_path, tools):
    photo = photo_in(tmp_path, "a.jpg", encoded(picture(), "JPEG"))
    link = tmp_path / "link.jpg"
    link.symlink_to(photo)
    assert refused(link, packet_for("Ada"), tools) is MetadataFault.LINKED
    os.link(photo, tmp_path / "twin.jpg")
    assert refused(photo, packet_for("Ada"), tools) is MetadataFault.LINKED


def test_a_photo_that_was_tagged_since_it_was_read_is_refused(tmp_path, tools):
    photo = photo_in(tmp_path, "a.jpg", encoded(picture(), "JPEG"))
    read = tools.exiftool.embedded(photo)
    written(photo, packet_for("Somebody else's"), tools)
    assert refused(photo, packet_for("Ada"), tools, read) is MetadataFault.CHANGED


def test_two_hundred_people_are_written_and_read_back(tmp_path, tools):
    names = packet_for(*(f"Person {number} with a name of some length" for number in range(200)))
    assert len(names) > MAX_PACKET_BYTES
    for format_ in ("JPEG", "AVIF"):
        data = encoded(picture(), format_)
        photo = photo_in(tmp_path, f"b.{SUFFIXES[format_]}", data)
        written(photo, names, tools)
        inside = tools.exiftool.embedded(photo)
        assert bool(inside.extension) == (format_ == "JPEG")
        assert tags_in(read_packet(joined(inside.xmp, inside.extension))) == tags_in(read_packet(names))
    photo = photo_in(tmp_path, "b.jpg", data := encoded(picture(), "JPEG"))
    written(photo, names, tools)
    written(photo, packet_for("Ada"), tools)
    assert not tools.exiftool.embedded(photo).extension
    assert len(photo.read_bytes()) < len(data) + 5000


@pytest.fixture
def spoiled(monkeypatch, tools):
    """Have something happen to each copy when it was written: by ExifTool, and by ourselves."""

    def spoil(change) -> Tools:
        def write(write, copy, *arguments):
            write(*arguments)
            copy.write_bytes(change(copy.read_bytes()))

        write_copy, write_xmp = in_place.write_copy, tools.exiftool.write_xmp
        monkeypatch.setattr(in_place, "write_copy", lambda copy, data: write(write_copy, copy, copy, data))
        exiftool = SimpleNamespace(
            embedded=tools.exiftool.embedded,
            write_xmp=lambda photo, copy, packet: write(write_xmp, copy, photo, copy, packet),
        )
        return tools._replace(exiftool=exiftool)

    return spoil


@pytest.mark.parametrize(
    ("format_", "change", "fault"),
    [
        ("JPEG", lambda data: data[:-200], MetadataFault.PIXELS),
        ("JPEG", lambda data: data + b"\0", MetadataFault.PIXELS),
        ("JPEG", lambda data: b"no photo", MetadataFault.PIXELS),
        ("JPEG", lambda data: encoded(picture().rotate(180), "JPEG"), MetadataFault.PIXELS),
        ("JPEG", lambda data: encoded(picture(), "PNG"), MetadataFault.PIXELS),
        ("JPEG", lambda data: encoded(picture(), "JPEG"), MetadataFault.UNSUPPORTED),
        ("PNG", lambda data: encoded(picture().rotate(180), "PNG"), MetadataFault.PIXELS),
        ("PNG", lambda data: data[:-200], MetadataFault.PIXELS),
        ("PNG", lambda data: encoded(picture(), "PNG"), MetadataFault.UNSUPPORTED),
        ("TIFF", lambda data: data.replace(b"Ada", b"Bob"), MetadataFault.UNSUPPORTED),
    ],
)
def test_whatever_happens_to_the_copy_the_photo_stays(format_, change, fault, tmp_path, spoiled):
    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", encoded(picture(), format_))
    assert refused(photo, packet_for("Ada"), spoiled(change)) is fault


@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_a_disk_that_is_full_leaves_the_photo(format_, tmp_path, spoiled):
    def full(_data):
        raise OSError(28, "No space left on device")

    photo = photo_in(tmp_path, f"a.{SUFFIXES[format_]}", encoded(picture(), format_))
    assert refused(photo, packet_for("Ada"), spoiled(full)) is MetadataFault.STORAGE


class KilledError(BaseException):
    """Ends whatever is being done, cleaning up included."""


def test_killed_anywhere_the_photo_is_the_old_or_the_new_one(tmp_path, tools, monkeypatch):
    old, packet = encoded(picture(), "JPEG"), packet_for("Ada")
    photo = photo_in(tmp_path, "a.jpg", old)
    written(photo, packet, tools)
    new, seen, at = photo.read_bytes(), set(), 0
    while True:
        at += 1
        photo = photo_in(tmp_path, "a.jpg", old)
        if not died_at(at, lambda photo=photo: written(photo, packet, tools), monkeypatch):
            break
        seen.add(photo.read_bytes())
        assert all(path == photo or path.name.startswith(STAGED) for path in tmp_path.iterdir())
        assert len(list_photos(tmp_path, ArchiveSettings(hidden=True)).files) == 1
        written(photo_in(tmp_path, "a.jpg", old), packet, tools)
        assert photo.read_bytes() == new
    assert seen == {old, new}
    assert at > 8


def died_at(number: int, action, monkeypatch) -> bool:
    """Whether an action was killed at so many operations."""

    def happen(done):
        if done >= number:
            raise KilledError

    with monkeypatch.context() as patch:
        Operations(happen).installed(patch)
        try:
            action()
        except KilledError:
            return True
    return False


@needs_awkward
def test_real_photos_keep_every_image(tmp_path, tools):
    names = (
        "hdr/ultra-hdr.jpg",
        "animated_multi/frozenpond.mpo",
        "animated_multi/delay.png",
        "heif_odd/zPug_3.heic",
        "heif_odd/L_exif_xmp_iptc.heic",
        "webp/denali.webp",
        "depth/12in16bit.tif",
    )
    originals = [AWKWARD / "formats" / name for name in names]
    photos = [photo_in(tmp_path, original.name, original.read_bytes()) for original in originals]
    for photo in photos:
        packet = read_packet(tools.exiftool.embedded(photo).xmp or packet_bytes(new_packet()))
        merge(packet, [Shown("Ada", None)], Frame(10, 10, 1), NO_VALUES)
        written(photo, packet_bytes(packet), tools)
    assert second_images(photos[:2]) == second_images(originals[:2])


def test_a_film_behind_a_photo_stays_where_it_is_looked_for(tmp_path, tools):
    jpeg = photo_in(tmp_path, "a.jpg", encoded(picture(), "JPEG") + b"a film")
    written(jpeg, packet_for("Ada"), tools)
    assert jpeg.read_bytes().endswith(b"a film")
    # ExifTool puts the picture of such a file behind the film, where no telephone looks for either.
    avif = photo_in(tmp_path, "a.avif", encoded(picture(), "AVIF") + b"\0\0\0\x0empvda film")
    assert refused(avif, packet_for("Ada"), tools) is MetadataFault.PIXELS


@needs_awkward
def test_of_xmp_in_several_pieces_none_is_lost(tmp_path, tools):
    original = AWKWARD / "face_regions" / "xmp_misc" / "ExtendedXMP.jpg"
    photo = photo_in(tmp_path, "a.jpg", original.read_bytes())
    read = tools.exiftool.embedded(photo)
    assert read.extension
    assert refused(photo, read.xmp, tools, read) is MetadataFault.UNSUPPORTED
    written(photo, joined(read.xmp, read.extension), tools)
    assert properties_of(photo) == properties_of(original)


def properties_of(photo: Path) -> dict[str, object]:
    """All that ExifTool reads of the XMP, but for what says in how many pieces it is."""
    command = ["exiftool", "-config", "", "-j", "-struct", "-XMP:all", photo]
    (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {name: value for name, value in found.items() if name not in {"SourceFile", "HasExtendedXMP"}}


def second_images(photos: list[Path]) -> bytes:
    """What ExifTool finds behind the first image of JPEGs: a gain map, the other eye of a stereo camera."""
    found = subprocess.run(["exiftool", "-config", "", "-b", "-MPImage2", *photos], capture_output=True, check=True)
    assert found.stdout.count(b"\xff\xd8\xff") >= len(photos)
    return found.stdout
