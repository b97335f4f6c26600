import contextlib

import pytest

from facecluster.people.statements import Name
from facecluster.pipeline.review.asking import MORE, NAME, SAME, Asking
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.question_keys import key_of
from facecluster.web.review.files import static_cards
from facecluster.web.review.files.static_cards import cards_shown, questions_at
from facecluster.web.review.pages import ASKED
from tests.pipeline.asked_library import asked_library
from tests.pipeline.painted_library import Painted, id_of, painted_library
from tests.pipeline.people_library import ANNA, CARL, people_library, told
from tests.web.review.plain_sheets import PlainSheets


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    return Live(asked_library(tmp_path_factory.mktemp("asked"))[0])


@pytest.fixture(scope="module")
def questions(live):
    return questions_at(live.library, live.now())


@pytest.fixture(scope="module")
def asking(live):
    with contextlib.closing(Asking(live)) as asking:
        yield asking


def in_turn(asking, kinds):
    """The questions that somebody is asked who skips all of them."""
    asked, question = [], asking.first(kinds)
    while question is not None and question not in asked:
        asked.append(question)
        question = asking.after(kinds, key_of(question))
    return asked


@pytest.mark.parametrize("kinds", [NAME, SAME, MORE])
def test_they_are_those_that_a_server_asks(questions, asking, kinds):
    asked = in_turn(asking, kinds)
    assert asked
    assert questions.first(kinds, 1000) == asked
    assert questions.first(kinds, 1) == asked[:1]


def test_they_are_counted_as_on_a_server(questions, asking):
    assert questions.counts == {screen: asking.remaining(kinds) for screen, kinds in ASKED.items()}


@pytest.mark.parametrize("screen", ASKED)
def test_each_has_a_card(questions, screen):
    shown = cards_shown(questions, screen, PlainSheets())
    assert len(shown.cards) == shown.open == questions.counts[screen]
    assert shown.left_out == 0
    for one in shown.cards:
        assert one.around.screen == screen
        assert one.around.remaining == shown.open
        assert one.around.elsewhere == {name: count for name, count in questions.counts.items() if name != screen}
    assert [one.around.key for one in shown.cards] == [key_of(one) for one in questions.first(ASKED[screen], 1000)]


def test_those_behind_the_last_card_are_counted(questions, monkeypatch):
    monkeypatch.setattr(static_cards, "MAX_CARDS", 1)
    shown = cards_shown(questions, "name", PlainSheets())
    assert (len(shown.cards), shown.left_out) == (1, questions.counts["name"] - 1)


def test_where_nothing_is_asked_one_card_says_so(tmp_path):
    library = people_library(tmp_path)
    shown = cards_shown(questions_at(library, Live(library).now()), "more", PlainSheets())
    (only,) = shown.cards
    assert (only.card, only.around.key, shown.open, shown.left_out) == (None, "", 0, 0)
    assert only.around.elsewhere["name"] > 0


def test_a_group_says_whom_it_looks_like_as_on_a_server(tmp_path):
    annas = [Painted(f"a{n}.jpg", vector=(1, 0.1 * n, 0, 0)) for n in range(3)]
    carls = [Painted(f"c{n}.jpg", vector=(0, 0, 0, 1)) for n in range(2)]
    group = [Painted(f"g{n}.jpg", vector=(1, 0, 0.1 * n, 0), cluster=0) for n in range(3)]
    library = painted_library(tmp_path, [*annas, *carls, *group])
    told(library, Name(ANNA, tuple(map(id_of, annas)), "Anna"), Name(CARL, tuple(map(id_of, carls)), "Carl"))
    moment = Live(library).now()
    (only,) = cards_shown(questions_at(library, moment), "name", PlainSheets()).cards
    assert [(offer.name, offer.alike) for offer in only.card.likeliest] == [("Anna", "very alike")]
