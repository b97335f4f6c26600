"""How the shell of the review looks, in a real browser."""

import pytest

from tests.web.review.browser import watched


@pytest.mark.parametrize("width", [320, 768, 1280, 2560])
def test_no_width_needs_sideways_scrolling(tabs, width):
    page = tabs.page("/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_first_tab_skips_to_the_content(tabs):
    page = tabs.page("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_lit_tab_is_in_sight_on_a_narrow_screen(tabs):
    page = tabs.page("/?screen=history", width=320)
    assert page.locator(".tab[aria-current]").text_content().strip() == "History"
    box = page.locator(".tab[aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("colour", ["light", "dark"])
def test_axe_finds_nothing(browser, server, colour, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with watched(browser, color_scheme=colour, bypass_csp=True) as watch:
        page = watch.page(server.address, width=width)
        page.locator("#who").press_sequentially("ad")
        page.get_by_role("option", name="Adam").wait_for()
        tags = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
        found = axe.run(page, options={"runOnly": tags})
        assert found.violations_count == 0, found.generate_report()


def test_every_tab_opens_and_is_lit(logged_in):
    page = logged_in.page("/")
    tabs = [(tab.get_attribute("href"), tab.text_content()) for tab in page.locator(".tab").all()]
    assert len(tabs) == 8
    for address, words in tabs:
        page.locator(f".tab[href='{address}']").click()
        page.wait_for_url(f"**{address}*", wait_until="domcontentloaded")
        assert page.locator(".tab[aria-current]").text_content().rstrip("0123456789,") == words.rstrip("0123456789,")
        assert page.locator("h1").count() == 1


def test_who_logs_out_is_out(browser, review):
    with watched(browser, may_say=("Clear-Site-Data", "status of 401")) as watch:
        page = watch.page(review.link())
        other = watch.page(f"{review.address}/groups")
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/login", wait_until="domcontentloaded")
        assert page.get_by_role("heading", name="Please log in").is_visible()
        other.reload(wait_until="domcontentloaded")
        assert other.get_by_role("heading", name="Please log in").is_visible()
