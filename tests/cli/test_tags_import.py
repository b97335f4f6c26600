import json
import re

import pytest

from facecluster.cli.tags_import import _in_two_steps
from facecluster.pipeline.tags.incoming import reading
from tests.pipeline.tags.said_files import in_this_process, on_face, picasa, sidecar
from tests.pipeline.tags.tagged_library import ANNA, BERTA, CARL, tagged_library


@pytest.fixture
def tagged(tmp_path, monkeypatch):
    """Three photos; beside one a sidecar that names two people, one of them without a place."""
    monkeypatch.setattr(reading, "runner_of", lambda _settings: in_this_process)
    tagged = tagged_library(tmp_path, ["one.jpg", "two.jpg", "three.jpg"])
    (tagged.archive / "one.jpg.xmp").write_bytes(sidecar(on_face(ANNA, "Anna"), on_face(CARL), people=("Dora",)))
    return tagged


@pytest.fixture
def imported(facecluster, tagged):
    """`facecluster tags import` of that library, without a look into the photos."""
    return lambda *words: facecluster("tags", "import", "--no-embedded", *words, "--library", tagged.library.folder)


def facts(out):
    """The lines of two columns."""
    return dict(re.split(r"  +", line, maxsplit=1) for line in out.splitlines() if re.match(r"\S.*  ", line))


def test_it_says_what_was_read_and_what_became_of_it(imported, tagged, facecluster):
    ended = imported()
    assert ended.code == 0
    where = f"--library {tagged.library.folder}"
    assert facts(ended.out) == {
        "read": "3 photos: 3 mentions of people in 1 file",
        "named": "1 face of 1 new person",
        "hints": "1 name without a face: the review offers them",
        "no name": "1 region that nobody named",
        "undo with": f"facecluster people undo 1 {where}",
        "then": f"facecluster propagate {where}, or the next run, takes the names to other faces",
    }
    listed = facecluster("people", "list", "--library", tagged.library.folder).out
    assert "Anna: 1 face in 1 photo" in listed
    again = facts(imported().out)
    assert (again["known"], again["decided"]) == ("1 face had that name already", "nothing: no name is new")
    assert "undo with" not in again


def test_what_somebody_decided_here_is_said_to_stand(imported, tagged):
    tagged.name(BERTA, "one.jpg", name="Berta")
    tagged.name(BERTA, "two.jpg", name="Berta")
    (tagged.archive / "two.jpg.xmp").write_bytes(sidecar(on_face(BERTA, "Bertha")))
    assert facts(imported().out)["left"] == "1 face of which somebody said otherwise here: that stands"


def test_people_of_before_are_told_from_new_ones(imported, tagged):
    tagged.name(ANNA, "two.jpg", name="Anna")
    (tagged.archive / "three.jpg.xmp").write_bytes(sidecar(on_face(ANNA, "Anna"), on_face(BERTA, "Berta")))
    assert facts(imported().out)["named"] == "3 faces of 2 people, 1 of them new"


def test_a_dry_run_decides_nothing(imported, tagged):
    told = facts(imported("--dry-run").out)
    assert told["would name"] == "1 face of 1 new person"
    assert told["decided"] == "nothing: this was a dry run"
    assert not list((tagged.library.folder / "journal").glob("*.jsonl"))


def test_as_json(imported, tagged):
    (tagged.archive / "two.jpg.xmp").write_bytes(b"<x:xmpmeta")
    told = json.loads(imported("--json").out)
    assert told["library"] == str(tagged.library.folder.resolve())
    assert (told["dry_run"], told["photos"], told["files_read"], told["mentions"]) == (False, 3, 1, 3)
    assert told["outcomes"] == {"named": 1, "hint": 1, "unnamed": 1, "failed": 1}
    assert told["undo"].startswith("facecluster people undo 1")
    assert isinstance(told["decision"], str)
    (failed,) = told["failed"]
    assert (failed["path"], failed["file"]) == ("two.jpg", "two.jpg.xmp")
    assert failed["reason"].startswith("broken")


def test_a_file_that_cannot_be_read_is_told_and_counts_with_strict(imported, tagged):
    (tagged.archive / "two.jpg.xmp").write_bytes(b"<x:xmpmeta")
    ended = imported()
    assert ended.code == 0
    assert ended.out.splitlines()[-2] == "not read (1)"
    assert ended.out.splitlines()[-1].startswith("  two.jpg.xmp: broken")
    assert imported("--strict").code == 3


def test_a_name_that_is_none_is_told(imported, tagged):
    (tagged.archive / "two.jpg.xmp").write_bytes(sidecar(on_face(ANNA, "\u202eAnna")))
    ended = imported()
    assert "not used (1)" in ended.out.splitlines()
    assert "\u202e" not in ended.out
    assert r"\u202eAnna" in ended.out


def test_names_that_only_the_contacts_of_picasa_know(imported, tagged, tmp_path):
    (tagged.archive / ".picasa.ini").write_bytes(picasa("two.jpg", (7, on_face(BERTA)[1])))
    contacts = tmp_path / "contacts.xml"
    contacts.write_text('<contacts><contact id="7" name="Berta"/></contacts>')
    assert facts(imported("--contacts", contacts).out)["named"] == "2 faces of 2 new people"


def test_a_name_that_several_people_bear_is_left_to_the_review(imported, tagged):
    tagged.name(BERTA, "two.jpg", name="Anna")
    tagged.name(CARL, "two.jpg", name="Anna")
    hints = facts(imported().out)["hints"]
    assert hints == "2 names without a face: the review offers them (1 of them borne by several people here)"


def test_it_is_undone_as_one(imported, tagged, facecluster):
    (tagged.archive / "two.jpg.xmp").write_bytes(sidecar(on_face(BERTA, "Berta")))
    imported()
    facecluster("people", "undo", "1", "--library", tagged.library.folder)
    listed = json.loads(facecluster("people", "list", "--json", "--library", tagged.library.folder).out)
    assert listed["people"] == []


def test_the_making_of_faces_is_a_step_of_its_own():
    told = []

    class Shown:
        def photos(self, done, total):
            told.append((done, total))

        def step(self, doing):
            told.append(doing)

    photos = _in_two_steps(Shown())
    for done, total in [(0, 9), (5, 9), (4, 9), (9, 9), (0, 2), (2, 2)]:
        photos(done, total)
    assert told == [(0, 9), (5, 9), (4, 9), (9, 9), "Making faces of regions", (0, 2), (2, 2)]
