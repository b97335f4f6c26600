"""pipeline.question_keys: a key says what is asked, and nothing else is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.questions import Question, Unit
from facecluster.pipeline.review.question_keys import About, Asked, asked_by, key_from, key_of

ADA, BO = "a" * 12, "0123456789ab"
FACE = f"{'0f' * 10}-10--20-30-40"

people = st.text("0123456789abcdef", min_size=12, max_size=12).map(lambda id_: About("person", id_))
clusters = st.integers(0, 10**9 - 1).map(lambda number: About("cluster", str(number)))
edges = st.lists(st.integers(-9999, 99999), min_size=4, max_size=4)
boxes = st.tuples(st.text("0123456789abcdef", min_size=20, max_size=20), edges)
faces = boxes.map(lambda box: About("face", "-".join([box[0], *map(str, box[1])])))
units = people | clusters | faces


def question(kind, *units):
    return Question(kind, tuple(Unit(*unit, None, 3) for unit in units), (), (), 1.0, None)


@given(st.sampled_from(["who", "wrong", "uncertain", "mixed"]), units)
def test_a_key_says_what_is_asked(kind, unit):
    assert asked_by(key_of(question(kind, unit))) == Asked(kind, (unit,))


@given(units, units)
def test_the_key_of_two_says_both(one, other):
    assert asked_by(key_of(question("same", one, other))) == Asked("same", (one, other))


def test_keys_are_fit_for_an_address():
    assert key_of(question("who", ("cluster", "12"))) == "who.cluster-12"
    assert key_of(question("same", ("person", ADA), ("face", FACE))) == f"same.person-{ADA}.face-{FACE}"


def test_people_of_the_sides_do_not_make_another_question():
    assert key_of(question("mixed", ("cluster", "4"), ("person", ADA), ("person", BO))) == "mixed.cluster-4"


@pytest.mark.parametrize(
    "key",
    [
        "", ".", "who", "who.", "cluster-1", "who.cluster-", "who.cluster-01", "who.cluster--1", "who.cluster-1 ",
        "who.cluster-1.cluster-2", "same.cluster-1", "same.cluster-1.cluster-2.cluster-3", "why.cluster-1",
        "who.cluster-1\n", "who.cluster-\u0661", "who.cluster-1234567890", f"who.person-{ADA.upper()}",
        "who.person-abc", f"who.person-{ADA}a", f"who.face-{FACE}-1", "who.face-..", "who.photo-1", "who.cluster-1%00",
        "WHO.cluster-1",
    ],
)  # fmt: skip
def test_what_is_no_key_asks_nothing(key):
    assert asked_by(key) is None


@given(st.text(max_size=60))
def test_any_other_text_asks_nothing(text):
    asked = asked_by(text)
    assert asked is None or key_from(asked.kind, *asked.about) == text
