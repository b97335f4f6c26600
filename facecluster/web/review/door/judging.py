"""What a request says -> whether it is let in."""

import hmac
import re
from http import HTTPStatus
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from facecluster.web.review.door.address import Address
from facecluster.web.review.door.sessions import Session
from facecluster.web.review.refusals import Refusal

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Of a request: 100,000 face ids with what is said of them."""

MAX_TARGET_BYTES = 4096
"""Of path and query: what the page sends is far shorter."""

# Every address of the page is made of such words, so nothing needs an escape, and dots and slashes cannot play tricks.
PATH = re.compile(rb"/|(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")

OPEN_TO_ALL = re.compile(r"/login(/[^/]*)?|/static/.*")
"""Paths that need no login: the way to it, and files that everybody may have who installs the package."""

TOO_LARGE = Refusal(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    f"This is too much at once: at most {MAX_BODY_BYTES // 1024 // 1024} MB. Choose fewer.",
)


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
