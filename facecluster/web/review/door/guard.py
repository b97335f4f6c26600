"""Nobody else gets in: each request is judged before anything of the page sees it."""

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecluster.errors import FaceclusterError
from facecluster.web.review.door.address import Address
from facecluster.web.review.door.judging import MAX_BODY_BYTES, TOO_LARGE, asked_of, judge
from facecluster.web.review.door.login import Entrance
from facecluster.web.review.door.sessions import SESSION, Session
from facecluster.web.review.pages import CSRF, Pages
from facecluster.web.review.refusals import Refusal, refused, wants_page

BODY_SECONDS = 30.0
"""In which a body must have come: local pages send theirs in a moment."""

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

BY_ITSELF = "/changes"
"""What a page that is open asks for now and then: that alone is no use of a login."""

NO_LOGINS = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "Logins cannot be checked just now. The terminal where facecluster runs says why."
)
TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "This request did not come in time. Send it again.")

logger = logging.getLogger(__name__)


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
            logger.warning("%s", error)  # it names files, and whoever asks may be anybody
            await refused(self._pages, headers, NO_LOGINS)(scope, receive, _with_headers(send))
            return
        send = _with_headers(send, None if scope["path"] == BY_ITSELF else self._renewed(session))
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
