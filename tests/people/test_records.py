import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.errors import UsageError
from facecluster.people.records import backup, check_decision, decisions_in, from_record, to_record
from facecluster.people.statements import (
    KINDS,
    Born,
    Cover,
    Decision,
    FaceIds,
    Merge,
    Name,
    NotAFace,
    Rename,
    Split,
    Undo,
)
from facecluster.store.journal import Journal

FACE = "0123456789abcdef0123--3-0-40-44"
ANNA, ZOE = "a" * 12, "b" * 12
TIME = "2026-11-22T06:00:00+00:00"
NAMED = Decision("0" * 16, TIME, "me", "human", (Name(ANNA, (FACE,), "Ännä"),))

VALUES = {str: st.text(), str | None: st.none() | st.text(), FaceIds: st.lists(st.text(), max_size=4).map(tuple)}
STATEMENTS = st.one_of(
    st.tuples(st.just(kind), st.fixed_dictionaries({name: VALUES[hint] for name, hint in get_type_hints(kind).items()}))
    for kind in KINDS.values()
)
DECISIONS = st.tuples(
    *(st.text(), st.text(), st.text(), st.sampled_from(["human", "imported"])),
    st.lists(STATEMENTS, min_size=1, max_size=4),
)
"""What to make decisions of: made in a strategy, they would be checked there by chance, which hypothesis refuses."""


def decision_of(id_, time, who, provenance, statements):
    return Decision(id_, time, who, provenance, tuple(kind(**values) for kind, values in statements))


def record(**changes):
    return to_record(NAMED) | changes


def said(**changes):
    """A record whose one statement is changed."""
    return record(statements=[{"kind": "name", "person": ANNA, "faces": [FACE], "name": None} | changes])


@given(DECISIONS)
def test_a_decision_comes_back_from_json(parts):
    decision = decision_of(*parts)
    assert from_record(json.loads(json.dumps(to_record(decision)))) == decision


@settings(max_examples=25)
@given(st.lists(DECISIONS, max_size=4))
def test_decisions_come_back_from_the_disk(many):
    decisions = [decision_of(*parts) for parts in many]
    with tempfile.TemporaryDirectory() as folder:
        for number, decision in enumerate(decisions):
            Journal(Path(folder)).append(to_record(decision), number)
        found = Journal(Path(folder)).read()
    assert [from_record(entry.record) for entry in found.entries] == decisions
    assert found.damage == ()


def test_a_record_says_what_it_is():
    assert to_record(NAMED) == {
        "id": "0" * 16,
        "time": TIME,
        "who": "me",
        "provenance": "human",
        "statements": [{"kind": "name", "person": ANNA, "faces": [FACE], "name": "Ännä"}],
    }
    assert [to_record(replace(NAMED, statements=(Undo("x"),)))["statements"]] == [[{"kind": "undo", "decision": "x"}]]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (None, "expected a decision with the fields id, time, who, provenance, statements, found None"),
        ([], "expected a decision .* found \\[\\]"),
        ({}, "expected a decision .* found ."),
        (record(more=1), "found .*'more'"),
        ({"id": "x"}, "expected a decision with the fields id, .* found 'id'"),
        (record(id=1), "expected text as id of a decision, found 1"),
        (record(who=None), "expected text as who of a decision, found None"),
        (record(provenance="automatic"), "expected provenance human or imported, found 'automatic'"),
        (record(statements=[]), "expected a list of statements"),
        (record(statements={}), "expected a list of statements"),
        (record(statements=["name"]), "expected a statement of the kind name, confirm, .* found 'name'"),
        (record(statements=[{"kind": "adopt", "person": ANNA}]), "expected a statement of the kind name,.*'adopt'"),
        (record(statements=[{"kind": ["name"]}]), "expected a statement of the kind name"),
        (said(more=1), 'expected a statement of the kind "name" with the fields kind, person, faces, name, found'),
        (said(person=None), "expected text as person"),
        (said(person=True), "expected text as person"),
        (said(name=5), "expected text or null as name"),
        (said(faces=FACE), "expected a list of texts as faces"),
        (said(faces=None), "expected a list of texts as faces"),
        (said(faces=[FACE, 1]), "expected a list of texts as faces"),
    ],
)
def test_whatever_is_no_decision_is_told(wrong, why):
    with pytest.raises(ValueError, match=why):
        from_record(wrong)


