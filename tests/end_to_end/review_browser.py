"""Somebody at the review: a real browser, the real process, and what is in the journal and on the command line then."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from facecluster.people.statements import Decision, Statement
from facecluster.pipeline.journal import decisions_of
from facecluster.store.library import open_library
from tests.end_to_end.review_process import ReviewProcess
from tests.web.review.browser import Watched, watched

SETTLED = "() => !Object.keys(localStorage).some((key) => key.includes('outbox'))"
QUESTION = "() => document.activeElement?.matches('.question:not([aria-busy])')"


BUSY = "Autofocus processing was blocked"
"""What Chromium remarks where a key is pressed before it has looked for what a page wants to have the focus."""


class Reviewer:
    """Somebody with a browser, and a shell on the same library."""

    def __init__(self, process: ReviewProcess, tabs: Watched, shell: Callable[..., Any]) -> None:
        self.process, self.tabs, self._shell = process, tabs, shell
        self.folder = process.folder

    def tab(self, path: str, **size: int):
        """A new tab; on a screen with questions, its card has the focus."""
        page = self.tabs.page(path, **size)
        page.locator("main").wait_for()
        if page.locator(".question").count():
            page.wait_for_function(QUESTION)
        return page

    def shell(self, *words: object) -> Any:
        """What a command says in JSON; it must succeed."""
        ended = self._shell(*words, "--library", self.folder, "--json")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)

    def people(self) -> dict[str, int]:
        """By `facecluster people list`: each name, and how many faces people gave it; those ignored are left out."""
        listed = self.shell("people", "list")["people"]
        return {one["name"]: one["human"] for one in listed if one["name"] and not one["ignored"]}

    def person(self, name: str) -> dict[str, Any]:
        """What `facecluster people list` says of somebody."""
        (found,) = (one for one in self.shell("people", "list")["people"] if one["name"] == name)
        return found

    def journal(self) -> list[Decision]:
        """All that was decided."""
        return list(decisions_of(open_library(self.folder)))

    def said(self) -> tuple[Statement, ...]:
        """What the last decision says."""
        return self.journal()[-1].statements

    def kinds(self) -> list[str]:
        """The kinds of statement of the last decision."""
        return [type(one).__name__ for one in self.said()]


@contextlib.contextmanager
def reviewing(browser, folder: Path, shell: Callable[..., Any], **options: Any) -> Iterator[Reviewer]:
    """Somebody who has just logged in; `options` as `watched` takes them. In the end nothing had gone wrong unsaid."""
    may_say = (*options.pop("may_say", ()), BUSY)
    process = ReviewProcess(folder)
    process.start()
    try:
        with watched(browser, may_say=may_say, **options) as tabs:
            tabs.page(process.link).close()
            yield Reviewer(process, tabs._replace(address=process.address), shell)
        assert process.end() == 0
    except BaseException:
        process.kill()
        raise
    assert "Traceback" not in process.said(), process.said()


def toast(page, text: str):
    """Waits for a toast, and returns it."""
    note = page.locator(".toast", has_text=text).last
    note.wait_for()
    return note


def banner(page, text: str) -> None:
    """Waits for a banner."""
    page.locator("#banners .banner", has_text=text).wait_for()


def no_banner(page) -> None:
    """Waits until no banner is there."""
    page.wait_for_function("() => !document.querySelector('#banners .banner')")


def all_saved(page) -> None:
    """Waits until no answer waits in this browser."""
    page.wait_for_function(SETTLED)


def card(page, key: str | None = None) -> str:
    """Waits until the card of a question, or any but that of `key`, is there; its key."""
    page.wait_for_function(QUESTION)
    if key is not None:
        page.wait_for_function("key => document.querySelector('.question').dataset.key !== key", arg=key)
        page.wait_for_function(QUESTION)
    return page.locator(".question").get_attribute("data-key")
