"""Names in and beside photos become one decision, once, and never overrule a human."""

import json
import shutil

import pytest

from facecluster.errors import LibraryInUseError, UsageError
from facecluster.people.statements import Merge, NotAFace, Reject, Rename, Undo
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import people_of
from facecluster.pipeline.tags.incoming import reading
from facecluster.pipeline.tags.incoming.importing import ImportHow, import_tags
from facecluster.pipeline.tags.incoming.placing import NOT_DECODED
from facecluster.pipeline.tags.outcomes import Outcome
from facecluster.pipeline.tags.outgoing import writing
from facecluster.pipeline.tags.outgoing.writing import How, Which, write_tags
from facecluster.settings import Settings
from facecluster.store.library import open_library
from tests.metadata.documents import AWKWARD, needs_photographs
from tests.pipeline.tags.drawn_album import BROKEN, ON_FACE, SETTINGS, SMALL, WALL, files_of
from tests.pipeline.tags.said_files import in_this_process, on_face, picasa, sidecar
from tests.pipeline.tags.tagged_library import (
    ANNA,
    BERTA,
    CARL,
    ONE_WORKER,
    Tagged,
    contents,
    index,
    say,
    tagged_library,
)

BESIDE = ImportHow(embedded=False)


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch):
    for module in (reading, writing):
        monkeypatch.setattr(module, "runner_of", lambda _settings: in_this_process)


def run(tagged, how=BESIDE):
    """Import, and see that progress ends where it should."""
    seen = []
    summary = import_tags(tagged.library, how, Settings(), "tester", lambda done, total: seen.append((done, total)))
    assert not seen or seen[-1] == (summary.photos, summary.photos)
    return summary


def beside(tagged, path, data):
    (tagged.archive / path).write_bytes(data)


def named(tagged):
    """Who is who: {(path, face of): name}."""
    people = people_of(tagged.library)
    names = people.names_of_faces()
    rows = zip(people.faces["photo_path"], people.faces["face_id"], names, strict=True)
    return {(path, face): name for path, face, name in rows if name}


def outcomes(tagged):
    """What the newest import made of each mention, in order: (name, outcome)."""
    table = tagged.library.imports.table(tagged.library.imports.newest())
    return [(row["name"], row["outcome"]) for row in table.to_pylist()]


