import contextlib
from typing import NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from facecluster.people.statements import Undo
from facecluster.pipeline.review.asking import Asking
from facecluster.pipeline.review.live import Live
from facecluster.store.library import open_library
from facecluster.web.review.deciding import changes
from facecluster.web.review.deciding.changes import changed
from facecluster.web.review.errors_shown import handlers
from facecluster.web.review.links import on_server
from facecluster.web.review.pages import Pages
from tests.pipeline.people_library import ANNA, BERTA, FACE, add_names, add_run, named, people_library, told


class Opened(NamedTuple):
    """What telling changes needs of a review."""

    library: object
    live: Live
    pages: Pages
    asking: Asking


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@contextlib.contextmanager
def client_of(library):
    pages, live = Pages({"editable": True, "to": on_server, "asset": str}), Live(library)
    with contextlib.closing(Asking(live)) as asking:
        routes = changes.routes(Opened(library, live, pages, asking))
        yield TestClient(Starlette(routes=routes, exception_handlers=handlers(pages, library)))


@pytest.fixture
def client(library):
    with client_of(library) as asks:
        yield asks


def state(library):
    return str(Live(library).now().state)


def since(client, then):
    return client.get("/changes", params={"since": then})


def test_nothing_has_changed(library, client):
    answer = since(client, state(library))
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_others_decided_is_told(library, client):
    then = state(library)
    named(open_library(library.folder), ANNA, "Anna", "a1", "a2")
    first = named(library, BERTA, "Berta", "b1")
    told(library, Undo(first.id))
    answer = since(client, then).json()
    assert (answer["state"], answer["journal"], answer["tables"]) == (state(library), 3, False)
    assert answer["open"].keys() == {"name", "same", "more"}
    assert [(one["number"], one["said"], one["who"]) for one in answer["by"]] == [
        (1, "named 2 faces Anna", "tester"),
        (2, "named 1 face Berta", "tester"),
        (3, "undid decision 2", "tester"),
    ]
    assert answer["by"][1]["decision"] == first.id
    assert "2" in answer["progress"]
    assert since(client, answer["state"]).status_code == 204


def test_only_the_last_of_many_are_told(library, client):
    then = state(library)
    for number in range(9):
        named(library, ANNA, f"Anna {number}", "a1")
    answer = since(client, then).json()
    assert answer["journal"] == 9
    assert [one["number"] for one in answer["by"]] == [5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "come", [add_run, lambda library: add_names(library, ("a2", ANNA, 0.99, True))], ids=["a run", "names"]
)
def test_tables_that_came_are_told(library, come):
    named(library, ANNA, "Anna", "a1")
    then = Live(library).now().state
    come(library)
    now = Live(library).now()
    told = changed(now, then)
    assert (told["by"], told["tables"]) == ([], True)
    assert changed(now, now.state._replace(journal=0))["tables"] is False


@pytest.mark.parametrize("then", ["", "1", "x-1-0-0-1-0", "1-1-0-0-1-0-0"])
def test_a_state_that_is_none(client, then):
    answer = since(client, then)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Expected the state of a page")
    assert client.get("/changes").status_code == 400


def test_a_page_that_is_ahead_is_brought_back(library, client):
    """The journal was brought back from a backup that knew less."""
    ahead = str(Live(library).now().state._replace(journal=7))
    answer = since(client, ahead).json()
    assert (answer["state"], answer["journal"], answer["by"]) == (state(library), 0, [])


def test_a_hostile_name_is_text(library, client):
    then = state(library)
    named(library, ANNA, '<img src=x onerror="alert(1)">', "a1")
    answer = since(client, then)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["by"][0]["said"] == 'named 1 face <img src=x onerror="alert(1)">'
    assert "<img" not in answer.json()["progress"]


def test_a_damaged_journal_is_told(library):
    then = state(library)
    named(library, ANNA, "Anna", "a1")
    named(library, ANNA, "Anna", "a2")
    (library.folder / "journal" / "00000001.jsonl").unlink()
    with client_of(open_library(library.folder)) as asks:
        answer = since(asks, then)
    assert answer.status_code == 503
    assert FACE["a1"] not in answer.text
    assert answer.json()["error"]
