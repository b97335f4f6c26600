"""The way in: a link that works once, or a password; and the way out."""

import pytest

from facecluster.web.review.door.login import ATTEMPTS_SECONDS, LINK_SECONDS, MAX_ATTEMPTS, LoginLink, Password
from facecluster.web.review.door.sessions import LIFE_SECONDS
from facecluster.web.review.statics import statics
from tests.web.review.clients import Clock, address_of, client_of, opened

PASSWORD = "correct horse battery"


@pytest.fixture
def clock():
    return Clock()


def token_of(path):
    return path.rpartition("/")[2]


def test_a_link_works_once(clock):
    link = LoginLink(clock)
    token = token_of(link.renewed())
    assert link.use(token)
    assert not link.use(token)


def test_a_link_has_256_bits_and_no_two_are_alike(clock):
    tokens = {token_of(LoginLink(clock).renewed()) for _ in range(100)}
    assert len(tokens) == 100
    assert {len(bytes.fromhex(token)) for token in tokens} == {32}


def test_a_link_works_for_ten_minutes(clock):
    link = LoginLink(clock)
    early, late = link.renewed(), None
    clock.seconds += LINK_SECONDS - 1
    assert link.use(token_of(early))
    late = link.renewed()
    clock.seconds += LINK_SECONDS
    assert not link.use(token_of(late))


def test_a_new_link_ends_the_one_before(clock):
    link = LoginLink(clock)
    before, after = link.renewed(), link.renewed()
    assert not link.use(token_of(before))
    assert link.use(token_of(after))


@pytest.mark.parametrize("token", ["", "0", "0" * 64, "é"])
def test_what_is_no_link_does_not_use_it_up(clock, token):
    link = LoginLink(clock)
    assert not link.use(token)
    right = token_of(link.renewed())
    assert not link.use(token)
    assert not link.use(right.upper() if right.upper() != right else right[:-1])
    assert link.use(right)


@pytest.mark.parametrize("password", [PASSWORD, "пароль пароль", "with \N{SNOWMAN} in it", "\udcff" * 12])
def test_a_password_is_known_again(password):
    kept = Password(password)
    assert kept.is_right(password)
    assert not kept.is_right(password[:-1])
    assert not kept.is_right(password + " ")
    assert not kept.is_right("")


def test_a_password_is_not_kept_as_it_is():
    kept = Password(PASSWORD)
    assert PASSWORD not in repr(vars(kept))
    assert vars(Password(PASSWORD))["_digest"] != vars(kept)["_digest"]


def test_ten_attempts_a_minute(clock):
    kept = Password(PASSWORD, clock)
    assert [kept.may_try() for _ in range(MAX_ATTEMPTS)] == [True] * MAX_ATTEMPTS
    assert not kept.may_try()
    clock.seconds += ATTEMPTS_SECONDS
    assert [kept.may_try() for _ in range(MAX_ATTEMPTS + 1)] == [True] * MAX_ATTEMPTS + [False]


@pytest.fixture
def review(tmp_path):
    with opened(tmp_path) as review:
        yield review


@pytest.fixture
def by_password(tmp_path):
    with opened(tmp_path, Password(PASSWORD)) as review:
        yield review


def follow(client, path, **headers):
    return client.get(path, headers=headers, follow_redirects=False)


def is_in(client):
    """Whether it is logged in."""
    answer = follow(client, "/")
    assert answer.status_code in (303, 401)
    return answer.status_code == 303


def test_a_link_logs_one_browser_in(review):
    client = client_of(review)
    answer = follow(client, review.entrance.link.renewed())
    assert (answer.status_code, answer.headers["location"]) == (303, "/name")
    assert is_in(client)


def test_the_second_who_follows_a_link_is_told_how_to_get_another(review):
    link = review.entrance.link.renewed()
    assert follow(client_of(review), link).status_code == 303
    late = client_of(review)
    answer = follow(late, link)
    assert answer.status_code == 403
    assert "used already" in answer.text
    assert "Enter" in answer.text
    assert "set-cookie" not in answer.headers
    assert not is_in(late)


def test_who_is_logged_in_may_follow_an_old_link(review):
    client = client_of(review)
    link = review.entrance.link.renewed()
    assert [follow(client, link).headers["location"] for _ in range(2)] == ["/name", "/name"]
    assert follow(client, "/login").headers["location"] == "/name"


