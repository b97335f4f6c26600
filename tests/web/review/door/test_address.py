"""By which names browsers may call the page."""

import pytest

from facecluster.errors import UsageError
from facecluster.web.review.door.address import Address, checked_host, is_public, names_of


def test_a_page_on_loopback_is_called_by_each_of_its_names():
    assert Address("127.0.0.1", 3223).hosts == ("127.0.0.1:3223", "localhost:3223", "[::1]:3223")
    assert Address("127.0.0.1", 3223).link == "http://127.0.0.1:3223"


@pytest.mark.parametrize(
    ("port", "secure", "host"),
    [
        (80, False, "a.org"),
        (443, True, "a.org"),
        (443, False, "a.org:443"),
        (80, True, "a.org:80"),
        (8, True, "a.org:8"),
    ],
)
def test_browsers_leave_out_the_port_that_goes_without_saying(port, secure, host):
    address = Address("192.0.2.1", port, ("a.org",), secure)
    assert address.hosts == (host,)
    assert address.link == f"{'https' if secure else 'http'}://{host}"


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("LOCALHOST", "127.0.0.1"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        (" 192.0.2.1 ", "192.0.2.1"),
    ],
)
def test_hosts_to_listen_on(given, host):
    assert checked_host(given) == host


@pytest.mark.parametrize(
    "given", ["", "photos.example.org", "127.1", "1.2.3.4:80", "256.0.0.1", "*", "::1%0/24", "fe80::1%eth0"]
)
def test_what_is_no_address_is_refused(given):
    with pytest.raises(UsageError, match="Expected an IP address of this machine after --host"):
        checked_host(given)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1"])
def test_loopback_is_not_public(host):
    assert not is_public(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "fe80::1", "2001:db8::1", "169.254.0.1"])
def test_all_else_is_public(host):
    assert is_public(host)


@pytest.mark.parametrize(
    ("host", "given", "names"),
    [
        ("127.0.0.1", [], ("127.0.0.1", "localhost", "[::1]")),
        ("::1", [], ("[::1]", "127.0.0.1", "localhost")),
        ("127.0.0.2", ["Box.Local"], ("box.local", "127.0.0.2", "127.0.0.1", "localhost", "[::1]")),
        ("192.0.2.1", [], ("192.0.2.1",)),
        ("192.0.2.1", ["photos.example.org", "192.0.2.1"], ("photos.example.org", "192.0.2.1")),
        ("2001:db8::1", [], ("[2001:db8::1]",)),
        ("0.0.0.0", ["photos.example.org"], ("photos.example.org",)),
        ("::", ["2001:DB8:0::1"], ("[2001:db8::1]",)),
    ],
)
def test_names(host, given, names):
    assert names_of(host, given) == names


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_all_addresses_of_a_machine_have_no_name_of_their_own(host):
    with pytest.raises(UsageError, match="Add --name"):
        names_of(host, [])


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "a b",
            "*",
            "*.example.org",
            "-a",
            "a-",
            "a..b",
            ".a",
            "a.",
            "a:80",
            "http://a",
            "a/b",
            "ä.org",
            "a,b",
            "a%2e",
        ),
        *("a" * 64, ".".join(["a" * 60] * 5)),
    ],
)
def test_what_cannot_be_a_name_is_refused(name):
    with pytest.raises(UsageError, match="Expected a host name or an IP address after --name"):
        names_of("127.0.0.1", [name])
