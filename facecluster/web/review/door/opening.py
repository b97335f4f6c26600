"""A login link -> a page in the browser of whoever is at this machine."""

import contextlib
import os
import sys
import threading
import webbrowser
from collections.abc import Iterator
from html import escape
from pathlib import Path

from facecluster.store.files import make_folder, replace_file


def has_display() -> bool:
    """Whether a browser with windows can be opened here."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def opened_in_browser(link: str, file: Path) -> Iterator[None]:
    """The link opens in the browser; nothing happens where that fails, for it was printed too.

    The browser is given the name of a private file that leads on, for every user of a machine sees what programs are
    started with, and a link that others see is theirs as well.

    Args:
        link: where to.
        file: a name for that file; it is gone in the end.

    Raises:
        StorageError: it cannot be written.
    """
    make_folder(file.parent)
    to = escape(link)
    replace_file(
        file,
        "<!DOCTYPE html>\n"
        '<html lang="en"><head><meta charset="utf-8"><title>facecluster</title>'
        f'<meta http-equiv="refresh" content="0;url={to}"></head>'
        f'<body><p><a href="{to}">Open the review</a></p></body></html>\n'.encode(),
    )
    # Some browsers hold whoever opens them until they are closed.
    threading.Thread(target=_open, args=[file.resolve().as_uri()], daemon=True).start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()


def _open(address: str) -> None:
    with contextlib.suppress(webbrowser.Error, OSError):
        webbrowser.open(address)
