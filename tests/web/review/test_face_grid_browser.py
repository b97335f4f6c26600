"""Choosing in a long list of which a part is loaded, in a real browser."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.review.browser import served, watched
from tests.web.review.stage import LIST_LENGTH, PLAIN, Stage


@pytest.fixture
def grid(tabs):
    page = tabs.page("/", width=1280, height=900)
    page.evaluate("addEventListener('selection', ({detail}) => (window.selected = detail))")
    return page


def selected(page):
    return page.evaluate("window.selected?.ranges")


def focused(page):
    return page.evaluate("Number(document.activeElement.dataset.place)")


def test_arrows_go_in_two_dimensions(grid):
    grid.locator("[data-place='0']").focus()
    columns = grid.evaluate("document.querySelector('face-grid').columns")
    assert 120 % columns == 0
    for key, place in {"Right": 1, "Down": columns + 1, "Left": columns, "Up": 0}.items():
        grid.keyboard.press(f"Arrow{key}")
        assert focused(grid) == place
    for key in ("ArrowUp", "ArrowLeft", "PageUp"):
        grid.keyboard.press(key)
        assert focused(grid) == 0


def test_only_one_place_is_reached_by_tab(grid):
    grid.locator("[data-place='5']").focus()
    assert grid.locator("face-grid [tabindex='0']").count() == 1
    grid.keyboard.press("Tab")
    grid.keyboard.press("Shift+Tab")
    assert focused(grid) == 5


@pytest.mark.parametrize("key", ["x", "Space"])
def test_a_key_chooses_and_no_longer(grid, key):
    grid.locator("[data-place='3']").focus()
    grid.keyboard.press(key)
    assert selected(grid) == [[3, 3]]
    grid.keyboard.press(key)
    assert selected(grid) == []


def test_a_stretch_grows_and_shrinks_from_where_it_began(grid):
    grid.locator("[data-place='9']").click()
    grid.locator("[data-place='3']").click()
    for _ in range(3):
        grid.keyboard.press("Shift+ArrowRight")
    assert selected(grid) == [[3, 6], [9, 9]]
    grid.keyboard.press("Shift+ArrowLeft")
    assert selected(grid) == [[3, 5], [9, 9]]


def test_a_range_reaches_over_what_is_not_loaded(grid, stage):
    grid.locator("[data-place='10']").click()
    grid.locator("[data-first='840']").scroll_into_view_if_needed()
    grid.locator("[data-place='850']").click(modifiers=["Shift"])
    assert selected(grid) == [[10, 850]]
    assert 480 not in stage.windows
    grid.locator("[data-first='480']").scroll_into_view_if_needed()
    grid.locator("[data-place='500'][aria-selected='true']").wait_for()


def test_all_are_chosen_and_none(grid):
    grid.locator("[data-place='0']").focus()
    grid.keyboard.press("Control+a")
    assert grid.evaluate("document.querySelector('face-grid').chosen") == {
        "list": "alone", "state": "1-1-0-0-0", "ranges": [[0, LIST_LENGTH - 1]],
    }  # fmt: skip
    grid.keyboard.press("Escape")
    assert grid.evaluate("document.querySelector('face-grid').chosen") is None


def test_the_end_is_reached_though_it_is_not_loaded(grid):
    grid.locator("[data-place='0']").focus()
    grid.keyboard.press("End")
    grid.wait_for_function(f"() => document.activeElement.dataset.place === '{LIST_LENGTH - 1}'")
    grid.keyboard.press("Home")
    assert focused(grid) == 0


def test_what_is_loaded_takes_the_room_that_was_kept_for_it(grid):
    before = grid.evaluate("document.documentElement.scrollHeight")
    for window in grid.locator("[data-window]").all():
        window.scroll_into_view_if_needed()
    grid.locator(f"[data-place='{LIST_LENGTH - 1}']").wait_for()
    assert grid.evaluate("document.documentElement.scrollHeight") == before


def test_enter_opens(grid):
    grid.evaluate("addEventListener('open', ({detail}) => (window.opened = detail))")
    grid.locator("[data-place='7']").focus()
    grid.keyboard.press("Enter")
    assert grid.evaluate("window.opened") == {"place": 7, "face": "f7"}


def test_a_finger_that_stays_chooses(browser, server):
    with watched(browser, has_touch=True, viewport={"width": 390, "height": 800}) as watch:
        page = watch.page(server.address, width=390)
        page.evaluate("addEventListener('selection', ({detail}) => (window.selected = detail))")
        tile = page.locator("[data-place='1']")
        tile.scroll_into_view_if_needed()
        tile.dispatch_event("pointerdown", {"pointerType": "touch", "clientX": 10, "clientY": 10})
        page.wait_for_function("() => window.selected")
        tile.dispatch_event("pointerup", {"pointerType": "touch"})
        tile.dispatch_event("click")  # of the same finger
        assert selected(page) == [[1, 1]]
        page.locator("[data-place='2']").tap()
        assert selected(page) == [[1, 2]]


@pytest.fixture(scope="module")
def ranges(browser):
    with served(Stage().app()) as server, watched(browser) as watch:
        yield watch.page(f"{server.address}/?template={PLAIN}")


STEP = st.tuples(st.sampled_from(["withRange", "withoutRange"]), st.integers(0, 30), st.integers(0, 8))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12), others=st.lists(STEP, max_size=6))
def test_ranges_are_sets_of_places(ranges, steps, others):
    (one, script), (other, other_script) = _both_ways(steps), _both_ways(others)
    found, size, held, differing = ranges.evaluate(
        f"import('/static/ranges.js').then((r) => {{ const one = {script}, both = r.differing(one, {other_script});"
        "const held = (all) => [...Array(45).keys()].filter((place) => r.holds(all, place));"
        "return [one, r.size(one), held(one), held(both)] })"
    )
    assert set(held) == one
    assert size == len(one)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(found))
    assert set(differing) == one ^ other


def _both_ways(steps):
    """The places that steps lead to, and the script that takes the same steps with ranges."""
    places, script = set(), "[]"
    for step, first, more in steps:
        changed = set(range(first, first + more + 1))
        places = places | changed if step == "withRange" else places - changed
        script = f"r.{step}({script}, {first}, {first + more})"
    return places, script
