"""web.review.more: a person, faces that may be theirs, and who else each may be."""

import numpy as np
import pyarrow as pa
import pytest

from facecluster.people.likeness import SOME_LIKENESS, Likeness
from facecluster.people.questions import Question, Unit
from facecluster.people.statements import Name
from facecluster.pipeline.review.live import Live
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables
from facecluster.web.review.cards import more
from facecluster.web.review.cards.deck import Dealt
from facecluster.web.review.cards.more import more_card
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, SHORT, named, people_library, told
from tests.web.review.plain_sheets import PlainSheets
from tests.web.review.rendered import SENDS, rendered

LIKENESS = Likeness(0.0, 1.0)  # a cosine is a likeness
AROUND = Dealt("more", f"uncertain.person-{ANNA}", "1-1-0-0-1-0", 2, {"name": 3, "same": 0})


@pytest.fixture
def library(tmp_path):
    """Anna is a1; her cluster and that of Berta are near to faces of the others."""
    library = people_library(tmp_path, grouped=False)
    names = sorted(FACE, key=FACE.__getitem__)
    near = {"a2": (1, 0.7), "a3": (1, SOME_LIKENESS - 0.01), "c1": (0, 0.9), "c2": (2, 0.9), "d1": (1, np.nan)}
    rivals = [near.get(name, (None, None)) for name in names]
    cluster = [{"a": 0, "b": 1, "c": 2}.get(name[0]) for name in names]
    ids, empty = [FACE[name] for name in names], [None] * 10
    columns = [
        ids,
        cluster,
        [0.5] * 10,
        [one for one, _ in rivals],
        [one for _, one in rivals],
        [0.0] * 10,
        empty,
        empty,
    ]
    library.add_run(
        RunTables(pa.table(columns, CLUSTERS), TREE.empty_table(), SUGGESTIONS.empty_table()), {"faces": 10}
    )
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1", "b2", "b3")
    return library


def asked(*faces, kind="uncertain", unit=None):
    side = tuple(FACE[name] for name in faces)
    return Question(kind, (unit or Unit("person", ANNA, "Anna", 1),), (side,), (side[:12],), 1.0, 0.7)


def card_of(library, question):
    return more_card(Live(library).now(), PlainSheets(), question, LIKENESS)


def page_of(card, *, editable=True):
    return rendered("more_card", card=card, around=AROUND, editable=editable)


def rivals(card):
    return {SHORT[one.tile.face_id]: one.rival.name for one in card.candidates if one.rival}


def test_the_faces_in_their_order_with_the_cover_of_the_person(library):
    card = card_of(library, asked("d1", "a2", "a3"))
    assert [SHORT[one.tile.face_id] for one in card.candidates] == ["d1", "a2", "a3"]
    assert [SHORT[tile.face_id] for tile in card.person.tiles] == ["a1"]
    page = page_of(card)
    assert "Which of these are Anna?" in page.text
    assert [one["data-face"] for one in page.all("input")] == [FACE[name] for name in ("d1", "a2", "a3")]
    assert all("checked" in one for one in page.all("input"))
    assert page.all("article", data_person=ANNA)
    assert "Confirm 3" in page.text


def test_whoever_is_near_has_a_name_and_is_somebody_else_is_a_rival(library):
    # c1 is nearest to Anna's own cluster, c2 to one of nobody, a3 to Berta's but not near
    card = card_of(library, asked("a2", "a3", "c1", "c2", "d1"))
    assert rivals(card) == {"a2": "Berta"}
    (rival,) = [one.rival for one in card.candidates if one.rival]
    assert SHORT[rival.tile.face_id] == "b2"  # the best of hers
    assert "or Berta?" in page_of(card).text


def test_somebody_without_a_name_is_no_rival(library):
    told(library, Name(CARL, (FACE["b1"], FACE["b2"], FACE["b3"])))
    assert rivals(card_of(library, asked("a2"))) == {}


def test_whose_cluster_it_is_for_the_most_part(library):
    named(library, CARL, "Carl", "b1", "b2")
    assert rivals(card_of(library, asked("a2"))) == {"a2": "Carl"}


def test_more_faces_than_are_shown_come_up_next(library, monkeypatch):
    monkeypatch.setattr(more, "MAX_FACES", 2)
    card = card_of(library, asked("a2", "a3", "d1"))
    assert (len(card.candidates), card.rest) == (2, 1)
    page = page_of(card)
    assert "1 more face after these." in page.text
    assert page.has("data-again")
    assert not page_of(card_of(library, asked("a2", "a3"))).has("data-again")


def test_faces_that_look_wrong(library):
    page = page_of(card_of(library, asked("a1", "a2", kind="wrong")))
    assert "Are these really all Anna? They look unlike the other faces." in page.text
    assert all("checked" in one for one in page.all("input"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [("wrong", "Is this really Anna? It looks unlike the other faces."), ("uncertain", "Is this Anna? Untick it")],
)
def test_a_single_face(library, kind, words):
    assert words in page_of(card_of(library, asked("a1", kind=kind))).text


def test_somebody_without_a_name(library):
    told(library, Name(CARL, (FACE["c1"], FACE["c2"])))
    card = card_of(library, asked("d1", "a3", unit=Unit("person", CARL, None, 2)))
    assert "Which of these are the same person?" in page_of(card).text


def test_a_person_whose_faces_are_all_gone_or_only_proposed(library):
    card = card_of(library, asked("d1", unit=Unit("person", CARL, "Carl", 0)))
    assert card.person.tiles == ()
    assert card.person.faces == 0
    assert page_of(card)


def test_read_only_it_is_faces_and_links(library):
    page = page_of(card_of(library, asked("a2", "a3")), editable=False)
    assert not page.tags & SENDS
    assert not page.has("data-does")
    assert "Untick" not in page.text
    assert len(page.all("img")) == 4  # the cover, two faces, a rival
