"""pipeline.live: the people of a library that is decided about, named and run again while somebody looks at it."""

import threading

import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Name, Undo
from facecluster.pipeline.people import people_among, people_of, present_faces
from facecluster.pipeline.review import live as live_module
from facecluster.pipeline.review.live import Live, State
from facecluster.store.library import create_library, open_library
from tests.pipeline.people_library import (
    ANNA,
    BERTA,
    CARL,
    FACE,
    SHORT,
    add_names,
    add_run,
    named,
    people_library,
    told,
)
from tests.pipeline.small_library import PACK

PATIENCE_SECONDS = 60


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


@pytest.fixture
def live(library):
    return Live(library)


@pytest.fixture
def slowly(monkeypatch):
    """Reading the tables waits until it may go on; `begun` is released when it starts."""

    class Slowly:
        begun, may_go_on, reads = threading.Semaphore(0), threading.Event(), 0

        def __call__(self, library):
            self.reads += 1
            self.begun.release()
            assert self.may_go_on.wait(PATIENCE_SECONDS)
            return present_faces(library)

    slow = Slowly()
    monkeypatch.setattr(live_module, "present_faces", slow)
    return slow


def names_of(moment):
    faces = zip(moment.people.faces["face_id"], moment.people.names_of_faces(), strict=True)
    return {SHORT[face]: name for face, name in faces if name}


def settled(live):
    """What is now once all that is being read has been read."""
    while True:
        moment = live.now()
        if live._coming is None:
            return moment
        live._coming.exception(PATIENCE_SECONDS)


def test_what_is_now_is_what_the_library_says(library, live):
    named(library, ANNA, "Anna", "a1", "a2")
    moment = live.now()
    assert names_of(moment) == {"a1": "Anna", "a2": "Anna"}
    assert moment.state == State(scan=1, run=1, names=0, heirs=0, shards=1, journal=1)
    assert moment.people.faces.equals(people_of(library).faces)


def test_while_nothing_happens_the_moment_is_the_same(live):
    assert live.now() is live.now()


def test_a_decision_of_anybody_is_seen_and_the_tables_are_not_read_again(library, live):
    before = live.now()
    named(open_library(library.folder), ANNA, "Anna", "a1")
    after = live.now()
    assert names_of(after) == {"a1": "Anna"}
    assert after.present is before.present
    assert after.state == before.state._replace(journal=1)


def test_new_names_are_seen_and_the_faces_are_not_read_again(library, live):
    named(library, ANNA, "Anna", "a1")
    before = live.now()
    add_names(library, ("a2", ANNA, 0.9, True))
    after = live.now()
    assert names_of(after) == {"a1": "Anna", "a2": "Anna"}
    assert after.state == before.state._replace(names=1)
    assert after.present.table is before.present.table


def test_names_of_another_run_are_no_names(library, live):
    named(library, ANNA, "Anna", "a1")
    add_run(library)
    add_names(library, ("a2", ANNA, 0.9, True))
    live.now()
    add_names(library, ("a3", ANNA, 0.9, True), run=2)
    add_names(library, ("a2", ANNA, 0.9, True), run=1)
    assert names_of(settled(live)) == {"a1": "Anna"}


def test_while_a_new_run_is_read_all_is_as_before_but_decisions_count(library, live, slowly):
    slowly.may_go_on.set()
    before = live.now()
    slowly.may_go_on.clear()
    add_run(library)
    assert live.now().state.run == 1
    named(library, ANNA, "Anna", "a1")
    meanwhile = live.now()
    assert names_of(meanwhile) == {"a1": "Anna"}
    assert meanwhile.state == before.state._replace(journal=1)
    assert slowly.reads == 2, "the first time, and once for all who asked since"
    slowly.may_go_on.set()
    assert settled(live).state == before.state._replace(run=2, journal=1)


def test_what_comes_while_a_run_is_read_is_read_after_it(library, live, slowly):
    slowly.may_go_on.set()
    live.now()
    slowly.may_go_on.clear()
    add_run(library)
    live.now()
    assert slowly.begun.acquire(timeout=PATIENCE_SECONDS)
    add_run(library)
    add_run(library)
    slowly.may_go_on.set()
    assert settled(live).state.run == 4
    assert slowly.reads <= 3


def test_a_run_that_is_being_written_is_not_seen(library, live):
    before = live.now()
    half = library.run_folder(2)
    half.mkdir()
    (half / "clusters.parquet").write_bytes((library.run_folder(1) / "clusters.parquet").read_bytes())
    assert live.now() is before
    assert live._coming is None


def test_tables_that_cannot_be_read_are_told_of_until_they_can_be(library, live):
    before = live.now()
    add_run(library)
    clusters = library.run_folder(2) / "clusters.parquet"
    whole = clusters.read_bytes()
    clusters.write_bytes(whole[:100])
    live.now()
    for _ in range(2):
        with pytest.raises(LibraryError, match=r"clusters\.parquet is damaged"):
            settled(live)
    live._coming.exception(PATIENCE_SECONDS)
    clusters.write_bytes(whole)
    with pytest.raises(LibraryError, match="damaged"):
        live.now()
    live._coming.exception(PATIENCE_SECONDS)
    assert settled(live).state == before.state._replace(run=2)


