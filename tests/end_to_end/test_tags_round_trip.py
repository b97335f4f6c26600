"""Names from metadata into the library and back into metadata, for every format and orientation.

What is to be found where is worked out by pictures that are turned, not by the code that is tested.
"""

import json
import shutil
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import canonicalize

import pytest
from lxml import etree
from PIL import Image, ImageOps

from facecluster.faces.exact import decode_exactly
from facecluster.metadata.words import Box
from facecluster.metadata.xmp.packet import read_packet
from facecluster.pipeline.tags.incoming import reading
from facecluster.pipeline.tags.incoming.importing import ImportHow, import_tags
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.pipeline.tags.outgoing import write_tools, writing
from facecluster.pipeline.tags.outgoing.writing import How, Which, revert_tags, write_tags
from facecluster.store.library import open_library
from tests.end_to_end.seen_library import Seen, seen_library
from tests.end_to_end.tag_readers import (
    exiftool,
    people_by_exiftool,
    regions_by_exiv2,
    regions_by_us,
    regions_in,
    warnings_in,
)
from tests.end_to_end.test_stored_frame import ORIENTATIONS, SUFFIXES, UNTURN, in_px
from tests.end_to_end.turned_heic import turned_by_container
from tests.faces.pictures import encoded, exif
from tests.metadata.documents import AWKWARD
from tests.pipeline.tags.tagged_library import ONE_WORKER, contents, run_here

TURNED = AWKWARD / "orientation"
HEIC = AWKWARD / "formats" / "heif_odd" / "RGB_8_chroma444.heif"
PHOTOS = {"jpg", "png", "tif", "tiff", "webp", "avif"}
SIZE = (120, 80)  # px, upright; that of the HEIC photo is another
FACES = {  # parts of the upright picture
    "Ada Lovelace": (0.1, 0.1, 0.4, 0.7),
    'Berta "B" O\'Neil/Smith | <&>': (0.55, 0.2, 0.9, 0.65),
    "Карл": (0.2, 0.75, 0.35, 0.95),
}
ADA, BERTA, CARL = FACES  # Ada stands in the metadata from the beginning, the others are named in the library
IN_PLACE = "-6."
"""In the names of the photos that show Carl, and are written in place: a copy of each is decoded and compared
(test_stored_frame has the others)."""


class Turned(NamedTuple):
    """Photos of every format, turned in every way."""

    seen: Seen
    stored: dict[str, dict[str, Box]]  # where their faces are in the stored picture, px, by photo and name
    images: dict[str, bytes]  # digests of what is to be seen in those that show Carl


def upright_px(part: Box, size: tuple[int, int]) -> Box:
    return tuple(round(edge * side) for edge, side in zip(part, size * 2, strict=True))


def stored_px(box: Box, size: tuple[int, int], orientation: int) -> Box:
    """Where a box of the upright picture is in what is stored: that picture, turned, with the box painted in."""
    mask = Image.new("L", size)
    mask.paste(255, box)
    return (mask.transpose(UNTURN[orientation]) if orientation in UNTURN else mask).getbbox()


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """The photos: size of the upright picture and orientation that their metadata state, by path."""
    folder, made = tmp_path_factory.mktemp("turned") / "now" / "photos", {}
    folder.mkdir(parents=True)
    commands: list[object] = []
    for format_, suffix in SUFFIXES.items():
        for orientation in ORIENTATIONS:
            picture = Image.new("RGB", SIZE, (orientation * 20, 90, len(suffix) * 40))
            stored = picture.transpose(UNTURN[orientation]) if orientation in UNTURN else picture
            path = f"{format_}-{orientation}.{suffix}"
            (folder / path).write_bytes(encoded(stored, format_, exif=exif(orientation=orientation)))
            # A camera that writes AVIF has it turned by the container, and states no orientation.
            made[path] = SIZE, 1 if format_ == "AVIF" else orientation
    for turns in range(4) if HEIC.exists() else ():
        for orientation in ORIENTATIONS:
            path = f"HEIC-{turns}-{orientation}.heic"
            (folder / path).write_bytes(turned_by_container(HEIC.read_bytes(), turns))
            commands += ["-n", f"-IFD0:Orientation={orientation}", folder / path, "-execute"]
            made[path] = ((29, 100), (100, 29))[turns % 2], orientation
    made |= copied(TURNED, folder)
    for path, (size, orientation) in made.items():
        commands += [*ada_said(size, orientation), folder / path, "-execute"]
    exiftool(*commands, "-common_args", "-q", "-overwrite_original")
    return folder, made