def test_a_browser_that_another_page_sent_is_led_on_by_a_page(review):
    """It would not bring its strict cookie along to where it is redirected."""
    client = client_of(review)
    answer = follow(client, review.entrance.link.renewed(), **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0;url=/name"' in answer.text
    assert is_in(client)


def test_looking_at_a_link_does_not_use_it_up(review):
    link = review.entrance.link.renewed()
    client = client_of(review)
    assert client.head(link).status_code == 403
    assert follow(client, link, **{"sec-purpose": "prefetch;prerender"}).status_code == 403
    assert follow(client, link).status_code == 303


def test_an_expired_login_is_told_to_log_in_again(review, monkeypatch):
    client = client_of(review)
    follow(client, review.entrance.link.renewed())
    clock = Clock()
    monkeypatch.setattr(review.entrance.sessions, "_now", lambda: clock.seconds + 2 * LIFE_SECONDS)
    page = client.get("/", headers={"accept": "text/html"})
    assert page.status_code == 401
    assert "Please log in" in page.text
    asked = client.post("/decide", json={}, headers={"origin": address_of(review)})
    assert (asked.status_code, list(asked.json())) == (401, ["error"])


def test_who_logs_out_is_out(review):
    client = client_of(review, logged_in=True)
    (cookie,) = client.cookies.items()
    assert client.post("/logout", headers={"x-facecluster": ""}).status_code == 403
    answer = client.post("/logout")
    assert answer.json() == {"said": "You are logged out."}
    assert answer.headers["clear-site-data"] == '"cache"'
    assert not client.cookies
    client.cookies.set(*cookie)
    assert not is_in(client)


def test_a_cookie_in_use_is_made_anew(review, monkeypatch):
    client = client_of(review, logged_in=True)
    before = dict(client.cookies)
    assert "set-cookie" not in follow(client, "/").headers
    sessions = review.entrance.sessions
    monkeypatch.setattr(sessions, "_now", lambda now=sessions._now: now() + LIFE_SECONDS - 60)
    kept = follow(client, statics().address("page.js"))
    assert kept.status_code == 200
    assert "set-cookie" not in follow(client, f"/changes?since={review.live.now().state}").headers  # asked by itself
    assert "set-cookie" not in kept.headers  # a copy in the browser's cache holds none
    assert "set-cookie" in follow(client, "/").headers
    assert dict(client.cookies) != before
    assert is_in(client)


def test_where_there_is_a_password_it_is_asked_for(by_password):
    client = client_of(by_password)
    page = client.get("/login")
    assert page.status_code == 200
    assert '<form method="post" action="/login">' in page.text
    assert page.headers["referrer-policy"] == "same-origin"  # else browsers send no origin with a form
    assert follow(client, by_password.entrance.link.renewed()).status_code == 403


def attempt(client, review, password):
    headers = {"origin": address_of(review)}
    return client.post("/login", data={"password": password}, headers=headers, follow_redirects=False)


def test_the_password_lets_in(by_password):
    client = client_of(by_password)
    answer = attempt(client, by_password, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/name")
    assert is_in(client)


def test_another_password_does_not(by_password):
    client = client_of(by_password)
    answer = attempt(client, by_password, PASSWORD.upper())
    assert answer.status_code == 403
    assert "This is not the password." in answer.text
    assert not is_in(client)


@pytest.mark.parametrize(
    "body", [b"", b"password", b"password=", b"&" * 99, b"password=\xff%ff%00", b"\x00" * 9999, b"a=b", b"a&" * 999_999]
)
def test_odd_forms_are_no_password(by_password, body):
    client = client_of(by_password)
    assert client.post("/login", content=body, headers={"origin": address_of(by_password)}).status_code == 403


def test_who_guesses_is_slowed_down_though_the_last_guess_is_right(by_password):
    client = client_of(by_password)
    for _ in range(MAX_ATTEMPTS):
        assert attempt(client, by_password, "wrong").status_code == 403
    answer = attempt(client, by_password, PASSWORD)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "60"
    assert not is_in(client)


def test_a_password_sent_by_another_site_is_refused(by_password):
    client = client_of(by_password)
    answer = client.post("/login", data={"password": PASSWORD}, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert client.post("/login", data={"password": PASSWORD}).status_code == 403


def test_where_there_is_no_password_none_lets_in(review):
    client = client_of(review)
    assert attempt(client, review, "").status_code == 403
    assert "There is no password here." in attempt(client, review, PASSWORD).text
