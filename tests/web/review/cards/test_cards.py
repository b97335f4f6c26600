"""web.review.cards: whose faces a card shows, in numbers, and what somebody else said of them meanwhile."""

import json

import numpy as np
import pytest

from facecluster.people.questions import Unit
from facecluster.people.statements import Confirm, Ignore, Merge, Name, NotAFace, Rename
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.question_keys import About
from facecluster.web.review.cards.cards import (
    about,
    party,
    rows_of_faces,
    rows_of_unit,
    said_since,
    spread_ids,
    taken_for,
    years_in_words,
)
from tests.pipeline.people_library import (
    ANNA,
    BERTA,
    CLUSTER,
    FACE,
    SHORT,
    add_names,
    named,
    people_library,
    told,
)
from tests.web.review.plain_sheets import PlainSheets, ids_of


@pytest.fixture
def library(tmp_path):
    """Ten faces, nobody named."""
    return people_library(tmp_path)


def moment_of(library):
    return Live(library).now()


def faces(moment, kind, id_):
    """The faces of a unit, by short names."""
    rows = rows_of_unit(moment, About(kind, id_))
    return {SHORT[one] for one in moment.people.faces["face_id"].iloc[rows]}


def test_faces_are_found_in_the_order_they_are_asked_for(library):
    moment = moment_of(library)
    ids = [FACE[name] for name in ("e1", "a2", "c1", "a1")]
    known = moment.people.faces["face_id"].tolist()
    assert rows_of_faces(moment, ids).tolist() == [known.index(one) for one in ids]


@pytest.mark.parametrize("gone", ["", "0" * 20 + "-1-1-2-2", "zzz", FACE["a1"][:-1], FACE["a1"] + "0"])
def test_faces_that_are_not_there_are_left_out(library, gone):
    moment = moment_of(library)
    assert rows_of_faces(moment, [gone]).tolist() == []
    assert len(rows_of_faces(moment, [FACE["a1"], gone, FACE["b1"]])) == 2


def test_no_faces(library):
    assert rows_of_faces(moment_of(library), []).dtype == np.int64


def test_a_group_is_what_nobody_decided_on_and_no_sure_name_has_come_to(library):
    assert faces(moment_of(library), "cluster", "0") == {"a1", "a2", "a3"}
    named(library, ANNA, "Anna", "a1")
    add_names(library, ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.6, False))
    told(library, NotAFace((FACE["b1"],)))
    moment = moment_of(library)
    assert faces(moment, "cluster", "0") == {"a3"}
    assert faces(moment, "cluster", "1") == {"b2", "b3"}
    assert faces(moment, "person", ANNA) == {"a1", "a2"}
    assert faces(moment, "face", FACE["d1"]) == {"d1"}


def test_units_that_are_not_there_have_no_faces(library):
    moment = moment_of(library)
    for one in (About("cluster", "77"), About("person", BERTA), About("face", "0" * 20 + "-1-1-2-2")):
        assert not len(rows_of_unit(moment, one))


def test_somebody_who_was_merged_is_found_under_both_ids(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Merge(ANNA, (BERTA,)))
    moment = moment_of(library)
    assert faces(moment, "person", BERTA) == faces(moment, "person", ANNA) == {"a1", "b1"}


def test_a_party_in_numbers(library):
    moment, sheets = moment_of(library), PlainSheets()
    one = party(moment, sheets, Unit("cluster", "0", None, 3), CLUSTER[0][:2])
    assert (one.faces, one.photos, one.years) == (3, 3, "2020 to 2021")
    assert ids_of(one.tiles) == list(CLUSTER[0][:2])
    assert json.loads(one.unit) == {"cluster": 0, "run": 1}
    assert (one.screen, one.called) == ("cluster", "a group without a name")


def test_a_party_who_is_somebody(library):
    named(library, ANNA, "Anna", "c1", "c2")
    one = party(moment_of(library), PlainSheets(), Unit("person", ANNA, "Anna", 2), ())
    assert (one.faces, one.photos, one.years, one.tiles) == (2, 2, "", ())
    assert json.loads(one.unit) == {"person": ANNA}
    assert (one.screen, one.called) == ("person", "Anna")


