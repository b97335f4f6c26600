"""Picasa, Google Takeout and names of people that make no sense, or mean harm."""

import os
import unicodedata

import pytest

from facecluster.people.statements import Name
from tests.end_to_end.bad_tags import DTD, failed, is_harmless, people_in, put
from tests.end_to_end.test_hostile_names import ALLOWED
from tests.pipeline.tags.said_files import on_face, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    contents,
    say,
    tagged_library,
)

NAMES = [
    "\x9b31m\u202eeoZ",
    "line\nbreak",
    "Z" * 3_000_000,
]
"""Of people, as files have them: nobody can bear them."""


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
