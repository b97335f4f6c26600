"""The pages without a server in a real browser, opened from disk."""

from typing import Any, NamedTuple

import pytest

from facecluster.people.statements import Ignore
from tests.pipeline.asked_library import asked_library
from tests.pipeline.people_library import told
from tests.web.review.browser import PATIENCE_MS
from tests.web.review.files.test_static_pages import Site

AXE_RUNS = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "dark": {"type": "rule", "values": ["color-contrast"]},  # all that is another by night
}
WHAT_IS_WIDE = """[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.outerHTML.slice(0, 80))"""
PICTURES = """[...document.images].map(image => {
    const frame = image.parentElement.getBoundingClientRect(), whole = image.getBoundingClientRect()
    const fills = whole.left < frame.left + 1 && whole.right > frame.right - 1
    return [image.complete && image.naturalWidth > 0, frame.width >= 24, fills]
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    library, ids = asked_library(folder)
    told(library, Ignore("e" * 12, (ids[31],)))
    return Site(library, folder / "report.html")


def one_of_each(site):
    """A page of every screen, that of a person with most faces."""
    return {
        name.partition("-")[0]: name for name in sorted(site.pages, key=lambda name: len(site.pages[name].html))
    }.values()


@pytest.fixture(params=["light", "dark"])
def colours(request):
    return request.param


class OnDisk(NamedTuple):
    """A tab, with all that its pages asked for and said."""

    page: Any
    asked: list[str]
    said: list[str]


@pytest.fixture
def on_disk(browser, colours):
    """A tab in which files are opened, and nothing else."""
    context = browser.new_context(color_scheme=colours)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    tab = OnDisk(page, [], [])
    page.on("request", lambda sent: tab.asked.append(sent.url))
    page.on("console", lambda message: tab.said.append(message.text))
    yield tab
    context.close()
    assert all(url.startswith("file:///") for url in tab.asked)


def test_every_page_is_drawn_and_needs_no_sideways_scrolling(site, on_disk):
    page = on_disk.page
    for name in one_of_each(site):
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{site.folder.as_uri()}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth") == width, page.evaluate(WHAT_IS_WIDE)
            assert all(all(one) for one in page.evaluate(PICTURES)), name
        assert page.evaluate("getComputedStyle(document.querySelector('.made')).display") == "grid"
    assert on_disk.said == []


def test_axe_finds_nothing(site, browser, colours):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=colours, bypass_csp=True)  # for axe
    page = context.new_page()
    for name in one_of_each(site):
        page.goto(f"{site.folder.as_uri()}/{name}")
        found = axe.run(page, options={"runOnly": AXE_RUNS[colours]}).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
    context.close()


def test_no_script_runs_even_if_one_were_there(site, on_disk, tmp_path):
    html = (site.folder / "people.html").read_text()
    (tmp_path / "people.html").write_text(html.replace("</body>", "<script>document.title = 'ran'</script></body>"))
    on_disk.page.goto((tmp_path / "people.html").as_uri())
    assert on_disk.page.title() == "People · facecluster"
    assert any("Content Security Policy" in said for said in on_disk.said)


def test_a_reader_without_a_mouse_finds_a_person_and_the_way_back(site, on_disk):
    page = on_disk.page
    page.goto(site.folder.as_uri() + "/name.html")
    for inside, words, address in [
        ("nav a", "People", "**/people.html"),
        (".unit a", "Ada", "**/person-*.html"),
        ("footer a", "Report", "**/report.html"),
    ]:
        page.locator(inside, has_text=words).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(address)
    assert on_disk.said == []
