"""`facecluster review`: the page on which people are named."""

from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o


def review(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    port: Annotated[int | None, typer.Option("--port", metavar="PORT", min=0, max=65535, help="Port [3223].")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the link; open no browser.")] = False,
) -> None:
    """Name people on a page in the browser.

    The page is for this machine alone, and opens by a login link that works once.
    """
    from facecluster.cli.output import say
    from facecluster.store.library import open_library
    from facecluster.web.review.address import Address
    from facecluster.web.review.app import guarded_app, open_review
    from facecluster.web.review.serving import listening, serve

    opened = open_library(library)
    listener = listening("127.0.0.1", port)
    address = Address("127.0.0.1", listener.getsockname()[1])
    with open_review(opened, address) as page:

        def tell() -> None:
            typer.echo(address.link + page.entrance.link.renewed())

        tell()
        serve(guarded_app(page), listener, None, tell)
    say("facecluster: The review has ended. All decisions are saved.")
