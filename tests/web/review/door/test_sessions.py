"""Signed cookies: who is logged in, and for how long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.store.logins import Logins
from facecluster.web.review.door.address import Address
from facecluster.web.review.door.sessions import LIFE_SECONDS, RENEWED_SECONDS, Sessions

LIBRARY = "0123456789abcdef" * 2
HERE = Address("127.0.0.1", 3223)


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.seconds = 1_800_000_000.5

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def logins(tmp_path):
    return Logins(tmp_path / "review")


@pytest.fixture
def sessions(logins, clock):
    return Sessions(logins, LIBRARY, HERE, clock)


def sent_back(header):
    """What a browser sends of a Set-Cookie header."""
    return [header.partition(";")[0]]


def test_a_cookie_shows_the_session_it_was_made_for(sessions):
    session = sessions.begin()
    assert sessions.of(sent_back(sessions.cookie(session))) == session


def test_the_cookie_is_for_this_page_alone(sessions, logins):
    attributes = sessions.cookie(sessions.begin()).split("; ")[1:]
    assert attributes == [f"Max-Age={LIFE_SECONDS}", "Path=/", "HttpOnly", "SameSite=Strict"]
    secure = Sessions(logins, LIBRARY, HERE._replace(secure=True))
    header = secure.cookie(secure.begin())
    assert header.startswith("__Host-facecluster-01234567-3223=")
    assert header.endswith("; Secure")


def test_sessions_differ_in_all_that_is_secret(sessions):
    one, other = sessions.begin(), sessions.begin()
    assert one.id != other.id
    assert one.csrf != other.csrf
    assert one.id not in one.csrf


def test_a_session_outlives_the_server(sessions, logins, clock):
    session = sessions.begin()
    after = Sessions(Logins(logins.folder), LIBRARY, HERE, clock)
    assert after.of(sent_back(sessions.cookie(session))) == session


def test_a_session_ends_twelve_hours_after_it_was_last_used(sessions, clock):
    session = sessions.begin()
    cookie = sent_back(sessions.cookie(session))
    clock.seconds += LIFE_SECONDS - 1
    assert sessions.of(cookie)
    later = sent_back(sessions.cookie(session))
    clock.seconds += 2
    assert sessions.of(cookie) is None
    assert sessions.of(later).id == session.id


def test_a_cookie_is_due_when_it_was_used_for_a_while(sessions, clock):
    session = sessions.begin()
    assert not sessions.is_due(session)
    clock.seconds += RENEWED_SECONDS + 1
    assert sessions.is_due(session)
    assert not sessions.is_due(sessions.of(sent_back(sessions.cookie(session))))


def test_who_logs_out_is_out_with_every_cookie_of_that_login(sessions, clock, logins):
    session, other = sessions.begin(), sessions.begin()
    cookies = [sent_back(sessions.cookie(session))]
    clock.seconds += 1
    cookies.append(sent_back(sessions.cookie(session)))
    assert "Max-Age=0" in sessions.end(session)
    after = Sessions(logins, LIBRARY, HERE, clock)
    assert [where.of(cookie) for where in (sessions, after) for cookie in cookies] == [None] * 4
    assert sessions.of(sent_back(sessions.cookie(other)))


def test_another_key_logs_everybody_out(sessions, logins):
    cookie = sent_back(sessions.cookie(sessions.begin()))
    (logins.folder / "key").unlink()
    assert sessions.of(cookie) is None
    assert sessions.of(sent_back(sessions.cookie(sessions.begin())))


@pytest.mark.parametrize(
    ("library", "address"),
    [("f" * 32, HERE), (LIBRARY[:8] + "f" * 24, HERE), (LIBRARY, HERE._replace(port=3224))],
)
def test_a_cookie_of_another_library_or_port_is_none(sessions, logins, clock, library, address):
    others = Sessions(logins, library, address, clock)
    value = sent_back(others.cookie(others.begin()))[0].partition("=")[2]
    assert sessions.of([f"{sessions.cookie_name}={value}"]) is None


def test_a_cookie_is_found_among_others(sessions):
    (mine,) = sent_back(sessions.cookie(sessions.begin()))
    false = f"{sessions.cookie_name}=0.0.0"
    assert sessions.of([f"a=b; {false};{mine} ; c"])
    assert sessions.of(["a=b", mine])
    assert sessions.of([]) is None
    assert sessions.of(["", ";;", "=", f"{sessions.cookie_name}=", sessions.cookie_name, false]) is None


@pytest.fixture(scope="module")
def login(tmp_path_factory):
    """Sessions, and a cookie of theirs: the same one for all examples."""
    sessions = Sessions(Logins(tmp_path_factory.mktemp("logins")), LIBRARY, HERE, Clock())
    return sessions, *sent_back(sessions.cookie(sessions.begin()))


@given(data=st.data())
def test_any_other_cookie_is_none(data, login):
    sessions, cookie = login
    name, _, value = cookie.partition("=")
    place = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(
        st.sampled_from("0123456789abcdef.-\N{ARABIC-INDIC DIGIT ZERO}").filter(lambda letter: letter != value[place])
    )
    changed = data.draw(
        st.sampled_from([value[:place] + letter + value[place + 1 :], value[:place], value + letter, value.upper()])
    )
    assert sessions.of([f"{name}={changed}"]) is None
