import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Born, Confirm, Cover, Ignore, Name, NotAFace, Reject, Rename, Split, Undo
from facecluster.pipeline import deciding
from facecluster.pipeline.people import people_of
from tests.pipeline.people_library import ANNA, BERTA, CARL, CLUSTER, FACE, add_names, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def ids(*names):
    return tuple(sorted(FACE[name] for name in names))


def test_a_cluster_is_named_but_for_what_was_decided_about_its_faces(library):
    named(library, ANNA, "Anna", "d1")
    named(library, BERTA, "Berta", "a1")
    told(library, Reject(ANNA, (FACE["a2"],)), NotAFace((FACE["b1"],)))
    people = people_of(library)
    assert deciding.name_faces(people, "anna", ["0", "1"]) == (Name(ANNA, ids("a3", "b2", "b3")),)
    assert deciding.name_faces(people, "Anna", [FACE["a1"], FACE["a2"]]) == (Name(ANNA, ids("a1", "a2")),)


def test_a_cluster_in_which_nothing_is_open_says_why(library):
    named(library, ANNA, "Anna", "a1", "a2", "a3")
    with pytest.raises(UsageError, match="nothing to say of cluster 0 here: of its 3 faces 3 shown to be Anna"):
        deciding.name_faces(people_of(library), "Anna", ["0"])


def test_a_new_person_has_the_name_as_it_is_kept(library):
    people = people_of(library)
    said = deciding.name_new(people, CARL, " Carl ", ["2"], "1999-12-31")
    assert said == (Name(CARL, CLUSTER[2], "Carl"), Born(CARL, "1999-12-31"))
    assert deciding.name_new(people, CARL, "Carl", ["2"], None) == said[:1]


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x1b[31m", "x" * 201, "a\u202eb"])
def test_names_that_are_none(library, name):
    named(library, ANNA, "Anna", "a1")
    people = people_of(library)
    with pytest.raises(UsageError, match="name"):
        deciding.name_new(people, CARL, name, ["2"], None)
    with pytest.raises(UsageError, match="name"):
        deciding.rename(people, "Anna", name)
    with pytest.raises(UsageError, match="name"):
        deciding.split_new(people, "Anna", [FACE["a1"]], CARL, name)


def test_what_is_said_of_a_person(library):
    named(library, ANNA, "Anna", "a1")
    people = people_of(library)
    assert deciding.rename(people, "Anna", "Anna M.") == (Rename(ANNA, "Anna M."),)
    assert deciding.was_born(people, "Anna", "2001-02-03") == (Born(ANNA, "2001-02-03"),)
    assert deciding.was_born(people, "Anna", None) == (Born(ANNA, None),)
    assert deciding.cover(people, "Anna", FACE["a1"]) == (Cover(ANNA, FACE["a1"]),)
    with pytest.raises(UsageError, match="id of a face, found cluster 0"):
        deciding.cover(people, "Anna", "0")
    for day in ("tomorrow", "2001-02-30", "9999-01-01", "1066-10-14"):
        with pytest.raises(UsageError):
            deciding.was_born(people, "Anna", day)


def test_all_that_the_machine_takes_for_somebody_is_confirmed_at_once(library):
    named(library, ANNA, "Anna", "a1")
    with pytest.raises(UsageError, match="nothing to confirm"):
        deciding.confirm(people_of(library), "Anna", [])
    add_names(library, ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.9, False), ("c1", ANNA, 0.8, False))
    people = people_of(library)
    assert deciding.confirm(people, "Anna", []) == (Confirm(ANNA, ids("a2", "a3", "c1")),)
    assert deciding.confirm(people, "Anna", ["0"]) == (Confirm(ANNA, ids("a1", "a2", "a3")),), "a1 was but named"
    assert deciding.confirm(people, "Anna", [FACE["d1"]]) == (Confirm(ANNA, ids("d1")),)


def test_what_is_taken_for_a_person_is_split_off_a_cluster(library):
    named(library, ANNA, "Anna", "a1", "a2", "b1")
    add_names(library, ("b2", ANNA, 0.9, True))
    named(library, BERTA, "Berta", "c1")
    people = people_of(library)
    assert deciding.split_known(people, "Anna", ["1"], "Berta") == (Split(ANNA, BERTA, ids("b1", "b2")),)
    assert deciding.split_new(people, "Anna", ["1"], CARL, None) == (Split(ANNA, CARL, ids("b1", "b2")),)
    assert deciding.split_new(people, "Anna", ["1"], CARL, "Carl ") == (Split(ANNA, CARL, ids("b1", "b2"), "Carl"),)


def test_a_cluster_is_rejected_but_for_other_peoples_faces(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "a2")
    people = people_of(library)
    assert deciding.reject(people, "Anna", ["0"]) == (Reject(ANNA, ids("a1", "a3")),)
    told(library, Reject(ANNA, ids("a1", "a3")))
    with pytest.raises(UsageError, match="1 shown to be Berta"):
        deciding.reject(people_of(library), "Anna", ["0"])


def test_strangers_are_ignored_one_by_one(library):
    named(library, ANNA, "Anna", "a1")
    people = people_of(library)
    said = deciding.ignore(people, ["anna", "2", FACE["d1"]], ["1" * 12, "2" * 12, "3" * 12])
    assert said == (Ignore(ANNA), Ignore("2" * 12, CLUSTER[2]), Ignore("3" * 12, ids("d1")))
    assert deciding.not_faces(people, ["2", FACE["a1"]]) == (NotAFace(ids("c1", "c2", "a1")),)


def test_a_decision_is_undone_by_its_number_or_its_id(library):
    first = named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    people = people_of(library)
    assert deciding.undo(people, "1") == deciding.undo(people, first.id) == (Undo(first.id),)
    for word in ("0", "3", "-1", "", "first"):
        with pytest.raises(UsageError, match="shows the 2 there are"):
            deciding.undo(people, word)


def test_new_people_have_ids_of_their_own():
    assert len({deciding.new_person() for _ in range(100)}) == 100
    assert len(deciding.new_person()) == 12
