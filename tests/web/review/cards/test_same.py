"""web.review.same: two sides, what the machine guesses, and what each answer says."""

import json

import pytest

from facecluster.people.questions import Question, Unit
from facecluster.people.statements import Name
from facecluster.pipeline.review.live import Live
from facecluster.web.review.cards.deck import Dealt
from facecluster.web.review.cards.same import guess_in_words, same_card
from tests.pipeline.people_library import ANNA, BERTA, CARL, CLUSTER, FACE, named, people_library, told
from tests.web.review.plain_sheets import PlainSheets, ids_of
from tests.web.review.rendered import SENDS, rendered

AROUND = Dealt("same", "same.x", "1-1-0-0-1-0", 2, {"name": 3, "more": 0})
GROUPS = (Unit("cluster", "0", None, 3), Unit("cluster", "1", None, 3))


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def same(*units, probability=0.8, moment=False):
    shown = tuple(CLUSTER[int(one.id)] if one.kind == "cluster" else () for one in units)
    return Question("same", units, (), shown, 3.0, probability, moment)


def mixed(*units, probability=0.8, sides=((FACE["a1"], FACE["a2"]), (FACE["a3"],))):
    return Question("mixed", units, sides, sides, 1.0, probability)


def card_of(library, question):
    return same_card(Live(library).now(), PlainSheets(), question)


def page_of(card, *, editable=True):
    return rendered("same_card", card=card, around=AROUND, editable=editable)


def says(card):
    """What each answer decides, by its key."""
    return {answer.key: json.loads(answer.says) for answer in card.answers}


def test_two_groups(library):
    card = card_of(library, same(*GROUPS, moment=True))
    units = [{"cluster": 0, "run": 1}, {"cluster": 1, "run": 1}]
    assert says(card) == {
        "y": [{"kind": "merge", "units": units}],
        "n": [{"kind": "differ", "one": units[0], "other": units[1]}],
    }
    assert [ids_of(side.tiles) for side in card.sides] == [list(CLUSTER[0]), list(CLUSTER[1])]
    page = page_of(card)
    assert "Is this the same person?" in page.text
    assert "Probably one person; taken within minutes" in page.text
    assert page.text.count("No name yet") == 2
    assert [one["data-does"] for one in page.all("button", aria_keyshortcuts="J")] == ["next"]
    assert not card.explains


def test_the_likelier_answer_stands_out_and_no_answer_where_none_is(library):
    assert [one.likely for one in card_of(library, same(*GROUPS, probability=0.8)).answers] == [True, False]
    assert [one.likely for one in card_of(library, same(*GROUPS, probability=0.3)).answers] == [False, True]
    assert [one.likely for one in card_of(library, same(*GROUPS, probability=0.5)).answers] == [False, False]


def test_a_person_stays_and_the_group_becomes_theirs(library):
    named(library, ANNA, "Anna", "c1")
    card = card_of(library, same(GROUPS[0], Unit("person", ANNA, "Anna", 1)))
    assert says(card)["y"] == [{"kind": "merge", "units": [{"person": ANNA}, {"cluster": 0, "run": 1}]}]
    assert card.sides[0].party.kind == "cluster"  # the sides stay as they were asked about
    assert not card.explains


def test_of_two_people_the_name_is_kept_and_of_two_names_that_with_more_faces(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1", "b2")
    told(library, Name(CARL, (FACE["c1"], FACE["c2"], FACE["d1"])))
    anna, berta, nobody = (
        Unit("person", ANNA, "Anna", 1),
        Unit("person", BERTA, "Berta", 2),
        Unit("person", CARL, None, 3),
    )
    card = card_of(library, same(anna, berta))
    assert [unit["person"] for unit in says(card)["y"][0]["units"]] == [BERTA, ANNA]
    assert "all faces will be Berta's" in page_of(card).text
    card = card_of(library, same(nobody, anna))
    assert [unit["person"] for unit in says(card)["y"][0]["units"]] == [ANNA, CARL]
    assert not card.explains


def test_one_group_or_two_people(library):
    card = card_of(library, mixed(GROUPS[0]))
    unit = {"cluster": 0, "run": 1}
    sides = [[FACE["a1"], FACE["a2"]], [FACE["a3"]]]
    assert says(card) == {
        "1": [{"kind": "one_person", "unit": unit}],
        "2": [{"kind": "two_people", "unit": unit, "sides": sides}],
    }
    page = page_of(card)
    assert "Is this one person or two?" in page.text
    assert "Probably two people" in page.text
    assert "A group without a name: 3 faces" in page.text
    assert [side.faces for side in card.sides] == [2, 1]
    assert [one.likely for one in card.answers] == [False, True]


def test_one_named_person_or_two(library):
    named(library, ANNA, "Anna", "a1", "a2", "a3")
    card = card_of(library, mixed(Unit("person", ANNA, "Anna", 3)))
    shown = [FACE["a1"], FACE["a2"], FACE["a3"]]
    assert says(card)["1"] == [{"kind": "confirm", "person": ANNA, "faces": {"faces": shown}, "but": []}]
    assert "Anna: 3 faces" in page_of(card).text


def test_two_known_people_in_one_group(library):
    named(library, ANNA, "Anna", "c1")
    named(library, BERTA, "Berta", "c2")
    card = card_of(library, mixed(GROUPS[0], Unit("person", ANNA, "Anna", 1), Unit("person", BERTA, "Berta", 1)))
    assert says(card) == {
        "y": [
            {"kind": "name", "faces": {"faces": [FACE["a1"], FACE["a2"]]}, "who": {"person": ANNA}, "but": []},
            {"kind": "name", "faces": {"faces": [FACE["a3"]]}, "who": {"person": BERTA}, "but": []},
        ]
    }
    page = page_of(card)
    assert "Are these Anna on one side and Berta on the other?" in page.text
    assert [one["href"] for one in page.all("a")] == ["/groups/0", f"/people/{ANNA}", f"/people/{BERTA}"]


def test_read_only_it_is_faces_and_links(library):
    for question in (same(*GROUPS), mixed(GROUPS[0])):
        page = page_of(card_of(library, question), editable=False)
        assert not page.tags & SENDS
        assert not page.has("data-says")
        assert page.all("img")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (1.0, "Very likely one person"),
        (0.9, "Very likely one person"),
        (0.65, "Probably one person"),
        (0.64, "Hard to tell"),
        (0.5, "Hard to tell"),
        (0.36, "Hard to tell"),
        (0.35, "Probably two people"),
        (0.1, "Very likely two people"),
        (0.0, "Very likely two people"),
    ],
)
def test_a_guess_in_words(probability, words):
    assert guess_in_words(probability) == words
