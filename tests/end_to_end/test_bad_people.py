"""What the memory of a library must bear: records of a newer facecluster, and photos that are gone."""

import json

import pytest

from facecluster.people.statements import Name
from facecluster.pipeline.group import group_library
from facecluster.pipeline.journal import decide, decisions_of
from facecluster.settings import ClusterSettings
from facecluster.store.journal import Journal
from facecluster.store.journal_line import LINE_FORMAT, Line, digest, line_to_bytes
from facecluster.store.library import open_library
from tests.pipeline.made_up_library import face_ids, made_up_library
from tests.pipeline.people_library import ANNA, FACE, named, people_library

COMMANDS = [
    ["people", "list"],
    ["people", "show", "Anna"],
    ["people", "name", "Anna", "1"],
    ["people", "name", "Dora", "2", "--new"],
    ["people", "reject", "Anna", FACE["a1"]],
    ["people", "undo", "1"],
    ["people", "history"],
    ["people", "suggest"],
    ["people", "export", "backup.json"],
    ["people", "import", "old.json"],
    ["cluster"],
    ["propagate"],
    ["status"],
    ["report"],
    ["export"],
    ["evaluate"],
]


@pytest.fixture
def library(tmp_path, facecluster):
    """A library with one decision, and a backup of it."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1", "a2")
    assert facecluster("people", "export", "old.json", "--library", library.folder).code == 0
    return library


def with_newer_line(library):
    """Its second line is of a format to come."""
    folder = library.folder / "journal"
    (first,) = folder.glob("*.jsonl")
    line = line_to_bytes(Line(2, digest(first.read_bytes()), LINE_FORMAT + 1, {"mood": "good"}))
    (folder / "00000002.jsonl").write_bytes(line)


def with_newer_statement(library):
    """Its second decision says what only a newer facecluster understands."""
    record = Journal(library.folder / "journal").read().entries[0].record
    newer = record | {"id": "f" * 16, "statements": [{"kind": "adopt", "person": ANNA}]}
    Journal(library.folder / "journal").append(newer, 1)


@pytest.mark.parametrize("newer", [with_newer_line, with_newer_statement])
def test_no_command_reads_past_a_newer_record_or_writes_after_it(newer, library, facecluster, tmp_path):
    newer(library)
    files = {path: path.read_bytes() for path in library.folder.rglob("*") if path.is_file()}
    for words in COMMANDS:
        command = words[: 2 if words[0] == "people" else 1]
        ended = facecluster(*command, "--library", library.folder, *words[len(command) :])
        assert (ended.code, ended.out) == (1, ""), words
        assert ended.err.startswith("facecluster: "), words
        assert "newer" in ended.err, words
        assert ended.err.count("\n") == 1, words
        assert "Traceback" not in ended.err
    now = {path: path.read_bytes() for path in library.folder.rglob("*") if path.is_file() and path.name != "lock"}
    assert now == {path: data for path, data in files.items() if path.name != "lock"}
    assert not (tmp_path / "backup.json").exists()


def test_a_backup_of_a_newer_facecluster_adds_nothing(library, facecluster, tmp_path):
    backup = json.loads((tmp_path / "old.json").read_text())
    (known,) = backup["decisions"]
    newer = known | {"id": "f" * 16, "statements": [{"kind": "adopt", "person": ANNA}]}
    other = people_library(tmp_path / "other")
    for changed, sentence in (
        (backup | {"format": backup["format"] + 1}, "Use the facecluster that wrote it"),
        (backup | {"decisions": [known, newer]}, "Decision 2 of the backup cannot be used"),
    ):
        (tmp_path / "newer.json").write_text(json.dumps(changed))
        ended = facecluster("people", "import", "newer.json", "--library", other.folder)
        assert (ended.code, ended.out) == (2, "")
        assert sentence in ended.err
        assert decisions_of(open_library(other.folder)) == ()


# Faces that are gone -------------------------------------------------------------------------------------------------


def leave_out(library, *photos):
    """The newest listing is without these photos."""
    scan = library.latest_scan()
    listing = library.listing(scan)
    kept = [path not in photos for path in listing["path"].to_pylist()]
    library.add_scan(listing.filter(kept), scan.archive, scan.fingerprint, scan.listed_at)
    return scan, listing


def test_what_was_said_of_a_face_that_is_gone_is_kept_and_may_be_undone(library, facecluster):
    def people(*words):
        return facecluster("people", *words, "--library", library.folder)

    scan, listing = leave_out(library, "p1.jpg")
    assert "1 not there now" in people("list").out
    for words in (
        ["reject", "Anna"],
        ["name", "Anna"],
        ["confirm", "Anna"],
        ["not-a-face"],
        ["show"],
        ["cover", "Anna"],
    ):
        ended = people(*words, FACE["a1"])
        assert (ended.code, ended.out) == (2, ""), words
        assert "No photo that is there now has the face" in ended.err
    leave_out(library, "p2.jpg")
    assert "0 faces in 0 photos, 2 not there now" in people("list").out
    assert people("rename", "Anna", "Anne").code == 0
    assert people("undo", "1").code == 0
    library.add_scan(listing, scan.archive, scan.fingerprint, scan.listed_at)
    shown = json.loads(people("show", FACE["a1"], "--json").out)["faces"]
    assert [face["person"] for face in shown] == [None]
    assert people("undo", "3").code == 0
    listed = people("list").out
    assert "Anne: 2 faces" in listed
    assert "not there now" not in listed


def test_a_library_that_lost_all_its_photos_keeps_its_people(facecluster, tmp_path):
    library, people = made_up_library(tmp_path / "made up", [4, 3])
    group_library(library.folder, ClusterSettings())
    decide(library, lambda _: (Name(ANNA, tuple(face_ids(len(people))[:2]), "Anna"),), "tester")
    scan, listing = library.latest_scan(), library.listing(library.latest_scan())
    library.add_scan(listing.slice(0, 0), scan.archive, scan.fingerprint, scan.listed_at)

    def told(*words):
        ended = facecluster(*words, "--library", library.folder)
        assert (ended.code, ended.err.count("facecluster:")) == (0, 0), words
        return ended.out

    for words in (
        ["cluster"],
        ["cluster", "--full"],
        ["propagate"],
        ["report"],
        ["export"],
        ["status"],
        ["runs", "list"],
    ):
        told(*words)
    assert "Anna: 0 faces in 0 photos, 2 not there now" in told("people", "list")
    assert "nothing to ask" in told("people", "suggest")
    assert "7 gone" in told("runs", "diff", "1", "2")
    library.add_scan(listing, scan.archive, scan.fingerprint, scan.listed_at)
    told("cluster")
    told("propagate")
    assert "Anna: 4 faces in 4 photos" in told("people", "list")
