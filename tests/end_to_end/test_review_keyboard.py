"""A whole session at the review without a mouse: from the login link to people named, split, merged and undone."""

import pytest

from tests.end_to_end.review_browser import all_saved, card, toast

NAMES = ["Ada", "Béla", "Cleo", "Dov", "Esra", "Fynn", "Gro", "Huda", "Ilse", "Jon"]
MOST_TABS = 80
"""Presses of the Tab key after which something on a page cannot be reached."""

FOCUS = """() => {
  const focused = document.activeElement;
  const place = focused.matches("[data-face]:is(input)") ? focused.closest(".tile") : focused;
  const { outlineStyle, outlineWidth } = getComputedStyle(place);
  const { top, bottom, left, right, width, height } = place.getBoundingClientRect();
  return {
    what: focused.outerHTML.slice(0, 100),
    somewhere: focused !== document.body && width > 0 && height > 0,
    inSight: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    isWhole: focused.matches(".question, #content"),
  };
}"""
"""Where the focus is. A card as a whole, and the content of a page, are where keys go: nothing to press."""


class Keyboard:
    """The only thing that this reviewer touches."""

    def __init__(self, page):
        self.page = page

    def presses(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def types(self, text):
        self.page.keyboard.type(text)

    def looks(self):
        """The focus is somewhere, and can be seen."""
        focus = self.page.evaluate(FOCUS)
        assert focus["somewhere"], focus
        assert focus["inSight"], focus
        assert focus["marked"] or focus["isWhole"], focus

    def goes_to(self, selector):
        """By the Tab key to an element; the focus is seen all the way, but where it leaves the page to begin anew."""
        ends = 0
        for _ in range(MOST_TABS):
            self.presses("Tab")
            ends += self.page.evaluate("document.activeElement === document.body")
            assert ends < 2
            if not ends:
                self.looks()
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by the Tab key")

    def opens(self, screen):
        """A screen, by its tab; from the beginning of the page, as after a reload."""
        self.page.reload(wait_until="domcontentloaded")
        self.goes_to(f"a.tab[href='/{screen}']")
        self.presses("Enter")
        self.page.locator(f"a.tab[href='/{screen}'][aria-current=page]").wait_for()


@pytest.fixture
def session(any_library, review):
    reviewer = review(any_library)
    page = reviewer.tabs.page(reviewer.process.another_link())
    page.wait_for_url("**/name*", wait_until="domcontentloaded")
    return reviewer, Keyboard(page)


def split(keyboard, name):
    """One face of the card is somebody else, whose name is typed; the card stays."""
    keyboard.presses("ArrowRight", "x")
    keyboard.looks()
    keyboard.presses("s")
    keyboard.page.locator("#split input:focus").wait_for()
    keyboard.looks()
    keyboard.types(name)
    keyboard.presses("Enter")
    toast(keyboard.page, f"named 1 face {name}")
    card(keyboard.page)


def name_all(keyboard, names):
    """One group after the other, as long as there are any; the names that were given."""
    given = []
    for name in names:
        key = card(keyboard.page)
        if not key:
            break
        keyboard.looks()
        keyboard.presses("Enter")
        keyboard.looks()
        keyboard.types(name)
        keyboard.page.locator("[data-new][aria-selected=true]").wait_for()
        keyboard.presses("Enter")
        card(keyboard.page, key)
        given.append(name)
    return given


def test_a_whole_session_by_keyboard_alone(session):
    reviewer, keyboard = session
    page = keyboard.page
    card(page)
    split(keyboard, "Zoë")
    assert reviewer.people() == {"Zoë": 1}
    given = name_all(keyboard, NAMES)
    assert 4 <= len(given) <= len(NAMES)
    named = reviewer.people()
    assert sorted(named) == sorted([*given, "Zoë"])

    # Two of them are one.
    keyboard.opens("people")
    keyboard.goes_to("[data-place]")
    titles = [page.locator(f"[data-place='{place}'] bdi").inner_text() for place in (0, 1)]
    keyboard.presses("x", "ArrowRight", "x")
    keyboard.looks()
    keyboard.presses("m")
    page.locator("#together input:checked").wait_for()
    keyboard.goes_to("#together [type=submit]")
    keyboard.presses("Enter")
    kept, gone = titles
    page.locator("[data-place='1'] .became", has_text=f"one with {kept}").wait_for()
    merged = {name: faces for name, faces in named.items() if name != gone}
    assert reviewer.people() == merged | {kept: named[kept] + named[gone]}
    keyboard.looks()

    # No: they are two. And the last that was named was somebody else too.
    keyboard.presses("z")
    toast(page, "Undone")
    all_saved(page)
    assert reviewer.people() == named
    keyboard.presses("z")
    page.locator(".toast", has_text=given[-1]).wait_for()
    all_saved(page)
    assert reviewer.people() == {name: faces for name, faces in named.items() if name != given[-1]}
    keyboard.looks()
    assert reviewer.kinds() == ["Undo"]


def test_help_lists_the_keys_and_gives_the_focus_back(session):
    _, keyboard = session
    card(keyboard.page)
    keyboard.presses("ArrowRight", "?")
    keyboard.page.locator("#help:modal", has_text="Type a name").wait_for()
    keyboard.looks()
    keyboard.presses("Escape")
    keyboard.page.locator("#help").wait_for(state="hidden")
    assert keyboard.page.evaluate("document.activeElement.matches('.ticks input')")
    keyboard.looks()
