"""An exception is answered with a sentence: what was wrong, and never where."""

import pytest
from starlette.exceptions import HTTPException

from facecluster.errors import LibraryError, StorageError, UsageError
from facecluster.web.review.errors_shown import A_BUG, NOT_FOUND, refusal_of
from tests.web.review.clients import client_of, opened


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("errors")) as review:
        yield review


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (HTTPException(404), 404, NOT_FOUND),
        (HTTPException(404, "There is no such person."), 404, "There is no such person."),
        (HTTPException(405), 405, "Method Not Allowed."),
        (UsageError("Choose at least two."), 400, "Choose at least two."),
        (LibraryError("The journal is damaged."), 503, "The journal is damaged."),
        (StorageError("The disk is full."), 503, "The disk is full."),
        (ZeroDivisionError("secret"), 500, A_BUG),
    ],
)
def test_what_an_exception_means(error, status, sentence):
    assert refusal_of(error) == (status, sentence)


def test_a_library_that_is_damaged_meanwhile_is_told(review, monkeypatch):
    def damaged():
        raise LibraryError("The journal is damaged: restore it from a backup.")

    client = client_of(review, logged_in=True)
    monkeypatch.setattr(review.live, "now", damaged)
    answer = client.get("/people", headers={"accept": "text/html"})
    assert answer.status_code == 503
    assert "The journal is damaged: restore it from a backup." in answer.text
    monkeypatch.undo()
    assert client.get("/people").status_code == 200


def test_where_the_library_lies_is_not_told(review, monkeypatch):
    def damaged():
        folder = review.library.folder
        raise LibraryError(f"{folder / 'index' / 'x'} is damaged. Move it out of {folder}.")

    client = client_of(review, logged_in=True)
    monkeypatch.setattr(review.live, "now", damaged)
    answer = client.get("/people", headers={"accept": "text/html"})
    assert "index/x is damaged. Move it out of the library." in answer.text
    assert str(review.library.folder) not in answer.text


def test_a_bug_is_a_sentence_without_what_it_was(review, monkeypatch):
    def bug():
        raise ZeroDivisionError("what nobody is to see")

    client = client_of(review, logged_in=True)
    monkeypatch.setattr(review.live, "now", bug)
    answer = client.get("/people", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert A_BUG in answer.text
    assert "nobody is to see" not in answer.text
    assert "content-security-policy" in answer.headers
