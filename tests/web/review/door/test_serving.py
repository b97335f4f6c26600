"""The server: patient with nobody for long, and done when what is under way is done."""

import asyncio
import contextlib
import http.client
import logging
import os
import pty
import signal
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from facecluster.web.review.door import serving
from facecluster.web.review.door.listening import Wanted, listening
from tests.web.review.certificates import certificate_in, openssl

PATIENCE = 0.2
"""Seconds, instead of a human's."""

LIMIT = 30
"""Seconds that a test waits for what must come, on a machine that is busy with other things."""


class App:
    """An application that answers when it may."""

    def __init__(self):
        self.begun, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()
        self.answered = 0
        self.size = 2
        self.waits_for_body = True

    async def __call__(self, scope, receive, send):
        self.begun.set()
        body = b""
        while self.waits_for_body and (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message["more_body"]:
                break
        await asyncio.to_thread(self.may_answer.wait, LIMIT)
        if scope["path"] == "/bug":
            raise ZeroDivisionError
        told = f"{scope['scheme']} {scope['client'][0]}".encode().ljust(self.size)
        length = (b"content-length", str(len(told)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": told})
        self.answered += 1


@contextlib.contextmanager
def serving_in_thread(app, **wanted):
    """The server, in a thread; in the end it is told to end, as a signal would."""
    where = listening(Wanted(port=0, **wanted))
    server = serving._server(app, where.tls)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[where.listener])))
    thread.start()
    try:
        yield where.address, server
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join(LIMIT)
        assert not thread.is_alive()


@pytest.fixture
def app():
    return App()


def get(address, path="/", headers=(), tls=None):
    connection = (
        http.client.HTTPSConnection("127.0.0.1", address.port, timeout=LIMIT, context=tls)
        if tls
        else http.client.HTTPConnection("127.0.0.1", address.port, timeout=LIMIT)
    )
    with contextlib.closing(connection):
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()


def test_it_tells_nothing_of_itself_and_believes_nobody_about_who_calls(app):
    with serving_in_thread(app) as (address, _):
        claims = {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https", "Forwarded": "for=192.0.2.1"}
        status, headers, body = get(address, headers=claims)
    assert (status, body) == (200, b"http 127.0.0.1")
    assert "server" not in {name.lower() for name in headers}


@openssl
def test_it_speaks_tls(app, tmp_path):
    certificate, key = certificate_in(tmp_path)
    with serving_in_thread(app, certificate=certificate, key=key) as (address, _):
        assert address.link == f"https://127.0.0.1:{address.port}"
        trusting = ssl.create_default_context(cafile=certificate)
        assert get(address, tls=trusting)[2] == b"https 127.0.0.1"
        with pytest.raises((OSError, http.client.HTTPException)):
            get(address)


def closed_by_server(client):
    """Whether the other end closes the connection, rather than leave it open for long."""
    client.settimeout(LIMIT)
    with contextlib.suppress(ConnectionResetError):
        while client.recv(65536):
            pass
    return True


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n",
    ],
)
def test_who_asks_half_and_waits_is_cut(app, monkeypatch, half):
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", PATIENCE)
    with serving_in_thread(app) as (address, _), socket.create_connection(("127.0.0.1", address.port)) as client:
        client.sendall(half)
        assert closed_by_server(client)


def test_who_does_not_read_the_answer_is_cut(app, monkeypatch):
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", PATIENCE)
    app.size = 50_000_000
    with serving_in_thread(app) as (address, server), socket.create_connection(("127.0.0.1", address.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert app.begun.wait(LIMIT)
        end = time.monotonic() + LIMIT
        while server.server_state.connections and time.monotonic() < end:
            time.sleep(0.01)
        assert not server.server_state.connections


def test_an_answer_that_takes_long_is_waited_for(app, monkeypatch):
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", PATIENCE / 10)
    app.may_answer.clear()
    with serving_in_thread(app) as (address, _):
        threading.Timer(PATIENCE * 2, app.may_answer.set).start()
        assert get(address)[0] == 200


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01\x00\xa5\x01", b"SSH-2.0-x\r\n\r\n", b"GET  HTTP/9\r\n\r\n", b"\x00" * 99 + b"\r\n\r\n"]
)
def test_what_is_no_http_is_closed_and_no_news(app, junk, caplog):
    caplog.set_level(logging.ERROR)
    with serving_in_thread(app) as (address, _), socket.create_connection(("127.0.0.1", address.port)) as client:
        client.sendall(junk)
        client.shutdown(socket.SHUT_WR)
        assert closed_by_server(client)
    assert not app.begun.is_set()
    assert caplog.records == []


BROKEN_BODY = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("waits_for_body", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_body_that_breaks_off_into_nonsense_is_no_news(app, caplog, waits_for_body, at_once):
    caplog.set_level(logging.ERROR)
    app.waits_for_body = waits_for_body
    with serving_in_thread(app) as (address, _), socket.create_connection(("127.0.0.1", address.port)) as client:
        client.sendall(BROKEN_BODY + (b"nonsense\r\n" if at_once else b""))
        if not at_once:
            assert app.begun.wait(LIMIT)
            client.sendall(b"nonsense\r\n")
        assert closed_by_server(client)
    assert caplog.records == []


def test_headers_without_end_are_refused(app):
    with serving_in_thread(app) as (address, _), socket.create_connection(("127.0.0.1", address.port)) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 2 * serving.MAX_HEADER_BYTES)
        assert closed_by_server(client)
    assert not app.begun.is_set()


def test_too_many_at_once_are_sent_away(app, monkeypatch):
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 3)
    with serving_in_thread(app) as (address, _), contextlib.ExitStack() as idle:
        for _ in range(3):
            idle.enter_context(socket.create_connection(("127.0.0.1", address.port)))
        assert get(address)[0] == 503