def copied(photos, folder):
    """Photos that others turned: size of the upright picture and orientation that their metadata state, by path."""
    files = {
        f"{file.parent.name} {file.name}".replace("-", "_"): file
        for file in photos.rglob("*.*")
        if file.suffix[1:] in PHOTOS
    }
    for path, file in files.items():
        shutil.copyfile(file, folder / path)
    said = exiftool("-j", "-n", "-Orientation", "-ext", "*", folder) if files else b"[]"
    orientations = {Path(row["SourceFile"]).name: row.get("Orientation", 1) for row in json.loads(said)}
    sizes = {}
    for path in files:
        with Image.open(folder / path) as image:
            sizes[path] = ImageOps.exif_transpose(image).size
    return {path: (sizes[path], orientations[path] or 1) for path in files}


def ada_said(size, orientation):
    left, top, right, bottom = stored_px(upright_px(FACES[ADA], size), size, orientation)
    width, height = size if orientation < 5 else size[::-1]
    area = f"X={(left + right) / 2 / width},Y={(top + bottom) / 2 / height},W={(right - left) / width}"
    area += f",H={(bottom - top) / height},Unit=normalized"
    applied = f"AppliedToDimensions={{W={width},H={height},Unit=pixel}}"
    region = f"{{Area={{{area}}},Name={ADA},Type=Face}}"
    return [f"-XMP-mwg-rs:RegionInfo={{{applied},RegionList=[{region}]}}", "-XMP-dc:Subject=sea", "-XMP-dc:Title=T"]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch, kept_exiftool):
    """A process of its own takes seconds to start."""
    monkeypatch.setattr(reading, "runner_of", lambda _: run_here)
    monkeypatch.setattr(writing, "runner_of", lambda _: run_here)
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)


@pytest.fixture(scope="module")
def imported(album, tmp_path_factory):
    """After an import, by which Ada is known, and decisions about the others."""
    folder, made = album
    faces = {path: [upright_px(part, size) for part in FACES.values()] for path, (size, _) in made.items()}
    seen = seen_library(folder, folder.with_name("library"), faces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "runner_of", lambda _: run_here)
        summary = import_tags(seen.library, ImportHow(), ONE_WORKER, "tester", lambda *_: None)
    assert summary.outcomes == {Outcome.NAMED: len(made)}
    assert seen.people() == {(path, seen.face(path, 0)): ADA for path in made}
    seen.name("b" * 12, BERTA, 1, made)
    with_carl = [path for path in made if IN_PLACE in path]
    seen.name("c" * 12, CARL, 2, with_carl)
    stored = {
        path: {name: stored_px(upright_px(part, size), size, orientation) for name, part in FACES.items()}
        for path, (size, orientation) in made.items()
    }
    shutil.copytree(folder.parent, folder.parent.with_name("kept"))
    return Turned(seen, stored, images_in(folder, with_carl))


@pytest.fixture
def turned(imported):
    """The same, as it was then."""
    folder = imported.seen.archive.parent
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("kept"), folder)
    return imported._replace(seen=imported.seen._replace(library=open_library(folder / "library")))


def write(seen, which, **how):
    return write_tags(seen.library, which, How(**how), ONE_WORKER, lambda *_: None)


def revert(seen, **how):
    return revert_tags(seen.library, How(**how), ONE_WORKER, lambda *_: None)


