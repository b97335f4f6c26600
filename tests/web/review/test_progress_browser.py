"""static/progress.js in a real browser: what can be opened stays open, and names spread when somebody wants it."""

from facecluster.people.statements import Name
from facecluster.pipeline.review.live import Live
from facecluster.store.library import open_library
from tests.pipeline.asked_library import tell


def name_most(folder):
    """Decides, on the command line as it were, who most of the faces are."""
    library = open_library(folder)
    faces = Live(library).now().people.faces
    tell(library, Name("a" * 12, tuple(faces["face_id"].iloc[: len(faces) * 3 // 4]), "Ada"))


def settled_in(page):
    return page.locator(".progress .said strong").inner_text()


def test_names_are_spread_by_keyboard_alone(logged_in):
    page = logged_in.page("/people")
    page.locator(".progress > summary").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Spread names now")
    button.wait_for()
    assert "Name some people" in page.locator("[data-spread]").inner_text()
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Names are up to date").wait_for()
    assert button.evaluate("button => button === document.activeElement")


def test_what_others_decide_shows_and_what_is_open_stays_open(logged_in, review_folder):
    page = logged_in.page("/people")
    page.locator(".progress > summary").click()
    page.get_by_role("button", name="Spread names now").wait_for()
    assert settled_in(page) == "0"
    name_most(review_folder)
    page.locator(".progress[data-percent='0']").wait_for(state="detached")
    assert page.locator(".progress").evaluate("details => details.open")
    page.get_by_role("button", name="Spread names now").wait_for()


def test_much_progress_is_said_aloud_and_little_is_not(logged_in, review_folder):
    page = logged_in.page("/people")
    page.locator(".progress").wait_for()
    aloud = page.locator("body > p.hidden[role=status]")
    assert aloud.inner_text() == ""
    name_most(review_folder)
    page.get_by_text("percent of all faces are settled").wait_for(state="attached")
    assert 60 <= int(aloud.inner_text().split()[0]) <= 80


def test_it_fits_a_narrow_screen(logged_in):
    page = logged_in.page("/people", width=320)
    page.locator(".progress > summary").click()
    page.get_by_role("button", name="Spread names now").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
