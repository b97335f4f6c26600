"""Photos and archives that are broken, gone or oddly named: a row with a reason each; nothing of others changes."""

import os
import shutil
from pathlib import Path

import pytest

from facecluster.metadata.xmp.extended import extension_id
from facecluster.metadata.xmp.jpeg import with_xmp
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.plan import listing_table
from facecluster.settings import ArchiveSettings
from facecluster.store.archive import list_photos
from facecluster.store.library import open_library
from facecluster.store.path_text import path_to_text
from tests.end_to_end.bad_tags import DTD, PLAIN, failed, is_harmless, people_in, put
from tests.pipeline.tags.said_files import on_face, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    Tagged,
    contents,
    index,
    make_photo,
    tagged_library,
)

HOSTILE_PHOTOS = [
    *(
        b"new\nline.jpg",
        b"-rf.jpg",
        b"--json.jpg",
        b"-execute\n.jpg",
        b"#[CSTR]\\n.jpg",
        b"%d%s%n.jpg",
        b"{ready1}.jpg",
    ),
    *(b"'\"`;|&$(id).jpg", b"\xff\xfe.jpg", b"\xc2\x9b31m.jpg", b"\x1b[31m.jpg", b"\xe2\x80\xae.jpg", b"\\x41.jpg"),
    *(b" .jpg", b"UPPER.JPG", b"x" * 247 + b".jpg"),
]
WITH_BOTH = b"a\n$b.jpg"  # ExifTool has no way to be told of it
TOO_LONG = b"y" * 251 + b".jpg"  # its sidecar would have 259 bytes; file systems take 255
TOO_LONG_REASON = "unreadable: its name would be longer than a file system takes: try --sidecar-style stem"


@pytest.fixture
def hostile(tmp_path):
    """An archive of photos whose names look like something else."""
    archive = tmp_path / "photos"
    for number, name in enumerate([*HOSTILE_PHOTOS, WITH_BOTH, TOO_LONG]):
        make_photo(archive / f"{number}.jpg")
        (archive / f"{number}.jpg").rename(archive / os.fsdecode(name))
    return tagged_library(tmp_path, [])


def names_in(folder):
    """What is in a folder, as the system has it: {name: bytes}, of files."""
    with os.scandir(os.fsencode(folder)) as entries:
        return {entry.name: Path(os.fsdecode(entry.path)).read_bytes() for entry in entries if entry.is_file()}


def test_photos_of_hostile_names(tags, hostile, tmp_path):
    before = names_in(hostile.archive)
    assert before.keys() == {*HOSTILE_PHOTOS, WITH_BOTH, TOO_LONG}
    hostile.name(BERTA, *map(path_to_text, before))
    reasons = {
        path_to_text(WITH_BOTH) + ".xmp": "unreadable: ExifTool takes no name with both a line break and a $ or @",
        path_to_text(TOO_LONG) + ".xmp": TOO_LONG_REASON,
    }
    assert failed(tags(hostile, "write", "--dry-run")) == reasons
    assert names_in(hostile.archive) == before
    shown = tags(hostile, "write", "--dry-run", json_too=False)
    assert {path_to_text(name) + ".xmp" for name in HOSTILE_PHOTOS if name != b"\xe2\x80\xae.jpg"} < set(
        shown.splitlines()
    )
    assert failed(tags(hostile, "write", "--strict", code=3)) == reasons
    after = names_in(hostile.archive)
    assert after.keys() - before.keys() == {name + b".xmp" for name in HOSTILE_PHOTOS}
    assert {name: after[name] for name in before} == before

    told = tags(hostile, "import")
    assert told["outcomes"] == {"ours": len(HOSTILE_PHOTOS), "failed": 1}
    assert tags(hostile, "write", "--sidecar-style", "stem")["written"] == 1  # that with the long name
    tags(hostile, "album", tmp_path / "album")
    (folder,) = (path for path in (tmp_path / "album").iterdir() if not path.name.startswith("."))
    links = {link.name: link.resolve() for link in folder.iterdir()}
    assert sorted(map(os.fsencode, (link.name for link in links.values()))) == sorted(before)
    assert all(all(map(is_harmless, name)) and len(name.encode()) < 256 for name in links)
    tags(hostile, "revert")
    assert names_in(hostile.archive) == before


