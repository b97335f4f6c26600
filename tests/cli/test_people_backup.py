import io
import json
import sys

import pytest

from facecluster.pipeline.journal import decisions_of
from facecluster.store.library import open_library
from tests.pipeline.people_library import ANNA, BERTA, named, people_library


@pytest.fixture
def library(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "=cmd|' /C calc'!A1 <script>", "a1")
    named(library, BERTA, "مريم", "b1")
    return library


def test_a_backup_brings_every_decision_back(facecluster, library, tmp_path):
    ended = facecluster("people", "export", "backup.json", "--library", library.folder)
    assert (ended.code, ended.out) == (0, "written  2 decisions to backup.json\n")
    empty = people_library(tmp_path / "empty").folder
    tried = facecluster("people", "import", "backup.json", "--library", empty, "--dry-run", "--json")
    assert json.loads(tried.out) | {"library": ""} == {"library": "", "dry_run": True, "added": 2, "known": 0}
    assert decisions_of(open_library(empty)) == ()
    assert facecluster("people", "import", "backup.json", "--library", empty).out == (
        "added  2 decisions\nknown  0 before\n"
    )
    assert decisions_of(open_library(empty)) == decisions_of(library)
    again = json.loads(facecluster("people", "import", "backup.json", "--library", empty, "--json").out)
    assert (again["added"], again["known"]) == (0, 2)
    record = json.loads(facecluster("people", "export", "again.json", "--library", empty, "--json").out)
    assert record["decisions"] == 2
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "backup.json").read_bytes()


def test_a_backup_goes_through_a_pipe(facecluster, library, tmp_path, monkeypatch):
    written = facecluster("people", "export", "-", "--library", library.folder).out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(written.encode())))
    empty = people_library(tmp_path / "empty").folder
    assert facecluster("people", "import", "-", "--library", empty).out.startswith("added  2 decisions")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "This is no backup of people"),
        (b'{"kind": "facecluster people", "format": 99, "decisions": []}', "format 99"),
        (b'{"kind": "facecluster people", "format": 1, "decisions": [{}]}', "Decision 1 of the backup cannot be used"),
    ],
)
def test_what_is_no_backup_adds_nothing(data, sentence, facecluster, library, tmp_path):
    (tmp_path / "backup.json").write_bytes(data)
    for flags in ([], ["--dry-run"]):
        ended = facecluster("people", "import", "backup.json", "--library", library.folder, *flags)
        assert (ended.code, sentence in ended.err) == (2, True)
    assert len(decisions_of(library)) == 2


def test_a_folder_is_no_file_to_write_to(facecluster, library, tmp_path):
    ended = facecluster("people", "export", tmp_path, "--library", library.folder)
    assert (ended.code, "Expected a file or a new name" in ended.err) == (2, True)
