import pytest

from facecluster.errors import UsageError
from facecluster.people.statements import Ignore, NotAFace
from facecluster.web.review.lists.face_list import FaceList
from facecluster.web.review.lists.open_lists import KEPT, OpenLists
from tests.pipeline.people_library import ANNA, CARL, FACE, add_names, add_run, named, people_library, told
from tests.pipeline.review.test_live import settled
from tests.web.review.lists_shown import Opened, short


@pytest.fixture
def opened(tmp_path):
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1", "a2", "a3")
    return opened


def asked(name, state):
    return {"list": name, "state": str(state)}


def faces(listing):
    return short(listing.then.people.faces["face_id"].iloc[listing.rows])


def test_a_list_is_found_again_as_it_was_even_after_a_restart(opened):
    state, name = opened.now.state, f"person-{ANNA}"
    lists = OpenLists(opened.live)
    listing = FaceList(opened.now, name)
    lists.keep(listing)
    told(opened.library, NotAFace((FACE["a1"],)))
    assert lists.find(asked(name, state)) is listing
    made_again = OpenLists(opened.live).find(asked(name, state))
    assert faces(made_again) == faces(listing) == ["a1", "a2", "a3"]
    assert faces(lists.find(asked(name, opened.now.state))) == ["a2", "a3"]


def test_lists_of_people_and_groups(opened):
    told(opened.library, Ignore(CARL, (FACE["c1"], FACE["c2"])))
    lists, state = OpenLists(opened.live), opened.now.state
    assert [unit.id for unit in lists.find(asked("groups", state)).units_at(0, 9)] == ["1"]
    assert [unit.id for unit in lists.find(asked("ignored", state)).units_at(0, 9)] == [CARL]
    assert [unit.name for unit in lists.find(asked("people", state)).units_at(0, 9)] == ["Anna"]
    assert lists.find(asked("people", state) | {"q": "zzz"}).count == 0


def test_names_that_come_in_between_do_not_close_a_list_that_is_kept(opened):
    lists, state = OpenLists(opened.live), opened.now.state
    listing = lists.find(asked("cluster-1", state))
    add_names(opened.library, ("b1", ANNA, 0.99, True))
    now = settled(opened.live)
    assert now.state.names != state.names
    assert lists.find(asked("cluster-1", state)) is listing
    assert listing.marks(0, 2, now) == {0: "Anna"}


def test_a_new_run_closes_all_lists(opened):
    lists, state = OpenLists(opened.live), opened.now.state
    lists.find(asked("groups", state))
    add_run(opened.library)
    settled(opened.live)
    assert lists.find(asked("groups", state)) is None
    assert OpenLists(opened.live).find(asked("alone", state)) is None
    assert lists.find(asked("groups", opened.now.state)).count == 2


def test_few_lists_are_kept(opened):
    lists = OpenLists(opened.live)
    found = [lists.find(asked("alone", opened.now.state))]
    for number in range(KEPT):
        named(opened.library, f"{number:012x}", f"P{number}")
        found.append(lists.find(asked("alone", opened.now.state)))
    states = [listing.then.state for listing in found]
    assert lists.find(asked("alone", states[-1])) is found[-1]
    assert lists.find(asked("alone", states[0])) is not found[0]


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"list": "alone"},
        {"list": "alone", "state": "yesterday"},
        {"list": "alone", "state": "1-2-3"},
        {"list": "everything", "state": "{now}"},
        {"list": "", "state": "{now}"},
        {"list": "people", "by": "age", "state": "{now}"},
    ],
)
def test_an_address_that_says_no_list(opened, words):
    words = {key: value.format(now=opened.now.state) for key, value in words.items()}
    with pytest.raises(UsageError):
        OpenLists(opened.live).find(words)


def test_a_state_that_is_still_to_come(opened):
    state = opened.now.state
    assert OpenLists(opened.live).find(asked("alone", state._replace(journal=99))) is None
