"""pipeline.suggest: what is asked of a library, and that an answer ends the question."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from facecluster.errors import LibraryError
from facecluster.people.questions import KINDS
from facecluster.people.statements import Confirm, Different, Ignore, Merge, Name, NotAFace, Reject
from facecluster.people.units import UNDATED
from facecluster.pipeline.journal import decide
from facecluster.pipeline.people import people_of
from facecluster.pipeline.suggest import faces_of_people, suggestions
from facecluster.schemas import NAMES, SUGGESTIONS
from facecluster.store.library import RunTables

from .made_up_library import face_ids, grouped, in_clusters
from .small_library import small_library
from .unseen_faces import add_unseen

ADA, BO = "a" * 12, "b" * 12
NAMED = {"settings": {"precision": 0.995}, "journal": 0}


def say(library, *statements):
    decide(library, lambda _: statements, "me")


def asked(library, *kinds, limit=10):
    return suggestions(library, limit, kinds or KINDS)


def units(questions):
    return [tuple(unit.id for unit in one.units) for one in questions]


def test_the_unknown_are_asked_about_until_they_are_known_or_ignored(tmp_path):
    library, ids, people = grouped(tmp_path, (7, 9, 5, 1))
    found = asked(library)
    assert ([one.kind for one in found], units(found)) == (["who"] * 3, [("0",), ("1",), ("2",)])
    assert [one.settles for one in found] == [9, 7, 5]
    assert set(found[0].shown[0]) <= set(ids[people == 1])
    assert units(asked(library, limit=1)) == [("0",)]
    say(library, Name(ADA, tuple(ids[people == 1]), "Ada"), Ignore(BO, tuple(ids[people == 2])))
    assert units(asked(library)) == [("1",)]


def test_the_rest_of_a_cluster_is_asked_about_until_it_is_said_to_be_another(tmp_path):
    library, ids, people = grouped(tmp_path, (7, 9))
    say(library, Name(ADA, (ids[0],), "Ada"))
    (one,) = asked(library, "same")
    assert ([unit.name for unit in one.units], one.units[1].faces) == (["Ada", None], 6)
    say(library, Different((ids[0],), tuple(ids[people == 0][1:])))
    assert asked(library, "same") == []


def test_what_was_almost_joined_is_asked_about_until_it_is_joined(tmp_path):
    library, ids = in_clusters(tmp_path, (4, 3), [0, 0, 1, 1, 2, 2, None], pairs=[(0, 2), (4, 6)])
    assert units(asked(library, "same")) == [("0", "1"), ("2", ids[6])]
    say(library, Name(ADA, tuple(ids[:2])), Name(BO, tuple(ids[2:4]), "Bo"))
    assert units(asked(library, "same")) == [(ADA, BO), ("2", ids[6])]
    say(library, Merge(ADA, (BO,)))
    assert units(asked(library, "same")) == [("2", ids[6])]


def test_photos_of_one_moment_are_told(tmp_path):
    noon = datetime.fromisoformat("2020-05-01T12:00:00")
    moments = [noon, None, noon + timedelta(seconds=90), noon + timedelta(days=1)]
    library, _ = in_clusters(tmp_path, (4,), [0, 0, 1, 1], pairs=[(0, 2)], taken_at=moments)
    assert [one.same_moment for one in asked(library, "same")] == [True]
    seconds = faces_of_people(people_of(library)).seconds
    assert (seconds[2] - seconds[0], seconds[1]) == (90, UNDATED)


def test_a_cluster_of_two_is_asked_about_until_somebody_answers(tmp_path):
    library, ids = in_clusters(tmp_path, (6, 5), [0] * 11, strength=0.5)
    (one,) = asked(library, "mixed")
    assert sorted(map(set, one.sides), key=len) == [set(ids[6:]), set(ids[:6])]
    say(library, Different(one.shown[0], one.shown[1]))
    assert asked(library, "mixed") == []


def test_a_face_that_looks_wrong_is_asked_about_until_it_is_rejected(tmp_path):
    library, ids, people = grouped(tmp_path, (8, 6))
    say(library, Name(ADA, (*ids[people == 0], ids[8]), "Ada"), Name(BO, tuple(ids[9:]), "Bo"))
    (one,) = asked(library, "wrong")
    assert (one.units[0].name, one.sides) == ("Ada", ((ids[8],),))
    say(library, Reject(ADA, (ids[8],)))
    assert asked(library, "wrong") == []


def test_proposed_names_are_asked_about_until_they_are_decided(tmp_path):
    library, ids = in_clusters(tmp_path, (4, 2), [0, 0, None, None, 1, 1])
    say(library, Name(ADA, tuple(ids[:2]), "Ada"))
    rows = [(ids[2], 0.9, False), (ids[3], 0.7, False), (ids[4], 0.999, True), (ids[5], 0.8, False)]
    table = [{"face_id": face, "person": ADA, "probability": chance, "automatic": sure} for face, chance, sure in rows]
    library.add_names(pa.Table.from_pylist(table, NAMES), {"run": 1, **NAMED})
    (one,) = asked(library, "uncertain")
    assert (one.sides, one.settles) == (((ids[2], ids[3]),), pytest.approx(1.6))
    (whole,) = asked(library, "same")
    assert ([unit.id for unit in whole.units], whole.settles) == ([ADA, "1"], pytest.approx(0.8))
    say(library, Confirm(ADA, (ids[2],)), Reject(ADA, (ids[3],)), NotAFace((ids[5],)))
    assert asked(library, "uncertain", "same") == []


def test_faces_that_are_gone_are_not_asked_about(tmp_path):
    library, _ = in_clusters(tmp_path, (4,), [0, 0, 1, 1])
    gone = [{"face_a": face_ids(9)[8], "face_b": face_ids(1)[0], "evidence": -0.1}]
    tables = RunTables(library.clusters(1), library.tree(1), pa.Table.from_pylist(gone, SUGGESTIONS))
    library.add_run(tables, {"settings": {}})
    assert asked(library, "same") == []


def test_the_order_is_by_what_is_settled_whatever_the_kind(tmp_path):
    library, ids, people = grouped(tmp_path, (8, 6, 4))
    say(library, Name(ADA, (ids[0],), "Ada"), Name(BO, tuple(ids[people == 1]), "Bo"))
    found = asked(library)
    assert [(one.kind, one.settles) for one in found] == [("same", pytest.approx(7 * 0.95)), ("who", 4)]


def test_a_library_without_groups_cannot_be_asked_about(tmp_path):
    with pytest.raises(LibraryError, match="not grouped yet"):
        suggestions(small_library(tmp_path, clusters=None), 10)


def test_nobody_is_asked_whether_unseen_faces_look_wrong(tmp_path):
    library, ids, people = grouped(tmp_path, (9, 8, 5))
    theirs = [tuple(ids[people == person]) for person in range(2)]
    unseen = [add_unseen(library, f"{row:04d}.jpg") for row in range(8)]
    say(library, Name(ADA, (*theirs[0], theirs[1][0], *unseen[:4]), "Ada"), Name(BO, tuple(unseen[4:]), "Bo"))
    questions = asked(library)
    (wrong,) = (one for one in questions if one.kind == "wrong")
    assert wrong.sides == ((theirs[1][0],),)
    assert not {face for one in questions for side in one.sides for face in side} & set(unseen)
