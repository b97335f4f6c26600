"""Any names, of a crowd in one photo: through the command line from a sidecar into the library, and into a sidecar."""

import json
import random
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from facecluster.errors import UsageError
from facecluster.metadata.tag_words import digikam_word, lightroom_word
from facecluster.people.names import MAX_NAME, checked_name
from facecluster.pipeline.tags.incoming import reading
from facecluster.pipeline.tags.outgoing import write_tools, writing
from facecluster.spelling import name_key
from tests.end_to_end.seen_library import seen_library
from tests.end_to_end.tag_readers import people_by_exiftool, regions_by_exiv2, regions_by_us, regions_in
from tests.end_to_end.test_stored_frame import UNTURN, in_px
from tests.faces.pictures import encoded, exif, picture
from tests.metadata.one_box import stored_box
from tests.pipeline.tags.said_files import sidecar
from tests.pipeline.tags.tagged_library import run_here

CROWD = 200
CELL = (16, 24)  # px; one face in each
ACROSS = 20
SIZE = (CELL[0] * ACROSS, CELL[1] * CROWD // ACROSS)  # px, of the upright photo

NASTY = [
    "AC/DC", "a|b", "a;b, c", '"', "O'Neil \"Bo\" <&>", "&amp;", "]]>", "<rdf:li>", "People", "People/Ada", "=1+1",
    "1e3", "007", "-", "$(id)", "%d", "\\n", "{x=1}", "李雷", "علي ابن", "שרה", "Ångström", "Zoë", "नेहा", "👩\u200d🚀",
    "Ida  Bell", "a" * MAX_NAME,
]  # fmt: skip
"""The signs of every format on the way, of command lines, and scripts of both directions."""


def bearable(text):
    """Whether somebody can be called so here."""
    try:
        return checked_name(text) == text
    except UsageError:
        return False


NAMES = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=30)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bearable)
    .filter(lambda name: name.lower() not in {"true", "false"})  # which ExifTool shows as what JSON means by that
)


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch, kept_exiftool):
    """A process of its own takes seconds to start."""
    monkeypatch.setattr(reading, "runner_of", lambda _: run_here)
    monkeypatch.setattr(writing, "runner_of", lambda _: run_here)
    monkeypatch.setattr(write_tools, "ExifTool", lambda: kept_exiftool)


def crowd_of(names):
    """So many people, each with another name."""
    named = {name_key(name): name for name in [*NASTY, *names]}
    named |= {name_key(filler): filler for filler in (f"Person {number}" for number in range(CROWD))}
    return list(named.values())[:CROWD]


def boxes_of(count, seed):
    """A box in each cell of the photo, px: at least 8 x 12, so that each could be a face."""
    numbers = random.Random(seed)
    for number in range(count):
        left, top = number % ACROSS * CELL[0], number // ACROSS * CELL[1]
        x0, y0 = left + numbers.randrange(4), top + numbers.randrange(6)
        yield x0, y0, x0 + numbers.randrange(8, CELL[0] - 4), y0 + numbers.randrange(12, CELL[1] - 6)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(NAMES, max_size=60), st.integers(0), st.sampled_from(range(1, 9)))
@example([], 0, 6)
def test_a_crowd_of_any_names_comes_in_and_goes_out(
    facecluster, kept_exiftool, tmp_path_factory, names, seed, orientation
):
    folder = tmp_path_factory.mktemp("crowd")
    archive, photo = folder / "photos", folder / "photos" / "a.jpg"
    archive.mkdir()
    upright = picture(SIZE)
    stored = upright.transpose(UNTURN[orientation]) if orientation in UNTURN else upright
    photo.write_bytes(encoded(stored, "JPEG", exif=exif(orientation=orientation)))
    crowd = crowd_of(names)
    boxes = list(boxes_of(CROWD, seed))
    seen = seen_library(archive, folder / "library", {"a.jpg": boxes})
    frame = seen.frames["a.jpg"]
    theirs = archive / "a.jpg.xmp"
    theirs.write_bytes(sidecar(*((name, stored_box(box, frame)) for name, box in zip(crowd, boxes, strict=True))))

    done = facecluster("tags", "import", "--library", folder / "library", "--json")
    assert (done.code, json.loads(done.out)["people_new"]) == (0, CROWD), done
    assert seen.people() == {("a.jpg", seen.face("a.jpg", number)): name for number, name in enumerate(crowd)}
    theirs.unlink()
    original = photo.read_bytes()
    done = facecluster("tags", "write", "--library", folder / "library", "--json")
    assert (done.code, json.loads(done.out)["people"]) == (0, CROWD), done
    assert photo.read_bytes() == original
    assert_said_of(theirs, dict(zip(crowd, boxes, strict=True)), frame, kept_exiftool)
    data = theirs.read_bytes()
    done = facecluster("tags", "write", "--library", folder / "library", "--json")
    assert json.loads(done.out)["unchanged"] == 1
    assert theirs.read_bytes() == data
    done = facecluster("tags", "revert", "--library", folder / "library", "--json")
    assert json.loads(done.out)["removed"] == 1
    assert [path.name for path in archive.iterdir()] == ["a.jpg"]


def assert_said_of(file, places, frame, kept_exiftool):
    """All readers find everybody in every form."""
    (tags,) = people_by_exiftool([file]).values()
    readers = [regions_by_us(file, kept_exiftool), regions_in(tags), regions_by_exiv2([file])[file]]
    for regions in readers:
        for form in regions:
            assert set(form) == set(places)
            for name, box in form.items():
                assert in_px(box, frame) == pytest.approx(in_px(stored_box(places[name], frame), frame), abs=1), name
    assert set(tags["PersonInImage"]) == set(places)
    assert set(tags["Subject"]) == set(places)
    assert set(tags["TagsList"]) == {digikam_word(name) for name in places}
    assert set(tags["HierarchicalSubject"]) == {lightroom_word(name) for name in places}


def test_what_nobody_can_be_called_comes_in_from_nowhere(facecluster, kept_exiftool, tmp_path):
    archive, photo = tmp_path / "photos", tmp_path / "photos" / "a.jpg"
    archive.mkdir()
    photo.write_bytes(encoded(picture(SIZE), "JPEG"))
    names = ["Ada\nByron", "Ada\u2028Byron", "\u202eada", "a" * (MAX_NAME + 1), "\u200b", " \t ", "Ada Byron"]
    boxes = list(boxes_of(len(names), 0))
    seen = seen_library(archive, tmp_path / "library", {"a.jpg": boxes})
    theirs = archive / "a.jpg.xmp"
    theirs.write_bytes(
        sidecar(*((name, stored_box(box, seen.frames["a.jpg"])) for name, box in zip(names, boxes, strict=True)))
    )
    done = facecluster("tags", "import", "--library", tmp_path / "library", "--json")
    said = json.loads(done.out)
    assert (done.code, said["outcomes"]) == (0, {"named": 1, "unnamed": 1, "refused": 5}), said
    assert [row["name"] for row in said["refused"]] == names[:5]
    assert seen.people() == {("a.jpg", seen.face("a.jpg", 6)): "Ada Byron"}
    for name in names[:6]:
        done = facecluster("people", "name", seen.face("a.jpg", 0), name, "--library", tmp_path / "library")
        assert (done.code, done.out) == (2, ""), name
    assert facecluster("tags", "write", "--library", tmp_path / "library").code == 0
    (tags,) = people_by_exiftool([theirs]).values()
    assert tags["PersonInImage"] == tags["Subject"] == ["Ada Byron"]