def test_photos_that_are_gone_or_changed_or_out_of_reach(tags, tmp_path):
    paths = ["gone.jpg", "changed.jpg", "cut.jpg", "link.jpg", "away/one.jpg", "fine.jpg"]
    tagged = tagged_library(tmp_path, paths)
    tagged.name(ANNA, *paths)
    outside = shutil.copy(tagged.archive / "link.jpg", tmp_path / "outside.jpg")
    (tagged.archive / "gone.jpg").unlink()
    make_photo(tagged.archive / "changed.jpg", orientation=6)
    put(tagged, {"cut.jpg": (tagged.archive / "cut.jpg").read_bytes()[:200]})
    (tagged.archive / "link.jpg").unlink()
    (tagged.archive / "link.jpg").symlink_to(outside)
    (tagged.archive / "away").rename(tmp_path / "away")
    before = contents(tagged.archive)
    reasons = {file: why.partition(":")[0] for file, why in failed(tags(tagged, "write")).items()}
    assert reasons == {
        **dict.fromkeys(("gone.jpg.xmp", "away/one.jpg"), "unreadable"),
        **dict.fromkeys(("changed.jpg.xmp", "cut.jpg.xmp", "link.jpg.xmp"), "changed"),
    }
    after = contents(tagged.archive)
    assert after.keys() - before.keys() == {"fine.jpg.xmp"}
    assert {name: after[name] for name in before} == before
    told = tags(tagged, "import", "--strict", code=3)
    assert {file: why.partition(":")[0] for file, why in failed(told).items()} == {
        **dict.fromkeys(("gone.jpg", "away/one.jpg"), "unreadable"),
        **dict.fromkeys(("changed.jpg", "cut.jpg", "link.jpg"), "changed"),
    }


def test_photos_on_a_disk_that_is_away(tags, tmp_path):
    """Nobody looks for them, and what is ours on it stays known."""
    tagged = tagged_library(tmp_path, ["disk/one.jpg", "two.jpg"])
    tagged.name(ANNA, "disk/one.jpg", "two.jpg")
    before = contents(tagged.archive)
    tags(tagged, "write")
    (tagged.archive / "disk").rename(tmp_path / "disk")
    (tagged.archive / "disk").symlink_to(tmp_path / "nowhere")
    scan = latest_scan(tagged.library)
    table = listing_table(list_photos(tagged.archive, ArchiveSettings()), tagged.library.listing(scan))
    tagged.library.add_scan(table, scan.archive, scan.fingerprint, scan.listed_at)
    assert tags(tagged, "import", "--strict")["photos"] == 1
    assert tags(tagged, "write", "--strict", "--person", ANNA)["unchanged"] == 1
    told = tags(tagged, "revert", "--strict", code=3)
    assert (told["removed"], list(failed(told))) == (1, ["disk/one.jpg"])
    (tagged.archive / "disk").unlink()
    (tmp_path / "disk").rename(tagged.archive / "disk")
    assert tags(tagged, "revert", "--strict")["removed"] == 1
    assert contents(tagged.archive) == before


