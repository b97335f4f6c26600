"""tests.benchmarks.decisions: the decisions are of every kind, and each case is what it says."""

import re

from facecluster.people.decisions import who_is_who
from facecluster.people.matching import rows_of
from tests.benchmarks.decisions import KINDS, made_decisions, made_faces, main, there


def test_the_decisions_are_of_every_kind_and_speak_of_the_faces():
    faces = made_faces(300)
    assert len(set(faces)) == 300
    decisions = made_decisions(200, faces)
    assert {type(said) for decision in decisions for said in decision.statements} == set(KINDS)
    assert not any(person.dormant for person in who_is_who(decisions, faces).people)


def test_other_boxes_are_the_same_faces_under_other_names():
    faces = made_faces(300)
    others = there("other boxes", faces)
    assert not set(faces) & set(others)
    assert rows_of(faces, others).tolist() == list(range(300))
    assert 0 < len(there("every other photo", faces)) < 300


def test_a_row_is_printed_for_each_case(capsys):
    main(200, 50)
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[2] for row in rows] == ["the same faces", "other boxes", "every other photo"]
    assert all(re.fullmatch(r"\| 50 \| \d+ \| [a-z ]+ \| [\d.]+ \| -?[\d,]+ \| [\d,]+ \|", row) for row in rows)
