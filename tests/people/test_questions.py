"""people.questions: the shape of a question, and which come first."""

import json

from facecluster.people.questions import KINDS, Question, Unit, in_order


def question(kind, settles, name="0"):
    return Question(kind, (Unit("cluster", name, None, 3),), (), (("f0",),), settles, None)


def test_what_settles_most_comes_first_and_equals_stay_as_they_come_within_their_kind():
    asked = [question("who", 2, "a"), question("same", 2), question("uncertain", 5), question("who", 2, "b")]
    assert [(one.kind, one.units[0].id) for one in in_order(asked)] == [
        ("uncertain", "0"),
        ("same", "0"),
        ("who", "a"),
        ("who", "b"),
    ]
    assert in_order([]) == []


def test_a_question_as_json():
    record = json.loads(json.dumps(question("who", 3.0).to_json()))
    assert record == {
        "kind": "who",
        "units": [{"kind": "cluster", "id": "0", "name": None, "faces": 3}],
        "sides": [],
        "shown": [["f0"]],
        "settles": 3.0,
        "probability": None,
        "same_moment": False,
    }
    assert record["kind"] in KINDS
