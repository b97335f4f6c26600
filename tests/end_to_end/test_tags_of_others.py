"""Photos and sidecars that other programs wrote: what they say is read, stays beside what we say, and is all that is
left in the end."""

import json
import shutil
from collections import Counter
from functools import reduce
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from facecluster.faces.exact import decode_exactly
from facecluster.metadata.tag_words import digikam_word, lightroom_word
from facecluster.metadata.xmp.packet import read_packet
from facecluster.people.statements import Rename, Undo
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.tags.incoming import reading
from facecluster.pipeline.tags.incoming.importing import ImportHow, import_tags
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.pipeline.tags.outgoing import write_tools, writing
from facecluster.pipeline.tags.outgoing.writing import How, Which, revert_tags, write_tags
from facecluster.store.library import open_library
from tests.end_to_end.seen_library import seen_library
from tests.end_to_end.tag_readers import exiftool, warnings_in
from tests.metadata.documents import AWKWARD, needs_photographs
from tests.pipeline.tags.tagged_library import ONE_WORKER, contents, run_here, say

pytestmark = needs_photographs

FOLDERS = ["face_regions", "sidecars"]
MADE = (96, 64)  # px, of the photos of sidecars that came without one
CURIES = {  # where they stand in face_regions/portrait.jpg, and turned upright in portrait-orientation-6.jpg; px
    "Marie Curie": (271, 165, 356, 278),
    "Pierre Curie": (537, 93, 622, 242),
}
XAVER, YVES = "Xaver /|;,\"' <&>", "Ψ علي 李雷 é 👩\u200d🚀"
XENIA = "Xenia"
IN_PLACE = "Zoë"  # is shown by the photos that are somebody's, and not made here


def album_in(folder: Path) -> list[str]:
    """Copies of all files, with a photo for each sidecar; the paths of those photos that came with them."""
    for name in FOLDERS:
        for file in (AWKWARD / name).rglob("*.*"):
            if file.is_file():
                copy = folder / file.relative_to(AWKWARD)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    photos = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.suffix == ".jpg")
    for number, sidecar in enumerate(sorted(folder.rglob("*.xmp"))):
        photo = sidecar.with_suffix("" if "." in sidecar.stem else ".jpg")
        if not photo.exists():
            Image.new("RGB", MADE, (number, 90, 120)).save(photo, "JPEG")
    return photos


