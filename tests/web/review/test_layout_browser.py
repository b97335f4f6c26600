"""How the review looks to those who enlarge it, want no motion, choose their own colours, or have a keyboard only."""

import contextlib

import pytest

from tests.web.review.browser import watched
from tests.web.review.screens import SCENES, decide, opened

BESIDE = """() => [...document.querySelectorAll("dialog[open], .chosen, .menu, .toast, h1")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && !one.closest("nav") && (box.left < 0 || box.right > innerWidth);
}).map((one) => one.outerHTML.slice(0, 80))"""
"""What is cut off on the left or right."""

MOVING = """() => [
  ...document.getAnimations().map(({ animationName, transitionProperty }) => animationName ?? transitionProperty),
  ...[...document.querySelectorAll("*")].filter((one) => parseFloat(getComputedStyle(one).transitionDuration)),
].map(String)"""
"""What moves now, or would."""

FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return {
    what: one.outerHTML.slice(0, 80),
    isSeen: one.contains(seen) || Boolean(seen?.contains(one)),
    ring: getComputedStyle(one).outlineStyle !== "none",
  };
}"""
"""Where the focus is, and whether one sees that."""


@pytest.fixture
def seen_by(browser, review, review_folder):
    """Opens scenes as somebody sees them: `seen_by(scene, width, height, **options of the browser)`."""
    decide(review_folder)
    with contextlib.ExitStack() as watches:

        def open_scene(scene, width=1280, height=800, **options):
            watch = watches.enter_context(watched(browser, **options))
            return opened(watch.page(review.link(), width, height), review.address, scene)

        yield open_scene


@pytest.mark.parametrize("name", ["name typed", "whose name stays", "whose faces", "groups", "the rest", "keys"])
def test_at_twice_the_size_nothing_is_cut_off(seen_by, name):
    tab = seen_by(SCENES[name], 640, 400, device_scale_factor=2)
    assert tab.evaluate("document.documentElement.scrollWidth") == 640
    assert tab.evaluate(BESIDE) == []


def test_nothing_moves_for_who_wants_no_motion(seen_by):
    scene = SCENES["an undone decision"]
    assert seen_by(scene, reduced_motion="no-preference").evaluate(MOVING) != []
    assert seen_by(scene, reduced_motion="reduce").evaluate(MOVING) == []


def test_what_is_chosen_is_seen_in_any_colours(seen_by):
    tab = seen_by(SCENES["faces chosen"], forced_colors="active")
    outlines = tab.locator("[data-place]").evaluate_all(
        "all => all.map(one => [one.ariaSelected, getComputedStyle(one).outlineStyle])"
    )
    assert {style for selected, style in outlines if selected == "true"} == {"solid"}
    assert {style for selected, style in outlines if selected == "false"} == {"none"}


@pytest.mark.parametrize(("width", "height"), [(320, 640), (1280, 800)])
def test_the_focus_is_always_in_sight(seen_by, width, height):
    tab = seen_by(SCENES["faces chosen"], width, height)
    gone_through = []
    while len(gone_through) < 2 or gone_through[-1]["what"] != gone_through[0]["what"]:
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement !== document.body"):  # which follows the last
            gone_through.append(tab.evaluate(FOCUSED))
    assert [one["what"] for one in gone_through if not (one["isSeen"] and one["ring"])] == []
    assert len(gone_through) > tab.locator(".tab").count() + tab.locator(".chosen button:visible").count()
