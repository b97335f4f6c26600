"""Every kind of decision, made with the mouse: what the page shows, and what the journal and the command line say."""

import pytest

from facecluster.people.statements import Confirm, Ignore, Name, NotAFace, Reject
from facecluster.pipeline.review.live import Live
from facecluster.store.library import open_library
from tests.end_to_end.review_browser import all_saved, card, toast
from tests.pipeline.asked_library import add_names, tell

ADA, BEA, CID = "a" * 12, "b" * 12, "c" * 12

TOO_FAST = """() => {
  const { form } = document.querySelector("#rest [name=below]");
  form.elements.below.value = "4";
  form.elements.below.dispatchEvent(new Event("input", { bubbles: true }));
  form.requestSubmit();
}"""
"""A number typed, and Enter, before anybody can have seen what it comes to."""


@pytest.fixture
def reviewer(review, demo_library):
    return review(demo_library)


def groups_of(reviewer):
    """The faces of each group of the library, the largest first."""
    faces = Live(open_library(reviewer.folder)).now().people.faces
    return [tuple(of["face_id"]) for _, of in faces.groupby("cluster_id")]


def typed(page, box, text, option):
    """A name into a field, and a click on what is offered."""
    page.locator(f"{box} input").first.fill(text)
    page.locator(f"{box} [role=option]", has_text=option).first.click()


def chosen(page, *places):
    """Clicks on faces of a list, which are chosen then."""
    for place in places:
        page.locator(f"[data-place='{place}']").click()
    page.locator(".chosen", has_text=f"{len(places)} chosen").wait_for()


def became(page, place, words):
    page.locator(f"[data-place='{place}'] .became", has_text=words).wait_for()


def test_groups_are_named_by_new_and_known_people_or_ignored_and_all_of_it_undone(reviewer):
    groups = groups_of(reviewer)
    page = reviewer.tab("/name")
    first = card(page)
    page.locator(".ticks label").nth(1).click()
    page.locator(".unticked", has_text="1 face").wait_for()
    (left_out,) = page.locator(".ticks input:not(:checked)").evaluate_all("all => all.map(one => one.dataset.face)")
    typed(page, ".panel who-box", "Ada", "Create")
    second = card(page, first)
    named, rejected = reviewer.said()
    assert set(named.faces) == set(groups[0]) - {left_out}
    assert rejected == Reject(named.person, (left_out,))
    assert reviewer.people() == {"Ada": 3}

    typed(page, ".panel who-box", "ad", "Ada")
    third = card(page, second)
    assert reviewer.said() == (Name(named.person, tuple(sorted(groups[1]))),)
    assert reviewer.people() == {"Ada": 7}

    page.locator("[data-does=ignore]").click()
    fourth = card(page, third)
    (ignored,) = reviewer.said()
    assert (type(ignored), set(ignored.faces)) == (Ignore, set(groups[2]))

    page.locator(".ticks label").first.click()
    page.locator("[data-does=noFace]").click()
    toast(page, "1 face")
    assert card(page) == fourth
    assert reviewer.kinds() == ["NotAFace"]
    assert page.locator(".ticks .tile").count() == 1

    for people in ({"Ada": 7}, {"Ada": 7}, {"Ada": 3}, {}):
        before = len(reviewer.journal())
        page.keyboard.press("z")
        page.wait_for_function(
            "before => Number(document.documentElement.dataset.state.split('-').at(-1)) > before", arg=before
        )
        all_saved(page)
        assert reviewer.people() == people
        assert reviewer.kinds() == ["Undo"]
    page.keyboard.press("z")
    toast(page, "Nothing left to undo")
    page.wait_for_function("key => document.querySelector('.question').dataset.key === key", arg=first)


def test_faces_of_a_person_are_taken_away_given_to_others_or_are_none(reviewer):
    groups = groups_of(reviewer)
    library = open_library(reviewer.folder)
    tell(library, Name(ADA, (*groups[0], *groups[1]), "Ada"), Name(BEA, groups[2], "Béa"))
    page = reviewer.tab(f"/people/{ADA}")
    faces = page.locator("[data-face]").evaluate_all("all => all.map(one => one.dataset.face)")
    assert sorted(faces) == sorted((*groups[0], *groups[1]))

    chosen(page, 0, 1)
    page.locator(".chosen [data-does=reject]").click()
    became(page, 1, "not Ada")
    assert reviewer.said() == (Reject(ADA, tuple(sorted(faces[:2]))),)

    chosen(page, 2)
    page.locator(".chosen [data-does=split]").click()
    typed(page, "#who", "bea", "Béa")
    became(page, 2, "Béa")
    assert reviewer.people() == {"Ada": 5, "Béa": 4}

    chosen(page, 3)
    page.locator(".chosen [data-does=noFace]").click()
    became(page, 3, "not a face")
    assert reviewer.said() == (NotAFace((faces[3],)),)

    chosen(page, 4)
    page.locator(".chosen [data-does=split]").click()
    page.locator("#who [data-nobody]").click()
    became(page, 4, "")
    assert reviewer.people() == {"Ada": 3, "Béa": 4}
    assert [one["human"] for one in reviewer.shell("people", "list")["people"] if one["name"] is None] == [1]
    assert page.locator("[data-face]").evaluate_all("all => all.map(one => one.dataset.face)") == faces  # in place


