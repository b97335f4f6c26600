"""pipeline.asking: everything comes up once, in an order that holds still, whatever is decided meanwhile."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from facecluster.errors import LibraryError
from facecluster.people.statements import Confirm, Different, Ignore, Merge, Name, NotAFace, Reject, Split
from facecluster.pipeline.review import asking as asking_module
from facecluster.pipeline.review import thinker as thinker_module
from facecluster.pipeline.review.asking import MORE, NAME, SAME, Asking, key_of
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.thinking import thought_of
from facecluster.pipeline.suggest import suggestions
from facecluster.schemas import SUGGESTIONS, TREE
from facecluster.store.library import RunTables
from tests.pipeline.asked_library import ADA, BO, add_names, asked_library, tell
from tests.pipeline.made_up_library import add_clusters, in_clusters
from tests.pipeline.small_library import small_library

SCREENS = (NAME, SAME, MORE)


@pytest.fixture
def asking_of():
    """Asks about libraries; nobody thinks any more when the test ends."""
    opened = []

    def ask(library):
        opened.append(Asking(Live(library)))
        return opened[-1]

    yield ask
    for asking in opened:
        asking.close()


@pytest.fixture
def unasked(monkeypatch):
    """Nothing is thought of anew but for need."""
    monkeypatch.setattr(asking_module, "ENOUGH_DECISIONS", 10**6)


def walk(asking, kinds, on_the_way=lambda _: None):
    """The keys of all questions of a screen, as somebody goes on from the first who answers none."""
    keys, question = [], asking.first(kinds)
    while question and key_of(question) not in keys:
        keys.append(key_of(question))
        on_the_way(question)
        question = asking.after(kinds, keys[-1])
    return keys


@pytest.mark.parametrize("kinds", SCREENS)
def test_everything_that_is_asked_comes_up_once_the_best_first(tmp_path, asking_of, kinds):
    library, _ = asked_library(tmp_path)
    asking = asking_of(library)
    keys = walk(asking, kinds)
    assert keys == [key_of(one) for one in suggestions(library, 100, kinds)]
    assert asking.remaining(kinds) == len(keys)
    assert all(asking.is_open(key) for key in keys)


@pytest.mark.parametrize("kinds", SCREENS)
def test_there_is_a_way_back_but_not_beyond_the_first(tmp_path, asking_of, kinds):
    asking = asking_of(asked_library(tmp_path)[0])
    keys = walk(asking, kinds)
    assert [key_of(asking.after(kinds, key, back=True)) for key in keys[1:]] == keys[:-1]
    assert asking.after(kinds, keys[0], back=True) is None


def test_a_question_that_is_alone_comes_after_itself_until_it_is_answered(tmp_path, asking_of):
    library, ids = in_clusters(tmp_path, (3, 1), [0, 0, 0, None])
    asking = asking_of(library)
    assert key_of(asking.after(NAME, "who.cluster-0")) == "who.cluster-0"
    tell(library, Name(ADA, tuple(ids[:3]), "Ada"))
    assert (
        asking.first(NAME)
        is asking.after(NAME, "who.cluster-0")
        is asking.after(NAME, "who.cluster-0", back=True)
        is None
    )
    assert asking.remaining(NAME) == 0


def test_a_library_without_faces_to_ask_about_asks_nothing(tmp_path, asking_of):
    library, _ = in_clusters(tmp_path, (1,), [None])
    asking = asking_of(library)
    for kinds in SCREENS:
        assert (asking.first(kinds), asking.after(kinds, "who.cluster-0"), asking.remaining(kinds)) == (None, None, 0)


def test_every_group_of_two_and_more_is_named_in_the_end_and_none_twice(tmp_path, asking_of, monkeypatch):
    monkeypatch.setattr(asking_module, "ENOUGH_DECISIONS", 3)
    monkeypatch.setattr(thinker_module, "REST", 0.0)
    clusters = [cluster for cluster in range(15) for _ in range(2 + cluster % 4)]
    library, ids = in_clusters(tmp_path, (len(clusters), 2), [*clusters, None, None])
    asking, named = asking_of(library), []
    question = asking.first(NAME)
    while question:
        assert asking.remaining(NAME) == 15 - len(named)
        named.append(key_of(question))
        cluster = int(question.units[0].id)
        faces = tuple(face for face, at in zip(ids, clusters, strict=False) if at == cluster)
        tell(library, Name(f"{cluster:012x}", faces, f"Person {cluster}"))
        question = asking.after(NAME, named[-1])
    assert sorted(named) == sorted(f"who.cluster-{cluster}" for cluster in range(15))
    assert suggestions(library, 10, NAME) == []


def test_whoever_goes_on_meets_nobody_twice_while_others_decide(tmp_path, asking_of, monkeypatch):
    monkeypatch.setattr(asking_module, "ENOUGH_DECISIONS", 1)
    monkeypatch.setattr(thinker_module, "REST", 0.0)
    clusters = [cluster for cluster in range(20) for _ in range(2)]
    library, ids = in_clusters(tmp_path, (40,), clusters, pairs=[(0, 4), (8, 12)])
    asking, others = asking_of(library), iter((3, 17, 9, 19, 12))
    ignored = []

    def somebody_else_decides(question):
        if (cluster := next(others, None)) is not None and question.units[0].id != str(cluster):
            ignored.append(f"who.cluster-{cluster}")
            tell(library, Ignore(f"{cluster:012x}", tuple(ids[2 * cluster : 2 * cluster + 2].tolist())))

    keys = walk(asking, NAME, somebody_else_decides)
    assert len(keys) == len(set(keys))
    assert {f"who.cluster-{cluster}" for cluster in range(20)} - set(keys) <= set(ignored)


def test_what_new_thinking_finds_stands_behind_what_was_handed_out(tmp_path, asking_of, unasked):
    library, ids = in_clusters(tmp_path, (4, 3, 2), [0] * 4 + [1] * 3 + [2] * 2, pairs=[(0, 4), (4, 7)])
    asking = asking_of(library)
    assert walk(asking, SAME) == ["same.cluster-0.cluster-1", "same.cluster-1.cluster-2"]
    tell(library, Name(ADA, tuple(ids[:3]), "Ada"), Reject(ADA, (ids[3],)))
    tell(library, Name(BO, tuple(ids[4:6]), "Bo"))
    tell(library, Different((ids[4],), (ids[7],)))
    found = walk(asking, SAME)
    assert found[0] == f"same.person-{BO}.cluster-1"  # the rest of a cluster of which some were named
    assert set(found) == {key_of(one) for one in suggestions(library, 10, SAME)}


def test_answers_raise_questions_and_a_screen_that_runs_dry_has_them_thought_of(tmp_path, asking_of, unasked):
    library, ids = in_clusters(tmp_path, (5,), [0] * 5)
    asking = asking_of(library)
    assert (asking.first(SAME), asking.remaining(SAME)) == (None, 0)
    tell(library, Name(ADA, (ids[0],), "Ada"))
    question = asking.first(SAME)
    assert (key_of(question), question.units[1].faces) == (f"same.person-{ADA}.cluster-0", 4)
    assert not asking.is_open("who.cluster-0")
    tell(library, Name(ADA, tuple(ids[1:]), None))
    assert asking.after(SAME, key_of(question)) is None


def test_enough_decisions_have_questions_thought_of_in_the_background(tmp_path, asking_of, monkeypatch):
    monkeypatch.setattr(asking_module, "ENOUGH_DECISIONS", 2)
    monkeypatch.setattr(thinker_module, "REST", 0.0)
    library, ids = in_clusters(tmp_path, (5, 4), [0] * 5 + [1] * 4, pairs=[(0, 5)])
    asking = asking_of(library)
    assert key_of(asking.first(SAME)) == "same.cluster-0.cluster-1"
    tell(library, Name(ADA, (ids[0],), "Ada"))
    tell(library, Name(BO, tuple(ids[5:]), "Bo"))
    assert asking.remaining(SAME) == 0  # as thought of before: one of the two has a name by now
    asking._thinker.begin().result()
    assert asking.remaining(SAME) == len(suggestions(library, 10, SAME)) == 2


def test_a_question_that_was_handed_out_can_be_looked_at_though_it_is_not_thought_of_any_more(
    tmp_path, asking_of, unasked
):
    library, ids = in_clusters(tmp_path, (4, 3), [0] * 4 + [1] * 3, pairs=[(0, 4)])
    asking = asking_of(library)
    question = asking.first(SAME)
    table = RunTables(library.clusters(1), TREE.empty_table(), SUGGESTIONS.empty_table())
    library.add_run(table, {"settings": {}})
    until(lambda: asking._live.now().state.run == 2)
    assert asking.of(key_of(question)) == question
    asking._thinker.begin().result()
    assert (asking.after(SAME, key_of(question)), asking.remaining(SAME)) == (None, 0)
    assert asking.of(key_of(question)) == question
    tell(library, Different((ids[0],), (ids[4],)))
    assert asking.of(key_of(question)) is None


def test_a_new_run_has_questions_thought_of_anew(tmp_path, asking_of):
    library, ids = in_clusters(tmp_path, (4, 3), [0] * 4 + [1] * 3)
    asking = asking_of(library)
    assert walk(asking, NAME) == ["who.cluster-0", "who.cluster-1"]
    add_clusters(library, ids.tolist(), [0] * 3 + [None] + [2] * 3, pairs=[(0, 4)])
    until(lambda: asking._live.now().state.run == 2)
    assert asking.of("who.cluster-0").units[0].faces == 3  # before anything is thought of
    asking._thinker.begin().result()
    assert sorted(walk(asking, NAME)) == ["who.cluster-0", "who.cluster-2"]
    assert walk(asking, SAME) == ["same.cluster-0.cluster-2"]


def test_new_names_are_asked_about(tmp_path, asking_of):
    library, ids = asked_library(tmp_path)
    asking = asking_of(library)
    assert asking.of(f"uncertain.person-{ADA}").sides == ((ids[32],),)
    add_names(library, (ids[32], ADA, 0.6, False), (ids[34], ADA, 0.8, False), (ids[30], BO, 0.9, False))
    assert asking.of(f"uncertain.person-{ADA}").sides == ((ids[34], ids[32]),)
    assert asking.of(f"uncertain.person-{BO}").sides == ((ids[30],),)


def test_after_a_restart_the_keys_are_the_same(tmp_path, asking_of):
    library, _ = asked_library(tmp_path)
    keys = [walk(asking_of(library), kinds) for kinds in SCREENS]
    assert [walk(asking_of(library), kinds) for kinds in SCREENS] == keys


@pytest.mark.parametrize(
    "key", ["", "who.cluster-", "who.cluster-999999999", "same.cluster-1.cluster-1", "../x", "who.face-x"]
)
def test_what_is_no_question_is_none_and_what_follows_it_is_the_first(tmp_path, asking_of, key):
    asking = asking_of(asked_library(tmp_path)[0])
    assert (asking.of(key), asking.is_open(key)) == (None, False)
    assert asking.after(NAME, key) == asking.first(NAME)
    assert asking.after(NAME, key, back=True) is None


def test_all_that_can_be_said_settles_all_there_is(tmp_path, asking_of):
    """Somebody goes through all screens again and again, answering each question in one way or another."""
    library, _ = asked_library(tmp_path)
    asking, answered = asking_of(library), 0
    while question := next(filter(None, map(asking.first, SCREENS)), None):
        tell(library, *answer_to(question, answered))
        answered += 1
        assert answered < 60
    assert suggestions(library, 10, ("who", "same", "mixed", "uncertain")) == []
    assert [asking.remaining(kinds) for kinds in SCREENS] == [0, 0, 0]


def answer_to(question, number):
    """Something to say to a question, now this and then that."""
    one, new = question.units[0].id, f"{number:012x}"
    match question.kind, question.units[0].kind:
        case "who", "person":
            said = [Name(one, (), "Somebody")]
        case "who", _:
            said = [Name(new, question.shown[0], f"Person {number}")]
        case "same", _ if number % 2 == 0:
            people = [unit.id for unit in question.units if unit.kind == "person"] or [new]
            merged = [Merge(people[0], (people[1],))] if len(people) > 1 else []
            said = [*merged, Name(people[0], (*question.shown[0], *question.shown[1]))]
        case "mixed", "person":
            said = [Split(one, new, min(question.sides, key=len), "Somebody else")]
        case (("same" | "mixed"), _):
            said = [Different(*question.shown[:2])]
        case _:
            said = [(Confirm if question.kind == "uncertain" else Reject)(one, question.sides[0])]
    return said


# when something is wrong ---------------------------------------------------------------------------------------------


def test_a_library_that_is_not_grouped_says_so(tmp_path, asking_of):
    asking = asking_of(small_library(tmp_path, clusters=None))
    for _ in range(2):
        with pytest.raises(LibraryError, match="not grouped yet"):
            asking.first(NAME)


def test_who_waits_is_told_what_is_damaged_and_goes_on_once_it_is_not(tmp_path, asking_of, unasked):
    library, ids = in_clusters(tmp_path, (4, 3), [0] * 4 + [1] * 3)
    asking, table = asking_of(library), library.run_folder(1) / "suggestions.parquet"
    assert asking.first(SAME) is None
    whole = table.read_bytes()
    table.write_bytes(b"\0" * len(whole))
    tell(library, Name(ADA, (ids[0],), "Ada"))
    with pytest.raises(LibraryError, match="suggestions"):
        asking.first(SAME)
    assert key_of(asking.first(NAME)) == "who.cluster-0"
    table.write_bytes(whole)
    assert key_of(asking.first(SAME)) == f"same.person-{ADA}.cluster-0"


def test_many_who_ask_at_once_wait_for_one_thinking(tmp_path, asking_of, monkeypatch):
    library, _ = asked_library(tmp_path)
    thoughts, go_on = [], threading.Event()

    def slowly(*of):
        go_on.wait()
        thoughts.append(thought_of(*of))
        return thoughts[-1]

    monkeypatch.setattr(asking_module, "thought_of", slowly)
    asking = asking_of(library)
    with ThreadPoolExecutor(8) as readers:
        firsts = [readers.submit(asking.first, NAME) for _ in range(8)]
        go_on.set()
        assert {key_of(one.result()) for one in firsts} == {"who.cluster-0"}
    assert len(thoughts) == 1


def test_readers_and_deciders_do_not_disturb_each_other(tmp_path, asking_of, monkeypatch):
    monkeypatch.setattr(asking_module, "ENOUGH_DECISIONS", 1)
    monkeypatch.setattr(thinker_module, "REST", 0.0)
    clusters = [cluster for cluster in range(12) for _ in range(2)]
    library, ids = in_clusters(tmp_path, (24,), clusters, pairs=[(0, 4)])
    asking = asking_of(library)

    def decide(cluster):
        tell(library, NotAFace(tuple(ids[2 * cluster : 2 * cluster + 2].tolist())))
        return walk(asking, NAME)

    with ThreadPoolExecutor(4) as people:
        walks = list(people.map(decide, range(12)))
    assert all(len(keys) == len(set(keys)) for keys in walks)
    assert asking.first(NAME) is None


def test_nobody_thinks_after_the_end(tmp_path, asking_of):
    asking = asking_of(asked_library(tmp_path)[0])
    asking.first(NAME)
    asking.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("facecluster-thinking")]


def until(is_so):
    """Wait for what another thread does."""
    pause = threading.Event()
    while not is_so():
        pause.wait(0.01)
