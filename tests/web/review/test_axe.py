"""Everybody can use every screen: axe finds nothing on any of them, light and dark, wide and narrow."""

import pytest

from tests.web.review.browser import watched
from tests.web.review.screens import EMPTY, SCENES, decide, opened
from tests.web.review.seen import REFUSED

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize(("colours", "width"), [("light", 320), ("dark", 1280)])
def test_axe_finds_nothing_and_nothing_reaches_beyond_the_page(browser, review, review_folder, colours, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with watched(
        browser, may_say=REFUSED, color_scheme=colours, reduced_motion="reduce", has_touch=width < 400
    ) as watch:
        tab = watch.page(review.link(), width=width)

        def faults(scenes):
            for name, scene in scenes.items():
                opened(tab, review.address, scene)
                found = axe.run(tab, options={"runOnly": TAGS}).response["violations"]
                yield from ((name, one["id"], one["nodes"][0]["html"]) for one in found)
                if tab.evaluate("document.documentElement.scrollWidth") > width:
                    yield name, "wider than the page"

        assert list(faults(EMPTY)) == []
        decide(review_folder)
        assert list(faults(SCENES)) == []


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_pages_for_who_is_not_logged_in(browser, review, colours):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with watched(browser, may_say=REFUSED, color_scheme=colours) as watch:
        for path in ("/login", "/login/a-link-that-was-used", "/people"):
            tab = watch.page(review.address + path, width=320)
            found = axe.run(tab, options={"runOnly": TAGS})
            assert (path, found.violations_count, found.generate_report()) == (path, 0, found.generate_report())
            tab.close()
