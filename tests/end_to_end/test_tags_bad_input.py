"""Archives that are broken, or that mean harm: a row with a reason each, and nothing of others changes."""

import errno
import json
import os
import shutil
import socket
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest

from facecluster.metadata.xmp.extended import extension_id
from facecluster.metadata.xmp.jpeg import with_xmp
from facecluster.metadata.xmp.packet import read_packet
from facecluster.metadata.xmp.reading import tags_in
from facecluster.people.statements import Name, Rename
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.plan import listing_table
from facecluster.pipeline.tags.incoming import read_worker, reading
from facecluster.pipeline.tags.outgoing import write_tools, writing
from facecluster.settings import ArchiveSettings
from facecluster.store.archive import list_photos
from facecluster.store.ledger import Bucket
from facecluster.store.library import open_library
from facecluster.store.path_text import path_to_text
from tests.end_to_end.test_hostile_names import ALLOWED
from tests.pipeline.tags.said_files import in_this_process, on_face, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    Tagged,
    contents,
    index,
    make_photo,
    say,
    tagged_library,
)

SIDECARS = Path(__file__).parents[3] / "shared" / "photos" / "awkward" / "sidecars"
"""Of many programs, beside the repository where somebody has them."""

JOINERS = "\u200c\u200d"
PLAIN = sidecar(on_face(ANNA, "Zoe"))
DTD = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'

