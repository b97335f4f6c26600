"""people.decisions: what holds of any decisions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.decisions import who_is_who
from facecluster.people.statements import Ignore, Undo
from facecluster.people.who import NOBODY
from tests.people.naive import told, told_naively
from tests.people.world import (
    FACES,
    MEANING,
    MODELS,
    PEOPLE,
    decision,
    faces,
    id_of,
    people,
    plans,
    sayings,
    statement,
)

THERE = [id_of(face, 0) for face in FACES]
F = tuple(THERE[:6])
GONE = f"{99:020x}-0-0-100-100"
ANNA, BEN, CLEO, DORA = PEOPLE


def undo(place):
    return Undo(decision(place).id)


said_often = st.lists(sayings, max_size=12)
undos = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=4)
ignoring = st.tuples(st.just(Ignore), people, faces)
some_faces = st.lists(st.sampled_from(FACES), unique=True).flatmap(
    lambda faces: st.integers(0, MODELS - 1).map(lambda model: [id_of(face, model) for face in faces])
)


def made(said, undone=()):
    """Decisions, some of which also undo one, earlier or not."""
    return [
        decision(place, *map(statement, planned), *(undo(other) for by, other in undone if by == place))
        for place, planned in enumerate(said)
    ]


@given(said_often, undos, some_faces)
def test_the_fold_is_the_plain_model(said, undone, there):
    decisions = made(said, undone)
    assert told(who_is_who(decisions, there), there) == told_naively(decisions, MEANING.__getitem__, there)


@given(said_often, st.lists(st.lists(ignoring, min_size=2, max_size=6), max_size=3))
def test_a_crowd_that_is_ignored_at_once_is_the_plain_model(said, crowds):
    decisions = made([*said, *crowds, *said])
    assert told(who_is_who(decisions, THERE), THERE) == told_naively(decisions, MEANING.__getitem__, THERE)


@given(said_often, undos)
def test_some_faces_in_another_order_are_those_faces(said, undone):
    decisions = made(said, undone)
    everything = told(who_is_who(decisions, THERE), THERE)
    some = THERE[7:1:-2]
    part = told(who_is_who(decisions, some), some)
    for column in ("persons", "decided_by"):
        assert part[column] == {face: value for face, value in everything[column].items() if face in some}
    for column in ("confirmed", "not_faces"):
        assert part[column] == everything[column] & set(some)
    assert part["rejected"] == {(face, person) for face, person in everything["rejected"] if face in some}
    assert part["different"] == {pair for pair in everything["different"] if pair <= set(some)}
    assert [person["id"] for person in part["people"]] == [person["id"] for person in everything["people"]]


@given(said_often, sayings)
def test_what_is_undone_at_once_was_never_said(said, more):
    decisions = made(said)
    more = [decision(len(said), *map(statement, more)), decision(len(said) + 1, undo(len(said)))]
    without, undone = (told(who_is_who(some, THERE), THERE) for some in (decisions, [*decisions, *more]))
    assert undone.pop("in_force") == [*without.pop("in_force"), False, True]
    assert undone == without


@given(said_often)
def test_with_everything_undone_nothing_is_known(said):
    decisions = [*made(said), decision(len(said), *map(undo, range(len(said))))]
    assert told(who_is_who(decisions, THERE), THERE) | {"in_force": []} == told(who_is_who([], THERE), THERE)


@given(st.permutations(range(3)), st.lists(plans, min_size=3, max_size=3))
def test_the_order_of_what_speaks_of_other_faces_and_people_does_not_matter(order, said):
    apart = [decision(place, statement(_moved(plan, place))) for place, plan in enumerate(said)]
    in_order, permuted = (who_is_who(some, THERE) for some in (apart, [apart[place] for place in order]))
    one, other = told(in_order, THERE), told(permuted, THERE)
    for result, decisions in ((one, apart), (other, permuted.decisions)):
        result["people"] = {person["id"]: person for person in result["people"]}
        result["decided_by"] = {face: decisions[by].id for face, by in result["decided_by"].items()}
    assert one == other


def _moved(planned, place):
    """What was planned, said of the photo and of people of this number alone."""
    if isinstance(planned, tuple):
        return tuple(_moved(part, place) for part in planned)
    if planned in MEANING:
        return id_of((place, MEANING[planned][1]), 0)
    return f"{planned}-{place}" if planned in PEOPLE else planned


@given(said_often, undos)
def test_no_face_is_kept_from_whose_it_is(said, undone):
    after = who_is_who(made(said, undone), THERE)
    assert all(after.persons[row] != person for row, person in after.rejected)
    one, other = after.persons[after.different].reshape(-1, 2).T
    assert np.all((one != other) | (one == NOBODY))
    assert not np.any(after.not_faces & (after.persons != NOBODY))
    assert np.array_equal(after.decided_by == NOBODY, after.persons == NOBODY)
    assert not np.any(after.confirmed & (after.persons == NOBODY))
