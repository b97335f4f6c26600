"""A login link, or a password -> a cookie."""

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from facecluster.web.review.door.sessions import SESSION, Session, Sessions

if TYPE_CHECKING:
    from facecluster.web.review.app import Review
    from facecluster.web.review.pages import Pages

LINK_SECONDS = 10 * 60
LINK_BYTES = 32
"""256 bits: not to be guessed."""

MAX_ATTEMPTS = 10
ATTEMPTS_SECONDS = 60.0
"""Of all who try passwords together: at most `MAX_ATTEMPTS` in so long."""

# N, r and p of scrypt (RFC 7914): 16 MB and some 50 ms an attempt.
SCRYPT = {"n": 2**14, "r": 8, "p": 1}

MAX_FORM_BYTES = 16 * 1024
"""Of a password as a form sends it, with room for the longest that a file may hold."""

FIRST_SCREEN = "/name"


class LoginLink:
    """A link that logs one browser in, once. Any thread may ask."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._token, self._until = b"", 0.0

    def renewed(self) -> str:
        """The path of a new link; the one before works no more."""
        token = secrets.token_hex(LINK_BYTES)
        with self._lock:
            self._token, self._until = token.encode(), self._now() + LINK_SECONDS
        return f"/login/{token}"

    def use(self, token: str) -> bool:
        """Whether this is the link's token; from then on it works no more."""
        with self._lock:
            right = self._now() < self._until and hmac.compare_digest(token.encode(), self._token)
            if right:
                self._until = 0.0
            return right


class Password:
    """A password, kept as its digest. Any thread may ask."""

    def __init__(self, text: str, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._attempts: deque[float] = deque(maxlen=MAX_ATTEMPTS)
        self._salt = secrets.token_bytes(16)
        self._digest = self._digest_of(text)

    def may_try(self) -> bool:
        """Whether one more attempt is allowed now; it counts as made."""
        with self._lock:
            now = self._now()
            if len(self._attempts) == MAX_ATTEMPTS and now - self._attempts[0] < ATTEMPTS_SECONDS:
                return False
            self._attempts.append(now)
            return True

    def is_right(self, text: str) -> bool:
        """Whether this is the password; takes equally long either way."""
        return hmac.compare_digest(self._digest_of(text), self._digest)

    def _digest_of(self, text: str) -> bytes:
        return hashlib.scrypt(text.encode("utf-8", "surrogatepass"), salt=self._salt, **SCRYPT)


class Entrance:
    """How one gets in: by a link, or where there is one, by a password."""

    def __init__(self, sessions: Sessions, password: Password | None) -> None:
        self.sessions, self.password = sessions, password
        self.link = LoginLink()

    def page(self, pages: "Pages", status: HTTPStatus, sentence: str = "") -> Response:
        """The page that says how to get in."""
        answer = HTMLResponse(pages.render("login", by_password=self.password is not None, sentence=sentence), status)
        answer.headers["referrer-policy"] = "same-origin"  # with none at all, browsers send no origin with a form
        return answer

    def let_in(self, pages: "Pages", request: Request) -> Response:
        """The first screen, and a cookie for the next ones."""
        # A browser that another page sent here takes the cookie, but brings it along only from one of our own pages.
        if request.headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            answer = RedirectResponse(FIRST_SCREEN, HTTPStatus.SEE_OTHER)
        else:
            answer = HTMLResponse(pages.render("entered", to_first=FIRST_SCREEN))
        answer.headers["set-cookie"] = self.sessions.cookie(self.sessions.begin())
        return answer


def routes(review: "Review") -> list[BaseRoute]:
    """The way in, and the way out."""
    entrance, pages = review.entrance, review.pages

    def show(request: Request) -> Response:
        if session_of(request):
            return RedirectResponse(FIRST_SCREEN, HTTPStatus.SEE_OTHER)
        return entrance.page(pages, HTTPStatus.OK)

    def follow(request: Request) -> Response:
        if request.method == "GET" and entrance.password is None and entrance.link.use(request.path_params["token"]):
            return entrance.let_in(pages, request)
        if session_of(request):
            return RedirectResponse(FIRST_SCREEN, HTTPStatus.SEE_OTHER)
        return entrance.page(pages, HTTPStatus.FORBIDDEN, "This login link was used already, or is too old.")

    async def enter(request: Request) -> Response:
        return await run_in_threadpool(_tried, entrance, pages, request, password_in(await request.body()))

    def leave(request: Request) -> Response:
        session = session_of(request)
        answer = JSONResponse({"said": "You are logged out."}, headers={"clear-site-data": '"cache"'})
        if session:
            answer.headers["set-cookie"] = entrance.sessions.end(session)
        return answer

    return [
        Route("/", lambda _: RedirectResponse(FIRST_SCREEN, HTTPStatus.SEE_OTHER)),
        Route("/login", show),
        Route("/login", enter, methods=["POST"]),
        Route("/login/{token}", follow),
        Route("/logout", leave, methods=["POST"]),
    ]


def password_in(form: bytes) -> str:
    """The password in a form as a browser sends it; "" where there is none, or too much."""
    if len(form) > MAX_FORM_BYTES:
        return ""
    return parse_qs(form.decode("utf-8", "replace")).get("password", [""])[0]


def _tried(entrance: Entrance, pages: "Pages", request: Request, given: str) -> Response:
    password = entrance.password
    if password is None:
        return entrance.page(pages, HTTPStatus.FORBIDDEN, "There is no password here.")
    if not password.may_try():
        answer = entrance.page(pages, HTTPStatus.TOO_MANY_REQUESTS, "Too many attempts. Wait a minute, then try again.")
        answer.headers["retry-after"] = str(round(ATTEMPTS_SECONDS))
        return answer
    if not password.is_right(given):
        return entrance.page(pages, HTTPStatus.FORBIDDEN, "This is not the password.")
    return entrance.let_in(pages, request)


def session_of(request: Request) -> Session | None:
    """The login of a request."""
    return request.scope.get(SESSION)
