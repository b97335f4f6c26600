import contextlib
import json
import shutil
from pathlib import Path

import pytest

from facecluster.pipeline.group import group_library
from facecluster.pipeline.index import index_archive
from facecluster.pipeline.tags.incoming import read_worker, reading
from facecluster.pipeline.tags.outgoing import write_tools, writing
from facecluster.settings import Settings
from tests.end_to_end.album import make_archive, quick_settings
from tests.end_to_end.bad_tags import is_harmless
from tests.end_to_end.contents import contents_of
from tests.end_to_end.review_browser import reviewing
from tests.pipeline.tags.said_files import in_this_process
from tests.web.review.browser import CHROMIUM, chromium

QUICK = Path(__file__).parents[3] / "shared" / "photos" / "quick"
"""Photographs of people, beside the repository where somebody has them."""


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("album") / "photos")


@pytest.fixture(scope="session")
def expected(archive, tmp_path_factory):
    """What an undisturbed run with one worker finds in the archive."""
    library = tmp_path_factory.mktemp("expected") / "library"
    index_archive(archive, library, quick_settings(), lambda done, total: None)
    return contents_of(library)


@pytest.fixture(scope="package")
def browser():
    """Chromium; tests that need it are skipped where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium and Playwright on this machine")
    with chromium() as running:
        yield running


@pytest.fixture(scope="package", params=["demo album", "photographs"])
def any_library(request, demo_library, tmp_path_factory):
    """The folder of a library of real photos; to be read only."""
    if request.param == "demo album":
        return demo_library
    if not QUICK.is_dir():
        pytest.skip("no photographs beside the repository")
    folder = tmp_path_factory.mktemp("quick") / "library"
    index_archive(QUICK, folder, Settings(), lambda _done, _total: None)
    group_library(folder, Settings().cluster)
    return folder


@pytest.fixture
def review(browser, facecluster, tmp_path):
    """A function: a library's folder -> somebody who reviews a copy of it, in a browser and on the command line."""
    with contextlib.ExitStack() as until_end:

        def begin(folder, **options):
            mine = tmp_path / "reviewed"
            shutil.copytree(folder, mine)
            return until_end.enter_context(reviewing(browser, mine, facecluster, **options))

        yield begin


@pytest.fixture
def tags(facecluster, kept_exiftool, monkeypatch):
    """A function: `facecluster tags` of a library, as --json tells it; whatever it is, a terminal could show it."""
    for module in (reading, writing):
        monkeypatch.setattr(module, "runner_of", lambda _settings: in_this_process)
    for module in (read_worker, write_tools):
        monkeypatch.setattr(module, "ExifTool", lambda: kept_exiftool)

    def run(tagged, *words, code=0, json_too=True):
        ended = facecluster("tags", *words, "--library", tagged.library.folder, *(["--json"] if json_too else []))
        assert ended.code == code, ended.err
        assert all(map(is_harmless, ended.out + ended.err.replace("\r", "\n")))
        assert "Traceback" not in ended.err
        return json.loads(ended.out) if json_too and ended.out else ended.out

    return run