def test_what_is_under_way_is_finished(app):
    app.may_answer.clear()
    answers = []
    with serving_in_thread(app) as (address, server):
        asking = threading.Thread(target=lambda: answers.append(get(address)[0]))
        asking.start()
        assert app.begun.wait(LIMIT)
        server.handle_exit(signal.SIGINT, None)
        assert not server.force_exit
        app.may_answer.set()
        asking.join(LIMIT)
    assert (answers, app.answered) == ([200], 1)


def test_a_second_ctrl_c_ends_it_at_once(app):
    with serving_in_thread(app) as (_, server):
        server.handle_exit(signal.SIGINT, None)
        server.handle_exit(signal.SIGINT, None)
        assert server.force_exit


def test_a_fault_is_logged_with_its_trace_and_ends_nothing(app, caplog):
    with serving_in_thread(app) as (address, _):
        assert get(address, "/bug")[0] == 500
        assert get(address)[0] == 200
    assert [record.exc_info[0] for record in caplog.records if record.levelno >= logging.ERROR] == [ZeroDivisionError]


@pytest.fixture
def terminal(monkeypatch):
    """The end of a terminal at which a human types; the other end is standard input."""
    human, ours = pty.openpty()
    with open(ours) as stream:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr("sys.stdin", stream)
        yield human
    with contextlib.suppress(OSError):
        os.close(human)


def heard_while(does):
    """How often Enter was heard while a human did something."""
    heard = []

    async def listen():
        with serving._heard(asyncio.get_running_loop(), lambda: heard.append(1)):
            await does(heard)

    asyncio.run(listen())
    return len(heard)


async def until(condition):
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110 - of things that tell nobody
            await asyncio.sleep(0.005)


def test_enter_is_heard(terminal, monkeypatch):
    monkeypatch.setattr("os.tcgetpgrp", lambda _terminal: os.getpgrp())

    async def press_twice(heard):
        for count in (1, 2):
            os.write(terminal, b"\n")
            await until(lambda count=count: len(heard) == count)

    assert heard_while(press_twice) == 2


def test_enter_in_the_background_is_for_another_program_until_it_is_in_front_again(terminal, monkeypatch):
    monkeypatch.setattr(serving, "TERMINAL_SECONDS", 0.01)
    asked = []
    in_front = [os.getpgrp() + 1, os.getpgrp() + 1, os.getpgrp()]
    monkeypatch.setattr("os.tcgetpgrp", lambda _terminal: asked.append(1) or in_front[min(len(asked), 3) - 1])

    async def press(heard):
        os.write(terminal, b"\n")
        await until(lambda: len(asked) >= 2)
        assert heard == [] or len(asked) >= 3
        await until(lambda: heard)

    assert heard_while(press) == 1


def test_a_terminal_that_closes_is_heard_no_more(terminal, monkeypatch):
    monkeypatch.setattr("os.tcgetpgrp", lambda _terminal: os.getpgrp())
    looked = []

    async def hang_up(_heard):
        reading = os.read
        monkeypatch.setattr("os.read", lambda *how: looked.append(1) or reading(*how))
        os.close(terminal)
        await until(lambda: looked)
        await asyncio.sleep(0)

    assert heard_while(hang_up) == 0
    assert len(looked) == 1


def test_where_there_is_no_terminal_nothing_is_heard(monkeypatch):
    async def nothing(_heard):
        await asyncio.sleep(0)

    monkeypatch.setattr("sys.stdin", None)
    assert heard_while(nothing) == 0
    with Path(os.devnull).open() as empty:
        monkeypatch.setattr("sys.stdin", empty)
        assert heard_while(nothing) == 0
    assert heard_while(nothing) == 0  # closed by now