def test_photos_that_hold_bad_metadata(tags, tmp_path):
    """It is not taken over into sidecars, which is said; nothing goes into such a photo."""
    rest = DTD + sidecar(on_face(BERTA, "Never"))
    pointer = b"rdf:about='' xmlns:xmpNote='http://ns.adobe.com/xmp/note/' xmpNote:HasExtendedXMP='%s'"
    bad = {
        "bomb": (DTD + PLAIN.replace(b"Zoe", b"&b;"), None, "forbidden"),
        "no xml": (b"no XML", None, "broken"),
        "cut": (PLAIN[:300], None, "broken"),
        "rest": (PLAIN.replace(b"rdf:about=''", pointer % extension_id(rest)), rest, "forbidden"),
        "deep": (PLAIN.replace(b"</rdf:D", b"<a>" * 300 + b"</a>" * 300 + b"</rdf:D"), None, "too_large"),
    }
    archive = tmp_path / "photos"
    for name, (packet, extension, _) in bad.items():
        make_photo(archive / f"{name}.jpg")
        photo = (archive / f"{name}.jpg").read_bytes()
        (archive / f"{name}.jpg").write_bytes(with_xmp(photo, packet, extension))
    tagged = tagged_library(tmp_path, [])
    tagged.name(BERTA, *(f"{name}.jpg" for name in bad))
    before = contents(tagged.archive)
    faults = {f"{name}.jpg": fault for name, (_, _, fault) in bad.items()}
    for words in (("import", "--strict"), ("write", "--in-place", "--yes", "--strict")):
        told = failed(tags(tagged, *words, code=3))
        assert {file: reason.partition(":")[0] for file, reason in told.items()} == faults
    assert contents(tagged.archive) == before
    told = tags(tagged, "write", "--strict")
    assert {row["path"]: row["reason"].partition(":")[2].split(":")[0].strip() for row in told["files"]} == faults
    assert people_in(tagged, "bomb.jpg.xmp") == ['Berta "B" O\'Neil/Smith']
    tags(tagged, "revert")
    assert contents(tagged.archive) == before


def test_copies_of_a_photo_with_other_sidecars(tags, tmp_path):
    """The first to speak of a face has it; each copy is then written what holds, beside what its sidecar says."""
    tagged = tagged_library(tmp_path, ["a/one.jpg"])
    shutil.copytree(tagged.archive / "a", tagged.archive / "b")
    index(tagged)
    put(tagged, {"a/one.jpg.xmp": PLAIN, "b/one.jpg.xmp": sidecar(on_face(ANNA, "Yoe"), on_face(CARL, "Carl"))})
    told = tags(tagged, "import", "--strict")
    assert (told["people_new"], told["outcomes"]) == (2, {"named": 2, "outranked": 1})
    told = tags(tagged, "write", "--strict")
    assert people_in(tagged, "a/one.jpg.xmp") == ["Zoe", "Carl"]
    assert people_in(tagged, "b/one.jpg.xmp") == ["Yoe", "Carl"]
    (noted,) = (row["reason"] for row in told["files"] if row["reason"])
    assert "Yoe" in noted


def test_an_archive_that_is_not_there_is_no_reason_to_forget_anything(tags, tmp_path):
    """Its disk is not mounted: there may be an empty folder in its place, or none."""
    tagged = tagged_library(tmp_path, ["one.jpg", "below/two.jpg"])
    tagged.name(ANNA, "one.jpg", "below/two.jpg")
    before = contents(tagged.archive)
    tags(tagged, "write")
    away = tagged.archive.rename(tmp_path / "away")
    for words in (("write",), ("revert",), ("import",), ("album", tmp_path / "album")):
        assert tags(tagged, *words, code=1) == ""
    tagged.archive.mkdir()
    for words in (("write",), ("revert",), ("import",)):
        tags(tagged, *words)
    assert list(tagged.archive.iterdir()) == []
    tagged.archive.rmdir()
    away.rename(tagged.archive)
    assert tags(tagged, "revert", "--strict")["removed"] == 2
    assert contents(tagged.archive) == before


def test_a_library_inside_the_archive_and_an_archive_that_moved(tags, tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    tagged.name(ANNA, "one.jpg")
    inside = tagged.archive / "library"
    tagged.library.folder.rename(inside)
    tagged = Tagged(tagged.archive, open_library(inside))
    index(tagged)
    before = contents(tagged.archive)
    assert tags(tagged, "write", "--strict")["written"] == 1
    assert {name for name in contents(tagged.archive) if not name.startswith("library/")} == {"one.jpg", "one.jpg.xmp"}
    assert tags(tagged, "album", tagged.archive / "album", code=2) == ""

    moved = Tagged(tagged.archive.rename(tmp_path / "moved"), open_library(tmp_path / "moved" / "library"))
    assert tags(moved, "write", code=1) == ""
    index(moved)
    assert tags(moved, "write", "--strict")["unchanged"] == 1
    assert tags(moved, "revert", "--strict")["removed"] == 1
    assert {name: data for name, data in contents(moved.archive).items() if not name.startswith("library/")} == {
        name: data for name, data in before.items() if not name.startswith("library/")
    }