def test_sidecars(turned, kept_exiftool):
    seen, before, asked = turned.seen, contents(turned.seen.archive), Which(people=(ADA, BERTA))
    summary = write(seen, asked)
    assert (summary.written, summary.failed) == (len(before), 0), list(summary.rows())
    after = contents(seen.archive)
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == {f"{path}.xmp" for path in before}
    assert_found(turned, {path: seen.archive / f"{path}.xmp" for path in before}, {ADA, BERTA}, kept_exiftool)
    assert_again_nothing(seen, asked)
    assert not [warnings for path, warnings in warnings_in(seen.archive).items() if path.endswith(".xmp") and warnings]
    revert(seen)
    assert contents(seen.archive) == before


def test_in_place(turned, kept_exiftool):
    seen, before, asked = turned.seen, contents(turned.seen.archive), Which(people=(CARL,))
    warnings, packets = warnings_in(seen.archive), packets_in(seen.archive, turned.images, kept_exiftool)
    summary = write(seen, asked, in_place=True)
    assert (summary.written, summary.failed) == (len(turned.images), 0), list(summary.rows())
    after = contents(seen.archive)
    assert {path for path in before if before[path] != after[path]} == set(turned.images)
    assert [changed_at for _, changed_at in after.values()] == [changed_at for _, changed_at in before.values()]
    assert images_in(seen.archive, turned.images) == turned.images
    assert_found(turned, {path: seen.archive / path for path in turned.images}, {CARL}, kept_exiftool)
    assert_again_nothing(seen, asked, in_place=True)
    assert warnings_in(seen.archive) == warnings
    revert(seen, in_place=True)
    assert images_in(seen.archive, turned.images) == turned.images
    assert packets_in(seen.archive, turned.images, kept_exiftool) == packets


def images_in(archive, paths):
    """All that is to be seen in photos, bit for bit."""
    return {path: decode_exactly((archive / path).read_bytes(), None, 10).pixels.tobytes() for path in paths}


def packets_in(archive, paths, kept_exiftool):
    """What stands in the photos, apart from blanks."""
    told = kept_exiftool.embedded_of(archive / path for path in paths)
    roots = (read_packet(each.xmp).root for each in told)
    return [canonicalize(etree.tostring(root), strip_text=True) for root in roots]


def assert_again_nothing(seen, which, **how):
    """Writing again touches no file."""
    before = {path: path.stat()[:9] for path in seen.archive.iterdir()}
    again = write(seen, which, **how)
    assert (again.written, again.removed, again.failed, list(again.rows())) == (0, 0, 0, [])
    assert {path: path.stat()[:9] for path in seen.archive.iterdir()} == before


def assert_found(turned, files, ours, kept_exiftool):
    """All readers find Ada and those whom we named, within a pixel of where they are in the stored picture."""
    by_exiftool = people_by_exiftool(files.values())
    by_exiv2 = regions_by_exiv2(file for file in files.values() if file.suffix not in {".avif", ".heic"})
    for path, file in files.items():
        frame, tags = turned.seen.frames[path], by_exiftool[file]
        assert tags["Orientation"] == str(frame.orientation)
        assert tags["RegionInfo"]["AppliedToDimensions"] == {
            "W": str(frame.width),
            "H": str(frame.height),
            "Unit": "pixel",
        }
        assert tags["PersonInImage"] == sorted(ours)
        assert tags["Subject"] == ["sea", *sorted(ours)]
        expected = {name: pytest.approx(box, abs=1) for name, box in turned.stored[path].items()}
        found = [regions_in(tags), regions_by_us(file, kept_exiftool)]
        for regions in found + ([by_exiv2[file]] if file in by_exiv2 else []):
            mwg, microsoft = ({name: in_px(box, frame) for name, box in form.items()} for form in regions)
            assert mwg == {name: expected[name] for name in {ADA, *ours}}, file
            assert microsoft == {name: expected[name] for name in ours}, file
