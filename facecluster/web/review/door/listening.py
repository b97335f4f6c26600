"""Where the page is wanted -> a socket that listens there, once it is certain that nobody else gets in."""

import errno
import socket
import ssl
import stat
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import UsageError
from facecluster.web.review.door.address import DEFAULT_PORT, Address, checked_host, is_public, names_of
from facecluster.web.review.door.login import Password

PORTS_TRIED = 20
"""From the default on, where no port was asked for."""

MIN_PASSWORD = 12
"""Characters. With ten attempts a minute, even a weak one of them outlasts who guesses."""

MAX_PASSWORD_FILE = 4096
"""Bytes."""


class Wanted(NamedTuple):
    """Where the page shall be, as somebody says it."""

    host: str = "127.0.0.1"
    port: int | None = None  # None: the usual one, or the next that is free; 0: any
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    password_file: Path | None = None


class Listening(NamedTuple):
    """Where the page is, and who gets in."""

    listener: socket.socket
    address: Address
    tls: ssl.SSLContext | None
    password: Password | None  # None: a login link is the way in


def listening(wanted: Wanted) -> Listening:
    """A socket that listens where it is wanted.

    Raises:
        UsageError: it must not or cannot listen there, or a file is not what it should be.
    """
    host = checked_host(wanted.host)
    _refuse_open_door(host, wanted)
    names = names_of(host, wanted.names)
    tls = _tls_of(wanted.certificate, wanted.key)
    password = Password(password_in(wanted.password_file)) if wanted.password_file else None
    listener = _listener(host, wanted.port)
    return Listening(listener, Address(host, listener.getsockname()[1], names, tls is not None), tls, password)


def _refuse_open_door(host: str, wanted: Wanted) -> None:
    """A page that others can reach needs a connection that nobody reads, and a password."""
    needed = {
        "--certificate": wanted.certificate,
        "--key": wanted.key,
        "--password-file": wanted.password_file,
    }
    missing = [flag for flag, given in needed.items() if given is None]
    if is_public(host) and missing:
        raise UsageError(
            f"Other machines can reach {host}, so the page needs an encrypted connection and a password: add "
            f"{' and '.join(missing)}. Or leave --host out, and from the other machine forward the port: "
            f"`ssh -L {wanted.port or DEFAULT_PORT}:127.0.0.1:{wanted.port or DEFAULT_PORT} THIS-MACHINE`, and open "
            "the link there."
        )
    if (wanted.certificate is None) != (wanted.key is None):
        raise UsageError("A certificate and its key belong together: give both --certificate and --key, or neither.")


def password_in(file: Path) -> str:
    """The password in a file: its first line.

    Raises:
        UsageError: there is none, it is short, or others may read it.
    """
    try:
        with file.open("rb") as opened:
            mode = stat.S_IMODE(file.stat().st_mode)
            data = opened.read(MAX_PASSWORD_FILE + 1)
        password = data.decode("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"Cannot read a password from {file}: {_why(error)}. Expected a text file whose first line is it."
        ) from error
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        raise UsageError(f"Others may read {file}, so its password is none. Make it yours alone: chmod 600 {file}")
    if len(password) < MIN_PASSWORD or len(data) > MAX_PASSWORD_FILE:
        raise UsageError(
            f"Expected a password of {MIN_PASSWORD} characters or more in the first line of {file}, a file of at most "
            f"{MAX_PASSWORD_FILE:,} bytes; found {len(password)} characters of {len(data):,} bytes. Choose another."
        )
    return password


def _tls_of(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None or key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password="")  # an encrypted key must not ask on the terminal
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(
            f"Cannot use the certificate {certificate} with the key {key}: {_why(error)}. Expected two files in PEM "
            "form that belong together, the key not encrypted."
        ) from error
    return context


def _listener(host: str, port: int | None) -> socket.socket:
    """A socket that listens on this port, or on the first free one from the usual on."""
    if port is not None:
        try:
            return _bound(host, port)
        except OSError as error:
            raise UsageError(_cannot_listen(host, port, error)) from error
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise UsageError(_cannot_listen(host, candidate, error)) from error
    raise UsageError(
        f"Ports {DEFAULT_PORT} to {DEFAULT_PORT + PORTS_TRIED - 1} of {host} are all taken. Choose one with --port, or "
        "--port 0 for any that is free."
    )


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a page left open finds the next server at once
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _cannot_listen(host: str, port: int, error: OSError) -> str:
    remedy = {
        errno.EADDRINUSE: "Another program has it, perhaps another review. Choose another --port, or leave it out.",
        errno.EACCES: "Ports below 1024 are not for everybody. Choose a higher one with --port.",
        errno.EADDRNOTAVAIL: "It is no address of this machine. Choose one that is with --host.",
    }.get(error.errno or 0, "Choose another --host or --port.")
    return f"Cannot listen on port {port} of {host}: {_why(error)}. {remedy}"


def _why(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)
