import pyarrow as pa
import pytest

from facecluster.people.statements import Ignore, Merge, Name, NotAFace, Unignore
from facecluster.pipeline.open_faces import ids_of
from facecluster.pipeline.review.lists import faces_listed, units_listed
from facecluster.pipeline.review.live import Live
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables, open_library
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, WHERE, add_names, named, people_library, told
from tests.web.review.decider import Decider


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@pytest.fixture
def page(library):
    return Decider(library)


def add_run(library, clusters):
    """A run with these clusters, by short names of faces."""
    ids = sorted(FACE.values())
    empty = [None] * len(ids)
    columns = [ids, [clusters.get(SHORT[one]) for one in ids], [0.5] * len(ids), empty, empty, [0.0] * len(ids)]
    table = pa.table([*columns, empty, empty], CLUSTERS)
    return library.add_run(RunTables(table, TREE.empty_table(), SUGGESTIONS.empty_table()), {"faces": len(ids)})


def places(page, list_, *names):
    """The places of faces in a list as it is now."""
    people = page.people
    listed = [SHORT[face] for face in ids_of(people, faces_listed(people, list_))]
    return sorted(listed.index(name) for name in names)


def chosen(page, list_, *ranges, state=None):
    return {"list": list_, "state": state or page.state, "ranges": [list(one) for one in ranges]}


def faces_of_last(page):
    """The faces of each statement of the last decision, by short names."""
    return [{SHORT[face] for face in said.faces} for said in page.people.who.decisions[-1].statements]


def test_a_range_of_a_list_is_what_it_was_when_the_page_was_made(library, page):
    state, (first, last) = page.state, places(page, "cluster-0", "a1", "a2")
    named(library, ANNA, "Anna", "a1")
    told(library, NotAFace((FACE["a3"],)))
    page.say("name", faces=chosen(page, "cluster-0", (first, last), state=state), who={"new": "Berta"})
    assert faces_of_last(page) == [{"a2"}], "of a crowd only what nobody has decided about"


def test_a_range_is_the_same_after_the_server_was_started_again(library, page):
    named(library, ANNA, "Anna", "b1", "b2", "a1")
    state = page.state
    told(library, Name(BERTA, (FACE["a2"], FACE["a3"])), Ignore(BERTA))
    again = Decider(open_library(library.folder), Live(open_library(library.folder)))
    again.say("reject", person=ANNA, faces=chosen(page, f"person-{ANNA}", (0, 1), state=state))
    listed = sorted(("a1", "b1", "b2"), key=lambda name: ({1: 0, 2: 1}[WHERE[name][0]], FACE[name]))
    assert faces_of_last(page) == [set(listed[:2])]


def test_faces_of_a_persons_list_are_chosen_one_by_one(library, page):
    named(library, ANNA, "Anna", "a1", "a2")
    add_names(library, ("a3", ANNA, 0.99, True), ("b3", ANNA, 0.8, False), ("c1", ANNA, 0.7, False))
    page.say("confirm", person=ANNA, faces=chosen(page, f"person-{ANNA}", (0, 2)))
    assert faces_of_last(page) == [{"a1", "a2", "a3"}]
    page.say("confirm", person=ANNA, faces=chosen(page, f"maybe-{ANNA}", (1, 1)))
    assert faces_of_last(page) == [{"c1"}]
    page.say("split", person=ANNA, faces=chosen(page, f"person-{ANNA}", (0, 0), (2, 2)), who=None)
    assert faces_of_last(page) == [{"a1", "a3"}]


def test_faces_alone_are_a_crowd(library, page):
    both = chosen(page, "alone", (0, 1))
    named(library, ANNA, "Anna", "d1")
    page.say("ignore_faces", faces=both)
    assert faces_of_last(page) == [{"e1"}]


@pytest.mark.parametrize(
    "ranges", [[[1, 0]], [[0, 3]], [[0, 1], [1, 2]], [[2, 2], [0, 0]], [[0, 0], [0, 0]], [[3, 3]], [[2**31 - 1] * 2]]
)
def test_ranges_that_make_no_sense(page, ranges):
    sentence = page.refused(400, "not_a_face", faces=chosen(page, "cluster-0", *ranges))
    assert sentence == "Expected places in a list of 3 rows, each once and rising."


@pytest.mark.parametrize("list_", ["", "people", "cluster-", "cluster-x", "../x", "x" * 9_000])
def test_lists_that_there_are_not(page, list_):
    page.refused(400, "not_a_face", faces=chosen(page, list_, (0, 0)))


@pytest.mark.parametrize("state", ["", "1", "1-1-0-0-1--1", "a-b-c-d-e-f", "1-1-0-0-1-0-0", "1" * 6_000 + "-1-0-0-1-0"])
def test_states_that_are_none(page, state):
    page.refused(400, "not_a_face", faces=chosen(page, "cluster-0", (0, 0)) | {"state": state})


