import numpy as np
import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Cover, Different, Ignore, Merge, Name, NotAFace, Reject, Undo
from facecluster.people.who import NOBODY
from facecluster.pipeline.people import people_of, present_faces
from facecluster.store.library import create_library
from tests.pipeline.people_library import (
    ANNA,
    BERTA,
    CARL,
    CLUSTER,
    FACE,
    add_names,
    add_run,
    by_face,
    named,
    people_library,
    told,
)
from tests.pipeline.small_library import PACK, small_library
from tests.pipeline.unseen_faces import add_unseen


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def names_in(library):
    people = people_of(library)
    shown = zip(
        by_face(people, "face_id"), people.names_of_faces(), by_face(people, "provenance").values(), strict=True
    )
    return {face: (name, provenance) for face, name, provenance in shown if name is not None}


def test_before_anybody_said_anything_every_face_is_nobodys(library):
    people = people_of(library)
    assert people.known == ()
    assert set(people.faces["person"]) == {NOBODY}
    assert people.faces["provenance"].isna().all()
    assert people.faces["probability"].isna().all()
    assert list(people.faces["face_id"]) == sorted(FACE.values())


def test_who_said_so_stands_at_each_face(library):
    named(library, ANNA, "Anna", "a1", "a2")
    told(library, Name(BERTA, (FACE["b1"],), "Berta"), provenance="imported")
    add_names(library, ("a3", ANNA, 0.97, True), ("e1", BERTA, 0.5, False))
    assert names_in(library) == {
        "a1": ("Anna", "human"),
        "a2": ("Anna", "human"),
        "a3": ("Anna", "automatic"),
        "b1": ("Berta", "imported"),
        "e1": ("Berta", "proposed"),
    }
    sure = {"a1": 1, "a2": 1, "a3": 0.97, "b1": 1, "e1": 0.5} | dict.fromkeys(("b2", "b3", "c1", "c2", "d1"), np.nan)
    assert by_face(people_of(library), "probability") == pytest.approx(sure, nan_ok=True)


def test_what_was_decided_since_overtakes_the_machine(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    add_names(library, *((face, ANNA, 0.99, True) for face in ("a2", "a3", "b2", "c1", "d1")), ("b3", BERTA, 0.9, True))
    told(library, Reject(ANNA, (FACE["a2"],)), NotAFace((FACE["d1"],)))
    named(library, BERTA, None, "b2")
    told(library, Different((FACE["a1"],), (FACE["c1"],)))
    assert names_in(library) == {
        "a1": ("Anna", "human"),
        "a3": ("Anna", "automatic"),
        "b1": ("Berta", "human"),
        "b2": ("Berta", "human"),
        "b3": ("Berta", "automatic"),
    }


def test_the_machine_names_whom_somebody_became_and_nobody_who_is_no_more(library):
    named(library, ANNA, "Anna", "a1")
    founding = named(library, CARL, "Carl", "c1")
    named(library, BERTA, "Berta", "b1")
    add_names(library, ("b2", BERTA, 0.9, True), ("c2", CARL, 0.9, True))
    told(library, Merge(ANNA, (BERTA,)))
    told(library, Undo(founding.id))
    assert names_in(library) == {"a1": ("Anna", "human"), "b1": ("Anna", "human"), "b2": ("Anna", "automatic")}


def test_names_of_another_run_than_the_current_one_do_not_count(library):
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("a2", ANNA, 0.9, True))
    add_run(library)
    assert names_in(library) == {"a1": ("Anna", "human")}
    add_names(library, ("a3", ANNA, 0.9, True), run=2)
    assert names_in(library) == {"a1": ("Anna", "human"), "a3": ("Anna", "automatic")}


def test_names_of_faces_that_are_gone_are_passed_over(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("a2", ANNA, 0.9, True))
    table = library.names(1)
    gone = table.set_column(0, table.schema.field(0), [["0" * 20 + "-1-2-3-4"]])
    library.add_names(gone, {"run": 1, "journal": 0})
    assert names_in(library) == {"a1": ("Anna", "human")}


def test_what_is_known_of_a_person(library):
    named(library, ANNA, "Anna", "a1", "a2")
    add_names(library, ("a3", ANNA, 0.9, True), ("c1", ANNA, 0.6, False))
    told(library, Name(ANNA, (FACE["b1"],)), provenance="imported")
    (anna,) = people_of(library).known
    assert (anna.human, anna.imported, anna.automatic, anna.proposed) == (2, 1, 1, 1)
    assert (anna.decided, anna.faces, anna.photos) == (3, 4, 3), "a1 and b1 share a photo, c1 is but proposed"
    assert (anna.first_day, anna.last_day) == ("2020-05-01", "2021-07-01")
    assert anna.cover == FACE["a1"], "of the two best the first by id; b2 is nobody's"
    assert anna.to_json() | {"human": 0} == anna.to_json() | {"human": 0, "id": ANNA, "name": "Anna"}


def test_a_chosen_cover_stands_until_its_face_is_not_the_persons(library):
    named(library, ANNA, "Anna", "a1", "a2")
    told(library, Cover(ANNA, FACE["a2"]))
    assert people_of(library).known[0].cover == FACE["a2"]
    told(library, Reject(ANNA, (FACE["a2"],)))
    assert people_of(library).known[0].cover == FACE["a1"]


def test_a_stranger_who_is_ignored_is_known_without_a_name_or_a_day(library):
    told(library, Ignore(CARL, CLUSTER[2]))
    (carl,) = people_of(library).known
    assert (carl.person.name, carl.person.ignored, carl.faces, carl.first_day) == (None, True, 2, None)


def test_faces_that_no_run_has_seen_are_there_all_the_same(tmp_path):
    library = people_library(tmp_path, grouped=False)
    named(library, ANNA, "Anna", "a1")
    people = people_of(library)
    assert people.run is None
    assert people.known[0].human == 1


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        people_of(create_library(tmp_path / "empty", PACK))


def test_the_photos_that_could_not_be_looked_at(tmp_path, library):
    failed = present_faces(small_library(tmp_path / "small")).failed
    assert failed.to_numpy().tolist() == [["broken.jpg", "error", "corrupt: cut short"]]
    assert present_faces(library).failed.empty


def test_a_face_that_somebody_drew_is_one_as_long_as_it_is_somebodys(library):
    unseen = add_unseen(library, "p1.jpg")
    nobodys = people_of(library)
    row = nobodys.faces["face_id"].tolist().index(unseen)
    assert nobodys.who.not_faces.tolist() == [one == row for one in range(len(FACE) + 1)]
    assert nobodys.seen.tolist() == [one != row for one in range(len(FACE) + 1)]
    decision = told(library, Name(ANNA, (unseen, FACE["a1"]), "Anna"), provenance="imported")
    annas = people_of(library)
    assert not annas.who.not_faces.any()
    assert (annas.known[0].person.name, annas.known[0].imported) == ("Anna", 2)
    told(library, Reject(ANNA, (unseen,)))
    assert people_of(library).who.not_faces[row]
    told(library, Ignore(CARL, (unseen,)))
    assert not people_of(library).who.not_faces.any()
    told(library, Undo(decision.id))
    assert people_of(library).who.not_faces.sum() == 0, "Carl is ignored still"
