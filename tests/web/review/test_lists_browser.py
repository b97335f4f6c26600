"""The screens that are lists, in a real browser: choosing, deciding, what becomes of what is on the page."""

import pytest

from facecluster.people.statements import Name, NotAFace
from facecluster.store.library import open_library
from tests.benchmarks.large_library import large_library
from tests.pipeline.painted_library import moment_of
from tests.pipeline.people_library import told
from tests.web.review.browser import watched
from tests.web.review.reviewed import reviewed
from tests.web.review.seen import toast

FACES, GROUPS = 3_000, 700
ADA, BEA = "a" * 12, "b" * 12


@pytest.fixture
def library(review_folder):
    """The library of the demo album, in which three people have names."""
    library = open_library(review_folder)
    for number, (person, name) in enumerate([(ADA, "Ada"), (BEA, "Béa"), ("c" * 12, "<b>Cid</b>")]):
        told(library, Name(person, faces_of_group(library, number), name))
    return library


def faces_of_group(library, number):
    faces = moment_of(library).people.faces
    return tuple(faces.loc[faces["cluster_id"] == number, "face_id"])


def people(library):
    return {known.person.name: known.faces for known in moment_of(library).people.known if not known.person.ignored}


def chosen(page):
    return page.locator("[data-place][aria-selected=true]")


def test_faces_are_chosen_and_taken_from_a_person_by_keyboard_alone(library, logged_in):
    page = logged_in.page(f"{logged_in.address}/people/{ADA}")
    total = page.locator("[data-place]").count()
    page.locator("[data-place='0']").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.locator(".chosen", has_text="2 chosen").wait_for()
    page.keyboard.press("r")
    page.locator("[data-place='1'] .became", has_text="not Ada").wait_for()
    page.locator("#head", has_text=f"{total - 2} face").wait_for()
    assert page.locator("[data-place]").count() == total  # in place
    assert page.locator(".chosen").is_hidden()
    assert page.evaluate("document.activeElement.dataset.place") == "1"
    page.keyboard.press("z")
    page.locator(".became").first.wait_for(state="detached")
    assert people(library)["Ada"] == total


def test_faces_are_given_to_somebody_else_by_name(library, logged_in):
    page = logged_in.page(f"{logged_in.address}/people/{ADA}")
    before = people(library)
    page.locator("[data-place='0']").click()
    page.locator("[data-does=split]").click()
    page.locator("#who [role=option]").first.wait_for()
    page.keyboard.type("bea")
    page.locator("#who [role=option][aria-selected=true]", has_text="Béa").wait_for()
    page.keyboard.press("Enter")
    page.locator("[data-place='0'] .became", has_text="Béa").wait_for()
    assert people(library) == before | {"Ada": before["Ada"] - 1, "Béa": before["Béa"] + 1}


def test_a_person_is_renamed_gets_a_cover_is_ignored_and_brought_back(library, logged_in):
    page = logged_in.page(f"{logged_in.address}/people/{ADA}")
    page.locator("[data-does=rename]").click()
    page.locator("#rename input").fill("Ada King")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Ada King").wait_for()
    last = page.locator("[data-face]").last
    last.click()
    page.locator("[data-does=cover]").click()
    toast(page, "chose a picture")
    page.locator("[data-does=ignorePerson]").click()
    page.locator("[data-does=unignore]").wait_for()
    assert "Ada King" not in people(library)
    page.locator("[data-does=unignore]").click()
    page.locator("[data-does=ignorePerson]").wait_for()
    (known,) = (one for one in moment_of(library).people.known if one.person.id == ADA)
    assert (known.person.name, known.person.ignored) == ("Ada King", False)
    assert known.cover == last.get_attribute("data-face")


def test_people_are_found_as_typed_and_made_one_with_the_name_that_stays(library, logged_in):
    page = logged_in.page(f"{logged_in.address}/people")
    before = people(library)
    assert page.locator(".called bdi", has_text="<b>Cid</b>").count() == 1  # as text
    page.locator(".unit .check").first.dispatch_event("click")
    page.locator(".chosen").wait_for()
    page.locator("input[type=search]").fill("bea")
    page.locator(".chosen").wait_for(state="hidden")  # other people, of whom nobody is chosen
    page.locator(".found", has_text="1 person found").wait_for()
    assert page.locator(".called").all_text_contents() == ["Béa"]
    page.locator("input[type=search]").fill("")
    page.locator(".called", has_text="Ada").wait_for()
    for name in ("Ada", "Béa"):
        page.locator(".unit", has_text=name).hover()
        page.locator(".unit", has_text=name).locator(".check").click()
    page.keyboard.press("m")
    page.locator("#together label", has_text="Béa").click()
    page.locator("#together [type=submit]").click()
    page.locator(".unit", has_text="Ada").locator(".became", has_text="one with Béa").wait_for()
    assert people(library) == {"Béa": before["Ada"] + before["Béa"], "<b>Cid</b>": before["<b>Cid</b>"]}