def test_an_archive_that_says_nothing_decides_nothing(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    summary = run(tagged)
    assert (summary.photos, summary.mentions, summary.outcomes, summary.decision) == (1, 0, {}, None)
    assert decisions_of(tagged.library) == ()
    assert len(tagged.library.imports.table(tagged.library.imports.newest())) == 0


def test_names_come_to_the_right_faces_whatever_the_orientation(tmp_path):
    orientations = {f"{orientation}.jpg": orientation for orientation in range(1, 9)}
    tagged = tagged_library(tmp_path, orientations)
    for path, turn in orientations.items():
        beside(tagged, f"{path}.xmp", sidecar(on_face(CARL, "Carl", turn), on_face(ANNA, f"Anna {turn}", turn)))
    summary = run(tagged)
    assert summary.outcomes == {Outcome.NAMED: 16}
    assert (summary.people_new, summary.people_known, summary.number) == (9, 0, 1)
    carls = {(path, tagged.face(path, CARL)): "Carl" for path in orientations}
    annas = {(path, tagged.face(path, ANNA)): f"Anna {turn}" for path, turn in orientations.items()}
    assert named(tagged) == carls | annas


def test_a_file_that_draws_in_the_upright_picture_is_understood(tmp_path):
    tagged = tagged_library(tmp_path, {"a.jpg": 6})
    beside(tagged, "a.jpg.xmp", sidecar(on_face(BERTA, "Berta"), on_face(ANNA, "Anna")))
    assert run(tagged).outcomes == {Outcome.NAMED: 2}
    assert named(tagged)["a.jpg", tagged.face("a.jpg", BERTA)] == "Berta"


def test_all_is_one_decision_that_can_be_undone_and_made_again(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b/c.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna"), on_face(BERTA, "Berta")))
    beside(tagged, "b/c.xmp", sidecar(on_face(ANNA, "anna ")))
    summary = run(tagged)
    (decision,) = decisions_of(tagged.library)
    assert (summary.decision, decision.provenance, decision.who) == (decision, "imported", "tester")
    assert [(said.name, len(said.faces)) for said in decision.statements] == [("Anna", 2), ("Berta", 1)]
    again = run(tagged)
    assert (again.outcomes, again.decision, again.number) == ({Outcome.KNOWN: 3}, None, None)
    say(tagged.library, Undo(decision.id))
    assert named(tagged) == {}
    assert run(tagged).outcomes == {Outcome.NAMED: 3}
    assert len(named(tagged)) == 3
    assert len(decisions_of(tagged.library)) == 3


def test_what_humans_decided_stands(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
    for photo in "abcd":
        beside(tagged, f"{photo}.jpg.xmp", sidecar(on_face(BERTA, "Anna")))
    tagged.name(BERTA, "a.jpg", name="Berta")
    tagged.name(ANNA, "d.jpg", name="Anna")
    say(tagged.library, NotAFace((tagged.face("b.jpg", BERTA),)), Reject(ANNA, (tagged.face("c.jpg", BERTA),)))
    before = named(tagged)
    summary = run(tagged)
    assert summary.outcomes == {Outcome.NAMED: 1, Outcome.DIFFERS: 3}
    assert named(tagged) == before | {("d.jpg", tagged.face("d.jpg", BERTA)): "Anna"}
    assert (summary.people_new, summary.people_known) == (0, 1)


def test_a_renamed_person_does_not_come_back_under_the_old_name(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    person = run(tagged).decision.statements[0].person
    say(tagged.library, Rename(person, "Anna Müller"))
    assert run(tagged).outcomes == {Outcome.DIFFERS: 1}
    beside(tagged, "b.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    assert run(tagged).outcomes == {Outcome.NAMED: 1, Outcome.DIFFERS: 1}
    assert list(named(tagged).values()) == ["Anna Müller"] * 2
    assert run(tagged).decision is None


def test_merged_people_stay_one(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna"), on_face(BERTA, "Berta")))
    anna, berta = (said.person for said in run(tagged).decision.statements)
    say(tagged.library, Merge(berta, (anna,)))
    assert run(tagged).outcomes == {Outcome.KNOWN: 1, Outcome.DIFFERS: 1}


def test_a_name_that_was_changed_in_the_file_is_changed_here(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    run(tagged)
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Antonia")))
    assert run(tagged).outcomes == {Outcome.NAMED: 1}
    assert list(named(tagged).values()) == ["Antonia"]


def test_the_better_file_has_the_say(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    beside(tagged, "a.xmp", sidecar(on_face(ANNA, "Somebody"), on_face(CARL, "Anna"), on_face(BERTA, "Berta")))
    run(tagged)
    assert outcomes(tagged) == [
        ("Anna", Outcome.NAMED),
        ("Somebody", Outcome.OUTRANKED),
        ("Anna", Outcome.OUTRANKED),
        ("Berta", Outcome.NAMED),
    ]


def test_of_copies_the_first_by_path_has_the_say(tmp_path):
    tagged = tagged_library(tmp_path, ["b.jpg"])
    shutil.copyfile(tagged.archive / "b.jpg", tagged.archive / "a.jpg")
    index(tagged)
    beside(tagged, "b.jpg.xmp", sidecar(on_face(ANNA, "Berta"), on_face(CARL, "Carl")))
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    run(tagged)
    assert outcomes(tagged) == [("Anna", Outcome.NAMED), ("Berta", Outcome.OUTRANKED), ("Carl", Outcome.NAMED)]


def test_names_without_a_place_are_hints_once_a_photo(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna"), people=["Anna", "Berta"]))
    beside(tagged, "a.jpg.json", json.dumps({"people": [{"name": "berta"}, {"name": "Anna"}]}).encode())
    beside(tagged, "b.jpg.json", json.dumps({"people": [{"name": "Berta"}]}).encode())
    summary = run(tagged)
    assert (summary.hints, summary.outcomes[Outcome.HINT], summary.outcomes[Outcome.NAMED]) == (2, 2, 1)
    assert list(named(tagged).values()) == ["Anna"]


def test_two_people_of_one_name_are_left_to_the_review(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg"])
    tagged.name(ANNA, "a.jpg", name="Kim")
    tagged.name(BERTA, "a.jpg", name="Kim")
    elsewhere = ("Kim", (0.9, 0.8, 1.0, 1.0))
    beside(tagged, "b.jpg.xmp", sidecar(on_face(CARL, "kim"), elsewhere))
    summary = run(tagged)
    assert (summary.outcomes, summary.hints) == ({Outcome.AMBIGUOUS: 2}, 2)


def test_picasa_names_faces_with_the_help_of_its_contacts(tmp_path):
    tagged = tagged_library(tmp_path, ["d/A.JPG", "d/e/b.jpg"])
    _, box = on_face(BERTA)
    beside(tagged, "d/.picasa.ini", picasa("a.jpg", (0xABC, box)))
    contacts = b"<contacts><contact id='abc' name='Berta' /></contacts>"
    assert run(tagged).outcomes == {Outcome.UNNAMED: 1}
    assert run(tagged, ImportHow(contacts, embedded=False)).outcomes == {Outcome.NAMED: 1}
    assert named(tagged) == {("d/A.JPG", tagged.face("d/A.JPG", BERTA)): "Berta"}
    with pytest.raises(UsageError, match=r"contacts\.xml"):
        run(tagged, ImportHow(b"no XML", embedded=False))


def test_what_cannot_be_read_or_used_is_told_and_ends_nothing(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg", "c.jpg"])
    beside(tagged, "a.jpg.xmp", b"<no xmp")
    beside(tagged, "a.xmp", sidecar(on_face(ANNA, "Anna")))
    (tagged.archive / "b.jpg.xmp").mkdir()
    beside(tagged, "b.jpg.json", b"{")
    beside(tagged, "c.jpg.xmp", sidecar(on_face(ANNA, "A\u200bnna"), on_face(BERTA, "x" * 201), on_face(CARL, " ")))
    summary = run(tagged)
    assert [(one.path, one.file) for one in summary.failed] == [("a.jpg", "a.jpg.xmp"), ("b.jpg", "b.jpg.json")]
    assert all(one.reason.startswith("broken") for one in summary.failed)
    assert [one.name for one in summary.refused] == ["A\u200bnna", "x" * 201]
    assert "invisible" in summary.refused[0].reason
    assert summary.outcomes == {
        Outcome.NAMED: 1, Outcome.UNNAMED: 1, Outcome.REFUSED: 2, Outcome.FAILED: 2
    }  # fmt: skip


def test_no_face_is_drawn_where_a_crop_was_tagged(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    away = ("Berta", (0.5, 0.8, 0.6, 0.95))
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna"), away, applied_to=(400, 300)))
    summary = run(tagged)
    assert summary.outcomes == {Outcome.NAMED: 1, Outcome.REFUSED: 1}
    assert "another shape" in summary.refused[0].reason


def test_looking_only_changes_nothing_and_counts_the_same(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna"), on_face(BERTA, "Berta"), people=["Carl"]))
    tagged.name(ANNA, "b.jpg", name="Anna")
    photos = contents(tagged.archive)
    looked = run(tagged, ImportHow(embedded=False, dry_run=True))
    assert (looked.decision, looked.number) == (None, None)
    assert (len(decisions_of(tagged.library)), tagged.library.imports.numbers()) == (1, [])
    done = run(tagged)
    parts = ("photos", "files_read", "mentions", "outcomes", "people_new", "people_known", "faces_drawn", "hints")
    assert [getattr(looked, part) for part in parts] == [getattr(done, part) for part in parts]
    assert (done.people_new, done.people_known) == (1, 1)
    assert contents(tagged.archive) == photos


def test_what_this_library_wrote_is_no_news(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(BERTA, "Berta")))
    tagged.name(ANNA, "a.jpg", "b.jpg", name="Anna")
    write_tags(tagged.library, Which(), How(), ONE_WORKER, lambda _done, _total: None)
    say(tagged.library, Undo(decisions_of(tagged.library)[0].id))
    assert run(tagged).outcomes == {Outcome.NAMED: 1, Outcome.OURS: 2}
    assert list(named(tagged).values()) == ["Berta"]
    written = (tagged.archive / "b.jpg.xmp").read_bytes()
    beside(tagged, "b.jpg.xmp", written.replace(b"Anna", b"Antonia"))
    assert run(tagged).outcomes == {Outcome.KNOWN: 1, Outcome.OURS: 1, Outcome.NAMED: 1}
    assert sorted(named(tagged).values()) == ["Antonia", "Berta"]


def test_a_region_of_others_stays_theirs_where_we_wrote_it_in_another_form_too(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    beside(tagged, "a.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    assert run(tagged).outcomes == {Outcome.NAMED: 1}
    write_tags(tagged.library, Which(), How(), ONE_WORKER, lambda _done, _total: None)
    assert b"MPReg:PersonDisplayName" in (tagged.archive / "a.jpg.xmp").read_bytes()
    assert run(tagged).outcomes == {Outcome.KNOWN: 1}


def test_the_library_is_held_meanwhile(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg"])
    with open_library(tagged.library.folder).locked(), pytest.raises(LibraryInUseError):
        run(tagged)


def test_files_of_a_folder_that_is_offline_are_passed_over(tmp_path):
    tagged = tagged_library(tmp_path, ["a.jpg", "b/c.jpg"])
    beside(tagged, "b/c.jpg.xmp", sidecar(on_face(ANNA, "Anna")))
    assert run(tagged).photos == 2
    shutil.rmtree(tagged.archive / "b")
    index(tagged)
    assert run(tagged).photos == 1
    assert len(decisions_of(tagged.library)) == 1


def test_a_region_without_a_found_face_becomes_one(tmp_path, indexed_album):
    tagged = _copy_of(indexed_album, tmp_path)
    for path, region, name in ((*ON_FACE, "Eileen"), (*WALL, "Hopper"), (*SMALL, "Barack"), (*BROKEN, "Nobody")):
        photo = files_of(tagged.library).loc[path]
        width, height = (100, 100) if path == "broken.jpg" else (photo["stored_width"], photo["stored_height"])
        box = [edge / side for edge, side in zip(region, (width, height) * 2, strict=True)]
        beside(tagged, f"{path}.xmp", sidecar((name, box), (name, box)))
    looked = run(tagged, ImportHow(embedded=False, dry_run=True))
    summary = import_tags(tagged.library, BESIDE, SETTINGS, "tester", lambda _done, _total: None)
    assert (summary.faces_drawn, summary.outcomes[Outcome.NAMED]) == (2, 1)
    assert [one.reason for one in summary.refused] == [NOT_DECODED] * 2
    assert (looked.people_new, looked.refused) == (summary.people_new, summary.refused)
    assert sorted(named(tagged).values()) == ["Barack", "Eileen", "Hopper"]
    assert run(tagged).outcomes[Outcome.KNOWN] == 3
    say(tagged.library, Undo(summary.decision.id))
    again = run(tagged)
    assert (again.faces_drawn, again.outcomes[Outcome.NAMED]) == (0, 3)
    assert sorted(named(tagged).values()) == ["Barack", "Eileen", "Hopper"]


def _copy_of(library, folder):
    """A library with its album, to be written to."""
    album, copy = (shutil.copytree(library.parent / name, folder / name) for name in ("album", library.name))
    index_archive(album, copy, SETTINGS, lambda _done, _total: None, moved=True)
    return Tagged(album, open_library(copy))


@needs_photographs
def test_photos_that_other_programs_tagged_name_the_right_faces(tmp_path):
    album = tmp_path / "album"
    album.mkdir()
    for name in ("portrait.jpg", "portrait-orientation-6.jpg"):
        shutil.copy(AWKWARD / "face_regions" / name, album)
    index_archive(album, tmp_path / "library", SETTINGS, lambda _done, _total: None)
    tagged = Tagged(album, open_library(tmp_path / "library"))
    assert run(tagged, ImportHow()).outcomes == {Outcome.NAMED: 4}
    people = people_of(tagged.library, ["x0"])
    by_name = people.faces.assign(name=people.names_of_faces()).set_index(["photo_path", "name"])["x0"]
    for photo in ("portrait.jpg", "portrait-orientation-6.jpg"):
        assert by_name[photo, "Marie Curie"] == pytest.approx(270, abs=20)  # px, upright: she is on the left
        assert by_name[photo, "Pierre Curie"] == pytest.approx(537, abs=20)
    assert run(tagged, ImportHow()).decision is None
