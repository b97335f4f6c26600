"""A review on a socket, behind the server that `facecluster review` runs, and requests made byte by byte."""

import asyncio
import contextlib
import http.client
import signal
import threading
from typing import NamedTuple

from facecluster.web.review.app import guarded_app, open_review
from facecluster.web.review.door import serving
from facecluster.web.review.door.listening import Wanted, listening

LIMIT = 60
"""Seconds that a test waits for an answer, on a machine that is busy with other things."""


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class OnSocket:
    """A review that is served."""

    def __init__(self, review):
        self.review, self.host = review, review.address.hosts[0]
        self.port = review.address.port

    def log_in(self):
        """What a page of a new login sends along: its cookie and its token."""
        sessions = self.review.entrance.sessions
        answer = self.ask("GET", self.review.entrance.link.renewed())
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        return {"Cookie": cookie, "X-Facecluster": sessions.of([cookie]).csrf, "Origin": self.review.address.link}

    def ask(self, method, target, headers=(), body=None):
        """The answer to a request whose headers are a mapping, or pairs to be sent as they are; `Host` is added."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        pairs = list(headers.items()) if isinstance(headers, dict) else list(headers)
        with contextlib.closing(connection):
            connection._validate_path = lambda _path: None  # anything may be sent
            connection._encode_request = lambda request: request.encode("latin-1")
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            if not any(name.lower() == "host" for name, _ in pairs):
                pairs.insert(0, ("Host", self.host))
            if body is not None:
                pairs.append(("Content-Length", str(len(body))))
            for name, value in pairs:
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders(body)
            got = connection.getresponse()
            return Answer(got.status, got.headers, got.read())


@contextlib.contextmanager
def on_socket(library, **wanted):
    """The review of a library, served until the block ends."""
    where = listening(Wanted(port=0, **wanted))
    with where.listener, open_review(library, where.address, where.password) as review:
        server = serving._server(guarded_app(review), where.tls)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[where.listener])))
        thread.start()
        try:
            yield OnSocket(review)
        finally:
            server.handle_exit(signal.SIGTERM, None)
            thread.join(LIMIT)
            assert not thread.is_alive()