def test_what_was_found_is_shown_shortened_and_in_ascii():
    with pytest.raises(ValueError, match="found") as caught:
        from_record(record(id=["\u202e" * 10_000] * 10_000))
    assert len(str(caught.value)) < 500
    assert str(caught.value).isascii()


# Before it is written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (replace(NAMED, id=""), "expected an id, found ''"),
        (replace(NAMED, id="x" * 101), "expected an id, found 'xx"),
        (replace(NAMED, id="\x1b[2J"), "expected an id"),
        (replace(NAMED, time="yesterday"), "This is no decision: .*yesterday"),
        (replace(NAMED, who=""), "needs at least one letter"),
        (replace(NAMED, who="a\nb"), "a control character"),
        (replace(NAMED, statements=()), "expected a list of statements"),
        (replace(NAMED, statements=(Name(ANNA, (FACE,), " Anna"),)), "expected the name 'Anna', found ' Anna'"),
        (replace(NAMED, statements=(Rename(ANNA, "A\u202enna"),)), "an invisible character"),
        (replace(NAMED, statements=(Split(ANNA, ZOE, (FACE,), ""),)), "at least one letter"),
        (replace(NAMED, statements=(Merge(ANNA, ("\u0430",)),)), "expected an id"),
        (replace(NAMED, statements=(NotAFace((FACE, "")),)), "expected an id"),
        (replace(NAMED, statements=(Cover(ANNA, "\n"),)), "expected an id"),
        (replace(NAMED, statements=(Born(ANNA, "soon"),)), "written like 1987-03-21"),
        (replace(NAMED, statements=(Born(ANNA, "1700-01-01"),)), "long before"),
    ],
)
def test_what_must_not_come_into_a_journal_is_refused(decision, why):
    with pytest.raises(UsageError, match=why):
        check_decision(decision)


def test_ordinary_decisions_are_not_refused():
    for statement in (Cover(ANNA, None), Born(ANNA, None), Born(ANNA, "1987-03-21"), Name(ANNA, (), None), Undo("x")):
        check_decision(replace(NAMED, statements=(statement,)))


# Backup --------------------------------------------------------------------------------------------------------------

UNDONE = replace(NAMED, id="1" * 16, statements=(Undo(NAMED.id),))


def test_a_backup_holds_all_decisions():
    for decisions in ([], [NAMED], [NAMED, UNDONE]):
        assert decisions_in(json.loads(json.dumps(backup(decisions)))) == decisions


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (None, "no backup of people: expected a JSON object .* found None"),
        ([], "no backup of people"),
        ({"decisions": []}, "no backup of people"),
        ({"kind": "facecluster people", "format": 2, "decisions": []}, "has format 2, this facecluster reads format 1"),
        ({"kind": "facecluster people", "decisions": []}, "has format None"),
        ({"kind": "facecluster people", "format": 1}, "Expected a list of decisions"),
        ({"kind": "facecluster people", "format": 1, "decisions": {}}, "Expected a list of decisions"),
        (backup([NAMED, NAMED]), "Decision 2 of the backup cannot be used: the id '0+' is there twice. Nothing was"),
        (backup([UNDONE]), "Decision 1 .* undoes the decision '0+', which is not among those before it"),
        (backup([UNDONE, NAMED]), "Decision 1 .* undoes"),
        (backup([replace(NAMED, statements=(Undo(NAMED.id),))]), "Decision 1 .* undoes"),
        (backup([NAMED, replace(UNDONE, who="a\nb")]), "Decision 2 .* a control character"),
        (backup([NAMED]) | {"decisions": [to_record(NAMED), 7]}, "Decision 2 .* expected a decision .* found 7"),
    ],
)
def test_a_backup_that_cannot_be_one_is_refused(wrong, why):
    with pytest.raises(UsageError, match=why):
        decisions_in(wrong)
