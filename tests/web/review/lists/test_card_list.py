import numpy as np
import pytest

from facecluster.pipeline.review.listed import Listed
from facecluster.pipeline.review.lists import units_listed
from facecluster.web.review.lists.card_list import CardList, years_in_words
from facecluster.web.review.lists.listings import Heading
from facecluster.web.review.lists.people import person_card
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, named, people_library
from tests.web.review.lists_shown import Opened, marked
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture
def opened(tmp_path):
    opened = Opened(people_library(tmp_path))
    named(opened.library, ANNA, "Anna", "a1", "a2")
    named(opened.library, BERTA, "Berta")
    named(opened.library, CARL, "Carl", "c1")
    return opened


def cards(moment, order):
    return CardList(
        moment, "people", "list=people", units_listed(moment.people, "people"), np.array(order), person_card
    )


def test_cards_stand_in_the_order_that_was_asked_for(opened):
    listing = cards(opened.now, [2, 0])  # Berta, who has no face, is the last of all
    assert listing.headings() == [Heading(None, "", 0)]
    items = listing.items(0, 1, PlainSheets(), opened.now)
    assert [(item.place, item.title, item.tile and item.tile.face_id) for item in items] == [
        (0, "Berta", None), (1, "Anna", FACE["a1"]),
    ]  # fmt: skip


def test_what_stands_at_some_places(opened):
    listing = cards(opened.now, [0, 1, 2])
    assert [unit.name for unit in listing.units_at(1, 2)] == ["Carl", "Berta"]
    assert listing.units_at(3, 9) == []


def test_marks_are_of_the_places_that_are_asked_for(opened):
    listing = cards(opened.now, [0, 1, 2])
    named(opened.library, CARL, "Karl", "c2")
    named(opened.library, ANNA, "Anne", "a3")
    assert listing.marks(0, 2, opened.now) == {0: "now Anne", 1: "now Karl"}
    assert marked(listing.items(1, 2, PlainSheets(), opened.now)) == {1: "now Karl"}


def test_a_list_of_nobody(opened):
    listing = cards(opened.now, np.empty(0, np.int64))
    assert (listing.count, listing.headings()) == (0, [])


@pytest.mark.parametrize(
    ("days", "words"),
    [((None, None), ""), (("2014-01-02", "2014-11-30"), "2014"), (("2014-01-02", "2019-01-01"), "2014 to 2019")],
)
def test_years(days, words):
    assert years_in_words(Listed("person", ANNA, None, 1, 0, None, *days)) == words
