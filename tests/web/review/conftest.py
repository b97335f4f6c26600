"""What tests of the review in a browser share."""

import shutil

import pytest


@pytest.fixture(scope="module")
def browser():
    """Chromium; tests that need it are skipped where there is none."""
    driver = pytest.importorskip("tests.web.review.browser", reason="no Playwright here")
    if driver.CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with driver.chromium() as running:
        yield running


@pytest.fixture
def review_folder(demo_library, tmp_path):
    """A copy of the library of the demo album, to decide in."""
    return shutil.copytree(demo_library, tmp_path / "library")


@pytest.fixture
def review(browser, review_folder):
    """The review of that library, served."""
    from tests.web.review.reviewed import reviewed

    with reviewed(review_folder) as server:
        yield server


@pytest.fixture(params=["light", "dark"])
def colours(request):
    """Each test twice, by day and by night."""
    return request.param


@pytest.fixture
def logged_in(browser, review):
    """A browser that is logged in: `logged_in.page("/people", width=320)`; in the end, its console is empty."""
    from tests.web.review.browser import watched

    with watched(browser) as watch:
        watch.page(review.link()).close()
        yield watch._replace(address=review.address)
