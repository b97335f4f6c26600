import pytest

from facecluster.people.statements import Ignore, Merge, Name, Rename, Undo
from facecluster.web.review.lists.history import Turn, history_screen, undone_since
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, named, people_library, told
from tests.web.review.clients import client_of
from tests.web.review.clients import opened as opened_review
from tests.web.review.lists_shown import Opened


@pytest.fixture
def opened(tmp_path):
    return Opened(people_library(tmp_path))


def numbers(screen):
    return [told.event.number for told in screen.told]


def test_nothing_was_decided(opened):
    screen = history_screen(opened.now)
    assert (screen.decisions, screen.newest, screen.told, screen.before) == (0, 0, (), None)


def test_decisions_stand_newest_first_with_who_they_speak_of(opened):
    named(opened.library, ANNA, "Anna", "a1")
    told(opened.library, Rename(ANNA, "Anne"))
    screen = history_screen(opened.now)
    assert [(one.said, one.people) for one in screen.told] == [
        ("renamed Anna to Anne", ((ANNA, "Anne"),)),
        ("named 1 face Anna", ((ANNA, "Anne"),)),
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Ignore(CARL, (FACE["c1"],)), "ignored 1 face as a stranger"),
        (Name(CARL, (FACE["c1"], FACE["c2"])), "said of 2 faces: one person"),
        (Rename(CARL, "Carl"), "renamed somebody without a name to Carl"),
    ],
)
def test_who_has_no_name_has_no_number_either(opened, said, sentence):
    named(opened.library, CARL, None, "c1")
    told(opened.library, said)
    (newest, _) = history_screen(opened.now).told
    assert newest.said == sentence
    assert newest.people == ((CARL, "Carl" if isinstance(said, Rename) else "somebody without a name"),)


def test_windows_go_on_where_the_last_one_ended(opened):
    for number in range(7):
        named(opened.library, f"{number:012x}", f"P{number}")
    first = history_screen(opened.now, at_once=3)
    assert (numbers(first), first.before, first.decisions) == ([7, 6, 5], 5, 7)
    second = history_screen(opened.now, before=first.before, at_once=3)
    assert (numbers(second), second.before) == ([4, 3, 2], 2)
    last = history_screen(opened.now, before=second.before, at_once=3)
    assert (numbers(last), last.before) == ([1], None)
    assert history_screen(opened.now, before=1).told == ()


def test_a_window_tells_names_that_were_given_long_before(opened):
    named(opened.library, ANNA, "Anna", "a1")
    told(opened.library, Ignore(ANNA))
    (newest,) = history_screen(opened.now, at_once=1).told
    assert newest.said == "ignored Anna"


def test_the_history_of_one_person_has_who_was_merged_into_it_and_what_was_undone_of_it(opened):
    named(opened.library, ANNA, "Anna", "a1")
    berta = named(opened.library, BERTA, "Berta", "b1")
    named(opened.library, CARL, "Carl", "c1")
    told(opened.library, Merge(ANNA, (BERTA,)))
    undo = told(opened.library, Undo(berta.id))
    told(opened.library, Undo(undo.id))
    screen = history_screen(opened.now, ANNA)
    assert (numbers(screen), screen.person, screen.decisions, screen.newest) == ([6, 5, 4, 2, 1], (ANNA, "Anna"), 5, 6)


def test_each_decision_can_be_turned(opened):
    first = named(opened.library, ANNA, "Anna", "a1")
    undo = told(opened.library, Undo(first.id))
    (newer, older) = history_screen(opened.now).told
    assert (newer.turn, newer.in_force) == (Turn(undo.id, "Bring back"), Turn(undo.id, "Bring back"))
    assert (older.turn, older.in_force) == (Turn(undo.id, "Bring back"), Turn(first.id, "Undo"))
    assert undone_since(opened.now, 1) == {1: Turn(undo.id, "Bring back")}
    assert undone_since(opened.now, 2) == {}
    again = told(opened.library, Undo(undo.id))
    assert undone_since(opened.now, 1) == {2: Turn(again.id, "Undo again")}


HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def client(tmp_path):
    with opened_review(tmp_path) as review:
        yield client_of(review, logged_in=True), review.library


def test_the_page(client):
    client, library = client
    assert "Nothing was decided yet" in client.get("/history").text
    first = named(library, ANNA, HOSTILE, "a1")
    named(library, BERTA, "Berta", "b1")
    undo = told(library, Undo(first.id))
    page = client.get("/history").text
    assert "3 decisions" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert page.count('data-does="turn"') == 3
    assert client.get("/history/undone?first=1").json() == {
        "newest": 3, "undone": {"1": {"decision": undo.id, "label": "Bring back"}},
    }  # fmt: skip
    assert "1 decision, the latest first" in client.get(f"/history?person={BERTA}").text
    part = client.get("/history?before=3").text
    assert "<html" not in part
    assert part.count('data-does="turn"') == 2


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/history?before=x", 400),
        ("/history?before=-1", 400),
        ("/history?person=ffffffffffff", 404),
        ("/history/undone", 400),
        ("/history/undone?first=1e9", 400),
    ],
)
def test_an_address_that_leads_nowhere(client, address, status):
    assert client[0].get(address).status_code == status
