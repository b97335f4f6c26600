import re

import pytest

from facecluster.people.statements import Name, NotAFace
from facecluster.web.review.lists.windows import MAX_UNITS
from tests.pipeline.people_library import ANNA, BERTA, FACE, add_run, named, told
from tests.pipeline.review.test_live import settled
from tests.web.review.clients import client_of, opened


@pytest.fixture
def page(tmp_path):
    with opened(tmp_path) as review:
        named(review.library, ANNA, "Anna", "a1", "a2", "a3")
        named(review.library, BERTA, "Berta", "b1")
        yield Page(review)


class Page:
    """Asks for lists as they are when it is made."""

    def __init__(self, review):
        self.review, self.client = review, client_of(review, logged_in=True)
        self.state = review.live.now().state

    def get(self, what, **words):
        return self.client.get(f"/{what}", params={"list": f"person-{ANNA}", "state": str(self.state)} | words)


def places(text):
    return re.findall(r'data-place="(\d+)"', text)


def test_a_window_holds_the_places_that_are_asked_for(page):
    answer = page.get("window", first="1", last="2")
    assert places(answer.text) == ["1", "2"]
    assert FACE["a2"] in answer.text
    assert "<html" not in answer.text


def test_a_window_shows_what_became_of_its_faces(page):
    told(page.review.library, NotAFace((FACE["a2"],)))
    text = page.get("window", first="0", last="2").text
    assert places(text) == ["0", "1", "2"]
    assert text.count("not a face") == text.count("tile changed") == 1


def test_marks_are_of_the_places_that_are_asked_for(page):
    told(page.review.library, NotAFace((FACE["a1"], FACE["a3"])))
    assert page.get("marks", places="0-1,2-2").json() == {"marks": {"0": "not a face", "2": "not a face"}}
    assert page.get("marks", places="1-2").json() == {"marks": {"2": "not a face"}}


def test_who_stands_at_some_places(page):
    found = page.get("units", list="people", places="0-1").json()
    assert found == {"units": [ANNA, BERTA], "faces": 4}
    assert page.get("units", list="groups", places="1-1").json() == {"units": ["2"], "faces": 2}
    assert page.get("units", places="0-1").status_code == 409  # faces are no units


@pytest.mark.parametrize(
    ("first", "last"), [("0", "3"), ("2", "1"), ("-1", "2"), ("x", "2"), ("", ""), ("0", "9" * 20)]
)
def test_places_that_there_are_not(page, first, last):
    assert page.get("window", first=first, last=last).status_code == 400
    assert page.get("marks", places=f"{first}-{last}").status_code == 400
    assert page.get("units", list="people", places=f"{first}-{last}").status_code == 400


def test_more_people_than_one_answer_can_be_about(page):
    for number in range(MAX_UNITS // 100):
        told(page.review.library, *(Name(f"{100 * number + one:012x}", (), f"P{one}") for one in range(100)))
    page.state = page.review.live.now().state
    assert "choose fewer" in page.get("units", list="people", places=f"0-{MAX_UNITS}").text
    assert len(page.get("units", list="people", places=f"1-{MAX_UNITS}").json()["units"]) == MAX_UNITS


def test_a_list_from_before_a_new_run_says_so(page):
    add_run(page.review.library)
    settled(page.review.live)
    assert "New photos or groups have come in" in page.get("window", first="0", last="2").text
    for what in ("marks", "units"):
        answer = page.get(what, places="0-2")
        assert (answer.status_code, answer.json()["stale"]) == (409, True)
