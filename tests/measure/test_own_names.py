"""measure.own_names: how right the grouping is by people's own names."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.score import ALONE, Score, score_groups
from facecluster.errors import LibraryError
from facecluster.measure import own_names
from facecluster.measure.own_names import (
    ENOUGH_CONFIRMED,
    ENOUGH_PEOPLE,
    evaluate_own_names,
    known_by_decisions,
    person_scores,
    rows_to_group,
)
from facecluster.people.decisions import who_is_who
from facecluster.people.statements import Confirm, Decision, Ignore, Name, Statement
from facecluster.people.who import Person
from facecluster.pipeline.group import group_library
from facecluster.pipeline.journal import decide
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.schemas import NAMES
from facecluster.settings import ClusterSettings
from facecluster.store.library import open_library
from tests.pipeline.made_up_library import face_ids, made_up_library
from tests.pipeline.unseen_faces import add_unseen

ADA, BO = "a" * 12, "b" * 12
THRESHOLD = {
    "sureness": 0.97,
    "by_measure": True,
    "precision": 0.998,
    "bound": 0.996,
    "coverage": 0.9,
    "faces": 700,
    "named": 900,
}


def who(ids, *statements: Statement):
    return who_is_who([Decision("0" * 16, "2026-01-01T00:00:00+00:00", "me", "human", statements)], ids)


def known_person(place):
    return KnownPerson(Person(f"p{place}", f"N{place}", None, False, None, 0), 1, 0, 2, 3, 1, None, None, None)


def library_with(folder, sizes, *statements, grouped=True):
    library, people = made_up_library(folder, sizes)
    if grouped:
        group_library(library.folder, ClusterSettings())
    decide(library, lambda _: statements, "me")
    return open_library(library.folder), people


def test_all_that_was_decided_is_known_but_for_whom_to_ignore():
    ids = face_ids(6)
    said = who(ids, Name(ADA, (ids[0], ids[4]), "Ada"), Ignore(BO, (ids[1],)), Confirm("c" * 12, (ids[5],)))
    known = known_by_decisions(said)
    assert (known.rows.tolist(), known.confirmed_only) == ([0, 4, 5], False)
    assert known.people[0] == known.people[1] != known.people[2]


@pytest.mark.parametrize(("more", "people", "enough"), [(0, 0, True), (-1, 0, False), (0, -1, False)])
def test_confirmed_faces_alone_are_judged_by_where_they_are_enough(more, people, enough):
    ids = face_ids(2 * ENOUGH_CONFIRMED)
    persons = [f"{number:012x}" for number in range(ENOUGH_PEOPLE + people)]
    confirmed = [Confirm(persons[row % len(persons)], (ids[row],)) for row in range(ENOUGH_CONFIRMED + more)]
    known = known_by_decisions(who(ids, Name(persons[0], tuple(ids), "Ada"), *confirmed))
    assert known.confirmed_only == enough
    assert len(known.rows) == (ENOUGH_CONFIRMED if enough else len(ids))


def test_a_person_in_parts_and_a_mixed_one_are_scored():
    people = np.array([0, 0, 0, 0, 2, 2])
    groups = np.array([7, 7, ALONE, 3, 3, ALONE])
    worst, other = person_scores(people, groups, [known_person(place) for place in range(3)])
    assert (worst.person, worst.faces, worst.clusters, worst.alone) == ("p0", 4, 2, 1)
    assert (worst.precision, worst.recall) == (pytest.approx(3.5 / 4), pytest.approx((4 + 1 + 1) / 16))
    assert (other.person, other.faces, other.clusters, other.alone) == ("p2", 2, 1, 1)
    assert (other.precision, other.recall) == (pytest.approx(0.75), pytest.approx(0.5))
    assert (other.automatic, other.proposed) == (2, 3)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 4)), min_size=1, max_size=30))
def test_the_scores_of_people_make_up_that_of_all(rows):
    people, groups = np.array(rows, np.int64).T
    found = person_scores(people, groups, [known_person(place) for place in range(5)])
    whole = score_groups(people, groups).bcubed
    faces = np.array([one.faces for one in found])
    assert faces.sum() == len(rows)
    assert sum(one.clusters for one in found) == len({row for row in rows if row[1] != ALONE})
    assert np.average([one.precision for one in found], weights=faces) == pytest.approx(whole.precision)
    assert np.average([one.recall for one in found], weights=faces) == pytest.approx(whole.recall)


def test_of_a_large_library_the_known_faces_and_others_are_grouped(monkeypatch):
    monkeypatch.setattr(own_names, "MAX_GROUPED", 5)
    assert rows_to_group(np.array([1, 8]), 5).tolist() == [0, 1, 2, 3, 4]
    assert rows_to_group(np.array([1, 8]), 11).tolist() == [0, 1, 4, 7, 8]
    assert rows_to_group(np.arange(7), 11).tolist() == list(range(7))


def test_what_somebody_said_does_not_flatter_the_grouping(tmp_path):
    ids = face_ids(12)
    torn = Name(ADA, tuple(ids[:6]), "Ada"), Name(BO, tuple(ids[6:]), "Bo")
    library, _ = library_with(tmp_path, (8, 4), *torn)
    group_library(library.folder, ClusterSettings())  # a run that obeys
    found = evaluate_own_names(open_library(library.folder))
    assert (found.scored, found.faces, found.grouped, found.names) == (12, 12, 12, None)
    assert found.bcubed.precision == pytest.approx((6 * 6 / 8 + 2 * 2 / 8 + 4) / 12)
    assert found.bcubed.recall == pytest.approx((6 + 2 * 2 / 6 + 4 * 4 / 6) / 12)
    assert {one.name: (one.faces, one.clusters) for one in found.people} == {"Ada": (6, 1), "Bo": (6, 2)}
    assert [one.name for one in found.people] == ["Bo", "Ada"]


def test_right_names_are_perfect_and_told_as_json(tmp_path):
    ids = face_ids(9)
    library, _ = library_with(tmp_path, (5, 4), Name(ADA, tuple(ids[:3]), "Ada"), Name(BO, tuple(ids[5:]), "Bo"))
    row = {"face_id": ids[3], "person": ADA, "probability": 0.99, "automatic": True}
    record = {"run": 1, "journal": 0, "settings": {"precision": 0.995}, "threshold": THRESHOLD}
    library.add_names(pa.Table.from_pylist([row], NAMES), record)
    told = json.loads(json.dumps(evaluate_own_names(library).to_json()))
    assert told["bcubed"] == told["pairwise"] == {"precision": 1, "recall": 1, "f": 1}
    assert told["names"] == {
        "target": 0.995,
        "precision": 0.998,
        "bound": 0.996,
        "coverage": 0.9,
        "faces": 700,
        "by_measure": True,
        "automatic": 1,
        "proposed": 0,
        "unheard": 1,
    }
    assert {one["name"]: one["automatic"] for one in told["people"]} == {"Ada": 1, "Bo": 0}
    group_library(library.folder, ClusterSettings(min_quality=0.5))
    assert evaluate_own_names(open_library(library.folder)).names is None


def test_faces_that_no_detector_sees_are_not_judged(tmp_path):
    library, people = made_up_library(tmp_path, [7, 5])
    ids = np.array(face_ids(12), object)
    theirs = [tuple(ids[people == person]) for person in range(2)]
    decide(library, lambda _: (Name("a" * 12, theirs[0], "Ada"), Name("b" * 12, theirs[1], "Bo")), "me")
    before = evaluate_own_names(library)
    unseen = [add_unseen(library, f"{row:04d}.jpg") for row in (2, 9)]
    decide(library, lambda _: (Name("a" * 12, (unseen[0],)),), "me")
    after = evaluate_own_names(library)
    assert (after.faces, after.scored) == (before.faces, before.scored) == (12, 12)
    assert after.pairwise == before.pairwise


def test_names_can_be_judged_before_the_first_run(tmp_path):
    ids = face_ids(5)
    library, _ = library_with(tmp_path, (5,), Name(ADA, tuple(ids), "Ada"), grouped=False)
    assert evaluate_own_names(library).bcubed == Score(1.0, 1.0)


@pytest.mark.parametrize("said", [Ignore(ADA, tuple(face_ids(3))), Name(ADA, tuple(face_ids(1)), "Ada")])
def test_where_nobody_was_named_it_is_told_how_to_begin(tmp_path, said):
    library, _ = library_with(tmp_path, (5,), said, grouped=False)
    with pytest.raises(LibraryError, match=r"Begin with\s+`facecluster people suggest`"):
        evaluate_own_names(library)
