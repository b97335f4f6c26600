"""Forged requests on a socket: none is accepted, and none leaves a trace in the journal."""

import itertools
import json
import secrets
import socket

import pytest

from facecluster.pipeline.journal import decisions_of
from facecluster.store.logins import Logins
from facecluster.web.review.app import routes_of
from facecluster.web.review.door.address import Address
from facecluster.web.review.door.guard import HEADERS
from facecluster.web.review.door.judging import MAX_BODY_BYTES
from facecluster.web.review.door.sessions import Sessions
from tests.pipeline.people_library import CLUSTER, FACE, people_library
from tests.web.review.sockets import LIMIT, on_socket

HOSTS = [
    *("evil.example", "127.0.0.1", "127.0.0.1:80", "localhost", "localhost.evil.example:{port}", "evil.example:{port}"),
    *(
        "127.0.0.2:{port}",
        "0.0.0.0:{port}",
        "[::]:{port}",
        "127.0.0.1:{port}.evil.example",
        "user@127.0.0.1:{port}",
        "",
    ),
    *("127.0.0.1:{other}", "127.1:{port}", "2130706433:{port}", "127.0.0.1.nip.io:{port}"),
]
ORIGINS = [
    *("null", "http://evil.example", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:{other}"),
    *("http://localhost:{port}", "http://127.0.0.1:{port}/", "http://127.0.0.1:{port}.evil.example", "file://", ""),
    *("http://[::1]:{port}", "HTTP://127.0.0.1:{port}", "http://user@127.0.0.1:{port}", None),
]
METHODS = ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post", "DECIDE"]
TARGETS = [  # of a POST that is right in all else
    *(
        "//decide",
        "/decide/",
        "/./decide",
        "/x/../decide",
        "/%64ecide",
        "/decide%00",
        "/decide%2f",
        "/DECIDE",
        "/decide;a",
    ),
    *(
        "http://127.0.0.1:{port}/decide",
        "http://evil.example/decide",
        "/static/../decide",
        "/login/../decide",
        "/decide%0a",
    ),
    *("/decide" + "a" * 9000, "/\\decide", "/decide\\..", "/login//decide", "*", "decide"),
]
FILES = [  # of a GET that is right in all else
    *(
        "/../../etc/passwd",
        "/static/../app.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/photos/%2e%2e%2fetc%2fpasswd/0.jpg",
    ),
    *("/photos/..%2f..%2fetc/passwd.jpg", "/sheets/..%5c..%5cetc.jpg", "//etc/passwd", "/sheets//etc/passwd.jpg"),
    *("/static/%00", "/photo/....//....//etc/passwd", "/people/%c0%ae%c0%ae/", "file:///etc/passwd", "/./.git/config"),
    *("/review/key", "/static/0/../../../review/key", "/library.json", "/journal/000001.jsonl", "/report.html"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with on_socket(people_library(tmp_path_factory.mktemp("forged"))) as running:
        yield running


@pytest.fixture(scope="module")
def login(served):
    return served.log_in()


def decision():
    """What a page sends to be decided, under an id of its own."""
    return {
        "id": secrets.token_hex(8),
        "say": {"kind": "name", "faces": {"faces": list(CLUSTER[0])}, "who": {"new": "Mallory"}, "but": []},
    }


def cookies(served):
    """Cookies that nobody was given, by what is wrong with them."""
    sessions, address = served.review.entrance.sessions, served.review.address
    login = served.log_in()["Cookie"]
    name, _, value = login.partition("=")
    id_, made_at, mac = value.split(".")
    ended = served.log_in()["Cookie"]
    sessions.end(sessions.of([ended]))
    library = served.review.library
    elsewhere = Sessions(Logins(library.folder.parent / "elsewhere"), library.identity.id, address)
    next_door = Sessions(
        Logins(library.folder / "review"), library.identity.id, address._replace(port=address.port + 1)
    )
    return {
        "none": None,
        "empty": f"{name}=",
        "junk": f"{name}={'a' * 64}",
        "without a digest": f"{name}={id_}.{made_at}.",
        "of another id": f"{name}={'0' * 32}.{made_at}.{mac}",
        "made later": f"{name}={id_}.{int(made_at) + 1}.{mac}",
        "of the digest's last digit": f"{name}={value[:-1]}{'0' if value[-1] != '0' else '1'}",
        "under another name": f"session={value}",
        "of another library": elsewhere.cookie(elsewhere.begin()).partition(";")[0],
        "of another port": f"{name}=" + next_door.cookie(next_door.begin()).partition(";")[0].partition("=")[2],
        "ended": ended,
        "token for a cookie": f"{name}={sessions.of([login]).csrf}",
    }


def tokens(served, login):
    """Tokens that are not those of the login."""
    token = login["X-Facecluster"]
    return [None, "", "0" * 64, token[:-1], token + "0", token.upper(), served.log_in()["X-Facecluster"], "null", "é"]


def forged(served, login):  # noqa: C901 - a list
    """Requests, each right but for one thing: (what is wrong, method, target, headers, body)."""
    ports = {"port": served.port, "other": served.port + 1}
    host = {"Host": served.host}
    body = lambda: json.dumps(decision()).encode()  # noqa: E731
    pages = sorted({route.path for route in routes_of(served.review) if "{" not in route.path} - {"/login"})
    posts = ("/decide", "/logout", "/spread")
    for name in HOSTS:
        wrong = {**login, "Host": name.format(**ports)}
        yield f"host {name}", "POST", "/decide", wrong, body()
        yield (
            f"host {name} with its origin",
            "POST",
            "/decide",
            {**wrong, "Origin": f"http://{name.format(**ports)}"},
            body(),
        )
        yield f"host {name}, looking", "GET", "/people", wrong, None
    for origin, target in itertools.product(ORIGINS, posts):
        wrong = {**login, "Origin": origin and origin.format(**ports)}
        yield f"origin {origin} at {target}", "POST", target, wrong, body()
    for method in METHODS:
        yield f"method {method}", method, "/decide", login, body()
    for target in TARGETS:
        yield f"target {target}", "POST", target.format(**ports), login, body()
    for target in FILES:
        yield f"file {target}", "GET", target, login, None
    for what, cookie in cookies(served).items():
        for target in posts:
            yield f"cookie {what} at {target}", "POST", target, {**login, "Cookie": cookie}, body()
        yield f"cookie {what}, looking", "GET", "/name", {**host, "Cookie": cookie}, None
    for token, target in itertools.product(tokens(served, login), posts):
        yield f"token {token} at {target}", "POST", target, {**login, "X-Facecluster": token}, body()
    for site, target in itertools.product(("cross-site", "same-site"), ("/decide", "/spread")):
        yield f"{site} at {target}", "POST", target, {**login, "Sec-Fetch-Site": site}, body()
    for site, target in itertools.product(("cross-site", "same-site"), pages):
        visit = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        yield f"{site} visit of {target}", "GET", target, {**login, **visit, "Origin": None}, None
    for target in pages:  # another program of this machine, without the link
        yield f"nobody at {target}", "GET", target, host, None
    for token in ("", "0", "0" * 64, secrets.token_hex(32), login["X-Facecluster"]):
        yield f"link {token}", "GET", f"/login/{token}", host, None
        yield f"password {token}", "POST", "/login", {**host, "Origin": login["Origin"]}, f"password={token}".encode()


def test_no_forged_request_is_accepted(served, login):
    served.review.entrance.link.renewed()  # somebody else's, unused
    tried, accepted = 0, []
    for what, method, target, headers, body in forged(served, login):
        pairs = [(name, value) for name, value in headers.items() if value is not None]
        answer = served.ask(method, target, [pair for pair in pairs if pair[1].isascii()], body)
        tried += 1
        if not 400 <= answer.status < 500 or "Set-Cookie" in answer.headers or b"root:" in answer.body:
            accepted.append((what, answer.status))
    assert accepted == []
    assert tried >= 200
    assert decisions_of(served.review.library) == ()
    assert served.ask("GET", "/people", login).status == 200  # nobody was logged out either


@pytest.mark.parametrize(
    "twice", [("Host", "evil.example"), ("Origin", "http://evil.example"), ("X-Facecluster", "0" * 64), ("Host", None)]
)
def test_headers_that_are_there_twice_are_refused(served, login, twice):
    name, other = twice
    right = {"Host": served.host, **login}
    for first, second in ((right[name], other or right[name]), (other or right[name], right[name])):
        pairs = [*((key, value) for key, value in right.items() if key != name), (name, first), (name, second)]
        assert 400 <= served.ask("POST", "/decide", pairs, json.dumps(decision()).encode()).status < 500
    assert decisions_of(served.review.library) == ()


def test_requests_smuggled_behind_another_are_judged_by_themselves(served):
    smuggled = f"POST /decide HTTP/1.1\r\nHost: {served.host}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    first = f"GET /login HTTP/1.1\r\nHost: {served.host}\r\n"
    for trick in ("", f"Content-Length: {len(smuggled)}\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"):
        with socket.create_connection(("127.0.0.1", served.port), timeout=LIMIT) as client:
            client.sendall(first.encode() + trick.encode() + b"\r\n" + smuggled)
            client.shutdown(socket.SHUT_WR)
            got = b"".join(iter(lambda: client.recv(65536), b""))
        assert got.count(b"HTTP/1.1 200") <= 1  # the login page is everybody's
    assert decisions_of(served.review.library) == ()


def test_what_is_right_is_accepted(served, login):
    """The same request that all those were made of."""
    library = people_library(served.review.library.folder.parent / "accepted")
    with on_socket(library) as own:
        right = own.log_in()
        answer = own.ask("POST", "/decide", right, json.dumps(decision()).encode())
        assert (answer.status, len(decisions_of(library))) == (200, 1)
        assert own.ask("POST", "/logout", right, b"{}").status == 200
        assert own.ask("POST", "/decide", right, json.dumps(decision()).encode()).status == 401
    assert len(decisions_of(library)) == 1


def test_every_answer_says_what_browsers_may_do_with_it(served, login):
    known = served.review.address
    photo = f"/photo/{FACE['a1']}"
    asked = [
        ("/name", login),
        ("/name", {}),
        (photo, login),
        ("/login", {}),
        ("/none", login),
        ("//", login),
        ("/", login),
    ]
    for target, headers in asked:
        answer = served.ask("GET", target, headers)
        for name, value in HEADERS.items():
            if name not in ("Cache-Control", "Referrer-Policy"):
                assert answer.headers.get_all(name) == [value], (target, name)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert not any(name.lower().startswith("access-control") for name in answer.headers)
        assert known.host not in answer.headers.get("Location", "")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served, login):
    answer = served.ask("POST", "/decide", [*login.items(), ("Content-Length", str(MAX_BODY_BYTES + 1))])
    assert answer.status == 413
    assert "error" in json.loads(answer.body)


def test_a_body_that_does_not_say_how_large_it_is(served, login):
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": served.host, **login}.items())
    with socket.create_connection(("127.0.0.1", served.port), timeout=LIMIT) as client:
        client.sendall(f"POST /decide HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(MAX_BODY_BYTES // 0x10000 + 1):
            client.sendall(chunk)
        assert client.recv(12) == b"HTTP/1.1 413"


def test_who_leaves_in_the_middle_does_no_harm(served, login):
    head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": served.host, **login}.items())
    body = json.dumps(decision()).encode()
    for sent in (0, 1, len(body) - 1):
        with socket.create_connection(("127.0.0.1", served.port), timeout=LIMIT) as client:
            client.sendall(f"POST /decide HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:sent])
    assert served.ask("GET", "/people", login).status == 200
    assert decisions_of(served.review.library) == ()


def test_a_cookie_goes_to_one_address_alone(served):
    assert Address("127.0.0.1", served.port).hosts == served.review.address.hosts
    name = served.log_in()["Cookie"].partition("=")[0]
    assert name == f"facecluster-{served.review.library.identity.id[:8]}-{served.port}"
