from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from facecluster.web.review.deciding import asked
from facecluster.web.review.deciding.actions import _said

KINDS = get_args(get_args(asked.Say)[0])


def test_whatever_may_be_asked_for_can_be_said():
    assert {kind for kind in KINDS if _said.dispatch(kind) is _said.dispatch(object)} == set()


def test_each_kind_has_a_word_of_its_own():
    words = [get_args(kind.model_fields["kind"].annotation) for kind in KINDS]
    assert len(set(words)) == len(KINDS)


@pytest.mark.parametrize(
    ("kind", "words", "shape"),
    [
        (asked.Crowd, {"faces": ["a"]}, asked.Faces),
        (asked.Crowd, {"cluster": 0, "run": 1}, asked.OfCluster),
        (asked.Crowd, {"list": "alone", "state": "", "ranges": [[0, 1]]}, asked.OfList),
        (asked.Who, {"person": "a"}, asked.Known),
        (asked.Who, {"new": ""}, asked.New),
        (asked.Unit, {"person": "a"}, asked.Known),
        (asked.Unit, {"cluster": 0, "run": 1}, asked.OfCluster),
        (asked.Unit, {"face": "a"}, asked.Face),
    ],
)
def test_alternatives_are_told_apart_by_their_keys(kind, words, shape):
    alternatives = TypeAdapter(kind)
    assert type(alternatives.validate_python(words)) is shape
    for wrong in ({}, {**words, "more": 1}, [words], None, "a"):
        with pytest.raises(ValidationError):
            alternatives.validate_python(wrong)


def test_what_is_asked_cannot_be_changed():
    known = asked.Known(person="a")
    with pytest.raises(ValidationError):
        known.person = "b"
