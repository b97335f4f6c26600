"""Who is logged in: a signed cookie, and the token that every change must bring along besides."""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple

from facecluster.store.logins import Logins
from facecluster.web.review.door.address import Address

SESSION = "facecluster.session"
"""Where in a request's ASGI scope the guard leaves its session, or None."""

LIFE_SECONDS = 12 * 3600
"""A login that is not used ends after a working day."""

RENEWED_SECONDS = 15 * 60
"""A cookie older than this is made anew when it is used."""

FORGOTTEN_SECONDS = 2 * LIFE_SECONDS
"""Ended logins are remembered longer than any cookie of theirs lives, even one made at that very moment."""

COOKIE = re.compile(r"([0-9a-f]{32})\.(\d{1,12})\.([0-9a-f]{64})", re.ASCII)


class Session(NamedTuple):
    """A login as a request shows it."""

    id: str
    made_at: int  # the cookie: seconds since 1970
    csrf: str  # what a page of this login sends with every POST


class Sessions:
    """The logins to one library at one address. Any thread may ask."""

    def __init__(self, logins: Logins, library: str, address: Address, now: Callable[[], float] = time.time) -> None:
        """`library` is its id: of two libraries on one machine, or two ports, neither takes the other's cookie.

        Raises:
            LibraryError: what logins rest on is damaged.
            StorageError: it cannot be read or kept.
        """
        self._logins, self._secure, self._now = logins, address.secure, now
        self._mine = f"{library}.{address.port}"
        # Browsers take a cookie named __Host- only over TLS, from this very host, for all of it.
        self.cookie_name = f"{'__Host-' if address.secure else ''}facecluster-{library[:8]}-{address.port}"
        logins.key()
        logins.forget_ended(FORGOTTEN_SECONDS)

    def begin(self) -> Session:
        """A new login."""
        return self._session(secrets.token_hex(16), int(self._now()), self._logins.key())

    def of(self, cookie_headers: list[str]) -> Session | None:
        """The login that a request shows in its `Cookie` headers; None: none that holds."""
        for value in self._values(cookie_headers):
            found = COOKIE.fullmatch(value)
            if found and (session := self._checked(*found.groups())):
                return session
        return None

    def cookie(self, session: Session) -> str:
        """The `Set-Cookie` header of a login, its cookie made now."""
        made_at = int(self._now())
        value = f"{session.id}.{made_at}.{self._mac(self._logins.key(), 'cookie', session.id, made_at)}"
        return self._header(value, LIFE_SECONDS)

    def is_due(self, session: Session) -> bool:
        """Whether its cookie is to be made anew."""
        return self._now() - session.made_at > RENEWED_SECONDS

    def end(self, session: Session) -> str:
        """End a login for good; the `Set-Cookie` header that takes its cookie away."""
        self._logins.end(session.id)
        return self._header("", 0)

    def _checked(self, id_: str, made_at: str, mac: str) -> Session | None:
        age = self._now() - int(made_at)
        key = self._logins.key()
        right = hmac.compare_digest(mac, self._mac(key, "cookie", id_, int(made_at)))
        if not right or age > LIFE_SECONDS or self._logins.has_ended(id_):
            return None
        return self._session(id_, int(made_at), key)

    def _session(self, id_: str, made_at: int, key: bytes) -> Session:
        return Session(id_, made_at, self._mac(key, "csrf", id_))

    def _mac(self, key: bytes, *words: object) -> str:
        text = "\n".join(map(str, (self._mine, *words)))
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _values(self, cookie_headers: list[str]) -> list[str]:
        pairs = [pair.strip().partition("=") for header in cookie_headers for pair in header.split(";")]
        return [value for name, _, value in pairs if name == self.cookie_name]

    def _header(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{self.cookie_name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Strict{secure}"
