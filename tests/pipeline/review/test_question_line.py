"""pipeline.question_line: what was handed out holds its place, whatever is thought of later."""

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from facecluster.pipeline.review.question_line import Line


def line_of(*keys, handed_out=()):
    line = Line()
    line.renew(keys)
    for key in handed_out:
        line.hand_out(key)
    return line


def in_order(line):
    return list(line.behind("none of them"))


def test_an_empty_line_leads_nowhere():
    line = line_of()
    assert (list(line.behind("a")), list(line.before("a")), list(line.best_first(len))) == ([], [], [])


def test_behind_the_last_comes_the_first_and_itself_last_of_all():
    line = line_of("a", "b", "c")
    assert list(line.behind("b")) == ["c", "a", "b"]
    assert list(line.behind("c")) == ["a", "b", "c"]


def test_before_the_first_there_is_nothing():
    line = line_of("a", "b", "c")
    assert list(line.before("c")) == ["b", "a"]
    assert list(line.before("a")) == list(line.before("none of them")) == []


def test_new_questions_stand_behind_those_that_were_handed_out():
    line = line_of("a", "b", "c", "d", handed_out="ac")
    line.renew(["x", "c", "b", "y"])
    assert in_order(line) == ["a", "c", "x", "b", "y"]


def test_a_question_that_was_looked_at_by_its_key_alone_finds_its_place_when_it_is_thought_of():
    line = line_of("a", "b", handed_out="az")
    line.renew(["z", "b"])
    assert in_order(line) == ["a", "z", "b"]


def test_the_best_comes_first_though_it_was_thought_of_last():
    worth = {"a": 3, "b": 1, "x": 9, "c": 2}
    line = line_of("a", "b", "c", handed_out="ab")
    line.renew(["x", "c"])
    assert in_order(line) == ["a", "b", "x", "c"]
    assert list(line.best_first(worth.__getitem__)) == ["x", "a", "c", "b"]


@given(st.data())
def test_whoever_goes_on_misses_nothing_and_sees_nothing_twice(data):
    """A reader goes on one by one while the rest of the line is thought of anew at any time."""
    keys = [f"k{number}" for number in range(data.draw(st.integers(1, 12)))]
    line, seen = line_of(*data.draw(st.permutations(keys))), []
    while len(seen) < len(keys):
        key = next(islice(line.behind(seen[-1] if seen else ""), 1))
        assert key not in seen
        line.hand_out(key)
        seen.append(key)
        if data.draw(st.booleans()):
            line.renew(data.draw(st.permutations(keys)))
    assert list(line.before(seen[-1])) == seen[-2::-1]
