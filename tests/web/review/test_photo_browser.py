import pytest

from facecluster.store.library import open_library
from tests.pipeline.painted_library import moment_of

driver = pytest.importorskip("tests.web.review.browser", reason="no Playwright here")

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]

SHOW = """async face => {
  const main = document.querySelector("main");
  main.innerHTML = `<h1>Photo</h1>${await (await fetch(`/photo/${face}`)).text()}`;
  await Promise.all([...main.querySelectorAll("img")].map(image => image.decode()));
}"""

# How far the middle of each face's cell is from that of its frame, in widths of the frame; and the frame in cells.
CELLS = """() => [...document.querySelectorAll(".face")].map(frame => {
  const outer = frame.getBoundingClientRect();
  const image = frame.querySelector("img");
  const sheet = image.getBoundingClientRect();
  const cell = sheet.width / 12;
  const [column, row] = [...image.classList].map(name => Number(name.slice(1)));
  return [
    (sheet.left + (column + 0.5) * cell - outer.left) / outer.width - 0.5,
    (sheet.top + (row + 0.5) * cell - outer.top) / outer.height - 0.5,
    outer.width / cell,
    outer.width / outer.height,
  ];
})"""

OUTLINES = """() => {
  const photo = document.querySelector(".picture img").getBoundingClientRect();
  const drawing = document.querySelector(".picture svg").getBoundingClientRect();
  return ["left", "top", "width", "height"].map(side => drawing[side] - photo[side]);
}"""


@pytest.fixture
def crowded(review_folder):
    """A face of the photo with most faces, and how many those are."""
    faces = moment_of(open_library(review_folder)).people.faces
    counts = faces["photo"].value_counts()
    return faces.loc[faces["photo"] == counts.index[0], "face_id"].iloc[0], int(counts.iloc[0])


@pytest.mark.parametrize(("width", "scale", "colours"), [(320, 2, "light"), (1280, 1, "dark")])
def test_faces_stand_in_their_frames_and_outlines_on_their_photo(browser, review, crowded, width, scale, colours):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    face, count = crowded
    with driver.watched(browser, color_scheme=colours, device_scale_factor=scale, bypass_csp=True) as watch:  # for axe
        watch.page(review.link()).close()
        page = watch.page(f"{review.address}/failed", width=width)
        page.evaluate(SHOW, face)
        assert page.locator(".people .face").count() == page.locator(".picture rect").count() == count
        for right, down, cells, shape in page.evaluate(CELLS):
            assert (right, down) == pytest.approx((0, 0), abs=0.02)
            assert 0.95 < cells < 1  # nothing of the neighbours, and hardly less than the whole
            assert shape == pytest.approx(1, abs=0.02)
        assert page.evaluate(OUTLINES) == pytest.approx([0, 0, 0, 0], abs=0.5)
        assert page.locator("rect.asked").count() == 1
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        assert axe.run(page, options={"runOnly": AXE_TAGS}).response["violations"] == []