def test_a_person_is_renamed_gets_a_picture_is_ignored_and_brought_back(reviewer):
    groups = groups_of(reviewer)
    tell(open_library(reviewer.folder), Name(ADA, groups[0], "Ada"))
    page = reviewer.tab(f"/people/{ADA}")
    page.locator("[data-does=rename]").click()
    page.locator("#rename input").fill("Ada King")
    page.locator("#rename [type=submit]").click()
    page.locator("h1", has_text="Ada King").wait_for()
    assert reviewer.people() == {"Ada King": 4}
    chosen(page, 3)
    face = page.locator("[data-place='3']").get_attribute("data-face")
    page.locator(".chosen [data-does=cover]").click()
    toast(page, "Ada King")
    all_saved(page)
    assert reviewer.person("Ada King")["cover"] == face
    page.locator("[data-does=ignorePerson]").click()
    page.locator("[data-does=unignore]").wait_for()
    assert reviewer.people() == {}

    page.goto(f"{reviewer.process.address}/ignored", wait_until="domcontentloaded")
    page.locator(".unit", has_text="Ada King").hover()
    page.locator(".unit .check").click()
    page.locator("[data-does=bringBack]").click()
    became(page, 0, "back again")
    assert reviewer.people() == {"Ada King": 4}


def test_two_people_are_one_until_history_undoes_it_and_undoes_that(reviewer):
    groups = groups_of(reviewer)
    tell(open_library(reviewer.folder), Name(ADA, groups[0], "Ada"), Name(BEA, groups[1][:3], "Béa"))
    page = reviewer.tab("/people")
    for name in ("Ada", "Béa"):
        page.locator(".unit", has_text=name).hover()
        page.locator(".unit", has_text=name).locator(".check").click()
    page.locator("[data-does=mergePeople]").click()
    page.locator("#together label", has_text="Béa").click()
    page.locator("#together [type=submit]").click()
    page.locator(".unit", has_text="Ada").locator(".became", has_text="one with Béa").wait_for()
    assert reviewer.kinds() == ["Merge"]
    assert reviewer.people() == {"Béa": 7}

    page.goto(f"{reviewer.process.address}/history", wait_until="domcontentloaded")
    merge = page.locator("[data-number='2']")
    merge.get_by_role("button", name="Undo").click()
    merge.get_by_role("button", name="Bring back").wait_for()
    assert reviewer.people() == {"Ada": 4, "Béa": 3}
    page.locator("#newer", has_text="Show 1 newer").click()
    undo = page.locator("[data-number='3']")
    undo.get_by_role("button").click()
    page.locator("#newer", has_text="Show 1 newer").wait_for()
    assert reviewer.people() == {"Béa": 7}
    assert [type(one.statements[0]).__name__ for one in reviewer.journal()] == ["Name", "Merge", "Undo", "Undo"]
    page.reload(wait_until="domcontentloaded")
    page.locator("[data-number='4']").get_by_role("button").click()
    page.locator("#newer", has_text="Show 1 newer").wait_for()
    assert reviewer.people() == {"Ada": 4, "Béa": 3}


def test_same_person_yes_no_and_not_now(reviewer):
    groups = groups_of(reviewer)
    library = open_library(reviewer.folder)
    tell(library, Name(ADA, groups[0][:2], "Ada"))
    tell(library, Name(BEA, groups[1][:2], "Béa"))
    page = reviewer.tab("/same")
    first = card(page)
    page.locator(".moves [data-does=next]").click()  # I cannot tell
    second = card(page, first)
    assert len(reviewer.journal()) == 2
    assert page.locator("#asks-" + second.replace(".", "\\.")).is_visible()
    page.locator(".verdict [aria-keyshortcuts=N]").click()
    assert card(page, second) == first
    assert isinstance(reviewer.said()[0], Reject)  # somebody, and faces of nobody
    asked = {ADA: "Ada", BEA: "Béa"}
    (left,) = (name for person, name in asked.items() if person in first)
    page.locator(".verdict [aria-keyshortcuts=Y]").click()
    card(page, first)
    assert reviewer.people() == {"Ada": 2, "Béa": 2} | {left: 4}


def test_faces_that_may_be_somebodys_are_confirmed_and_rejected(reviewer):
    groups = groups_of(reviewer)
    library = open_library(reviewer.folder)
    tell(library, Name(ADA, groups[0][:2], "Ada"))
    right, wrong = groups[2][0], groups[3][0]
    add_names(library, *((face, ADA, 0.7, False) for face in (right, wrong)))
    page = reviewer.tab("/more")
    key = card(page)
    page.locator(f"label:has([data-face='{wrong}'])").click()
    page.locator("[data-summary]", has_text="Confirm 1, reject 1").click()
    card(page, key)
    assert set(reviewer.said()) == {Confirm(ADA, (right,)), Reject(ADA, (wrong,))}
    assert reviewer.people() == {"Ada": 3}


def test_the_rest_is_ignored_once_it_is_known_how_much_that_is(reviewer):
    page = reviewer.tab("/groups")
    page.locator("[data-does=askRest]").click()
    page.locator("#rest-numbers", has_text="1 group").wait_for()
    page.evaluate(TOO_FAST)
    page.locator("#rest-numbers", has_text="2 groups").wait_for()
    assert reviewer.journal() == []
    page.locator("#rest [name=below]").press("Enter")
    toast(page, "strangers")
    became(page, 2, "ignored")
    became(page, 3, "ignored")
    assert page.locator(".became").count() == 2
    assert reviewer.kinds() == ["Ignore", "Ignore"]
    page.keyboard.press("z")
    page.locator(".became").first.wait_for(state="detached")
    all_saved(page)
    assert reviewer.shell("people", "list")["people"] == []
