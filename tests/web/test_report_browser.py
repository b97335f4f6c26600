"""The report in a real browser; skipped where there is no Chromium or no Playwright to drive it."""

import os
import shutil

import pytest

from facecluster.web.report import RunFacts, build_report, render_report
from tests.web.tables import FACTS, faces_table, jpeg, photos_table, pictures

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

UNBROKEN = "a" * 300 + "<b>\u202e.jpg"


@pytest.fixture(scope="module")
def browser():
    # Chromium refuses its sandbox to root, which is who runs tests in a container.
    unprivileged = [] if os.geteuid() else ["--no-sandbox"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-gpu", "--disable-dev-shm-usage", *unprivileged]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report_path(tmp_path_factory):
    photos = photos_table(
        *({"path": UNBROKEN, "photo_hash": f"hash-{i}"} for i in range(30)),
        {"path": UNBROKEN, "status": "error", "reason": f"corrupt: {UNBROKEN}"},
    )
    faces = faces_table(
        *({"cluster_id": 0, "photo_path": UNBROKEN} for _ in range(20)),
        *({"cluster_id": 1 + i // 3, "thumbnail": jpeg(i, (160, 70))} for i in range(6)),
        *({"photo_path": UNBROKEN} for _ in range(4)),
    )
    facts = RunFacts(UNBROKEN, UNBROKEN, 1_000_000, FACTS.created_at, UNBROKEN, 1e6)
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(render_report(build_report(photos, faces, facts, **pictures())).encode())
    return path


@pytest.fixture(params=["light", "dark"])
def open_page(browser, report_path, request):
    """Opens the report at a width; afterwards, asserts that it asked for nothing and that nothing was refused."""
    context = browser.new_context(color_scheme=request.param)
    asked, said = [], []

    def open_at(width):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 800})
        page.on("request", lambda sent: asked.append(sent.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(report_path.as_uri())
        return page

    yield open_at
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [report_path.as_uri()]
    assert said == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280, 1920])
def test_no_width_needs_sideways_scrolling(open_page, width):
    page = open_page(width)
    for summary in page.locator(".person summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [320, 1280])
def test_every_picture_is_shown_square_and_large(open_page, width):
    page = open_page(width)
    sizes = page.evaluate(
        "[...document.images].map(i => [i.complete && i.naturalWidth > 0, i.offsetWidth, i.offsetHeight])"
    )
    assert len(sizes) == 12 + 2 * 3 + 4
    for is_drawn, width_px, height_px in sizes:
        assert is_drawn
        assert abs(width_px - height_px) <= 1
        assert width_px >= 76


@pytest.mark.parametrize("width", [320, 1280])
def test_both_pictures_are_drawn_and_stay_within_their_frame(open_page, width):
    page = open_page(width)
    frames = page.evaluate("[...document.querySelectorAll('figure')].map(e => e.getBoundingClientRect().toJSON())")
    assert len(frames) == 2
    for kind in ("map", "tree"):
        drawn = page.evaluate(
            f"[...document.querySelectorAll('.{kind} path')].map(e => e.getBoundingClientRect().toJSON())"
        )
        frame = frames[kind == "tree"]
        assert len(drawn) >= 4
        for box in drawn:
            assert box["width"] + box["height"] > 0
            assert frame["left"] <= box["left"]
            assert box["right"] <= frame["right"]


def test_a_person_pointed_at_stands_out_on_the_map(open_page):
    page = open_page(1280)
    page.locator(".map").scroll_into_view_if_needed()
    dot = page.locator(".map path.hue-0").first
    at = dot.evaluate("e => { const p = e.getPointAtLength(0).matrixTransform(e.getScreenCTM()); return [p.x, p.y] }")
    page.mouse.move(*at)
    opacities = page.evaluate("[...document.querySelectorAll('.map path')].map(e => getComputedStyle(e).opacity)")
    assert sorted(opacities) == ["0.2", "0.2", "0.2", "1"]


def test_lists_open_from_the_keyboard(open_page):
    page = open_page(1280)
    summary = page.locator(".person summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".person .paths").first.is_visible()


def test_what_can_be_clicked_is_large_enough(open_page):
    page = open_page(320)
    sizes = page.evaluate("[...document.querySelectorAll('a, summary')].map(e => e.getBoundingClientRect().height)")
    assert sizes
    assert min(sizes) >= 24  # WCAG 2.2, 2.5.8
