"""`facecluster review`: the page on which people are named."""

import contextlib
import ctypes
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import say

if TYPE_CHECKING:
    from facecluster.web.review.app import Review
    from facecluster.web.review.door.listening import Listening

LOOPBACK = "127.0.0.1"

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""What glibc's mallopt sets (malloc.h)."""

BY_ITSELF_BYTES = 2**18
"""From this size on, memory is had from the system by itself, and goes back as soon as it is free."""

ARENAS = 2
"""From which threads have their memory; by default, each of forty would keep one of its own.

With both, a server of a million faces rests at 420 MB instead of 620, and peaks at 620 instead of 700."""


def review(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            metavar="PORT",
            min=0,
            max=65535,
            help="Port [3223, or the next that is free]; 0: any that is free.",
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="IP address to listen on; others need the next three.")
    ] = LOOPBACK,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="Certificate chain for TLS, in PEM form.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Its private key, in PEM form.")] = None,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file",
            metavar="FILE",
            help="File whose first line is a password, to log in by instead of a link.",
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="HOST", help="Name by which browsers may call the page too (repeatable)."),
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the link; open no browser.")] = False,
) -> None:
    """Name people on a page in the browser.

    The page is for this machine alone, and opens by a link that works once. Every answer is saved at once.
    """
    _keep_no_free_memory()
    from facecluster.cli.progress import display
    from facecluster.store.library import open_library
    from facecluster.web.review.app import guarded_app, open_review
    from facecluster.web.review.door.listening import Wanted, listening
    from facecluster.web.review.door.serving import serve

    opened = open_library(library)
    where = listening(Wanted(host, port, tuple(name or ()), certificate, key, password_file))
    with where.listener, contextlib.ExitStack() as until_end:
        with display("Opening the library"):
            page = until_end.enter_context(open_review(opened, where.address, where.password))
        gc.freeze()  # an open library is not looked through for garbage again while somebody waits
        _say_where(where, asked=port)
        link = _printed_link(page)
        if not no_browser:
            until_end.enter_context(_in_browser(link, library / "review" / f"open-{where.address.port}.html"))
        serve(guarded_app(page), where, lambda: _printed_link(page))
    say("facecluster: The review has ended. Every answer that it showed as saved is in the library.")


def _keep_no_free_memory() -> None:
    """Let what is freed go back to the system at once, as far as this can be told to it."""
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "0")  # read when Arrow starts
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library than glibc
            set_option = ctypes.CDLL(None).mallopt
            set_option(M_MMAP_THRESHOLD, BY_ITSELF_BYTES)
            set_option(M_ARENA_MAX, ARENAS)


def _say_where(where: "Listening", asked: int | None) -> None:
    from facecluster.web.review.door.address import DEFAULT_PORT

    if asked is None and where.address.port != DEFAULT_PORT:
        say(f"Port {DEFAULT_PORT} is taken, perhaps by another review: this one is on {where.address.port}.")
    if where.password:
        say("The review page is open. Log in with the password. Ctrl-C ends it.")
    else:
        another = "Enter prints another, " if sys.stdin and sys.stdin.isatty() else ""
        say(f"The review page is open. This link logs one browser in, within ten minutes. {another}Ctrl-C ends it.")


def _printed_link(page: "Review") -> str:
    """The way in, as it was printed: by itself on standard output."""
    path = "/login" if page.entrance.password else page.entrance.link.renewed()
    typer.echo(page.address.link + path)
    return page.address.link + path


def _in_browser(link: str, file: Path) -> contextlib.AbstractContextManager[None]:
    from facecluster.web.review.door.opening import has_display, opened_in_browser

    return opened_in_browser(link, file) if has_display() else contextlib.nullcontext()
