"""Where the page is, and by which names browsers may call it."""

import ipaddress
import re
from collections.abc import Sequence
from typing import NamedTuple

from facecluster.errors import UsageError

DEFAULT_PORT = 3223
"""FACE on the keys of a telephone. Always the same, so that a page left open finds the server again."""

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")

# A host name of letters, digits and hyphens (RFC 1123, section 2.1).
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
MAX_HOST_NAME = 253


class Address(NamedTuple):
    """Where the page is."""

    host: str  # an IP address: what is listened on
    port: int
    names: tuple[str, ...] = (
        LOOPBACK_NAMES  # by which browsers may call it, as they stand in a link; the first is shown
    )
    secure: bool = False  # TLS

    @property
    def scheme(self) -> str:
        """What a link begins with."""
        return "https" if self.secure else "http"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What browsers may send as `Host`: they leave out the port that goes without saying."""
        port = "" if self.port == (443 if self.secure else 80) else f":{self.port}"
        return tuple(f"{name}{port}" for name in self.names)

    @property
    def link(self) -> str:
        """The link to it, without a path."""
        return f"{self.scheme}://{self.hosts[0]}"


def is_public(host: str) -> bool:
    """Whether other machines may reach what listens on this IP address."""
    return not ipaddress.ip_address(host).is_loopback


def checked_host(host: str) -> str:
    """The IP address to listen on.

    Raises:
        UsageError: it is none.
    """
    host = host.strip().strip("[]").lower()
    address = _ip_address("127.0.0.1" if host == "localhost" else host)
    if address is None:
        raise UsageError(
            f"Expected an IP address of this machine after --host, such as 127.0.0.1 or 192.168.1.5, found {host!r}. "
            "Names by which browsers call it go after --name."
        )
    return address


def names_of(host: str, given: Sequence[str]) -> tuple[str, ...]:
    """By which names browsers may call a page that listens on `host`, those that were given first.

    Raises:
        UsageError: one cannot be a name, or there is none.
    """
    names = [*map(_checked_name, given)]
    if not is_public(host):
        names += [_in_link(host), *LOOPBACK_NAMES]
    elif not ipaddress.ip_address(host).is_unspecified:
        names.append(_in_link(host))
    elif not names:
        raise UsageError(
            f"{host} stands for all addresses of this machine, and a browser calls it by one. Add --name with each "
            "name or address that browsers will use."
        )
    return tuple(dict.fromkeys(names))


def _checked_name(name: str) -> str:
    """A name as browsers send it."""
    text = name.strip().strip("[]").lower()
    if address := _ip_address(text):
        return _in_link(address)
    if len(text) > MAX_HOST_NAME or not HOST_NAME.fullmatch(text):
        raise UsageError(
            f"Expected a host name or an IP address after --name, such as photos.example.org, found {name!r}. Leave "
            "https:// and the port out, and write a name with other letters as browsers send it (xn--...)."
        )
    return text


def _ip_address(text: str) -> str | None:
    """An IP address in its usual form; None: it is none, or one of an interface, which no link can name."""
    try:
        address = str(ipaddress.ip_address(text))
    except ValueError:
        return None
    return None if "%" in address else address


def _in_link(host: str) -> str:
    return f"[{host}]" if ":" in host else host
