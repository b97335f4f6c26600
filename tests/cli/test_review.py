"""`facecluster review`, as a process: it prints a link, serves, and ends when it is told to."""

import contextlib
import http.client
import os
import pty
import re
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.pipeline.people_library import people_library
from tests.pipeline.small_library import small_library
from tests.web.review.certificates import certificate_in, openssl

MAIN = [sys.executable, "-c", "from facecluster.cli.main import main; main()"]
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)(/login/[0-9a-f]{64})\n")
PATIENCE_SECONDS = 60
PASSWORD = "correct horse battery"


class Review:
    """The command in a process of its own."""

    def __init__(self, folder, *flags, **how):
        environment = {name: value for name, value in os.environ.items() if "DISPLAY" not in name} | how.pop("env", {})
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        how = {"stdin": subprocess.DEVNULL, **how}
        self.process = subprocess.Popen(
            [*MAIN, "review", "--library", str(folder), *map(str, flags)],
            **how,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.link = self.process.stdout.readline()

    def end(self, sent=signal.SIGINT):
        """Exit code, and what it said on standard error."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(sent)
        _, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, said

    def get(self, path, cookie="", tls=None):
        """Status, headers and text of an answer."""
        port = urlsplit(self.link).port
        host = "127.0.0.1"
        connection = (
            http.client.HTTPSConnection(host, port, timeout=PATIENCE_SECONDS, context=tls)
            if tls
            else http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        )
        with contextlib.closing(connection):
            connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def log_in(self):
        """The cookie that its link gives, as a browser sends it back."""
        status, headers, _ = self.get(LINK.fullmatch(self.link)[2])
        assert (status, headers["Location"]) == (303, "/name")
        return headers["Set-Cookie"].partition(";")[0]


@contextlib.contextmanager
def reviewing(folder, *flags, **how):
    running = Review(folder, *flags, **how)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


@pytest.fixture
def folder(tmp_path):
    return people_library(tmp_path).folder


def shown_to_all(process):
    """What other users of the machine see of a process."""
    own = Path(f"/proc/{process}")
    return "".join((own / name).read_bytes().decode() for name in ("cmdline", "environ") if own.exists())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_a_link_serves_and_ends(folder, sent):
    with reviewing(folder, "--port", 0) as running:
        shown = shown_to_all(running.process.pid)
        cookie = running.log_in()
        assert running.get("/", cookie)[0] == 303
        assert running.get("/")[0] == 401
        code, said = running.end(sent)
    assert code == 0
    assert "within ten minutes" in said
    assert "Every answer that it showed as saved is in the library." in said
    assert "Enter" not in said  # nobody sits at a terminal here
    for secret in (LINK.fullmatch(running.link)[2].rpartition("/")[2], cookie.partition("=")[2]):
        assert secret not in said + shown
    kept = list((folder / "review").rglob("*"))
    assert [path.name for path in kept] == ["key"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in [folder / "review", *kept])


def test_a_login_outlives_a_server_that_was_killed(folder):
    with reviewing(folder, "--port", 0) as running:
        cookie = running.log_in()
        port = urlsplit(running.link).port
        running.process.kill()
        running.process.wait()
        with reviewing(folder, "--port", port) as again:
            assert again.get("/", cookie)[0] == 303
            (folder / "review" / "key").unlink()
            assert again.get("/", cookie)[0] == 401
            assert again.get("/", again.log_in())[0] == 303


def test_a_second_review_of_the_library_has_its_own_port_and_login(folder):
    with reviewing(folder) as one, reviewing(folder) as other:
        ports = [urlsplit(running.link).port for running in (one, other)]
        assert ports[0] < ports[1]
        cookie = one.log_in()
        assert other.get("/", cookie)[0] == 401
        assert other.get("/", other.log_in())[0] == 303
        assert one.get("/", cookie)[0] == 303
        assert "is taken, perhaps by another review" in other.end()[1]


def test_enter_prints_another_link(folder):
    human, terminal = pty.openpty()
    with os.fdopen(terminal) as stdin, reviewing(folder, "--port", 0, stdin=stdin, start_new_session=True) as running:
        first = LINK.fullmatch(running.link)[2]
        # The terminal is not that of the session, which is the case of a background job: nothing must be taken.
        os.write(human, b"\n")
        assert running.get(first)[0] == 303
        code, said = running.end()
        assert (code, said.count("\n")) == (0, 2), said
        assert "Enter prints another" in said
    os.close(human)


def test_enter_in_its_own_terminal_prints_another_link(folder):
    taking_it = "import fcntl, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    human, terminal = pty.openpty()
    with os.fdopen(terminal) as stdin, pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "MAIN", [*MAIN[:2], taking_it + MAIN[2]])
        with reviewing(folder, "--port", 0, stdin=stdin, start_new_session=True) as running:
            first = running.link
            os.write(human, b"\n")
            running.link = running.process.stdout.readline()
            assert running.link != first
            assert running.get(LINK.fullmatch(first)[2])[0] == 403
            assert running.get("/", running.log_in())[0] == 303
    os.close(human)


def test_the_browser_opens_and_no_process_shows_the_link(folder, tmp_path):
    opened = tmp_path / "opened"
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\necho "$@" > {opened}.new\nmv {opened}.new {opened}\n')
    program.chmod(0o700)
    environment = {"DISPLAY": ":0", "BROWSER": f"{program} %s"}
    with reviewing(folder, "--port", 0, env=environment) as running:
        file = folder / "review" / f"open-{urlsplit(running.link).port}.html"
        running.get("/login")  # it has come so far
        assert running.link.strip() in file.read_text()
        while not opened.exists():
            assert running.process.poll() is None
        assert opened.read_text().strip() == file.resolve().as_uri()
        running.end()
        assert not file.exists()


@openssl
def test_a_page_with_tls_and_a_password(folder, tmp_path):
    certificate, key = certificate_in(tmp_path)
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    flags = ("--port", 0, "--certificate", certificate, "--key", key, "--password-file", file, "--name", "localhost")
    with reviewing(folder, *flags, "--no-browser", env={"DISPLAY": ":0", "BROWSER": "touch opened"}) as running:
        assert re.fullmatch(r"https://localhost:\d+/login\n", running.link)
        trusting = ssl.create_default_context(cafile=certificate)
        status, _, page = running.get("/login", tls=trusting)
        assert status == 200
        assert 'type="password"' in page
        assert not list((folder / "review").glob("open-*"))
        code, said = running.end()
    assert code == 0
    assert "Log in with the password." in said
    assert PASSWORD not in said


@pytest.mark.parametrize(
    ("flags", "code", "told"),
    [
        (["--host", "0.0.0.0"], 2, "Other machines can reach 0.0.0.0"),
        (["--host", "example.org"], 2, "Expected an IP address"),
        (["--name", "a b"], 2, "Expected a host name"),
        (["--key", "none.pem"], 2, "belong together"),
        (["--password-file", "none"], 2, "Cannot read a password"),
        (["--port", "65536"], 2, "65535"),
        (["--library", "none"], 1, "There is no library in none"),
    ],
)
def test_what_is_wrong_is_told_before_anything_is_served(facecluster, folder, flags, code, told):
    ended = facecluster("review", "--library", folder, *flags)
    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err
    assert not (folder / "review").exists()


def test_a_port_that_is_taken_is_told(facecluster, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = facecluster("review", "--library", folder, "--port", taken.getsockname()[1])
    assert (ended.code, ended.out) == (2, "")
    assert "Another program has it" in ended.err


def test_a_library_that_is_not_grouped_yet_is_told(facecluster, tmp_path):
    library = small_library(tmp_path, clusters=None)
    ended = facecluster("review", "--library", library.folder, "--port", 0)
    assert (ended.code, ended.out) == (1, "")
    assert "facecluster" in ended.err


def test_a_damaged_key_is_told(facecluster, folder):
    (folder / "review").mkdir()
    (folder / "review" / "key").write_text("none")
    ended = facecluster("review", "--library", folder, "--port", 0)
    assert (ended.code, ended.out) == (1, "")
    assert "Remove the file" in ended.err
