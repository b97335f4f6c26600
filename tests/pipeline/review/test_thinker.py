"""pipeline.thinker: one thinking for all who wait, a rest in between, and errors that reach who waits."""

import threading

import pytest

from facecluster.errors import LibraryError
from facecluster.pipeline.review import thinker as thinker_module
from facecluster.pipeline.review.thinker import Thinker


@pytest.fixture
def thinker_of():
    made = []

    def make(think):
        made.append(Thinker(think))
        return made[-1]

    yield make
    for thinker in made:
        thinker.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("facecluster-thinking")]


def test_it_begins_at_once_and_thinks_again_when_asked(thinker_of):
    thoughts = []
    thinker = thinker_of(lambda: thoughts.append(None))
    thinker.begin().result()
    before = len(thoughts)
    thinker.begin().result()
    assert (before >= 1, len(thoughts)) == (True, before + 1)


def test_who_asks_while_it_thinks_waits_for_the_same(thinker_of):
    go_on, thoughts = threading.Event(), []

    def think():
        go_on.wait()
        thoughts.append(None)

    thinker = thinker_of(think)
    waiting = [thinker.begin() for _ in range(5)]
    go_on.set()
    for one in waiting:
        one.result()
    assert len(thoughts) == len(set(map(id, waiting))) == 1


def test_an_error_reaches_who_waits_and_is_told_to_nobody_else(thinker_of, caplog):
    ways = [LibraryError("The library is damaged."), None]

    def think():
        if error := ways.pop(0):
            raise error

    thinker = thinker_of(think)
    with pytest.raises(LibraryError, match="is damaged"):
        thinker._thinking.result()
    assert thinker.has_failed
    assert "No new questions: The library is damaged." in caplog.text
    thinker.begin().result()
    assert not thinker.has_failed


def test_it_rests_as_long_as_it_thought_and_longer(thinker_of, monkeypatch):
    monkeypatch.setattr(thinker_module, "REST", 10.0**9)
    thinker = thinker_of(lambda: None)
    thinker.begin().result()
    assert not thinker.is_rested
    monkeypatch.setattr(thinker_module, "REST", 0.0)
    thinker.begin().result()  # who waits need not care
    assert thinker.is_rested