def test_a_list_of_other_tables_or_of_the_future_is_not_believed(library, page):
    future = page.opened.live.now().state
    ahead = str(future._replace(journal=future.journal + 1))
    assert "select again" in page.refused(409, "not_a_face", faces=chosen(page, "cluster-0", (0, 0), state=ahead))
    other = str(future._replace(run=future.run + 1))
    assert "select again" in page.refused(409, "not_a_face", faces=chosen(page, "cluster-0", (0, 0), state=other))


def test_faces_that_are_gone(page):
    gone = "0" * 20 + "-1-2-3-4"
    sentence = page.refused(409, "not_a_face", faces={"faces": [FACE["a1"], gone]})
    assert sentence.startswith("The photos of 1 face that you chose are not there any more.")
    page.refused(409, "name", faces={"faces": [FACE["a1"]]}, who={"new": "A"}, but=["no face"])
    page.refused(409, "merge", units=[{"face": gone}, {"face": FACE["a1"]}])


def test_a_group_of_a_run_before_is_what_it_was(library, page):
    add_run(library, {"a1": 0, "b1": 0, "a2": 1})
    page = Decider(library)
    named(library, ANNA, "Anna", "a3")
    page.say("name", faces={"cluster": 0, "run": 1}, who={"new": "Berta"})
    assert faces_of_last(page) == [{"a1", "a2"}]
    assert "photos of group 9 are not there" in page.refused(
        409, "name", faces={"cluster": 9, "run": 1}, who={"new": "A"}
    )
    page.say("not_a_face", faces={"cluster": 0, "run": 2})
    assert faces_of_last(page) == [{"b1"}]


def test_a_group_of_a_run_that_is_gone(library, page):
    add_run(library, {"a1": 0})
    library.remove_run(1)
    page = Decider(library)
    assert "grouped anew" in page.refused(409, "not_a_face", faces={"cluster": 0, "run": 1})
    assert "grouped anew" in page.refused(409, "not_a_face", faces={"cluster": 0, "run": 7})


def test_groups_of_a_list_are_ignored_each_as_a_stranger(library, page):
    listed = chosen(page, "groups", (0, 2))
    named(library, ANNA, "Anna", "a1", "a2", "a3", "b1")
    page.say("ignore_list", **listed)
    assert faces_of_last(page) == [{"b2", "b3"}, {"c1", "c2"}], "the first was named meanwhile"
    assert len(units_listed(page.people, "ignored")) == 2
    assert "All of these were decided" in page.refused(409, "ignore_list", **listed)


def test_people_of_a_list_are_ignored_and_merged(library, page):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    told(library, Name(CARL, (FACE["c1"],)))
    listed = chosen(page, "people", (0, 0), (2, 2))
    page.say("ignore_list", **listed)
    assert page.people.who.decisions[-1].statements == (Ignore(ANNA), Ignore(CARL))
    page.say("merge_list", **listed)
    assert page.people.who.decisions[-1].statements == (Merge(ANNA, (CARL,)),)
    one = chosen(page, "ignored", (0, 0))
    page.refused(400, "merge_list", **one)
    page.say("unignore_list", **one)
    assert page.people.who.decisions[-1].statements == (Unignore(ANNA),)
    assert "None of these is ignored" in page.refused(409, "unignore_list", **one)
    assert "None of these is ignored" in page.refused(409, "unignore_list", **chosen(page, "groups", (0, 0)))


def test_groups_of_a_list_become_one_person_or_somebody(library, page):
    page.say("merge_list", **chosen(page, "groups", (1, 2)))
    assert faces_of_last(page) == [{"b1", "b2", "b3", "c1", "c2"}]
    named(library, ANNA, "Anna", "d1")
    page.say("name_list", who={"person": ANNA}, **chosen(page, "groups", (0, 0)))
    assert faces_of_last(page) == [{"a1", "a2", "a3"}]
    assert "rename them" in page.refused(400, "name_list", who={"new": "B"}, **chosen(page, "people", (0, 1)))


def test_people_of_a_list_who_are_no_more_are_left_out(library, page):
    first = named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    listed = chosen(page, "people", (0, 1))
    page.say("undo", decision=first.id)
    page.say("ignore_list", **listed)
    assert page.people.who.decisions[-1].statements == (Ignore(BERTA),)


def test_names_that_spread_meanwhile_do_not_take_a_selection_away(library, page):
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("a2", ANNA, 0.7, False), ("a3", ANNA, 0.9, False))
    listed = chosen(page, f"maybe-{ANNA}", (1, 1))
    add_names(library, ("a3", ANNA, 0.99, True), ("b1", ANNA, 0.7, False))
    page.say("reject", person=ANNA, faces=listed)
    assert faces_of_last(page) == [{"a2"}]


def test_people_of_a_list_who_are_one_by_now_are_meant_once(library, page):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    listed = chosen(page, "people", (0, 1))
    told(library, Merge(BERTA, (ANNA,)))
    page.say("ignore_list", **listed)
    assert page.people.who.decisions[-1].statements == (Ignore(BERTA),)
