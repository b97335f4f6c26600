"""What tests of the review in a browser share."""

import shutil

import pytest

from tests.web.review.browser import CHROMIUM, chromium, served, watched
from tests.web.review.seen import AWAY, REFUSED
from tests.web.review.stage import Stage


@pytest.fixture(scope="module")
def browser():
    """Chromium; tests that need it are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium and Playwright on this machine")
    with chromium() as running:
        yield running


@pytest.fixture
def review_folder(demo_library, tmp_path):
    """A copy of the library of the demo album, to decide in."""
    return shutil.copytree(demo_library, tmp_path / "library")


@pytest.fixture
def review(browser, review_folder):
    """The review of that library, served."""
    from tests.web.review.reviewed import reviewed  # noqa: PLC0415 - the whole application, which tests of its parts do without

    with reviewed(review_folder) as server:
        yield server


@pytest.fixture
def logged_in(browser, review):
    """A browser that is logged in: `logged_in.page("/people", width=320)`; in the end, its console is empty."""
    with watched(browser) as watch:
        watch.page(review.link()).close()
        yield watch._replace(address=review.address)


@pytest.fixture(scope="module")
def theatre(browser):
    """A stage, served to one browser, which keeps the scripts from test to test."""
    stage = Stage()
    with served(stage.app()) as server, watched(browser, may_say=(*AWAY, *REFUSED)) as watch:
        yield stage, server, watch._replace(address=server.address)


@pytest.fixture
def stage(theatre):
    """A server that does what a test tells it to."""
    theatre[0].reset()
    return theatre[0]


@pytest.fixture
def server(theatre, stage):
    """The same as what can be stopped and started again."""
    yield theatre[1]
    if not theatre[1].answers:
        theatre[1].start()


@pytest.fixture
def tabs(theatre, server):
    """A browser at the stage, in which a server may be away or say no."""
    watch = theatre[2]
    yield watch
    for page in watch.context.pages:
        page.evaluate("localStorage.clear()")
        page.close()
