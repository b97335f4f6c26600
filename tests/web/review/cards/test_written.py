"""web.review.written: names that stand on the photos, as they are offered."""

import pytest

from facecluster.people.hinted import Hinted
from facecluster.people.likeness import Likeness
from facecluster.people.statements import Ignore, Name
from facecluster.pipeline.review.live import Live
from facecluster.web.review.cards.offers import ranked_people
from facecluster.web.review.cards.written import MAX_WRITTEN, in_words, not_among, written_offers
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, named, people_library, told
from tests.web.review.plain_sheets import PlainSheets

LIKENESS = Likeness(0.1, 0.6)


@pytest.fixture
def moment(tmp_path):
    """Two people called Anna, and Berta, who is ignored."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, CARL, "ANNA", "c1")
    told(library, Name(BERTA, (FACE["b1"],), "Berta"), Ignore(BERTA))
    return Live(library).now()


def offers(moment, *names, but=()):
    hinted = [Hinted(name.casefold(), name, 2, 3) for name in names]
    ranked = ranked_people(moment, [], LIKENESS, but)
    return [(one.id, one.name) for one in written_offers(moment, PlainSheets(), hinted, ranked)]


def test_nothing_written_offers_nobody(moment):
    assert offers(moment) == []


def test_who_is_called_so_is_offered_before_somebody_new(moment):
    assert offers(moment, "anna", "Zoë") == [(ANNA, "Anna"), (CARL, "ANNA"), (None, "Zoë")]


def test_who_cannot_be_meant_is_not_offered_and_not_made_anew(moment):
    assert offers(moment, "Berta") == []  # a stranger, as somebody said
    assert offers(moment, "Anna", but=[ANNA, CARL]) == []
    assert offers(moment, "Anna", but=[ANNA]) == [(CARL, "ANNA")]


def test_few_are_offered(moment):
    assert offers(moment, *"uvwxyz") == [(None, letter) for letter in "uvwxyz"[:MAX_WRITTEN]]


def test_the_others_are_those_who_are_not_offered(moment):
    ranked = ranked_people(moment, [], LIKENESS)
    offered = written_offers(moment, PlainSheets(), [Hinted("anna", "Anna", 2, 3)], ranked)
    assert not_among(ranked, moment, offered) == []
    assert not_among(ranked, moment, offered[:1]) == ranked[1:]


@pytest.mark.parametrize(
    ("photos", "of", "words"),
    [
        (1, 1, "written on the photo"),
        (2, 2, "written on all 2 photos"),
        (1200, 1400, "written on 1,200 of 1,400 photos"),
    ],
)
def test_it_is_said_on_how_many(photos, of, words):
    assert in_words(Hinted("anna", "Anna", photos, of)) == words
