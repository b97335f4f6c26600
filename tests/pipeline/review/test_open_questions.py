"""pipeline.open_questions: an answer settles its question, and an undone answer opens it again."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.people.statements import (
    Confirm,
    Different,
    Ignore,
    Merge,
    Name,
    NotAFace,
    Reject,
    Split,
    Undo,
)
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.thinking import MORE, NAME, SAME, SCREENS, thought_of
from facecluster.pipeline.suggest import suggestions
from tests.pipeline.asked_library import ADA, BO, CY, add_names, asked_library, later, open_at, standing_at

DEE = "d" * 12
MIXED, SAME_34, WRONG, UNCERTAIN = (
    "mixed.cluster-0",
    "same.cluster-3.cluster-4",
    f"wrong.person-{ADA}",
    f"uncertain.person-{ADA}",
)
ALL = [
    "who.cluster-0", "who.cluster-3", "who.cluster-4", "who.cluster-5",
    MIXED, f"mixed.person-{ADA}", SAME_34, WRONG, UNCERTAIN,
]  # fmt: skip


class Asked:
    """The library of asked_library, its faces and what was thought of it."""

    def __init__(self, folder):
        self.library, self.ids = asked_library(folder)
        self.moment = Live(self.library).now()
        self.thought = thought_of(self.library, self.moment)

    def faces(self, *rows):
        return tuple(self.ids[list(rows)].tolist())

    def after(self, *statements):
        return open_at(later(self.moment, statements), self.thought)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    return Asked(tmp_path_factory.mktemp("asked"))


def open_keys(questions):
    return [key for key in ALL if questions.is_open(key)]


def test_at_the_moment_of_the_thinking_all_is_open_and_as_it_was_thought(asked):
    now = open_at(asked.moment, asked.thought)
    assert open_keys(now) == ALL
    assert [now.count(kinds) for kinds in SCREENS] == [4, 3, 2]
    for key, thought in asked.thought.questions.items():
        question = now.question(key)
        assert replace(question, shown=(), settles=0) == replace(thought, shown=(), settles=0)
        assert question.settles == pytest.approx(thought.settles)
        assert list(map(len, question.shown)) == list(map(len, thought.shown))


def test_questions_that_follow_from_the_faces_are_those_that_suggestions_ask(asked):
    now = open_at(asked.moment, asked.thought)
    for one in suggestions(asked.library, 100, ("who", "uncertain")):
        key = f"{one.kind}.{one.units[0].kind}-{one.units[0].id}"
        found = now.question(key)
        assert (found.units, found.sides, found.settles) == (one.units, one.sides, pytest.approx(one.settles))
        assert set(found.shown[0]) <= set(asked.ids[standing_at(asked.moment).rows(found.units[0])]) or one.sides


@pytest.mark.parametrize(
    ("statements", "settled"),
    [
        (lambda a: [Name(CY, a.faces(*range(11)), "Cy")], {"who.cluster-0", MIXED}),
        (lambda a: [Ignore(CY, a.faces(*range(11)))], {"who.cluster-0", MIXED}),
        (lambda a: [NotAFace(a.faces(32, 33))], {"who.cluster-5", UNCERTAIN}),
        (lambda a: [Name(CY, a.faces(25, 26, 27, 28), "Cy")], {"who.cluster-3", SAME_34}),
        (lambda a: [Name(CY, a.faces(*range(25, 32)))], {"who.cluster-3", "who.cluster-4", SAME_34}),
        (lambda a: [Different(a.faces(25, 26), a.faces(29))], {SAME_34}),
        (lambda a: [Different(a.faces(29), a.faces(27))], {SAME_34}),
        (lambda a: [Different(a.faces(0), a.faces(10))], {MIXED}),
        (lambda a: [Name(CY, a.faces(*range(6))), Name(DEE, a.faces(*range(6, 11)))], {"who.cluster-0", MIXED}),
        (lambda a: [Confirm(ADA, a.faces(*range(11, 20)))], {f"mixed.person-{ADA}", WRONG}),
        (lambda a: [Confirm(ADA, a.faces(19))], {WRONG}),
        (lambda a: [Reject(ADA, a.faces(19))], {WRONG}),
        (lambda a: [Split(ADA, BO, a.faces(19))], {WRONG}),
        (lambda a: [Confirm(ADA, a.faces(32))], {"who.cluster-5", UNCERTAIN}),
        (lambda a: [Reject(ADA, a.faces(32))], {UNCERTAIN}),
        (lambda a: [Reject(ADA, a.faces(19)), Ignore(ADA)], {f"mixed.person-{ADA}", WRONG, UNCERTAIN}),
        (lambda a: [Ignore(ADA)], {f"mixed.person-{ADA}", WRONG, UNCERTAIN}),
        (lambda a: [Merge(BO, (ADA,))], {f"mixed.person-{ADA}", WRONG, UNCERTAIN}),
        (lambda a: [Name(CY, a.faces(34), "Cy")], set()),
        (lambda a: [Name(CY, a.faces(0), "Cy")], set()),
    ],
)
def test_an_answer_settles_its_question_and_no_other(asked, statements, settled):
    now = asked.after(*statements(asked))
    assert set(ALL) - set(open_keys(now)) == settled
    assert sum(map(now.count, SCREENS)) == len(ALL) - len(settled) + (
        now.question(f"uncertain.person-{BO}") is not None
    )
    for key in ALL:
        assert (now.question(key) is None) == (key in settled) or key == "who.cluster-5"


def test_an_undone_answer_opens_its_question_again(asked):
    said = (Name(CY, asked.faces(*range(11)), "Cy"),)
    moment = later(asked.moment, said)
    undone = later(asked.moment, said, (Undo(moment.people.who.decisions[-1].id),))
    assert open_keys(open_at(undone, asked.thought)) == ALL


def test_a_question_is_brought_up_to_date(asked):
    now = asked.after(
        Name(CY, asked.faces(0, 1), "Cy"),
        Name(DEE, asked.faces(25), "Dee"),
        NotAFace(asked.faces(11)),
        Name(ADA, (), "Ada B."),
    )
    who, same, mixed = map(now.question, ("who.cluster-0", SAME_34, f"mixed.person-{ADA}"))
    assert (who.units[0].faces, who.settles) == (9, 9)
    assert not set(asked.faces(0, 1)) & set(who.shown[0])
    assert ([unit.faces for unit in same.units], len(same.shown[0])) == ([3, 3], 3)
    assert (mixed.units[0].name, mixed.units[0].faces, sum(map(len, mixed.sides))) == ("Ada B.", 8, 8)


def test_a_group_that_was_named_for_the_most_part_is_not_compared_any_more(asked):
    assert asked.after(Name(CY, asked.faces(25, 26), "Cy")).is_open(SAME_34)
    assert not asked.after(Name(CY, asked.faces(25, 26, 27), "Cy")).is_open(SAME_34)


def test_people_without_a_name_are_asked_about_until_they_have_one(tmp_path):
    library, ids = asked_library(tmp_path)
    moment = later(Live(library).now(), (Name(CY, tuple(ids[25:29].tolist())),))
    thought = thought_of(library, moment)
    now = open_at(moment, thought)
    assert (now.is_open(f"who.person-{CY}"), now.question(f"who.person-{CY}").units[0].faces) == (True, 4)
    assert now.worth(f"who.person-{CY}") == 4
    named = open_at(later(moment, (Name(CY, (), "Cy"),)), thought)
    assert (named.is_open(f"who.person-{CY}"), named.question(f"who.person-{CY}")) == (False, None)
    assert named.count(NAME) == now.count(NAME) - 1


def test_faces_of_a_cluster_that_is_asked_about_as_a_whole_are_not_asked_about_one_by_one(tmp_path):
    library, ids = asked_library(tmp_path)
    add_names(library, (ids[32], ADA, 0.9, False), (ids[33], ADA, 0.8, False), (ids[34], ADA, 0.6, False))
    moment = Live(library).now()
    thought = thought_of(library, moment)
    assert open_at(moment, thought).question(UNCERTAIN).sides == ((ids[34],),)
    apart = open_at(later(moment, (Reject(ADA, tuple(ids[32:34].tolist())),)), thought)
    assert (apart.is_open(f"same.person-{ADA}.cluster-5"), apart.count(MORE)) == (False, 2)


@pytest.mark.parametrize(
    "key", ["", "who", "who.cluster-99", f"who.person-{DEE}", "same.cluster-0.cluster-1", "mixed.cluster-3"]
)
def test_what_nobody_thought_of_is_no_question(asked, key):
    now = open_at(asked.moment, asked.thought)
    assert (now.is_open(key), now.question(key), now.worth(key)) == (False, None, 0)


def test_whose_a_group_is_can_be_asked_though_it_was_not_thought_of(asked):
    now = asked.after(Reject(ADA, asked.faces(11, 12, 19)))
    assert not now.is_open("who.cluster-1")
    assert now.question("who.cluster-1").shown == (asked.faces(11, 12),)


def test_the_clearest_faces_are_shown(asked):
    table = asked.moment.present.table
    quality = table["quality"].to_numpy().copy()
    quality[[2, 7]] = 1
    moment = replace(
        asked.moment, people=replace(asked.moment.people, faces=asked.moment.people.faces.assign(quality=quality))
    )
    (shown,) = open_at(moment, asked.thought).question("who.cluster-0").shown
    assert len(shown) == 11
    same = open_at(moment, asked.thought).question(MIXED)
    assert [len(side) for side in same.shown] == [min(6, len(side)) for side in same.sides]


MAKERS = {
    "name": lambda faces, who: Name(who, faces, who[:2]),
    "reject": lambda faces, who: Reject(who, faces),
    "not a face": lambda faces, _: NotAFace(faces),
    "ignore": lambda faces, who: Ignore(who, faces),
    "confirm": lambda faces, who: Confirm(who, faces),
}


def some(most, least=1):
    """Rows of faces, each once."""
    return st.lists(st.integers(0, 34), min_size=least, max_size=most, unique=True)


@st.composite
def sayings(draw):
    """What may be said of the faces of the library: (which statement, rows, person) each."""
    kinds = st.sampled_from(sorted(MAKERS))
    return [
        (kind, draw(some(12, kind != "ignore")), draw(st.sampled_from([ADA, BO, CY, DEE])))
        for kind in draw(st.lists(kinds, max_size=5))
    ]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sayings())
def test_whatever_is_said_open_questions_are_of_faces_that_are_open(asked, said):
    moment = later(asked.moment, *((MAKERS[kind](asked.faces(*rows), who),) for kind, rows, who in said))
    now, standing = open_at(moment, asked.thought), standing_at(moment)
    faces, people = moment.people.faces.set_index("face_id"), moment.people.who.people
    for key in filter(now.is_open, ALL):
        question = now.question(key)
        assert question, key
        for unit in question.units:
            assert unit.faces == standing.size(unit)
            assert unit.faces or question.kind == "uncertain"  # a name may be left of whom no face is
        for ids in (*question.sides, *question.shown):
            assert ids, key
            for one in ids:
                row = faces.loc[one]
                assert not moment.people.who.not_faces[faces.index.get_loc(one)]
                if question.kind == "uncertain":
                    assert (people[row["person"]].id, row["provenance"]) == (question.units[0].id, "proposed")
                elif question.units[0].kind == "person":
                    assert people[row["person"]].id == question.units[0].id
                else:
                    assert row["person"] == -1 or row["provenance"] == "proposed"
    assert sum(map(now.count, SCREENS)) >= len(open_keys(now))
    assert not any(map(now.is_open, ("who.cluster-1", "same.cluster-1.cluster-2")))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sayings())
def test_what_new_thinking_asks_again_was_not_called_settled(asked, said):
    """Two routes: what an old thinking has left, where new ones can be told by their key alone."""
    moment = later(asked.moment, *((MAKERS[kind](asked.faces(*rows), who),) for kind, rows, who in said))
    new = thought_of(asked.library, moment)
    now = open_at(moment, asked.thought)
    for key in new.order[NAME]:
        if key in asked.thought.order[NAME]:
            assert now.is_open(key)
    for key in {*new.order[SAME], *new.order[MORE]} & set(ALL):
        if key.startswith(("same", "uncertain")):
            assert now.is_open(key), key
