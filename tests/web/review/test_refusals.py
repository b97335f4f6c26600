"""What was not done is said as whoever asked can use it: on a page, in a piece of one, or in JSON."""

import pytest
from starlette.datastructures import Headers

from facecluster.web.review.refusals import Refusal, refused
from tests.web.review.clients import client_of, opened

HOSTILE = "no <b>such</b> file \N{RIGHT-TO-LEFT OVERRIDE}\x00 & more"


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("refusals")) as review:
        yield review


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"accept": "text/html,*/*", "sec-fetch-dest": "document"}, "<!DOCTYPE html>"),
        ({"accept": "text/html"}, "<!DOCTYPE html>"),
        ({"accept": "text/html", "hx-request": "true"}, '<p class="banner" role="alert">'),
        ({"accept": "text/html,*/*", "sec-fetch-dest": "empty"}, '{"error":'),
        ({"accept": "*/*"}, '{"error":'),
        ({"accept": "image/avif,*/*", "sec-fetch-dest": "image"}, '{"error":'),
        ({}, '{"error":'),
    ],
)
def test_each_gets_what_it_can_use(review, headers, kind):
    answer = refused(review.pages, Headers(headers), Refusal(404, HOSTILE))
    text = answer.body.decode()
    assert answer.status_code == 404
    assert text.lstrip().startswith(kind)
    assert "\x00" not in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text
    if kind.startswith("<"):
        assert "<b>" not in text
        assert "&lt;b&gt;such&lt;/b&gt;" in text


def test_logins_that_cannot_be_read_are_told_in_the_terminal_alone(review, caplog):
    client = client_of(review, logged_in=True)
    key = review.library.folder / "review" / "key"
    kept = key.read_bytes()
    key.write_bytes(b"damaged")
    answer = client.get("/people", headers={"accept": "text/html"})
    key.write_bytes(kept)
    assert answer.status_code == 503
    assert "Logins cannot be checked just now." in answer.text
    assert str(key) not in answer.text
    assert "Remove the file" in caplog.text
    assert client.get("/people").status_code == 200
