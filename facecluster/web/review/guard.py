"""Nobody else gets in: each request is judged before anything of the page sees it."""

import asyncio
import hmac
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecluster.errors import FaceclusterError
from facecluster.web.review.address import Address
from facecluster.web.review.login import Entrance
from facecluster.web.review.pages import CSRF, Pages
from facecluster.web.review.refusals import Refusal, refused, wants_page
from facecluster.web.review.sessions import SESSION, Session

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Of a request: 100,000 face ids with what is said of them."""

BODY_SECONDS = 30.0
"""In which a body must have come: local pages send theirs in a moment."""

MAX_TARGET_BYTES = 4096
"""Of path and query: what the page sends is far shorter."""

# Every address of the page is made of such words, so nothing needs an escape, and dots and slashes cannot play tricks.
PATH = re.compile(rb"/|(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")

OPEN_TO_ALL = re.compile(r"/login(/[^/]*)?|/static/.*")
"""Paths that need no login: the way to it, and files that everybody may have who installs the package."""

# No script, style, picture or request but our own; no form to elsewhere; in nobody's frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""What every answer says, unless it says otherwise of the last."""


class Asked(NamedTuple):
    """What a request says that decides whether it is let in."""

    method: str
    path: bytes  # as it was sent
    query_bytes: int
    hosts: tuple[str, ...]  # the values of all headers of that name
    origins: tuple[str, ...]
    tokens: tuple[str, ...]  # X-Facecluster
    body_bytes: str  # Content-Length; "" where there is none
    site: str  # Sec-Fetch-Site: who sent the browser here; "" where it does not say
    is_visit: bool  # a page is opened in a window of its own, as far as the browser says
    is_prefetch: bool  # a browser looks ahead; nobody asked yet


def judge(asked: Asked, address: Address, session: Session | None) -> Refusal | None:
    """Why a request is refused; None: it may pass."""
    return _judge_form(asked) or _judge_sender(asked, address) or _judge_login(asked, session) or _judge_body(asked)


def _judge_form(asked: Asked) -> Refusal | None:
    if asked.method not in ("GET", "HEAD", "POST"):
        return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "This page knows GET, HEAD and POST only.")
    if len(asked.path) + asked.query_bytes > MAX_TARGET_BYTES:
        return Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "This address is too long to be one of this page.")
    if not PATH.fullmatch(asked.path):
        return Refusal(HTTPStatus.BAD_REQUEST, "This is no address of this page.")
    return None


def _judge_sender(asked: Asked, address: Address) -> Refusal | None:
    """Whether the browser was sent here by this page, or by its human."""
    host = asked.hosts[0].lower() if len(asked.hosts) == 1 else None
    if host not in address.hosts:
        return Refusal(
            HTTPStatus.FORBIDDEN,
            "This page was called by a name that is not its own. Open the address that facecluster printed.",
        )
    ours = (f"{address.scheme}://{host}",)
    if asked.origins not in ((), ours) or (asked.method == "POST" and asked.origins != ours):
        return Refusal(HTTPStatus.FORBIDDEN, "This request was made by another site.")
    if asked.site not in ("", "none", "same-origin") and not _is_way_in(asked):
        return Refusal(
            HTTPStatus.FORBIDDEN, "Another site led here. Open the page by its address, or by the link of facecluster."
        )
    if asked.is_prefetch and asked.path.startswith(b"/login"):
        return Refusal(HTTPStatus.FORBIDDEN, "A login link works once: it is not fetched ahead.")
    return None


def _is_way_in(asked: Asked) -> bool:
    """Whether somebody opens the login: other programs and pages may hold the link."""
    path = asked.path.decode("ascii")
    return asked.method == "GET" and asked.is_visit and (path == "/login" or path.startswith("/login/"))


def _judge_login(asked: Asked, session: Session | None) -> Refusal | None:
    path = asked.path.decode("ascii")
    if OPEN_TO_ALL.fullmatch(path) and (asked.method != "POST" or path == "/login"):
        return None
    if session is None:
        return Refusal(HTTPStatus.UNAUTHORIZED, "You are not logged in, or no longer.")
    if asked.method == "POST" and not (
        len(asked.tokens) == 1 and hmac.compare_digest(asked.tokens[0].encode(), session.csrf.encode())
    ):
        return Refusal(HTTPStatus.FORBIDDEN, "This request lacks the token of your login. Load the page again.")
    return None


def _judge_body(asked: Asked) -> Refusal | None:
    if asked.body_bytes.isdecimal() and int(asked.body_bytes) > MAX_BODY_BYTES:
        return TOO_LARGE
    return None


TOO_LARGE = Refusal(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    f"This is too much at once: at most {MAX_BODY_BYTES // 1024 // 1024} MB. Choose fewer.",
)
TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "This request did not come in time. Send it again.")


class Guard:
    """An application behind its guard."""

    def __init__(self, app: ASGIApp, address: Address, entrance: Entrance, pages: Pages) -> None:
        self._app, self._address, self._entrance, self._pages = app, address, entrance, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge a request; what passes comes with its session and its whole body."""
        if scope["type"] != "http":  # lifespan: nothing else is spoken here
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            session = self._entrance.sessions.of(headers.getlist("cookie"))
        except FaceclusterError as error:
            answer = refused(self._pages, headers, Refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error)))
            await answer(scope, receive, _with_headers(send))
            return
        send = _with_headers(send, self._renewed(session))
        verdict = judge(asked_of(scope, headers), self._address, session) or await whole_body(receive)
        if isinstance(verdict, Refusal):
            await self._refused(headers, verdict)(scope, receive, send)
            return
        scope[SESSION], scope[CSRF] = session, session.csrf if session else ""
        await self._app(scope, _replayed(verdict, receive), send)

    def _refused(self, headers: Headers, refusal: Refusal) -> Response:
        if refusal.status == HTTPStatus.UNAUTHORIZED and wants_page(headers):
            return self._entrance.page(self._pages, refusal.status)
        return refused(self._pages, headers, refusal)

    def _renewed(self, session: Session | None) -> str | None:
        sessions = self._entrance.sessions
        return sessions.cookie(session) if session and sessions.is_due(session) else None


def asked_of(scope: Scope, headers: Headers) -> Asked:
    """What a request says, from its ASGI scope."""
    mode, dest = headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")
    return Asked(
        method=scope["method"],
        path=scope["raw_path"],
        query_bytes=len(scope["query_string"]),
        hosts=tuple(headers.getlist("host")),
        origins=tuple(headers.getlist("origin")),
        tokens=tuple(headers.getlist("x-facecluster")),
        body_bytes=headers.get("content-length", ""),
        site=headers.get("sec-fetch-site", ""),
        is_visit=(mode, dest) == ("navigate", "document"),
        is_prefetch="prefetch" in headers.get("sec-purpose", ""),
    )


async def whole_body(receive: Receive) -> bytes | Refusal:
    """The body of a request, or why it is not taken."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return TOO_SLOW
                body += message.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    return TOO_LARGE
                more = message.get("more_body", False)
    except TimeoutError:
        return TOO_SLOW
    return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """What an application receives of a request whose body is there already."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _with_headers(send: Send, cookie: str | None = None) -> Send:
    """Sends with the headers of every answer, and a cookie made anew unless the answer brings its own."""

    async def send_all(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            is_kept = "cache-control" in headers  # a copy in the browser's cache must not hold a cookie
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if cookie and not is_kept:
                headers.setdefault("set-cookie", cookie)
        await send(message)

    return send_all
