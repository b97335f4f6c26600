"""The server: where it listens, how patient it is, and how it ends."""

import asyncio
import errno
import socket
import ssl
import sys
from collections.abc import Callable
from types import FrameType
import signal

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from facecluster.errors import UsageError
from facecluster.web.review.address import DEFAULT_PORT, Address

PORTS_TRIED = 20
"""From the default on, where no port was asked for."""

MAX_CONNECTIONS = 200
"""At once; a browser holds six."""

PATIENCE_SECONDS = 15.0
"""A connection that has asked nothing whole in this time, or twice it, is closed."""

ENDING_SECONDS = 10
"""When the server ends, answers under way have so long."""

MAX_HEADER_BYTES = 32 * 1024


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens: on this port, or on the first free one from the default on. 0: any free one.

    Raises:
        UsageError: the port is taken, or the address is not of this machine.
    """
    for candidate in (port,) if port is not None else range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port is not None:
                raise UsageError(_cannot_listen(host, candidate, error)) from error
    raise UsageError(
        f"Ports {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} of {host} are all taken. Choose one with --port, or "
        "--port 0 for any that is free."
    )


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # found again at once after a restart
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    remedy = {
        errno.EADDRINUSE: "Another program has it, perhaps another review. Choose another with --port, or leave it out.",
        errno.EACCES: "Ports below 1024 are not for everybody: choose a higher one with --port.",
        errno.EADDRNOTAVAIL: "It is no address of this machine: choose one that is with --host.",
    }.get(error.errno or 0, "Choose another --host or --port.")
    return f"Cannot listen on port {port} of {host}: {error.strerror or error}. {remedy}"


class Server(uvicorn.Server):
    """A server that ends when it is told to, and leaves it to its caller what that means."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End soon, with answers under way; asked a second time by Ctrl-C, at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class Impatient(H11Protocol):
    """A connection that is closed when its other end takes too long to ask, or to take its answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look now and then."""
        super().connection_made(transport)
        self._last_seen: object = None
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close what stands where it stood at the last look: waiting for a whole request, or for a reader."""
        stuck = self.conn.their_state is h11.IDLE or self.flow.write_paused
        seen = (self.cycle, self.transport.get_write_buffer_size()) if stuck else None
        if seen is not None and seen == self._last_seen:
            self.transport.abort()
            return
        self._last_seen = seen
        self._timer = self.loop.call_later(PATIENCE_SECONDS, self._look)


def server_of(app: ASGIApp, tls: ssl.SSLContext | None = None) -> Server:
    """A server of an application."""
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # login links stay out of logs
        proxy_headers=False,  # who calls is who is connected, whatever is said
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=ENDING_SECONDS,
        h11_max_incomplete_event_size=MAX_HEADER_BYTES,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
    )
    return Server(config)


def serve(app: ASGIApp, listener: socket.socket, tls: ssl.SSLContext | None, on_enter: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; answers under way are finished.

    Args:
        app: to serve.
        listener: where it listens.
        tls: for an encrypted connection.
        on_enter: called when somebody presses Enter in the terminal this runs in.
    """
    asyncio.run(_serve(server_of(app, tls), listener, on_enter))


async def _serve(server: Server, listener: socket.socket, on_enter: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    await server.serve(sockets=[listener])
