"""Clients of a review that is served in this process, without a socket."""

import contextlib

from starlette.testclient import TestClient

from facecluster.web.review.app import guarded_app, open_review
from facecluster.web.review.door.address import Address
from tests.pipeline.people_library import people_library

HERE = Address("127.0.0.1", 3223)


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.seconds = 1_800_000_000.5

    def __call__(self):
        return self.seconds


@contextlib.contextmanager
def opened(folder, password=None, address=HERE):
    """The library of ten faces, open for review."""
    with open_review(people_library(folder), address, password) as review:
        yield review


def address_of(review):
    """What browsers call the page by."""
    return review.address.link


def client_of(review, *, logged_in=False):
    """A client of its guarded application; one that is logged in sends with every request what its pages send."""
    client = TestClient(guarded_app(review), base_url=address_of(review), raise_server_exceptions=False)
    if logged_in:
        client.get(review.entrance.link.renewed(), follow_redirects=False)
        client.headers |= {"origin": address_of(review), "x-facecluster": session_of(client, review).csrf}
    return client


def session_of(client, review):
    """The login that a client shows, or None."""
    return review.entrance.sessions.of([f"{name}={value}" for name, value in client.cookies.items()])
