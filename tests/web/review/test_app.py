"""The application as a whole: what opens with it, what ends with it, and that its routes are its own."""

import re
import threading
from collections import Counter
from pathlib import Path

import psutil
import pytest

from facecluster.errors import LibraryError
from facecluster.web.review import app
from facecluster.web.review.app import open_review, routes_of
from facecluster.web.review.door.judging import PATH
from facecluster.web.review.statics import statics
from tests.pipeline.people_library import people_library
from tests.pipeline.small_library import small_library
from tests.web.review.clients import HERE, client_of, opened

TEMPLATES = Path(app.__file__).parents[1] / "templates" / "review"


@pytest.fixture
def review(tmp_path):
    with opened(tmp_path) as review:
        yield review


def test_no_two_routes_are_one(review):
    counted = Counter((route.path, method) for route in routes_of(review) for method in route.methods)
    assert [twice for twice, count in counted.items() if count > 1] == []


def test_every_route_is_made_of_words_that_the_guard_lets_through(review):
    for route in routes_of(review):
        assert PATH.fullmatch(re.sub(r"\{\w+\}", "0", route.path).encode()), route.path


def test_nothing_goes_on_when_it_is_closed(tmp_path):
    threads, children = set(threading.enumerate()), set(psutil.Process().children(recursive=True))
    with opened(tmp_path) as review:
        client = client_of(review, logged_in=True)
        assert [client.get(path).status_code for path in ("/name", "/people", "/history")] == [200] * 3
    left = {thread for thread in threading.enumerate() if not thread.name.startswith("AnyIO")} - threads
    assert left == set()
    assert set(psutil.Process().children(recursive=True)) - children == set()


def test_a_library_without_groups_does_not_open(tmp_path):
    library = small_library(tmp_path, clusters=None)
    with pytest.raises(LibraryError, match="not grouped yet"), open_review(library, HERE):
        pass
    assert not (library.folder / "review").exists()


def test_two_reviews_of_one_library_see_each_other(tmp_path):
    library = people_library(tmp_path)
    with open_review(library, HERE) as one, open_review(library, HERE._replace(port=3224)) as other:
        clients = [client_of(review, logged_in=True) for review in (one, other)]
        assert clients[0].get("/people").status_code == clients[1].get("/people").status_code == 200
        # Neither takes the other's cookie, though both are signed with one key.
        (cookie,) = clients[0].cookies.values()
        assert other.entrance.sessions.of([f"{other.entrance.sessions.cookie_name}={cookie}"]) is None


def test_every_file_that_a_template_or_script_names_is_there():
    templates = "\n".join(path.read_text() for path in TEMPLATES.glob("*.j2"))
    named = set(re.findall(r"""["']([\w-]+\.(?:css|js|svg)|[\w-]+\.min\.js)["']""", templates))
    for name, content in statics().contents.items():
        if name.endswith(".js") and name != "htmx.min.js":
            named |= set(
                re.findall(
                    r"""^(?:import|\} from|import .* from) ["']\./([\w.-]+)["']""", content.decode(), re.MULTILINE
                )
            )
    assert len(named) > 10
    assert named - set(statics().contents) == set()


def test_every_file_that_ships_is_used():
    text = "\n".join(path.read_text() for path in TEMPLATES.glob("*.j2"))
    text += "\n".join(content.decode() for name, content in statics().contents.items() if name.endswith(".js"))
    assert [name for name in statics().contents if name not in text and not name.endswith(".txt")] == []