def test_what_another_tab_decides_is_marked_where_it_stands(library, logged_in):
    one, other = (logged_in.page(f"{logged_in.address}/people/{ADA}") for _ in range(2))
    faces = [tile.get_attribute("data-face") for tile in one.locator("[data-face]").all()]
    other.locator("[data-place='0']").click()
    other.locator("[data-does=noFace]").click()
    other.locator("[data-place='0'] .became").wait_for()
    one.bring_to_front()
    one.locator("[data-place='0'] .became", has_text="not a face").wait_for()
    assert [tile.get_attribute("data-face") for tile in one.locator("[data-face]").all()] == faces


def test_history_undoes_and_brings_back_in_place(library, logged_in):
    before = people(library)
    page = logged_in.page(f"{logged_in.address}/history")
    oldest = page.locator("[data-number='1']")
    oldest.locator("button", has_text="Undo").click()
    oldest.locator("button", has_text="Bring back").wait_for()
    assert oldest.locator(".if-undone").is_visible()
    assert "Ada" not in people(library)
    page.locator("#newer", has_text="Show 1 newer").wait_for()
    oldest.locator("button").click()
    page.locator("#newer", has_text="Show 2 newer").wait_for()
    oldest.locator(".if-undone").wait_for(state="hidden")
    assert people(library) == before


@pytest.fixture(scope="module")
def large(browser, tmp_path_factory):
    """A browser at a library of many groups, that of which windows are not all loaded; and the library."""
    folder = tmp_path_factory.mktemp("large") / "library"
    large_library(folder, FACES, GROUPS)
    with reviewed(folder) as server, watched(browser) as watch:
        watch.page(server.link()).close()
        yield watch._replace(address=server.address), open_library(folder)


def height(page):
    return page.evaluate("document.documentElement.scrollHeight")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_long_list_has_its_height_from_the_beginning(large, width):
    page = large[0].page(f"{large[0].address}/groups", width=width)
    before = height(page)
    assert page.locator("[data-place]").count() == 120
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.locator(f"[data-place='{GROUPS - 1}'] img").wait_for()
    assert height(page) == before
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    page.wait_for_function(
        "() => document.elementFromPoint(innerWidth / 3, 400)?.closest('[data-window] [data-place]')"
    )
    assert height(page) == before
    assert page.locator("[data-place]").count() < GROUPS
    page.close()


def test_what_is_not_loaded_is_chosen_too_and_the_rest_is_ignored(large):
    tabs, library = large
    page = tabs.page(f"{tabs.address}/groups")
    page.locator("[data-place='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+End")
    page.locator(".chosen", has_text=f"{GROUPS - 1} chosen").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-does=askRest]").click()
    found = page.locator("#rest-numbers strong")
    found.wait_for()
    few = int(found.text_content().split()[0])
    page.locator("#rest [type=submit]").click()
    toast(page, f"as {few:,} strangers")
    last = page.locator(f"[data-place='{GROUPS - 1}']")
    page.keyboard.press("End")
    last.locator(".became", has_text="ignored").wait_for()
    assert page.locator("[data-place='3'] .became").count() == 0
    assert sum(known.person.ignored for known in moment_of(library).people.known) == few
    page.close()


def test_a_list_from_before_is_told_apart_from_nothing(large):
    tabs, library = large
    page = tabs.page(f"{tabs.address}/alone")
    first = page.locator("[data-place='0']").get_attribute("data-face")
    told(library, NotAFace((first,)))
    page.locator("[data-place='0'] .became", has_text="not a face").wait_for()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    count = int(page.locator("face-grid").get_attribute("data-count"))
    page.locator(f"[data-place='{count - 1}']").wait_for()  # of the list as it was
    page.close()
