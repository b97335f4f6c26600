import base64
import stat

import pytest

from facecluster.errors import LibraryError, StorageError
from facecluster.people.statements import Ignore, Name, NotAFace
from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.journal import decide
from facecluster.pipeline.people import people_of
from facecluster.schemas import faces_schema
from facecluster.store.library import Library, create_library
from facecluster.web import face_map, sheets
from facecluster.web.page import map_of_library, shown_faces, thumbnails_of, write_report
from facecluster.web.report import Numbers
from tests.pipeline.small_library import FACES, PACK, jpeg, small_library
from tests.pipeline.unseen_faces import add_unseen


def test_the_page_shows_the_thumbnails_of_the_library(tmp_path):
    numbers = write_report(small_library(tmp_path), tmp_path / "report.html")
    assert numbers == Numbers(
        photos=5, with_faces=3, without_faces=1, failed=1, copies=1, faces=3, people=1, named=0, alone=1, ignored=0
    )
    page = (tmp_path / "report.html").read_text()
    for shade in range(3):
        assert base64.b64encode(jpeg(shade)).decode() in page
    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o600


def test_the_page_says_who_people_are(tmp_path):
    library = small_library(tmp_path)
    decide(library, lambda _: (Name("p", (FACES[0],), "Ada <b>"), Name("q", (FACES[1],))), "me")
    numbers = write_report(library, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert (numbers.people, numbers.named, numbers.alone) == (3, 1, 0)  # Ada, somebody, and who is left of the cluster
    assert "1 person has a name" in page
    assert "<bdi>Ada &lt;b&gt;</bdi>" in page
    assert "<b>" not in page
    assert "facecluster review" in page  # to name those without


def test_the_page_leaves_out_what_was_ignored_or_is_no_face(tmp_path):
    library = small_library(tmp_path)
    decide(library, lambda _: (Ignore("p", (FACES[0],)), NotAFace((FACES[1],))), "me")
    numbers = write_report(library, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert (numbers.faces, numbers.ignored) == (1, 1)
    assert "1 face of ignored people, not shown" in page
    shown = [base64.b64encode(jpeg(shade)).decode() in page for shade in range(3)]
    assert shown == [False, False, True]


def test_only_the_thumbnails_that_are_shown_are_kept_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "MAX_FACES_ALONE", 0)
    monkeypatch.setattr(sheets, "MAX_FACES_A_PERSON", 1)
    library = small_library(tmp_path)
    write_report(library, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    shown = [base64.b64encode(jpeg(shade)).decode() in page for shade in range(3)]
    assert shown == [True, False, False]


def test_shards_without_a_wanted_face_are_not_opened(tmp_path, monkeypatch):
    library = small_library(tmp_path)
    asked = []
    faces = Library.faces

    def spy(self, commit, columns):
        asked.append(list(columns))
        return faces(self, commit, columns)

    monkeypatch.setattr(Library, "faces", spy)
    assert thumbnails_of(library, library.latest_scan(), ["hash-of-another"]) == {}
    assert asked == [["face_id"]]
    assert thumbnails_of(library, library.latest_scan(), FACES[1:]) == {FACES[1]: jpeg(1), FACES[2]: jpeg(2)}


def test_the_map_is_of_the_vectors_of_the_library(tmp_path, monkeypatch):
    monkeypatch.setattr(face_map, "MIN_FACES", 2)
    library = small_library(tmp_path)
    write_report(library, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "All 3 faces are shown, 1 person among them." in page
    assert "Person 1, 2 faces</title>" in page
    assert "Faces alone</title>" in page


def test_a_face_in_two_shards_has_one_dot(tmp_path, monkeypatch):
    monkeypatch.setattr(face_map, "MIN_FACES", 2)
    library = small_library(tmp_path)
    (commit,) = library.commits()
    faces = library.faces(commit, faces_schema(PACK.dimension).names)
    library.add_shard("000001-b", library.photos(commit), faces, "print", "decoder")
    write_report(library, tmp_path / "report.html")
    assert "All 3 faces are shown" in (tmp_path / "report.html").read_text()


def test_very_few_faces_have_no_map(tmp_path):
    write_report(small_library(tmp_path), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert 'id="map"' not in page
    assert 'id="tree"' in page


def test_the_tree_is_of_the_newest_run(tmp_path):
    write_report(small_library(tmp_path), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "Person 1: 2 faces held together by a likeness above 0.40" in page
    assert "This picture holds 2 of 3 faces, and 1 person." in page


def test_a_library_that_is_not_grouped_has_a_page(tmp_path):
    numbers = write_report(small_library(tmp_path, clusters=None), tmp_path / "report.html")
    assert (numbers.people, numbers.alone) == (0, 3)
    assert 'id="tree"' not in (tmp_path / "report.html").read_text()


def test_an_empty_library_has_none(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        write_report(create_library(tmp_path / "empty", PACK), tmp_path / "report.html")


def test_a_page_that_cannot_be_written_is_a_fault_of_the_storage(tmp_path):
    with pytest.raises(StorageError, match="Cannot write"):
        write_report(small_library(tmp_path), tmp_path / "missing" / "report.html")


def test_unseen_faces_are_shown_with_their_person_but_not_on_the_map(tmp_path, monkeypatch):
    monkeypatch.setattr(face_map, "MIN_FACES", 3)
    library = small_library(tmp_path)
    unseen = add_unseen(library, "empty-room.jpg")
    nobodys, _ = shown_faces(people_of(library))
    assert sorted(nobodys["face_id"]) == FACES
    decide(library, lambda _: (Name("p", (unseen, FACES[0]), "Ada"),), "me", "imported")
    shown, _ = shown_faces(people_of(library))
    assert sorted(shown["face_id"]) == sorted([*FACES, unseen])
    found = map_of_library(library, latest_scan(library), shown)
    assert (found.n_faces, found.n_shown) == (3, 3)
    assert write_report(library, tmp_path / "report.html").faces == 4
    assert base64.b64encode(jpeg(200)).decode() in (tmp_path / "report.html").read_text()