BROKEN = {
    "no xml": (b"no XML", "broken: no XML"),
    "empty": (b"", "broken: no XML"),
    "zeros": (b"\0" * 4096, "broken: no XML"),
    "photo": (b"\xff\xd8\xff\xe1\0\x10Exif\0\0", "broken: no XML"),
    "page": (b"<html><body/></html>", "broken: XML, but no XMP"),
    "without RDF": (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", "broken: XML, but no XMP"),
    "bytes": (PLAIN.replace(b"Zoe", b"Zo\xff"), "broken: no XML"),
    "latin": (b"<?xml version='1.0' encoding='iso-8859-1'?>" + PLAIN, "broken: it declares another encoding"),
    "control": (PLAIN.replace(b"Zoe", b"Z&#27;[31m"), "broken: no XML"),
    "entity": (PLAIN.replace(b"Zoe", b"&zoe;"), "broken: no XML"),
    "bomb": (DTD + PLAIN.replace(b"Zoe", b"&b;"), "forbidden: the XML has a DTD"),
    "outside": (DTD + PLAIN.replace(b"Zoe", b"&c;"), "forbidden: the XML has a DTD"),
    "bomb in UTF-16": ((DTD + PLAIN.replace(b"Zoe", b"&b;")).decode().encode("utf-16"), "forbidden: the XML has a DTD"),
    "hidden bomb": (
        b"<?xpacket begin='' id='x'?><!-- --><?p?> " + DTD + PLAIN + b"<?xpacket end='w'?>",
        "forbidden: the XML has a DTD",
    ),
    "fetched": (b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x'>" + PLAIN, "forbidden: the XML has a DTD"),
    "deep": (PLAIN.replace(b"</rdf:D", b"<a>" * 999 + b"</a>" * 999 + b"</rdf:D"), "too_large: no XML"),
    "long text": (PLAIN.replace(b"Zoe", b"Z" * (11 << 20)), "too_large: no XML"),
    "large": (PLAIN + b" " * (64 << 20), "too_large: 67,"),
}
"""Sidecars that cannot be used, and why."""

NAMES = [
    "\x9b31m\u202eeoZ",
    "line\nbreak",
    "Z" * 3_000_000,
]
"""Of people, as files have them: nobody can bear them."""

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


def is_harmless(character):
    """Whether a terminal shows it and does nothing else."""
    return character == "\n" or unicodedata.category(character)[0] != "C" or character in JOINERS


@pytest.fixture
def tags(facecluster, kept_exiftool, monkeypatch):
    """A function: `facecluster tags` of a library, as --json tells it; whatever it is, a terminal could show it."""
    for module in (reading, writing):
        monkeypatch.setattr(module, "runner_of", lambda _settings: in_this_process)
    for module in (read_worker, write_tools):
        monkeypatch.setattr(module, "ExifTool", lambda: kept_exiftool)

    def run(tagged, *words, code=0, json_too=True):
        ended = facecluster("tags", *words, "--library", tagged.library.folder, *(["--json"] if json_too else []))
        assert ended.code == code, ended.err
        assert all(map(is_harmless, ended.out + ended.err.replace("\r", "\n")))
        assert "Traceback" not in ended.err
        return json.loads(ended.out) if json_too and ended.out else ended.out

    return run


def failed(told):
    """The files that failed, and why."""
    rows = told["failed"] if isinstance(told["failed"], list) else told["files"]
    return {row["file"]: row["reason"] for row in rows if row.get("status", "failed") == "failed"}


def put(tagged, files):
    """Put files into the archive."""
    for name, data in files.items():
        path = tagged.archive / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)


def photos_of(tagged):
    return {name: kept for name, kept in contents(tagged.archive).items() if name.lower().endswith((".jpg", ".cr2"))}


def data_of(tagged):
    return {name: data for name, (data, _) in contents(tagged.archive).items()}


def people_in(tagged, name):
    """Whom the regions of a sidecar name."""
    return [tag.name for tag in tags_in(read_packet((tagged.archive / name).read_bytes())) if tag.box]


# Sidecars -----------------------------------------------------------------------------------------------------------


def test_a_broken_sidecar_is_a_row_and_stays(tags, tmp_path):
    tagged = tagged_library(tmp_path, [f"{name}.jpg" for name in [*BROKEN, "fine"]])
    put(tagged, {f"{name}.jpg.xmp": data for name, (data, _) in BROKEN.items()} | {"fine.jpg.xmp": PLAIN})
    before = contents(tagged.archive)
    reasons = {f"{name}.jpg.xmp": reason for name, (_, reason) in BROKEN.items()}

    told = tags(tagged, "import", "--strict", code=3)
    assert failed(told).keys() == reasons.keys()
    assert all(reason.startswith(reasons[file]) for file, reason in failed(told).items())
    assert told["outcomes"]["named"] == 1

    tagged.name(BERTA, *(f"{name}.jpg" for name in [*BROKEN, "fine"]))
    for words in (("write", "--dry-run"), ("write",)):
        assert failed(tags(tagged, *words, "--strict", code=3)).keys() == reasons.keys()
    assert people_in(tagged, "fine.jpg.xmp") == ["Zoe", 'Berta "B" O\'Neil/Smith']
    assert failed(tags(tagged, "revert")) == {}
    after = contents(tagged.archive)
    assert canonicalize(after.pop("fine.jpg.xmp")[0]) == canonicalize(before.pop("fine.jpg.xmp")[0])
    assert after == before


def test_a_sidecar_that_was_cut_off_anywhere(tags, tmp_path):
    """What is whole to its last tag is used; everything shorter is a row, and stays."""
    file = SIDECARS / "digikam" / "_27A1434.JPG.xmp"
    if not file.is_file():
        pytest.skip("no photographs beside the repository")
    whole = file.read_bytes()
    is_whole = {f"{end:05}.jpg": end >= whole.rindex(b"</x:xmpmeta>") + 12 for end in range(0, len(whole), 50)}
    tagged = tagged_library(tmp_path, list(is_whole))
    put(tagged, {f"{photo}.xmp": whole[: int(photo[:5])] for photo in is_whole})
    tagged.name(ANNA, *is_whole)
    before = contents(tagged.archive)
    cut = {f"{photo}.xmp" for photo in is_whole if not is_whole[photo]}
    assert failed(tags(tagged, "import", "--no-embedded", "--dry-run")).keys() == cut
    assert failed(tags(tagged, "write")).keys() == cut
    after = contents(tagged.archive)
    assert {name for name in before if after[name] != before[name]} == before.keys() - cut - is_whole.keys()
    tags(tagged, "revert")
    after = data_of(tagged)
    assert all(
        after[name] == data if name in cut or name in is_whole else canonicalize(after[name]) == canonicalize(data)
        for name, (data, _) in before.items()
    )


def test_two_hundred_regions_stay_as_they_are(tags, tmp_path):
    places = [((n % 20) / 20, (n // 20) / 10) for n in range(200)]
    many = [(f"P{n}", (x, y, x + 0.04, y + 0.09)) for n, (x, y) in enumerate(places)]
    tagged = tagged_library(tmp_path, ["many.jpg", "too many.jpg"])
    put(tagged, {"many.jpg.xmp": sidecar(*many), "too many.jpg.xmp": sidecar(*many * 11)})
    before = data_of(tagged)
    tagged.name(ANNA, "many.jpg", "too many.jpg")
    told = tags(tagged, "import", "--dry-run")
    assert failed(told) == {"too many.jpg.xmp": "too_large: 2,200 regions, at most 2,000 are read"}
    assert told["mentions"] == 200
    tags(tagged, "write", "--strict")
    assert people_in(tagged, "many.jpg.xmp") == [*(name for name, _ in many), "Anna Müller"]
    tags(tagged, "revert")
    assert {name: canonicalize(data) for name, data in data_of(tagged).items() if name.endswith("xmp")} == {
        name: canonicalize(data) for name, data in before.items() if name.endswith("xmp")
    }


def test_what_is_no_file_of_its_own_is_left_alone(tags, tmp_path):
    names = ["folder", "pipe", "socket", "link", "loop", "nowhere", "two names", "device"]
    tagged = tagged_library(tmp_path, [f"{name}.jpg" for name in names])
    outside = tmp_path / "outside.xmp"
    outside.write_bytes(PLAIN)
    place = {name: tagged.archive / f"{name}.jpg.xmp" for name in names}
    place["folder"].mkdir()
    os.mkfifo(place["pipe"])
    place["link"].symlink_to(outside)
    place["loop"].symlink_to(place["loop"])
    place["nowhere"].symlink_to(tmp_path / "nowhere")
    place["two names"].hardlink_to(outside)
    place["device"].symlink_to("/dev/zero")
    tagged.name(BERTA, *(f"{name}.jpg" for name in names))
    before = photos_of(tagged)
    with socket.socket(socket.AF_UNIX) as bound, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tagged.archive)  # addresses of sockets are short
        bound.bind("socket.jpg.xmp")
    reasons = {file.partition(".")[0]: why for file, why in failed(tags(tagged, "write", "--strict", code=3)).items()}
    assert {name: why.partition(":")[0] for name, why in reasons.items()} == {
        **dict.fromkeys(("folder", "pipe", "socket", "loop", "device"), "unreadable"),
        **dict.fromkeys(("link", "two names"), "linked"),
        "nowhere": "changed",
    }
    assert outside.read_bytes() == PLAIN
    assert photos_of(tagged) == before
    assert place["folder"].is_dir()
    assert place["pipe"].is_fifo()
    assert not (tmp_path / "nowhere").exists()
    told = tags(tagged, "import")
    assert set(failed(told)) == {f"{name}.jpg.xmp" for name in ("pipe", "socket", "loop", "nowhere", "device")}
    assert told["outcomes"] == {"named": 2, "failed": 5}


def test_what_the_system_refuses_is_a_row(tags, tmp_path, monkeypatch):
    """As root, nothing is refused: so the refusals are made up."""
    tagged = tagged_library(tmp_path, ["read only/new.jpg", "full/new.jpg", "secret.jpg", "locked.jpg", "fine.jpg"])
    put(tagged, {"secret.jpg.xmp": PLAIN, "locked.jpg.xmp": PLAIN})
    tagged.name(BERTA, "read only/new.jpg", "full/new.jpg", "secret.jpg", "locked.jpg", "fine.jpg")
    before = contents(tagged.archive)
    real_open, real_access = os.open, os.access

    def opened(path, flags, *more, **options):
        text = os.fsdecode(path)
        if "secret.jpg.xmp" in text:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if flags & os.O_CREAT and "read only" in text:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if flags & os.O_CREAT and "photos/full" in text:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real_open(path, flags, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", opened)
        patch.setattr(os, "access", lambda path, mode: "locked" not in str(path) and real_access(path, mode))
        assert failed(tags(tagged, "write", "--strict", code=3)) == {
            "read only/new.jpg.xmp": "read_only: Read-only file system",
            "full/new.jpg.xmp": "storage: No space left on device",
            "secret.jpg.xmp": "unreadable: Permission denied",
            "locked.jpg.xmp": "read_only: it is read-only",
        }
        assert failed(tags(tagged, "import", "--dry-run")) == {"secret.jpg.xmp": "unreadable: Permission denied"}
    after = contents(tagged.archive)
    assert after.keys() - before.keys() == {"fine.jpg.xmp"}
    assert {name: after[name] for name in before} == before


def test_a_sidecar_that_somebody_changes_meanwhile_keeps_that(tags, tmp_path, monkeypatch):
    tagged = tagged_library(tmp_path, ["changed.jpg", "made.jpg", "gone.jpg", "fine.jpg"])
    put(tagged, {"changed.jpg.xmp": PLAIN, "gone.jpg.xmp": PLAIN})
    tagged.name(BERTA, "changed.jpg", "made.jpg", "gone.jpg", "fine.jpg")
    theirs = sidecar(on_face(CARL, "Theirs"))
    intend = Bucket.intend

    def meanwhile(bucket, intents):
        files = {intent.file for intent in intents}
        put(tagged, {name: theirs for name in ("changed.jpg.xmp", "made.jpg.xmp") if name in files})
        if "gone.jpg.xmp" in files:
            (tagged.archive / "gone.jpg.xmp").unlink()
        return intend(bucket, intents)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "intend", meanwhile)
        reasons = failed(tags(tagged, "write"))
    assert reasons.keys() == {"changed.jpg.xmp", "made.jpg.xmp", "gone.jpg.xmp"}
    assert all(reason.startswith("changed: somebody") for reason in reasons.values())
    data = data_of(tagged)
    assert (data["changed.jpg.xmp"], data["made.jpg.xmp"], data.get("gone.jpg.xmp")) == (theirs, theirs, None)
    assert failed(tags(tagged, "write")) == {}
    assert people_in(tagged, "changed.jpg.xmp") == ["Theirs", 'Berta "B" O\'Neil/Smith']
    tags(tagged, "revert")
    assert canonicalize((tagged.archive / "made.jpg.xmp").read_bytes()) == canonicalize(theirs)


def test_a_sidecar_newer_than_the_library_is_added_to(tags, tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    tagged.name(ANNA, "one.jpg")
    tags(tagged, "write")
    put(tagged, {"one.jpg.xmp": sidecar(on_face(CARL, "Later"))})
    os.utime(tagged.archive / "one.jpg.xmp", (2**31 + 9, 2**31 + 9))
    say(tagged.library, Rename(ANNA, "Annabel"))
    assert tags(tagged, "write", "--strict")["written"] == 1
    assert people_in(tagged, "one.jpg.xmp") == ["Later", "Annabel"]
    assert tags(tagged, "revert")["values_removed"] > 0
    assert people_in(tagged, "one.jpg.xmp") == ["Later"]


# Which sidecar is whose ---------------------------------------------------------------------------------------------


def test_a_raw_and_its_jpeg(tags, tmp_path):
    tagged = tagged_library(tmp_path, ["IMG.CR2", "IMG.jpg"])
    put(tagged, {"IMG.xmp": PLAIN})
    tagged.name(BERTA, "IMG.CR2", "IMG.jpg")
    before = photos_of(tagged)
    (reason,) = failed(tags(tagged, "write")).values()
    assert reason.startswith("shared: the sidecar is that of IMG.CR2")
    assert "full name" in reason
    assert people_in(tagged, "IMG.xmp") == ["Zoe", 'Berta "B" O\'Neil/Smith']
    tags(tagged, "revert")
    put(tagged, {"IMG.jpg.xmp": sidecar()})
    assert failed(tags(tagged, "write")) == {}
    assert people_in(tagged, "IMG.jpg.xmp") == ['Berta "B" O\'Neil/Smith']
    assert photos_of(tagged) == before


def test_of_two_sidecars_the_better_one_is_written_and_both_are_read(tags, tmp_path):
    tagged = tagged_library(tmp_path, ["IMG.JPG", "other.jpg"])
    stem = sidecar(on_face(ANNA, "Stem"), on_face(CARL, "Both"))
    put(tagged, {"IMG.xmp": stem, "IMG.JPG.XMP": sidecar(on_face(ANNA, "Full")), "other.XMP": PLAIN})
    told = tags(tagged, "import")
    assert told["outcomes"] == {"named": 3, "outranked": 1}
    assert told["people_new"] == 3
    assert tags(tagged, "write")["written"] == 2
    assert people_in(tagged, "IMG.JPG.XMP") == ["Full", "Both"]
    assert people_in(tagged, "other.XMP") == ["Zoe"]
    assert (tagged.archive / "IMG.xmp").read_bytes() == stem
    assert sorted(data_of(tagged)) == ["IMG.JPG", "IMG.JPG.XMP", "IMG.xmp", "other.XMP", "other.jpg"]


# Photos -------------------------------------------------------------------------------------------------------------


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


# Picasa and Google --------------------------------------------------------------------------------------------------


HOSTILE_JSON = {
    "deep": (b"[" * 100_000, "broken: no JSON"),
    "no end": (b'{"people":[{"name":"Zoe"}', "broken: no JSON"),
    "empty": (b"", "broken: no JSON"),
    "long number": (b'{"people":[{"name":"Zoe"}],"a":' + b"1" * 5000 + b"}", "broken: no JSON"),
    "long name": (b'{"people":[{"name":"' + b"Z" * (10 << 20) + b'"}]}', "too_large: 10,"),
    "many": (b'{"people":[' + b",".join(b'{"name":"%d"}' % n for n in range(2001)) + b"]}", "too_large: 2,001"),
}
STRANGE_JSON = {
    "numbers": b'{"people":[{"name":NaN},{"name":1e999},{"name":-1},3,null,[],{"name":["Zoe"]},{"name":null},{}]}',
    "types": b'{"people":{"name":"Zoe"}}',
    "list": b'["people"]',
    "null": b"null",
    "other": b'{"people":"Zoe"}',
    "half": b'{"people":[{"name":"\\ud800"},{"name":"\\u0000\\u001b[31m"}]}',
    "twice": b'{"people":[{"name":"Never"}],"people":[{"name":"Anna"},{"name":"ANNA"}],"a":[Infinity,-Infinity]}',
}


def test_json_of_google_that_makes_no_sense(tags, tmp_path):
    files = {name: data for name, (data, _) in HOSTILE_JSON.items()} | STRANGE_JSON
    tagged = tagged_library(tmp_path, [f"{name}.jpg" for name in files])
    put(tagged, {f"{name}.jpg.json": data for name, data in files.items()})
    before = contents(tagged.archive)
    told = tags(tagged, "import", "--strict", code=3)
    assert all(failed(told)[f"{name}.jpg.json"].startswith(reason) for name, (_, reason) in HOSTILE_JSON.items())
    assert told["outcomes"] == {"failed": len(HOSTILE_JSON), "hint": 2, "refused": 1}
    assert contents(tagged.archive) == before
    assert "no JSON" in tags(tagged, "import", json_too=False)


def test_picasa_files_that_make_no_sense(tags, tmp_path):
    box, other = (
        f"rect64({''.join(f'{round(edge * 0xFFFF):04x}' for edge in on_face(person)[1])})" for person in (ANNA, BERTA)
    )
    picasas = {
        "zeros": b"\0" * 5000,
        "bytes": b"\xff\xfe[one.jpg]\nfaces=" + box.encode() + b",1\n",
        "no sense": b"[one.jpg\nfaces=\n=\n[]\n[one.jpg]\nfaces=rect64(),;rect64(z),1;rect64(11112222333344445),1;,,\n",
        "not a box": b"[one.jpg]\nfaces=rect64(ffffffff00000000),1;rect64(0),1\n[Contacts2]\n1=\n1\n=1\n",
        "many": b"[one.jpg]\nfaces=" + f"{box},1;".encode() * 2001,
        "hostile": f"[one.jpg]\nfaces={box},1\n[Contacts2]\n1={NAMES[0]};;\n".encode(),
        "long": f"[one.jpg]\nfaces={box},1\n[Contacts2]\n1={NAMES[2]};;\n".encode(),
        "twice": f"[ONE.jpg]\nfaces={box},01\n[one.JPG]\nfaces={other},2\n[Contacts2]\n1=A;;\n2=B;;\n1=C\n".encode(),
    }
    tagged = tagged_library(tmp_path, ["pipe/one.jpg", "pipe/two.jpg", *(f"{name}/one.jpg" for name in picasas)])
    put(tagged, {f"{name}/.picasa.ini": data for name, data in picasas.items()})
    os.mkfifo(tagged.archive / "pipe" / ".picasa.ini")
    before = contents(tagged.archive)
    told = tags(tagged, "import", "--strict", code=3)
    assert failed(told) == {
        "many/.picasa.ini": "too_large: 2,001 mentions of people, at most 2,000 are read of a photo",
        "pipe/.picasa.ini": "unreadable: it is no regular file",
    }
    assert len(told["failed"]) == 2, "a file is told once, however many photos it speaks of"
    assert told["outcomes"] == {"failed": 3, "refused": 2, "named": 2}
    assert max(len(row["name"]) for row in told["refused"]) <= 1000
    assert contents(tagged.archive) == before


@pytest.mark.parametrize("data", [b"", b"no XML", DTD + b"<contacts/>", b"<contacts>" + b"<a>" * 999])
def test_contacts_that_are_none(tags, tmp_path, data):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    file = tmp_path / "contacts.xml"
    file.write_bytes(data)
    assert tags(tagged, "import", "--contacts", file, code=2) == ""


# Names --------------------------------------------------------------------------------------------------------------


def test_hostile_names_in_files_reach_no_terminal(tags, tmp_path):
    """What others wrote is told of, but never acted out; what nobody can bear is not taken over."""
    tagged = tagged_library(tmp_path, [f"{number}.jpg" for number in range(len(NAMES))])
    put(tagged, {f"{n}.jpg.xmp": sidecar(on_face(ANNA, name), people=(name,)) for n, name in enumerate(NAMES)})
    tagged.name(ANNA, *(f"{number}.jpg" for number in range(len(NAMES))))
    told = tags(tagged, "import")
    assert told["outcomes"] == {"refused": len(NAMES)}
    assert len(tags(tagged, "import", json_too=False)) < 2000
    for words in (("write", "--dry-run"), ("write",)):
        said = tags(tagged, *words, json_too=False)
        assert "noted" in said
        assert len(said) < 4000
    assert all(people_in(tagged, f"{n}.jpg.xmp")[0] == name.replace("\n", " ") for n, name in enumerate(NAMES[:1]))


def test_hostile_names_of_people_are_text_in_files_and_folders(tags, tmp_path):
    """They come back from sidecars as they are, and lead to no other folder."""
    photos = [f"{number}.jpg" for number in range(len(ALLOWED))]
    tagged = tagged_library(tmp_path, photos)
    kept = [unicodedata.normalize("NFC", name) for name in ALLOWED]
    for number, (photo, name) in enumerate(zip(photos, kept, strict=True)):
        say(tagged.library, Name(f"{number:012x}", (tagged.face(photo, ANNA),), name))
    shown = tags(tagged, "write", "--dry-run", json_too=False).splitlines()
    assert {f"  + person {name}" for name in kept} <= set(shown)
    tags(tagged, "write", "--strict")
    assert [people_in(tagged, f"{photo}.xmp") for photo in photos] == [[name] for name in kept]
    assert tags(tagged, "import", "--strict")["outcomes"] == {"ours": len(photos)}
    album = tmp_path / "album" / "inside"
    assert tags(tagged, "album", album, "--strict")["album"]["people"] == len(photos)
    folders = [path for path in album.iterdir() if not path.name.startswith(".")]
    assert len(folders) == len(photos)
    assert sorted(link.resolve().name for folder in folders for link in folder.iterdir()) == sorted(photos)
    assert all(all(map(is_harmless, path.name)) and len(os.fsencode(path.name)) < 256 for path in folders)
    assert [path.name for path in (tmp_path / "album").iterdir()] == ["inside"]


# Archives -----------------------------------------------------------------------------------------------------------


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
