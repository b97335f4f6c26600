"""web.review.deck: one question after another as pages, and what became of the one in front of somebody."""

import itertools
import re

import pytest
from starlette.testclient import TestClient

from facecluster.people.statements import Different, Ignore, Name, NotAFace
from facecluster.web.review.app import open_review, review_app
from facecluster.web.review.door.address import Address
from tests.pipeline.asked_library import ADA, BO, CY, asked_library, tell
from tests.pipeline.made_up_library import in_clusters
from tests.web.review.rendered import Fragment

SCREENS = ("name", "same", "more")


class Deck:
    """The review of a library, asked as a page asks."""

    def __init__(self, review):
        self.review = review
        self.client = TestClient(review_app(review), base_url="http://127.0.0.1:3223")

    def get(self, path, status=200):
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def card(self, screen, query=""):
        """A card, its key and the rest."""
        fragment = Fragment(self.get(f"/{screen}/card?{query}"))
        (root,) = fragment.has("data-key")
        return root["data-key"], fragment

    def keys(self, screen):
        """The keys of all cards, as somebody goes on who answers none."""
        keys, key = [], self.card(screen)[0]
        while key and key not in keys:
            keys.append(key)
            key = self.card(screen, f"after={key}")[0]
        return keys


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    """A library in which everything is asked, open, and only looked at."""
    library, _ = asked_library(tmp_path_factory.mktemp("deck"))
    with open_review(library, Address("127.0.0.1", 3223)) as review:
        yield Deck(review)


@pytest.fixture
def opened(tmp_path):
    """The same, to decide in; and its faces."""
    library, ids = asked_library(tmp_path)
    with open_review(library, Address("127.0.0.1", 3223)) as review:
        yield Deck(review), library, ids


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_is_a_whole_page_with_its_first_card(deck, screen):
    page = deck.get(f"/{screen}")
    assert "<!DOCTYPE html>" in page
    assert len(re.findall("<h1", page)) == 1
    assert f'data-key="{deck.card(screen)[0]}"' in page
    assert f'data-screen="{screen}"' in page


@pytest.mark.parametrize("screen", SCREENS)
def test_all_cards_come_up_and_the_way_back_is_the_way_there(deck, screen):
    keys = deck.keys(screen)
    assert keys
    assert len(keys) == int(re.search(r"([\d,]+) \w+ left", deck.card(screen)[1].text).group(1))
    for before, key in itertools.pairwise(keys):
        assert deck.card(screen, f"before={key}")[0] == before


def test_a_card_by_its_key(deck):
    for screen in SCREENS:
        key = deck.keys(screen)[-1]
        assert deck.card(screen, f"key={key}")[0] == key
        assert f'data-key="{key}"' in deck.get(f"/{screen}?key={key}")


@pytest.mark.parametrize(
    "key", ["nothing", "who.cluster-99999", "who.cluster-x", "same.face-1.face-2", "%00", "a" * 3000]
)
@pytest.mark.parametrize("way", ["key", "after", "before"])
def test_a_key_of_no_question_is_no_error(deck, way, key):
    assert deck.card("name", f"{way}={key}")[0] in {*deck.keys("name"), ""}


def test_a_card_of_another_screen_is_not_shown_here(deck):
    assert deck.card("name", f"key={deck.card('more')[0]}")[0] == deck.card("name")[0]


def settled(deck, screen, key, since):
    """Why a card needs no answer; None: it does."""
    answer = deck.client.get(f"/{screen}/settled?key={key}&since={since}")
    assert answer.status_code in {200, 204}
    return Fragment(answer.text).text.removesuffix(" Next") if answer.status_code == 200 else None


def test_an_open_card_is_not_settled(deck):
    for screen in SCREENS:
        for key in deck.keys(screen):
            assert settled(deck, screen, key, 0) is None


def test_a_group_that_was_named_elsewhere(opened):
    deck, library, ids = opened
    key, since = "who.cluster-0", deck.review.live.now().state.journal
    assert key in deck.keys("name")
    tell(library, Name(CY, tuple(ids[:11].tolist()), "<Cy>"))
    assert settled(deck, "name", key, since) == "me named 11 faces <Cy>."
    assert "nothing to decide here" in settled(deck, "name", key, since + 1)  # for who had been told already
    assert deck.card("name", f"key={key}")[0] == deck.keys("name")[0] != key


def test_a_group_that_is_gone(opened):
    deck, library, ids = opened
    assert "who.cluster-0" in deck.keys("name")
    tell(library, NotAFace(tuple(ids[:11].tolist())))
    assert "not a face" in settled(deck, "name", "who.cluster-0", 0)
    assert "nothing to decide here" in settled(deck, "name", "who.cluster-0", 1000)


def test_two_who_were_told_apart_elsewhere(opened):
    deck, library, ids = opened
    (key,) = [key for key in deck.keys("same") if key.startswith("same.cluster")]
    tell(library, Different((ids[25],), (ids[29],)))
    assert settled(deck, "same", key, 1) == "me said of 1 face and 1 face: two people."


def test_somebody_who_was_ignored_elsewhere(opened):
    deck, library, _ = opened
    (key,) = [key for key in deck.keys("more") if key == f"uncertain.person-{ADA}"]
    tell(library, Ignore(ADA))
    assert settled(deck, "more", key, 1) == "me ignored Ada."


def test_a_state_that_is_none_settles_nothing(opened):
    deck, library, ids = opened
    tell(library, Name(CY, tuple(ids[:11].tolist()), "Cy"))
    for since in ("", "x", "-1", "1.5"):
        assert settled(deck, "name", "who.cluster-0", since) is None
    assert settled(deck, "name", "who.cluster-0", "9" * 30)


def test_who_is_offered_for_a_group(deck):
    deck.review.likest._looking.result()
    offered = Fragment(deck.get("/offers?key=who.cluster-0&q="))
    assert {one["data-person"] for one in offered.has("data-person")} == {ADA, BO}
    assert {one["data-person"] for one in Fragment(deck.get("/offers")).has("data-person")} == {ADA, BO}
    mine = Fragment(deck.get(f"/offers?key=who.person-{ADA}"))
    assert [one["data-person"] for one in mine.has("data-person")] == [BO]
    assert Fragment(deck.get("/offers?q=Zoe&known=1")).has("data-new") == []
    assert [one["data-new"] for one in Fragment(deck.get("/offers?q=Zoe")).has("data-new")] == ["Zoe"]


def test_groups_to_choose_from_are_those_of_a_card(deck):
    assert "No other group" in deck.get("/name/alike?key=who.cluster-0")
    assert "No other group" in deck.get("/name/alike")


def test_a_library_without_groups_has_nothing_to_ask(tmp_path):
    library, _ = in_clusters(tmp_path, (1, 1, 1), [None, None, None])
    with open_review(library, Address("127.0.0.1", 3223)) as review:
        deck = Deck(review)
        for screen in SCREENS:
            assert deck.card(screen)[0] == ""
            assert deck.keys(screen) == []
            assert "is left to" in deck.get(f"/{screen}")
