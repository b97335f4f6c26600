"""The server: how patient it is, how much it takes on at once, and how it ends."""

import asyncio
import contextlib
import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from facecluster.web.review.door.listening import Listening

MAX_CONNECTIONS = 200
"""At once; a browser holds six."""

MAX_HEADER_BYTES = 32 * 1024

PATIENCE_SECONDS = 15.0
"""A connection that has not moved in this time, or twice it, is closed."""

ENDING_SECONDS = 10
"""When the server ends, answers under way have so long."""

TERMINAL_SECONDS = 1.0
"""How often a server in the background looks whether the terminal is its own again."""


def serve(app: ASGIApp, listening: Listening, on_enter: Callable[[], object]) -> None:
    """Serve until SIGINT or SIGTERM comes; answers under way are finished.

    Args:
        app: to serve.
        listening: where.
        on_enter: called when somebody presses Enter in the terminal this runs in.
    """
    asyncio.run(_serve(_server(app, listening.tls), listening, on_enter))


async def _serve(server: "Server", listening: Listening, on_enter: Callable[[], object]) -> None:
    with _heard(asyncio.get_running_loop(), on_enter):
        await server.serve(sockets=[listening.listener])


class Server(uvicorn.Server):
    """A server that ends when it is told to, and leaves it to its caller what that means."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End soon, with answers under way; at once when Ctrl-C comes a second time."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class Impatient(H11Protocol):
    """A connection that is cut when its other end talks nonsense, or takes too long to ask or to take its answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look now and then."""
        super().connection_made(transport)
        self._seen: object = None
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Say so if an answer can still be begun; one that is being made has nobody left to go to."""
        if self.cycle:
            self.cycle.disconnected = True
        with contextlib.suppress(h11.LocalProtocolError):
            super().send_400_response(msg)
        self.transport.close()

    def _look(self) -> None:
        seen = self._waiting_for_other_end()
        if seen is not None and seen == self._seen:
            self.transport.abort()
            return
        self._seen = seen
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def _waiting_for_other_end(self) -> object:
        """Where it stands, if it is the other end's turn; None while an answer is being made."""
        cycle = self.cycle
        has_asked = self.conn.their_state is not h11.IDLE and cycle is not None and not cycle.more_body
        if has_asked and not cycle.response_complete and not self.flow.write_paused:
            return None
        return cycle, self.conn.their_state, self.transport.get_write_buffer_size()


def _server(app: ASGIApp, tls: ssl.SSLContext | None) -> Server:
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # login links stay out of logs
        proxy_headers=False,  # who asks is who is connected, whatever is said
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=ENDING_SECONDS,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )
    return Server(config)


@contextlib.contextmanager
def _heard(loop: asyncio.AbstractEventLoop, on_enter: Callable[[], object]) -> Iterator[None]:
    """Lines entered in the terminal are heard meanwhile; nothing is where there is no terminal."""
    if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
        yield
        return
    terminal = sys.stdin.fileno()

    def hear() -> None:
        if not _is_ours(terminal):  # it runs in the background: what is typed is for another program
            loop.remove_reader(terminal)
            loop.call_later(TERMINAL_SECONDS, loop.add_reader, terminal, hear)
            return
        with contextlib.suppress(OSError):  # the terminal was closed
            if os.read(terminal, 4096):
                on_enter()
                return
        loop.remove_reader(terminal)

    loop.add_reader(terminal, hear)
    try:
        yield
    finally:
        loop.remove_reader(terminal)


def _is_ours(terminal: int) -> bool:
    with contextlib.suppress(OSError):  # it is the terminal of another session
        return os.tcgetpgrp(terminal) == os.getpgrp()
    return False
