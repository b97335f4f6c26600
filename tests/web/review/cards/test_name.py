"""web.review.name: a group of faces, who it may be, and all that can be said of it."""

import json

import pytest

from facecluster.people.hinted import Hinted
from facecluster.people.questions import Question, Unit
from facecluster.people.statements import Name
from facecluster.pipeline.review.live import Live
from facecluster.web.review.cards.deck import Dealt
from facecluster.web.review.cards.name import FACES_OF_ALIKE, groups_alike, name_card
from facecluster.web.review.cards.offers import Ranked
from tests.pipeline.people_library import ANNA, BERTA, CLUSTER, FACE, named, people_library, told
from tests.web.review.plain_sheets import PlainSheets, ids_of
from tests.web.review.rendered import SENDS, rendered

WHO = Question("who", (Unit("cluster", "0", None, 3),), (), (CLUSTER[0],), 3.0, None)
AROUND = Dealt("name", "who.cluster-0", "1-1-0-0-1-0", 12, {"same": 3, "more": 0})


@pytest.fixture
def library(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna <b>", "b1", "b2")
    return library


def card_of(library, question=WHO, ranked=(), hinted=()):
    return name_card(Live(library).now(), PlainSheets(), question, ranked, hinted)


def page_of(card, *, editable=True, around=AROUND):
    return rendered("name_card", card=card, around=around, editable=editable)


def test_a_group_and_nobody_like_it(library):
    card = card_of(library, ranked=[Ranked(0, 0.1, together=False)])
    assert ids_of(card.group.tiles) == list(CLUSTER[0])
    assert card.likeliest == ()
    page = page_of(card)
    assert "Who is this?" in page.text
    assert "3 faces, 2020 to 2021" in page.text
    assert "Looks like" not in page.text
    assert "Show all" not in page.text  # all of them are there


def test_the_likeliest_have_the_number_keys(library):
    card = card_of(library, ranked=[Ranked(0, 0.9, together=False)])
    page = page_of(card)
    (button,) = page.all("button", data_does="name")
    assert (button["data-person"], button["aria-keyshortcuts"]) == (ANNA, "1")
    assert "Anna <b> 2 faces · alike 1" in page.text
    assert "b" not in page.tags


def test_names_that_are_written_come_before_those_who_look_alike(library):
    hinted = [Hinted("anna <b>", "ANNA <b>", 2, 3), Hinted("zoë", "Zoë & <i>", 3, 3)]
    named(library, BERTA, "Berta", "d1")
    card = card_of(library, ranked=[Ranked(1, 0.9, together=False), Ranked(0, 0.8, together=False)], hinted=hinted)
    assert [(one.id, one.name) for one in card.written] == [(ANNA, "Anna <b>"), (None, "Zoë & <i>")]
    assert [one.id for one in card.likeliest] == [BERTA]  # Anna looks alike, too: she is there already
    page = page_of(card)
    buttons = page.all("button", data_does="name")
    assert [one["aria-keyshortcuts"] for one in buttons] == ["1", "2", "3"]
    assert [one.get("data-person") for one in buttons] == [ANNA, None, BERTA]
    assert buttons[1]["data-new"] == "Zoë & <i>"
    assert "Anna <b> 2 faces · alike · written on 2 of 3 photos 1" in page.text
    assert "Zoë & <i> new · written on all 3 photos 2" in page.text
    assert not {"b", "i"} & page.tags


def test_no_more_names_than_there_are_keys_for(library):
    hinted = [Hinted(letter, letter, 3, 3) for letter in "abcdef"]
    card = card_of(library, ranked=[Ranked(0, 0.9, together=False)] * 9, hinted=hinted)
    assert (len(card.written), len(card.likeliest)) == (4, 5)


def test_every_face_can_be_left_out_and_its_photo_seen(library):
    page = page_of(card_of(library))
    boxes = page.all("input", type="checkbox")
    assert [one["data-face"] for one in boxes] == list(CLUSTER[0])
    assert all("checked" in one for one in boxes)
    assert [one["data-face"] for one in page.all("button", data_does="photo")] == list(CLUSTER[0])


def test_what_is_decided_is_said_of_the_group_in_its_run(library):
    (article,) = page_of(card_of(library)).all("article")
    assert json.loads(article["data-unit"]) == {"cluster": 0, "run": 1}
    assert (article["data-key"], article["data-state"]) == (AROUND.key, AROUND.state)


def test_more_faces_than_are_shown(library):
    part = Question("who", WHO.units, (), (CLUSTER[0][:1],), 3.0, None)
    page = page_of(card_of(library, part))
    assert [one["href"] for one in page.all("a")] == ["/groups/0"]
    assert "Show all 3" in page.text
    assert "somebody else?" not in page.text  # of one face that is no question


def test_somebody_without_a_name(library):
    told(library, Name(BERTA, CLUSTER[0]))
    unit = Unit("person", BERTA, None, 3)
    (article,) = page_of(card_of(library, Question("who", (unit,), (), (CLUSTER[0],), 3.0, None))).all("article")
    assert json.loads(article["data-unit"]) == {"person": BERTA}


def test_read_only_it_is_faces_and_links(library):
    part = Question("who", WHO.units, (), (CLUSTER[0][:2],), 3.0, None)
    page = page_of(card_of(library, part, [Ranked(0, 0.9, together=False)]), editable=False)
    assert not page.tags & SENDS
    assert not page.has("data-does")
    assert [one["href"] for one in page.all("a")] == ["/groups/0", f"/people/{ANNA}"]
    assert len(page.all("img")) == 3  # two faces, and that of Anna
    written = page_of(card_of(library, part, hinted=[Hinted("zoë", "Zoë", 3, 3)]), editable=False)
    assert "Zoë new · written on all 3 photos" in written.text
    assert not written.tags & SENDS
    assert len(rendered("name_card", card=card_of(library), around=AROUND, editable=False).all("img")) == 3


@pytest.mark.parametrize("editable", [True, False])
@pytest.mark.parametrize(
    ("elsewhere", "links"), [({"same": 3, "more": 1}, ["/same", "/more"]), ({"same": 0, "more": 0}, [])]
)
def test_nothing_is_left(elsewhere, links, editable):
    around = AROUND._replace(key="", remaining=0, elsewhere=elsewhere)
    page = page_of(None, around=around, editable=editable)
    assert "No group is left to name" in page.text
    assert [one["href"] for one in page.all("a")] == [*links, "/people", "/groups", "/alone"]
    assert bool(page.all("button", data_does="progress")) == (editable and not links)


def test_groups_to_choose_from(library):
    groups = groups_alike(Live(library).now(), PlainSheets(), WHO)
    assert groups == []  # this library knows no next nearest clusters
    assert "No other group" in rendered("alike", groups=groups, unit="{}").text


def test_a_group_that_is_chosen_becomes_one_with_that_of_the_card(library, monkeypatch):
    monkeypatch.setattr("facecluster.web.review.cards.name.units_like", lambda *_: [Unit("cluster", "2", None, 2)])
    groups = groups_alike(Live(library).now(), PlainSheets(), WHO)
    assert 0 < len(groups[0].tiles) <= FACES_OF_ALIKE
    unit = card_of(library).group.unit
    (button,) = rendered("alike", groups=groups, unit=unit).all("button")
    assert json.loads(button["data-says"]) == [
        {"kind": "merge", "units": [{"cluster": 0, "run": 1}, {"cluster": 2, "run": 1}]}
    ]


def test_faces_that_have_gone_are_not_shown(library):
    gone = Question("who", WHO.units, (), ((FACE["a1"], "0" * 20 + "-1-1-2-2"),), 3.0, None)
    assert ids_of(card_of(library, gone).group.tiles) == [FACE["a1"]]
