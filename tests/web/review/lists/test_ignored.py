import pytest

from facecluster.people.statements import Ignore, Unignore
from facecluster.web.review.lists.ignored import ignored_list, ignored_screen
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, named, people_library, told
from tests.web.review.clients import client_of
from tests.web.review.clients import opened as opened_review
from tests.web.review.lists_shown import Opened, items_of, marked
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture
def opened(tmp_path):
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1")
    told(opened.library, Ignore(ANNA), Ignore(BERTA, (FACE["b1"], FACE["b2"])))
    named(opened.library, CARL, "Carl", "c1")
    return opened


def test_people_and_strangers_who_are_ignored(opened):
    screen = ignored_screen(ignored_list(opened.now), PlainSheets())
    assert (screen.faces, screen.list.count) == (3, 2)
    assert [(item.id, item.title, item.is_named, item.lines) for item in items_of(screen.list)] == [
        (BERTA, "Stranger", False, ("2 faces", "2020")),
        (ANNA, "Anna", True, ("1 face", "2020")),
    ]


def test_who_is_brought_back_stays_in_place_and_is_marked(opened):
    listing = ignored_list(opened.now)
    told(opened.library, Unignore(BERTA))
    assert marked(listing.items(0, 1, PlainSheets(), opened.now)) == {0: "back again"}
    assert [unit.id for unit in ignored_list(opened.now).units_at(0, 1)] == [ANNA]


def test_the_page(tmp_path):
    with opened_review(tmp_path) as review:
        client = client_of(review, logged_in=True)
        assert "Nobody is ignored" in client.get("/ignored").text
        told(review.library, Ignore(BERTA, (FACE["b1"],)))
        page = client.get("/ignored").text
        assert "1 person with 1 face" in page
        assert f'href="/people/{BERTA}"' in page
