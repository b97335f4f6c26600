"""Sidecars that are broken, or that mean harm: a row with a reason each, and nothing of others changes."""

import errno
import os
import socket
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest

from facecluster.people.statements import Rename
from facecluster.store.ledger import Bucket
from tests.end_to_end.bad_tags import DTD, PLAIN, data_of, failed, people_in, photos_of, put
from tests.pipeline.tags.said_files import on_face, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    contents,
    say,
    tagged_library,
)

SIDECARS = Path(__file__).parents[3] / "shared" / "photos" / "awkward" / "sidecars"
"""Of many programs, beside the repository where somebody has them."""


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
