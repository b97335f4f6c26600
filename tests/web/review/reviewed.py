"""A library, open for review, on a port of this machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from facecluster.store.library import open_library
from facecluster.web.review.app import guarded_app, open_review
from facecluster.web.review.door.address import Address
from tests.web.review.browser import Served, free_port, served


@contextlib.contextmanager
def reviewed(folder: Path) -> Iterator[Served]:
    """The review of a library as `facecluster review` serves it; `link` logs one browser in."""
    port = free_port()
    address = Address("127.0.0.1", port)
    with open_review(open_library(folder), address) as review, served(guarded_app(review), port) as server:
        server.link = lambda: server.address + review.entrance.link.renewed()
        yield server
