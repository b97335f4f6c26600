"""pipeline.thinking: everything there is to ask, as `suggestions` has it, in little room."""

import logging

import numpy as np
import pytest

from facecluster.people.questions import KINDS, in_order
from facecluster.people.statements import Merge, Name
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.question_keys import key_of
from facecluster.pipeline.review.thinking import MORE, NAME, SAME, thought_of
from facecluster.pipeline.suggest import suggestions
from tests.pipeline.asked_library import ADA, BO, CY, add_names, asked_library, tell
from tests.pipeline.made_up_library import grouped, in_clusters


def thought(library):
    return thought_of(library, Live(library).now())


@pytest.fixture
def asked(tmp_path):
    return asked_library(tmp_path)


def test_all_that_suggestions_ask_is_thought_of_in_their_order(asked):
    library, _ = asked
    found, all_ = thought(library), suggestions(library, 100)
    assert {one.kind for one in all_} == set(KINDS)
    for kinds in (NAME, SAME, MORE):
        assert list(found.order[kinds]) == [key_of(one) for one in in_order(one for one in all_ if one.kind in kinds)]
    assert found.questions == {key_of(one): one for one in all_ if one.kind in {"same", "mixed", "wrong"}}
    assert found.settles == {key_of(one): one.settles for one in all_ if one.kind != "who"}


def test_whom_who_asks_about_is_known_by_number_and_id(asked):
    library, ids = asked
    tell(library, Name(CY, tuple(ids[25:29].tolist())))
    found = thought(library)
    assert np.flatnonzero(found.unknown_clusters).tolist() == [0, 4, 5]
    assert found.unknown_people == {CY}
    assert found.order[NAME] == ("who.cluster-0", f"who.person-{CY}", "who.cluster-4", "who.cluster-5")


def test_of_the_unknown_there_is_no_bound(tmp_path, monkeypatch):
    monkeypatch.setattr("facecluster.pipeline.review.thinking.MAX_QUESTIONS", 1)
    library, _ = in_clusters(tmp_path, (2, 2, 2, 2), [0, 0, 1, 1, 2, 2, 3, 3], pairs=[(0, 2), (4, 6)])
    found = thought(library)
    assert (len(found.order[NAME]), len(found.order[SAME])) == (4, 1)


def test_clusters_that_are_asked_about_as_a_whole_are_known(asked):
    library, ids = asked
    add_names(library, (ids[32], ADA, 0.9, False), (ids[33], ADA, 0.8, False), (ids[25], BO, 0.6, False))
    found = thought(library)
    assert found.whole == {ADA: {5}}
    assert found.order[MORE] == (f"wrong.person-{ADA}", f"uncertain.person-{BO}")


def test_nothing_is_asked_of_a_library_in_which_all_is_settled(tmp_path):
    library, ids, _ = grouped(tmp_path, (3,))
    tell(library, Name(ADA, tuple(ids), "Ada"))
    found = thought(library)
    assert (found.order, found.questions, found.unknown_people) == ({NAME: (), SAME: (), MORE: ()}, {}, frozenset())
    assert not found.unknown_clusters.any()


def test_people_who_are_merged_are_asked_about_as_one(asked):
    library, ids = asked
    tell(library, Name(CY, tuple(ids[25:29].tolist())), Merge(BO, (CY,)))
    assert f"same.person-{BO}.cluster-4" in thought(library).order[SAME]


def test_names_are_asked_for_though_the_vectors_are_damaged(asked, caplog):
    library, _ = asked
    (faces,) = library.folder.glob("index/*/faces.parquet")
    moment = Live(library).now()
    faces.write_bytes(b"\0" * faces.stat().st_size)
    with caplog.at_level(logging.WARNING):
        found = thought_of(library, moment)
    assert found.order[NAME]
    assert {key.split(".")[0] for key in found.questions} == {"same"}
    assert "which faces look wrong" in caplog.text
