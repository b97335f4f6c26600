"""A login link on its way to the browser: nobody else sees it."""

import stat
import threading
import webbrowser

import pytest

from facecluster.web.review.door import opening

LINK = "http://127.0.0.1:3223/login/" + "e" * 64


class Browser(webbrowser.BaseBrowser):
    """Opens nothing, and remembers what it was to open."""

    def __init__(self, fault=None):
        super().__init__("remembering")
        self.fault = fault
        self.opened = []
        self.asked = threading.Event()

    def open(self, url, new=0, autoraise=True):
        self.opened.append(url)
        self.asked.set()
        if self.fault:
            raise self.fault
        return True


@pytest.fixture
def remembering(monkeypatch):
    one = Browser()
    monkeypatch.setattr(webbrowser, "open", one.open)
    return one


def test_the_browser_is_given_a_private_file_that_leads_on(remembering, tmp_path):
    file = tmp_path / "review" / "open-3223.html"
    with opening.opened_in_browser(LINK, file):
        assert remembering.asked.wait(10)
        assert remembering.opened == [file.as_uri()]
        assert f'content="0;url={LINK}"' in file.read_text()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not file.exists()


def test_a_browser_that_does_not_open_is_no_fault(remembering, tmp_path):
    remembering.fault = webbrowser.Error("no browser here")
    with opening.opened_in_browser(LINK, tmp_path / "open.html"):
        assert remembering.asked.wait(10)
        (tmp_path / "open.html").unlink()


@pytest.mark.parametrize(
    ("platform", "environment", "has"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("darwin", {}, True),
    ],
)
def test_where_windows_can_be_opened(monkeypatch, platform, environment, has):
    monkeypatch.setattr("sys.platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert opening.has_display() is has