def test_a_party_of_one_face(library):
    one = party(moment_of(library), PlainSheets(), Unit("face", FACE["e1"], None, 1), (FACE["e1"],))
    assert (one.faces, one.photos, one.screen) == (1, 1, "photo")
    assert json.loads(one.unit) == {"face": FACE["e1"]}


@pytest.mark.parametrize(
    ("years", "words"), [([], ""), ([2014], "2014"), ([2014, 2014], "2014"), ([2019, 2014], "2014 to 2019")]
)
def test_years_in_words(years, words):
    assert years_in_words(np.array(years)) == words


def test_a_few_faces_of_a_unit_are_the_clearest_of_different_photos(library):
    moment = moment_of(library)
    unit = Unit("cluster", "1", None, 3)
    assert [SHORT[one] for one in spread_ids(moment, unit, 2)] == ["b2", "b1"]
    assert len(spread_ids(moment, unit, 9)) == 3
    named(library, ANNA, "Anna", "a1", "b1", "a2")  # a1 and b1 stand in one photo
    shown = spread_ids(moment_of(library), Unit("person", ANNA, "Anna", 3), 3)
    assert [SHORT[one] for one in shown][:2] != ["a1", "b1"]
    assert sorted(shown) == sorted(FACE[name] for name in ("a1", "b1", "a2"))


def test_nothing_was_said(library):
    assert said_since(moment_of(library), "who.cluster-0", 0) is None
    named(library, ANNA, "Anna", "b1")
    assert said_since(moment_of(library), "who.cluster-0", 0) is None


def test_a_group_may_be_taken_for_somebody_since_names_spread(library):
    named(library, ANNA, "Anna", "b1")
    add_names(library, ("a1", ANNA, 0.99, True), ("a2", ANNA, 0.6, False))
    moment = moment_of(library)
    assert taken_for(moment, "who.cluster-0") == "Names have spread: facecluster takes these faces for Anna."
    assert taken_for(moment, "who.cluster-2") is None
    assert taken_for(moment, f"who.person-{ANNA}") is None


def test_what_was_said_of_a_group_last(library):
    named(library, ANNA, "Anna", "a1", "a2")
    moment = moment_of(library)
    assert said_since(moment, "who.cluster-0", 0) == "tester named 2 faces Anna."
    assert said_since(moment, "who.cluster-0", 1) is None
    told(library, Ignore(BERTA, (FACE["a3"],)))
    assert "ignored 1 face" in said_since(moment_of(library), "who.cluster-0", 0)


def test_what_was_said_of_either_of_two(library):
    named(library, ANNA, "Anna", "a1")
    told(library, Name(BERTA, (FACE["b1"],)))
    told(library, Merge(ANNA, (BERTA,)))
    moment = moment_of(library)
    assert said_since(moment, f"same.person-{BERTA}.cluster-2", 2).startswith("tester made ")
    assert said_since(moment, f"same.person-{ANNA}.cluster-2", 2) == said_since(moment, f"who.person-{BERTA}", 2)


def test_what_was_said_of_somebody_without_a_word_about_faces(library):
    told(library, Name(ANNA, CLUSTER[0]))
    told(library, Rename(ANNA, "Anna"))
    assert said_since(moment_of(library), f"who.person-{ANNA}", 1) == "tester renamed Anna to Anna."


def test_what_was_said_of_faces_of_a_person(library):
    named(library, ANNA, "Anna", "a1", "a2")
    told(library, Confirm(ANNA, (FACE["a1"],)))
    assert said_since(moment_of(library), f"wrong.person-{ANNA}", 1) == "tester confirmed 1 face of Anna."


@pytest.mark.parametrize("key", ["", "nothing", "who.cluster-", "who.face-x", "same.cluster-1"])
def test_no_question_no_answer(library, key):
    named(library, ANNA, "Anna", "a1")
    assert said_since(moment_of(library), key, 0) is None


def test_units_are_named_as_in_keys():
    assert about(Unit("cluster", "12", None, 3)) == ("cluster", "12")
