"""What is let in, judged by what a request says; over a socket in test_forged.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web.review.door.address import Address
from facecluster.web.review.door.judging import MAX_BODY_BYTES, MAX_TARGET_BYTES, Asked, judge
from facecluster.web.review.door.sessions import Session

HERE = Address("127.0.0.1", 3223)
TLS = Address("192.0.2.1", 443, ("photos.example.org",), secure=True)
SESSION = Session("a" * 32, 0, "c" * 64)
LOOK = Asked(
    method="GET",
    path=b"/people/0123456789ab",
    query_bytes=0,
    hosts=("127.0.0.1:3223",),
    origins=(),
    tokens=(),
    body_bytes="",
    site="same-origin",
    is_visit=True,
    is_prefetch=False,
)
DECIDE = LOOK._replace(
    method="POST",
    path=b"/decide",
    origins=("http://127.0.0.1:3223",),
    tokens=(SESSION.csrf,),
    body_bytes="99",
    is_visit=False,
)
FOLLOW = LOOK._replace(path=b"/login/" + b"e" * 64, site="none")


def status(asked, session=SESSION, address=HERE):
    refusal = judge(asked, address, session)
    return refusal and refusal.status


@pytest.mark.parametrize("asked", [LOOK, DECIDE, FOLLOW])
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
def test_the_page_itself_passes_by_each_of_its_names(asked, name):
    origins = tuple(f"http://{name.lower()}:3223" for _ in asked.origins)
    assert status(asked._replace(hosts=(f"{name}:3223",), origins=origins)) is None


def test_the_page_passes_over_tls():
    secure = DECIDE._replace(hosts=("photos.example.org",), origins=("https://photos.example.org",))
    assert status(secure, address=TLS) is None
    assert status(secure._replace(origins=("http://photos.example.org",)), address=TLS) == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "", "X" * 99])
def test_other_methods_are_refused(method):
    assert status(LOOK._replace(method=method)) == 405


@pytest.mark.parametrize(
    "path",
    [
        *(b"", b"*", b"//", b"/a//b", b"//evil.org/", b"/people/", b"/.", b"/..", b"/a/..", b"/a/../b", b"/./a"),
        *(b"/.git", b"/a/.b", b"/%2e%2e/", b"/a%2Fb", b"/a%00", b"/a\x00b", b"/a b", b"/a\\b", b"/a;b", b"/a:b"),
        *(b"/\xc3\xa4", b"/a\n", b"http://127.0.0.1:3223/people", b"people", b"/people#x", b"/a+b", b"/a~", b"/a@b"),
    ],
)
def test_paths_that_no_page_has_are_refused(path):
    assert status(LOOK._replace(path=path)) == 400


def test_long_targets_are_refused():
    most = LOOK._replace(path=b"/" + b"a" * 99, query_bytes=MAX_TARGET_BYTES - 100)
    assert status(most) is None
    assert status(most._replace(query_bytes=most.query_bytes + 1)) == 414


@pytest.mark.parametrize(
    "hosts",
    [
        *((), ("",), ("evil.example",), ("127.0.0.1",), ("127.0.0.1:80",), ("127.0.0.1:32230",), ("127.0.0.1:3223.",)),
        *(
            ("evil.example:3223",),
            ("localhost.evil.example:3223",),
            ("127.0.0.2:3223",),
            ("0.0.0.0:3223",),
            ("[::]:3223",),
        ),
        *(("::1:3223",), ("127.0.0.1:3223 ",), ("user@127.0.0.1:3223",), ("127.1:3223",), ("2130706433:3223",)),
        *(("127.0.0.1:3223", "127.0.0.1:3223"), ("127.0.0.1:3223", "evil.example"), ("127.0.0.1:3223,evil.example",)),
    ],
)
@pytest.mark.parametrize("asked", [LOOK, DECIDE, FOLLOW])
def test_other_hosts_are_refused(asked, hosts):
    assert status(asked._replace(hosts=hosts)) == 403


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "",
            "null",
            "http://evil.example",
            "https://127.0.0.1:3223",
            "http://127.0.0.1",
            "http://127.0.0.1:3224",
            "file://",
        ),
        *("http://localhost:3223", "http://127.0.0.1:3223/", "HTTP://127.0.0.1:3223", "http://127.0.0.1:3223.evil"),
    ],
)
@pytest.mark.parametrize("asked", [LOOK, DECIDE, FOLLOW])
def test_other_origins_are_refused(asked, origin):
    assert status(asked._replace(origins=(origin,))) == 403


@pytest.mark.parametrize("origins", [(), ("http://127.0.0.1:3223",) * 2])
@pytest.mark.parametrize("path", [b"/decide", b"/login", b"/logout"])
def test_a_change_without_one_origin_is_refused(path, origins):
    assert status(DECIDE._replace(path=path, origins=origins)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "SAME-ORIGIN", "other"])
@pytest.mark.parametrize("asked", [LOOK, DECIDE, LOOK._replace(path=b"/static/0/page.js"), LOOK._replace(path=b"/")])
def test_what_other_sites_ask_for_is_refused(asked, site):
    assert status(asked._replace(site=site)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "same-origin", ""])
def test_a_login_link_may_stand_anywhere(site):
    assert status(FOLLOW._replace(site=site), session=None) is None
    assert status(FOLLOW._replace(path=b"/login", site=site), session=None) is None


def test_a_login_link_of_elsewhere_is_followed_in_a_window_alone():
    assert status(FOLLOW._replace(site="cross-site", is_visit=False)) == 403
    assert status(FOLLOW._replace(site="cross-site", method="HEAD")) == 403
    assert status(FOLLOW._replace(site="cross-site", path=b"/loginx")) == 403
    assert status(FOLLOW._replace(is_prefetch=True)) == 403


@pytest.mark.parametrize(
    "path", [b"/", b"/name", b"/photos/0/1.jpg", b"/sheets/0.jpg", b"/changes", b"/logi", b"/statics/a"]
)
def test_who_is_not_logged_in_sees_nothing(path):
    assert status(LOOK._replace(path=path), session=None) == 401


@pytest.mark.parametrize("path", [b"/decide", b"/spread", b"/logout", b"/login/0", b"/static/0/a"])
def test_who_is_not_logged_in_changes_nothing(path):
    assert status(DECIDE._replace(path=path), session=None) == 401


@pytest.mark.parametrize("path", [b"/login", b"/login/0", b"/static/0/page.js"])
def test_the_way_in_is_open(path):
    assert status(LOOK._replace(path=path), session=None) is None
    assert status(DECIDE._replace(path=b"/login", tokens=()), session=None) is None


@pytest.mark.parametrize("tokens", [(), ("",), ("c" * 63,), ("C" * 64,), ("d" * 64,), ("c" * 64,) * 2, ("é",)])
@pytest.mark.parametrize("path", [b"/decide", b"/spread", b"/logout"])
def test_a_change_without_the_token_of_its_login_is_refused(path, tokens):
    assert status(DECIDE._replace(path=path, tokens=tokens)) == 403


def test_large_bodies_are_refused():
    assert status(DECIDE._replace(body_bytes=str(MAX_BODY_BYTES))) is None
    assert status(DECIDE._replace(body_bytes=str(MAX_BODY_BYTES + 1))) == 413
    assert status(DECIDE._replace(body_bytes="9" * 99)) == 413


@given(st.binary(max_size=40))
def test_whatever_passes_is_made_of_plain_words(path):
    if status(LOOK._replace(path=path)) is None:
        words = path.decode("ascii").split("/")[1:]
        assert path == b"/" or all(word and not word.startswith(".") and "%" not in word for word in words)


@given(
    st.builds(
        Asked,
        method=st.sampled_from(["GET", "POST", "PUT"]),
        path=st.sampled_from([b"/decide", b"/name", b"/login", b"//decide"]),
        query_bytes=st.sampled_from([0, 9999]),
        hosts=st.lists(st.sampled_from(["127.0.0.1:3223", "localhost:3223", "evil.example:3223"]), max_size=2).map(
            tuple
        ),
        origins=st.lists(st.sampled_from(["http://127.0.0.1:3223", "null", "http://evil.example"]), max_size=2).map(
            tuple
        ),
        tokens=st.lists(st.sampled_from([SESSION.csrf, "d" * 64]), max_size=2).map(tuple),
        body_bytes=st.sampled_from(["", "9", "99999999"]),
        site=st.sampled_from(["", "none", "same-origin", "same-site", "cross-site"]),
        is_visit=st.booleans(),
        is_prefetch=st.booleans(),
    ),
    st.sampled_from([SESSION, None]),
)
def test_a_decision_passes_only_if_all_is_right(asked, session):
    """The rules said once more, the other way round."""
    passes = judge(asked, HERE, session) is None
    if passes and asked.method == "POST" and asked.path == b"/decide":
        assert session is SESSION
        assert asked.tokens == (SESSION.csrf,)
        assert asked.hosts == ("127.0.0.1:3223",)
        assert asked.origins == ("http://127.0.0.1:3223",)
        assert asked.site in ("", "none", "same-origin")
    if passes and asked.path == b"/name":
        assert session is SESSION
