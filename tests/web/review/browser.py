"""A real browser on a real server, for all tests of the review in one; they are skipped where there is none."""

import contextlib
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import uvicorn

try:
    from playwright.sync_api import sync_playwright
except ImportError:
    sync_playwright = None

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None) if sync_playwright else None
"""The browser; None too where there is no Playwright to drive it."""

PATIENCE_MS = 20_000
"""Until something that a test waits for must have happened, on a machine that is busy with other things."""


@contextlib.contextmanager
def chromium():
    """A running browser."""
    # Chromium refuses its sandbox to root, which is who runs tests in a container.
    unprivileged = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-gpu", "--disable-dev-shm-usage", *unprivileged]
        )
        yield browser
        browser.close()


class Watched(NamedTuple):
    """A context of the browser, with all that its pages said and asked for."""

    context: Any
    asked: list[str]
    said: list[str]
    address: str = ""  # before paths

    def page(self, address: str = "", width: int = 1280, height: int = 800):
        """A new tab at an address, or at a path of the server."""
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.set_viewport_size({"width": width, "height": height})
        page.on("request", lambda sent: self.asked.append(sent.url))
        page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        page.goto(address if "://" in address else self.address + address, wait_until="domcontentloaded")
        return page


@contextlib.contextmanager
def watched(browser, *, may_say: tuple[str, ...] = (), **options: Any) -> Iterator[Watched]:
    """A context of its own; nothing is asked of another host, and the console holds nothing but `may_say`."""
    context = browser.new_context(**options)
    watch = Watched(context, [], [])
    yield watch
    context.close()
    hosts = {urlsplit(url).hostname for url in watch.asked if not url.startswith("data:")}
    assert hosts <= {"127.0.0.1"}, hosts
    said = [text for text in watch.said if not any(part in text for part in may_say)]
    assert not said, said


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Served:
    """An application on a port of this machine, in a thread; it can be stopped and started again on the same port."""

    def __init__(self, app, port: int):
        self._app, self.port = app, port
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self):
        """Answers from now on."""
        config = uvicorn.Config(self._app, "127.0.0.1", self.port, log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        self.answers = True
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive()

    def stop(self):
        """Answers no more."""
        self.answers = False
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()


@contextlib.contextmanager
def served(app, port: int | None = None) -> Iterator[Served]:
    """An application, answering."""
    server = Served(app, port or free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
