"""A box of the upright photo, into metadata and back, for every format and orientation: by our reader and by others."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from facecluster.faces.decode import decode_photo
from facecluster.faces.exact import decode_exactly
from facecluster.metadata.merging.merge import merge
from facecluster.metadata.words import NO_VALUES, Box, Frame, Shown
from facecluster.metadata.xmp.packet import new_packet, packet_bytes, read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.tags.outgoing.in_place import Tools, stage
from facecluster.settings import DecodeSettings
from facecluster.store.exiftool.embedded import ExifTool
from facecluster.store.replacement import commit
from tests.faces.pictures import encoded, exif
from tests.metadata.one_box import stored_box, upright_box

HEIC = Path(__file__).parents[3] / "shared" / "photos" / "awkward" / "formats" / "hopper_face" / "hopper.heif"
SUFFIXES = {"JPEG": "jpg", "PNG": "png", "TIFF": "tif", "WEBP": "webp", "AVIF": "avif"}
ORIENTATIONS = range(1, 9)
SIZE = (120, 80)  # px, of the upright picture
FACE = (12, 8, 48, 56)  # px of it
UNTURN = {  # what a camera that is held so stores of an upright picture
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


class Case(NamedTuple):
    """A photo whose metadata was written, and where its face is."""

    photo: Path
    frame: Frame
    upright: Box  # px
    stored: Box  # px, in the frame that metadata is of


def stored_picture(orientation: int) -> Image.Image:
    upright = Image.new("RGB", SIZE)
    upright.paste((255, 255, 255), FACE)
    return upright.transpose(UNTURN[orientation]) if orientation in UNTURN else upright


def drawn_case(folder: Path, format_: str, orientation: int) -> Case:
    """A drawn photo; a camera that writes AVIF has it turned by the container, and states no orientation."""
    stored = stored_picture(orientation)
    photo = folder / f"{orientation}.{SUFFIXES[format_]}"
    photo.write_bytes(encoded(stored, format_, exif=exif(orientation=orientation)))
    place = FACE if format_ == "AVIF" else stored.getbbox()
    return Case(photo, frame_of(photo), FACE, place)


def frame_of(photo: Path) -> Frame:
    """As the library keeps it."""
    decoded = decode_photo(photo.read_bytes(), None, 10)
    return Frame(decoded.stored_width, decoded.stored_height, decoded.orientation)


def heic_cases(folder: Path) -> list[Case]:
    """A HEIC photo that no box of its container turns, and whose EXIF says eight things."""
    photos = {orientation: folder / f"{orientation}.heic" for orientation in ORIENTATIONS}
    commands: list[object] = []
    for orientation, photo in photos.items():
        photo.write_bytes(HEIC.read_bytes())
        commands += ["-overwrite_original", "-n", f"-IFD0:Orientation={orientation}", photo, "-execute"]
    exiftool(*commands)
    cases = []
    for orientation, photo in photos.items():
        # Whoever turns regions by EXIF undoes this turn, and has the box in the picture that the decoder shows.
        turned = Image.new("L", (128, 128))
        turned.paste(255, FACE)
        turned = turned.transpose(UNTURN[orientation]) if orientation in UNTURN else turned
        cases.append(Case(photo, frame_of(photo), FACE, turned.getbbox()))
    return cases


def exiftool(*arguments: object) -> bytes:
    return subprocess.run(["exiftool", "-config", "", *map(str, arguments)], capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def cases(tmp_path_factory) -> list[Case]:
    """Photos that say who is on them, in themselves and in a sidecar."""
    folder = tmp_path_factory.mktemp("photos")
    cases = [drawn_case(folder, format_, orientation) for format_ in SUFFIXES for orientation in ORIENTATIONS]
    if HEIC.exists():
        cases += heic_cases(folder)
    with ExifTool() as program, DecoderProcess(DecodeSettings(), decode_exactly) as decoder:
        for case in cases:
            packet = new_packet()
            merge(packet, [Shown("Ada", stored_box(case.upright, case.frame))], case.frame, NO_VALUES)
            sidecar_of(case.photo).write_bytes(packet_bytes(packet))
            commit(stage(case.photo, program.embedded(case.photo), packet_bytes(packet), Tools(program, decoder)))
    return cases


def sidecar_of(photo: Path) -> Path:
    return photo.with_name(f"{photo.name}.xmp")


def test_our_reader_finds_the_face_where_it_is(cases):
    assert len(cases) == (48 if HEIC.exists() else 40)
    with ExifTool() as program:
        for case in cases:
            assert frame_of(case.photo) == case.frame  # what was written does not turn it another way
            for data in (program.embedded(case.photo).xmp, sidecar_of(case.photo).read_bytes()):
                (tag,) = tags_in(read_packet(data))
                assert upright_box(tag.box, case.frame) == pytest.approx(case.upright, abs=0.01), case
                assert tag.applied_to == case.frame[:2]


def test_exiftool_finds_the_face_in_the_stored_picture(cases):
    files = [file for case in cases for file in (case.photo, sidecar_of(case.photo))]
    tags = ["-j", "-n", "-struct", "-RegionInfo", "-RegionInfoMP", "-IFD0:Orientation", "-XMP-tiff:Orientation"]
    found = {Path(row["SourceFile"]): row for row in json.loads(exiftool(*tags, *files))}
    for case in cases:
        for file in (case.photo, sidecar_of(case.photo)):
            row = found[file]
            assert row["Orientation"] == case.frame.orientation, row
            size = row["RegionInfo"]["AppliedToDimensions"]
            assert (size["W"], size["H"], size["Unit"]) == (*case.frame[:2], "pixel")
            (region,) = row["RegionInfo"]["RegionList"]
            x, y, w, h = (float(region["Area"][key]) for key in "XYWH")
            box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
            assert in_px(box, case.frame) == pytest.approx(case.stored, abs=0.01), row
            (rectangle,) = (each["Rectangle"] for each in row["RegionInfoMP"]["Regions"])
            left, top, w, h = map(float, rectangle.split(","))
            assert in_px((left, top, left + w, top + h), case.frame) == pytest.approx(case.stored, abs=0.01), row


def test_exiv2_finds_the_face_in_the_stored_picture(cases):
    readable = [case for case in cases if case.photo.suffix in {".jpg", ".png", ".tif", ".webp"}]
    by_file = {file: case for case in readable for file in (case.photo, sidecar_of(case.photo))}
    command = ["exiv2", "-PXkt", "-g", "stArea", "-g", "mwg-rs:Name", *map(str, by_file)]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    found: dict[Path, dict[str, str]] = {file: {} for file in by_file}
    for line in lines:
        file, key, value = line.replace("  Xmp.", " Xmp.", 1).split(maxsplit=2)
        found[Path(file)][key.rsplit(":", 1)[1]] = value
    for file, case in by_file.items():
        x, y, w, h = (float(found[file][key]) for key in "xywh")
        box = (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        assert in_px(box, case.frame) == pytest.approx(case.stored, abs=0.01)
        assert found[file]["Name"] == "Ada"


def in_px(box: Box, frame: Frame) -> Box:
    left, top, right, bottom = box
    return left * frame.width, top * frame.height, right * frame.width, bottom * frame.height