def test_when_damaged_tables_count_no_more_all_is_well_again(library, live):
    before = live.now()
    add_run(library)
    (library.run_folder(2) / "clusters.parquet").unlink()
    with pytest.raises(LibraryError):
        live.now() and settled(live)
    library.make_current(1, "2026-01-01T00:00:00Z")
    assert live.now() is before


def test_what_goes_wrong_in_a_thread_is_raised_where_somebody_asks(library, live, monkeypatch):
    live.now()
    add_run(library)

    def broken(_):
        raise ZeroDivisionError

    monkeypatch.setattr(live_module, "present_faces", broken)
    live.now()
    with pytest.raises(ZeroDivisionError):
        settled(live)
    monkeypatch.undo()
    assert settled(live).state.run == 2


def test_people_as_they_were(library, live):
    named(library, ANNA, "Anna", "a1")
    then = live.now()
    decision = named(library, BERTA, "Berta", "b1")
    told(library, Undo(decision.id))
    live.now()
    assert live.at(live.now().state) is live.now()
    assert live.at(then.state).people.faces.equals(then.people.faces)
    assert names_of(live.at(then.state._replace(journal=2))) == {"a1": "Anna", "b1": "Berta"}


def test_people_of_other_tables_or_of_the_future_are_not_known(library, live):
    state = live.now().state
    assert live.at(state._replace(journal=1)) is None
    for name in set(State._fields) - {"journal"}:
        assert live.at(state._replace(**{name: getattr(state, name) + 1})) is None


def test_names_of_before_are_known_while_their_table_is_kept(library, live):
    """Names spread by themselves while somebody selects in a list."""
    named(library, ANNA, "Anna", "a1")
    none = live.now().state
    add_names(library, ("a2", ANNA, 0.99, True))
    first = live.now().state
    named(library, BERTA, "Berta", "a2")
    assert names_of(live.at(first)) == {"a1": "Anna", "a2": "Anna"}
    add_names(library, ("a3", ANNA, 0.99, True))
    assert names_of(live.now()) == {"a1": "Anna", "a2": "Berta", "a3": "Anna"}
    assert names_of(live.at(first)) == {"a1": "Anna", "a2": "Anna"}
    assert names_of(live.at(none)) == {"a1": "Anna"}
    add_names(library, ("b1", ANNA, 0.99, True))
    assert live.at(first) is None, "its table was dropped"
    assert live.at(none._replace(names=99)) is None


def test_after_a_restart_a_page_that_is_still_open_is_understood(library, live):
    named(library, ANNA, "Anna", "a1")
    page = str(live.now().state)
    named(library, BERTA, "Berta", "b1")
    assert names_of(Live(open_library(library.folder)).at(State.from_text(page))) == {"a1": "Anna"}


def test_a_state_is_itself_again_as_text():
    state = State(1, 2, 3, 0, 5, 45)
    assert str(state) == "1-2-3-0-5-45"
    assert State.from_text(str(state)) == state


@pytest.mark.parametrize("text", ["", "1-2-3", "1-2-3-4-5-6-7", "1-2-3-4-5-x", "1-2-3-4--5", "1-2-3-4-5-6 ", "-" * 900])
def test_what_is_no_state_is_said_to_be_none(text):
    with pytest.raises(ValueError, match="expected six numbers"):
        State.from_text(text)


def test_threads_that_ask_at_once_wait_for_one_reading(library, live, slowly):
    slowly.may_go_on.set()
    threads = 8
    ready, moments = threading.Barrier(threads), []

    def ask():
        ready.wait(PATIENCE_SECONDS)
        moments.append(live.now())

    asking = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(PATIENCE_SECONDS)
    assert slowly.reads == 1
    assert len(moments) == threads
    assert len(set(map(id, moments))) == 1


def test_each_of_many_decisions_at_once_is_seen_by_whoever_made_it(library, live):
    shorts = sorted(FACE)
    live.now()
    unseen = []

    def decide_and_look(short):
        told(library, Name(CARL, (FACE[short],), "Carl"))
        if short not in names_of(live.now()):
            unseen.append(short)

    threads = [threading.Thread(target=decide_and_look, args=[short]) for short in shorts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    assert not unseen
    assert names_of(live.now()) == dict.fromkeys(shorts, "Carl")


def test_a_library_that_is_not_grouped_says_what_to_do(tmp_path):
    with pytest.raises(LibraryError, match="not grouped yet: run `facecluster cluster`"):
        Live(people_library(tmp_path, grouped=False)).now()


def test_an_empty_library_says_how_to_fill_it(tmp_path):
    live = Live(create_library(tmp_path / "empty", PACK))
    with pytest.raises(LibraryError, match="facecluster run ARCHIVE"):
        live.now()


def test_a_library_that_was_grouped_since_opens(tmp_path):
    library = people_library(tmp_path, grouped=False)
    live = Live(library)
    with pytest.raises(LibraryError):
        live.now()
    add_run(library)
    assert live.now().state.run == 1


def test_the_people_of_a_moment_are_made_of_what_it_holds(library, live):
    named(library, ANNA, "Anna", "a1")
    moment = live.now()
    assert people_among(moment.present, moment.people.who.decisions).faces.equals(moment.people.faces)
