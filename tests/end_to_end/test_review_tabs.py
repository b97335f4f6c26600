"""Two tabs and a command line at once, and a finger in place of a mouse."""

import pytest

from tests.end_to_end.review_browser import all_saved, card, toast

ORDER = (
    "() => [...document.querySelectorAll('[data-unit], [data-face]')].map((one) => Object.values(one.dataset).join())"
)


@pytest.fixture
def reviewer(review, demo_library):
    return review(demo_library)


def test_what_is_decided_elsewhere_shows_up_and_nothing_moves(reviewer):
    name, groups, people = reviewer.tab("/name"), reviewer.tab("/groups", height=300), reviewer.tab("/people")
    key = card(name)
    cluster = int(key.rpartition("-")[2])
    groups.evaluate("scrollTo(0, 120)")
    before, top = groups.evaluate(ORDER), groups.evaluate("scrollY")
    assert top > 0

    # On the command line.
    reviewer.shell("people", "name", "Ada", cluster, "--new")
    name.bring_to_front()
    name.locator(".settled", has_text="Ada").wait_for()
    assert card(name) == key
    groups.bring_to_front()
    groups.locator(f"[data-unit='cluster-{cluster}'] .became", has_text="Ada").wait_for()
    assert (groups.evaluate(ORDER), groups.evaluate("scrollY")) == (before, top)
    people.bring_to_front()
    toast(people, "named 4 faces Ada (elsewhere)")

    # In one of the tabs.
    name.bring_to_front()
    name.locator(".settled [data-does=next]").click()
    second = card(name, key)
    name.keyboard.press("i")
    card(name, second)
    groups.bring_to_front()
    groups.locator(f"[data-unit='{second.removeprefix('who.')}'] .became", has_text="ignored").wait_for()
    assert (groups.evaluate(ORDER), groups.evaluate("scrollY")) == (before, top)
    assert reviewer.people() == {"Ada": 4}

    # What the command line undoes is open again.
    reviewer.shell("people", "undo", 1)
    groups.locator(f"[data-unit='cluster-{cluster}'] .became").wait_for(state="detached")
    assert reviewer.people() == {}


def test_two_tabs_that_answer_the_same_card(reviewer):
    one, other = reviewer.tab("/name"), reviewer.tab("/name")
    key = card(one)
    assert card(other) == key
    for page, name in ((one, "Ada"), (other, "Bea")):
        page.bring_to_front()
        page.keyboard.press("Enter")
        page.keyboard.type(name)
        page.locator("[data-new][aria-selected=true]").wait_for()
    one.bring_to_front()
    one.keyboard.press("Enter")
    card(one, key)
    assert reviewer.people() == {"Ada": 4}
    other.bring_to_front()
    other.locator(".settled", has_text="Ada").wait_for()
    other.keyboard.press("Enter")  # too late: this group is settled
    assert card(other) == key
    all_saved(other)
    assert reviewer.people() == {"Ada": 4}


@pytest.fixture
def finger(review, demo_library):
    return review(demo_library, has_touch=True, is_mobile=True)


def press_long(page, selector):
    """A finger that stays."""
    box = page.locator(selector).bounding_box()
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.locator(f"{selector}[aria-selected=true]").wait_for()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_fingers_name_choose_and_open(finger):
    page = finger.tab("/name", width=390, height=844)
    key = card(page)
    page.locator(".ticks label").first.tap()
    page.locator(".unticked", has_text="1 face").wait_for()
    page.locator(".panel who-box input").tap()
    page.keyboard.type("Ada")
    page.locator("[role=option]", has_text="Create").tap()
    card(page, key)
    assert finger.people() == {"Ada": 3}

    page = finger.tab("/groups", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    press_long(page, "[data-place='1']")
    page.locator(".chosen", has_text="1 chosen").wait_for()
    page.locator("[data-place='2']").tap()  # chosen, as others are already
    page.locator(".chosen", has_text="2 chosen").wait_for()
    page.locator(".chosen [data-does=mergeGroups]").tap()
    page.locator("#ask [data-yes]").tap()
    page.locator("[data-place='2'] .became").wait_for()
    assert [one["human"] for one in finger.shell("people", "list")["people"] if not one["name"]] == [5]
    page.locator("[data-place='0'] a").tap()
    page.wait_for_url("**/groups/*", wait_until="domcontentloaded")
    page.locator("[data-place='0']").tap()
    page.locator(".chosen", has_text="1 chosen").wait_for()
