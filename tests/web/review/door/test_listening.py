"""Where the page listens, and where it refuses to."""

import contextlib
import os
import socket

import pytest

from facecluster.errors import UsageError
from facecluster.web.review.door.address import DEFAULT_PORT
from facecluster.web.review.door.listening import MAX_PASSWORD_FILE, Wanted, listening, password_in
from tests.web.review.certificates import certificate_in, openssl

PASSWORD = "correct horse battery"


@contextlib.contextmanager
def listening_at(**wanted):
    found = listening(Wanted(**wanted))
    with found.listener:
        yield found


@pytest.fixture
def password_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    return file


def connects(host, port):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as client:
        return client.connect_ex((host, port)) == 0


def test_it_listens_on_loopback_alone():
    with listening_at(port=0) as found:
        host, port = found.listener.getsockname()
        assert host == "127.0.0.1"
        assert found.address.port == port > 0
        assert found.address.hosts == (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}")
        assert (found.tls, found.password) == (None, None)
        assert connects(host, port)


def test_the_next_port_is_taken_where_none_was_asked_for():
    with contextlib.ExitStack() as open_ones:
        ports = [open_ones.enter_context(listening_at()).address.port for _ in range(3)]
    assert sorted(set(ports)) == ports
    assert ports[0] >= DEFAULT_PORT


def test_the_port_that_was_asked_for_is_taken_or_none():
    with (
        listening_at(port=0) as found,
        pytest.raises(UsageError, match=r"Another program has it.* Choose another --port"),
    ):
        listening(Wanted(port=found.address.port))


def test_a_port_is_free_again_at_once():
    with listening_at(port=0) as found, socket.create_connection(found.listener.getsockname()):
        accepted, _ = found.listener.accept()
    accepted.close()  # the server's end first: the kernel keeps the pair for a while
    with listening_at(port=found.address.port) as again:
        assert again.address == found.address


def test_all_usual_ports_may_be_taken(monkeypatch):
    monkeypatch.setattr("facecluster.web.review.door.listening.PORTS_TRIED", 0)
    with pytest.raises(UsageError, match=r"are all taken\. Choose one with --port"):
        listening(Wanted())


def test_ipv6():
    try:
        with listening_at(host="::1", port=0) as found:
            assert found.address.link == f"http://[::1]:{found.address.port}"
            assert connects("::1", found.address.port)
    except UsageError:
        pytest.skip("no IPv6 on this machine")


@openssl
@pytest.mark.parametrize("port", [None, 0])
def test_an_address_of_another_machine_is_told(password_file, tmp_path, port):
    public = dict(zip(("certificate", "key"), certificate_in(tmp_path), strict=True), password_file=password_file)
    with pytest.raises(UsageError, match="It is no address of this machine"):
        listening(Wanted("192.0.2.7", port, **public))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "2001:db8::7"])
def test_a_public_address_needs_tls_and_a_password(host, password_file):
    with pytest.raises(
        UsageError, match=r"add --certificate and --key and --password-file\..* `ssh -L 3223:127.0.0.1:3223"
    ):
        listening(Wanted(host=host))
    with pytest.raises(UsageError, match=r"add --certificate and --key\..*ssh -L 99:127.0.0.1:99"):
        listening(Wanted(host=host, port=99, password_file=password_file))
    with pytest.raises(UsageError, match=r"add --password-file\."):
        listening(Wanted(host=host, certificate=password_file, key=password_file))


@openssl
def test_a_public_address_with_all_it_needs(tmp_path, password_file):
    certificate, key = certificate_in(tmp_path)
    public = {"host": "0.0.0.0", "port": 0, "certificate": certificate, "key": key, "password_file": password_file}
    with pytest.raises(UsageError, match="Add --name"):
        listening(Wanted(**public))
    with listening_at(**public, names=("photos.example.org",)) as found:
        port = found.address.port
        assert found.address.hosts == (f"photos.example.org:{port}",)
        assert found.address.link == f"https://photos.example.org:{port}"
        assert found.password.is_right(PASSWORD)


@openssl
def test_certificates_that_cannot_be_used(tmp_path):
    certificate, key = certificate_in(tmp_path)
    _, other = certificate_in(tmp_path, "other")
    locked = certificate_in(tmp_path, "locked", "-passout", "pass:secret")
    empty = tmp_path / "empty"
    empty.touch()
    pairs = [
        (certificate, other),
        locked,
        (empty, key),
        (certificate, empty),
        (tmp_path / "none", key),
        (tmp_path, key),
    ]
    for pair in pairs:
        with pytest.raises(UsageError, match=r"Cannot use the certificate .* Expected two files in PEM form"):
            listening(Wanted(port=0, certificate=pair[0], key=pair[1]))


@pytest.mark.parametrize("given", ["certificate", "key"])
def test_a_certificate_and_its_key_belong_together(given, tmp_path):
    with pytest.raises(UsageError, match="belong together"):
        listening(Wanted(**{given: tmp_path / "some.pem"}))


@pytest.mark.parametrize("content", [PASSWORD, f"{PASSWORD}\n", f"{PASSWORD}\r\n", f"{PASSWORD}\nsecond line\n"])
def test_a_password_is_the_first_line(tmp_path, content):
    file = tmp_path / "password"
    file.write_bytes(content.encode())
    file.chmod(0o600)
    assert password_in(file) == PASSWORD


@pytest.mark.parametrize("content", ["", "\n", "été", "e" * 11, f"\n{PASSWORD}", "e" * (MAX_PASSWORD_FILE + 1)])
def test_short_passwords_are_refused_and_not_repeated(tmp_path, content):
    file = tmp_path / "password"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(UsageError, match="Expected a password of 12 characters or more") as refused:
        password_in(file)
    assert not content.strip() or content.strip() not in str(refused.value)


def test_a_password_that_others_may_read_is_refused(password_file):
    for mode in (0o640, 0o604):
        password_file.chmod(mode)
        with pytest.raises(UsageError, match="chmod 600"):
            password_in(password_file)


def test_what_is_no_password_file_is_refused(tmp_path):
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff" * 20)
    for file in (tmp_path / "none", tmp_path, binary):
        with pytest.raises(UsageError, match="Cannot read a password"):
            password_in(file)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may take any port")
def test_low_ports_are_not_for_everybody():
    with pytest.raises(UsageError, match="below 1024"):
        listening(Wanted(port=1))