def faces_of(photo: Path) -> list[tuple[float, ...]]:
    """Where we say that two faces are, px of the upright picture."""
    if photo.name.startswith("portrait"):
        return list(CURIES.values())
    with Image.open(photo) as image:
        width, height = image.size if image.getexif().get(274, 1) < 5 else image.size[::-1]
    return [(0, 0, width // 8, height // 6), (width * 5 // 6, height * 7 // 8, width, height)]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch, kept_exiftool):
    """A process of its own takes seconds to start."""
    monkeypatch.setattr(reading, "runner_of", lambda _: run_here)
    monkeypatch.setattr(writing, "runner_of", lambda _: run_here)
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """The library, in which everybody has a name, most by our own word."""
    folder = tmp_path_factory.mktemp("others") / "now" / "photos"
    folder.mkdir(parents=True)
    theirs = album_in(folder)
    photos = [path for path in folder.rglob("*.*") if path.suffix != ".xmp"]
    faces = {str(photo.relative_to(folder)): faces_of(photo) for photo in photos}
    seen = seen_library(folder, folder.with_name("library"), faces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "runner_of", lambda _: run_here)
        summary = import_tags(seen.library, ImportHow(), ONE_WORKER, "tester", lambda *_: None)
    assert (summary.outcomes[Outcome.NAMED], summary.people_new, summary.failed) == (4, 2, ())
    others = [path for path in faces if "portrait" not in path]
    seen.name("a" * 12, XAVER, 0, others)
    seen.name("b" * 12, YVES, 1, [path for path in others if path not in theirs])
    seen.name("c" * 12, IN_PLACE, 1, [path for path in others if path in theirs])
    shutil.copytree(folder.parent, folder.parent.with_name("kept"))
    return seen


@pytest.fixture
def seen(named):
    """The same, as it was then."""
    folder = named.archive.parent
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("kept"), folder)
    return named._replace(library=open_library(folder / "library"))


def write(seen, people=(), **how):
    return write_tags(seen.library, Which(people=people), How(**how), ONE_WORKER, lambda *_: None)


def revert(seen, **how):
    return revert_tags(seen.library, How(**how), ONE_WORKER, lambda *_: None)


def said_in(archive):
    """What ExifTool finds in each file: how often each tag has each value, items of lists one by one."""
    groups = ["-XMP:all", "-IPTC:all", "-EXIF:all", "-Photoshop:all", "-ICC_Profile:all", "-MakerNotes:all"]
    found = json.loads(exiftool("-j", "-G1", "-struct", "-n", "-r", "-ext", "*", *groups, archive))
    return {
        str(Path(row.pop("SourceFile")).relative_to(archive)): Counter(
            leaf for tag, value in row.items() for leaf in leaves(tag, value)
        )
        for row in found
    }


def leaves(tag, value):
    if isinstance(value, dict) and ("RegionList" in value or "Regions" in value):
        for field, each in value.items():
            yield from leaves(f"{tag}.{field}", each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(tag, each)
    elif value != "" and not tag.endswith("HasExtendedXMP"):  # an empty list; how much a JPEG holds in one piece
        yield tag, json.dumps(value, sort_keys=True)


def document(data):
    """What a document says, apart from blanks."""
    return etree.canonicalize(read_packet(data).root, strip_text=True)


def test_all_that_others_wrote_stays_tag_by_tag_and_is_all_that_is_left(seen):
    before, said, warnings = contents(seen.archive), said_in(seen.archive), warnings_in(seen.archive)
    summary = write(seen)
    assert (summary.written, summary.failed) == (len(seen.faces), 0), list(summary.rows())
    after, says, now = contents(seen.archive), said_in(seen.archive), warnings_in(seen.archive)
    assert {path for path in before if before[path] != after[path]} == set(before) - set(seen.faces)
    assert len([path for path in before if path not in seen.faces and said[path]]) >= 10
    for path in after:
        source = path if path in before else photo_of(path, seen)
        kept = said[source] if path in before else of_xmp(said[source])
        assert not kept - says[path], path
        assert not now[path] - warnings[source], path
    assert_again_nothing(seen)
    revert(seen)
    assert_as_before(seen, before)


def test_who_is_called_otherwise_is_so_in_files_too_and_nothing_else_changes(seen):
    write(seen)
    before = said_in(seen.archive)
    say(seen.library, Rename("a" * 12, XENIA))
    summary = write(seen)
    changed = {row["file"] for row in summary.rows()}
    assert (len(changed), summary.failed) == (len([path for path in seen.faces if "portrait" not in path]), 0)
    for path, found in said_in(seen.archive).items():
        assert found == (renamed(before[path]) if path in changed else before[path]), path


def test_an_import_that_is_undone_leaves_no_word_of_ours(seen):
    before = contents(seen.archive)
    asked = list(CURIES)
    assert write(seen, asked).written == 2
    assert write(seen, asked).unchanged == 2
    (imported,) = (each for each in decisions_of(seen.library) if each.provenance == "imported")
    say(seen.library, Undo(imported.id))
    assert write(seen).removed == 2
    assert {path for path in contents(seen.archive) if "portrait" in path} == {
        path for path in before if "portrait" in path
    }
    revert(seen)
    assert_as_before(seen, before)


def test_photos_of_others_in_place(seen):
    before, said, warnings = contents(seen.archive), said_in(seen.archive), warnings_in(seen.archive)
    asked = (IN_PLACE, *CURIES)
    theirs = [path for path in seen.faces if (AWKWARD / path).exists()]
    images = images_in(seen, theirs)
    summary = write(seen, asked, in_place=True)
    assert summary.failed == 0, list(summary.rows())
    after, says = contents(seen.archive), said_in(seen.archive)
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {row["file"] for row in summary.rows()} == {*theirs, "sidecars/photoprism/photoshop.xmp"}
    for path in changed:
        assert not said[path] - says[path], path
        assert path not in seen.faces or before[path][1] == after[path][1]
    assert images_in(seen, theirs) == images
    assert not [path for path, found in warnings_in(seen.archive).items() if found - warnings[path]]
    revert(seen, in_place=True)
    assert images_in(seen, theirs) == images
    assert said_in(seen.archive) == said


def assert_as_before(seen, before):
    """Photos and sidecars are those of before; where we wrote into one, it says what it said."""
    after = contents(seen.archive)
    assert set(after) == set(before)
    for path in before:
        if path in seen.faces:
            assert after[path] == before[path]
        else:
            assert document(after[path][0]) == document(before[path][0]), path


def assert_again_nothing(seen, people=(), **how):
    """Writing again touches no file."""
    before = {path: path.stat()[:9] for path in seen.archive.rglob("*.*")}
    again = write(seen, people, **how)
    assert (again.written, again.removed, again.failed) == (0, 0, 0)
    assert {path: path.stat()[:9] for path in seen.archive.rglob("*.*")} == before


def photo_of(sidecar, seen):
    """The photo of a sidecar that we made."""
    return next(path for path in seen.faces if sidecar in {f"{path}.xmp", str(Path(path).with_suffix(".xmp"))})


def images_in(seen, photos):
    """All that is to be seen in photos, bit for bit."""
    return {path: decode_exactly((seen.archive / path).read_bytes(), None, 100).pixels.tobytes() for path in photos}


def of_xmp(said):
    """What is said in the XMP of a photo."""
    return Counter({leaf: count for leaf, count in said.items() if leaf[0].startswith("XMP-")})


def renamed(said):
    """The same of Xenia."""
    words = {
        in_json(word): in_json(word_of(XENIA))
        for word_of in (str, digikam_word, lightroom_word)
        for word in [word_of(XAVER)]
    }
    result = Counter()
    for (tag, value), count in said.items():
        result[tag, reduce(lambda text, word: text.replace(word, words[word]), words, value)] += count
    return result


def in_json(text):
    return json.dumps(text)[1:-1]
