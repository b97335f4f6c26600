"""pipeline.standing: the units of questions, without what it takes to think of questions, are the same units."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facecluster.people.pairs import told_apart
from facecluster.people.questions import Question, Unit
from facecluster.people.statements import Confirm, Different, Ignore, Name, NotAFace, Reject
from facecluster.people.units import units_of
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.question_keys import About
from facecluster.pipeline.review.standing import faces_named, places_of
from facecluster.pipeline.suggest import faces_of_people
from tests.pipeline.asked_library import ADA, BO, CY, asked_library, later, standing_at

N_FACES = 35


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    library, ids = asked_library(tmp_path_factory.mktemp("standing"))
    return Live(library).now(), ids


def alone(ids):
    """A question that names all faces, so that their places are known."""
    return [Question("same", (Unit("face", str(ids[0]), None, 1),), (tuple(ids.tolist()),), (), 1.0, None)]


rows = st.lists(st.integers(0, N_FACES - 1), min_size=1, max_size=9, unique=True)
people = st.sampled_from([ADA, BO, CY])
said = st.lists(
    st.one_of(
        st.tuples(st.just(Name), people, rows),
        st.tuples(st.just(Reject), people, rows),
        st.tuples(st.just(Confirm), people, rows),
        st.tuples(st.just(Ignore), people, rows),
        st.tuples(st.just(NotAFace), st.none(), rows),
        st.tuples(st.just(Different), st.none(), rows),
    ),
    max_size=6,
)


def statement(ids, kind, person, chosen):
    faces = tuple(ids[chosen].tolist())
    if kind is NotAFace:
        return NotAFace(faces)
    if kind is Different:
        half = -(-len(faces) // 2)
        return Different(faces[:half], faces[half:] or (str(ids[(chosen[0] + 1) % N_FACES]),))
    return kind(person, faces)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said)
def test_units_are_those_that_questions_are_thought_of(asked, said):
    first, ids = asked
    moment = later(first, *((statement(ids, *one),) for one in said))
    standing, units = standing_at(moment, alone(ids)), units_of(faces_of_people(moment.people), moment.people.who)
    there = {}
    for unit in np.flatnonzero(units.sizes).tolist():
        told = units.told(unit)
        about = there[unit] = About(told.kind, told.id)
        assert standing.told(about) == told
        assert standing.rows(about).tolist() == units.rows(unit).tolist()
    for about in [*(About("person", one) for one in (ADA, BO, CY)), *(About("cluster", str(one)) for one in range(9))]:
        assert standing.size(about) == (len(standing.rows(about)) if about in there.values() else 0)
    pairs = list(combinations(there, 2))
    who = moment.people.who
    refused = np.column_stack([who.rejected[:, 1], units.of_faces[who.rejected[:, 0]]])
    both = np.array(pairs, np.int64).reshape(-1, 2)
    expected = told_apart(both, units.sizes[both], units.first_cluster, units.of_faces[who.different], refused)
    assert standing.told_apart([(there[one], there[other]) for one, other in pairs]).tolist() == expected.tolist()
    assert standing.told_apart([(there[other], there[one]) for one, other in pairs]).tolist() == expected.tolist()
    one, other = units.of_faces[who.different].T
    assert [standing.is_cut(there[unit]) for unit in there] == [unit in one[one == other] for unit in there]


def test_what_is_proposed_comes_by_person_the_likeliest_first(asked):
    moment, ids = asked
    proposed = standing_at(moment).proposed
    assert proposed[["row", "cluster"]].to_numpy().tolist() == [[32, 5]]
    assert moment.people.who.people[proposed["person"].iloc[0]].id == ADA
    assert standing_at(later(moment, (Reject(ADA, (ids[32],)),))).proposed.empty


def test_who_is_ignored_is_nobody_to_ask_about(asked):
    moment, _ = asked
    standing = standing_at(later(moment, (Ignore(ADA),)))
    assert (standing.place(ADA), standing.size(About("person", ADA)), len(standing.rows(About("person", ADA)))) == (
        -1,
        0,
        0,
    )
    assert standing.place("0" * 12) == -1


def test_where_faces_are_is_known_of_those_that_are_there():
    among = pa.array(["a", "c", "e", "g"])
    assert places_of(["g", "b", "a"], among).rows == {"g": 3, "a": 0}
    assert places_of([], among).rows == places_of(["a"], among[:0]).rows == {}


def test_the_faces_that_questions_name_are_those_of_sides_and_those_that_are_alone():
    wrong = Question("wrong", (Unit("person", ADA, "Ada", 9),), (("x", "y"),), (("x",),), 1.0, 0.5)
    same = Question("same", (Unit("person", ADA, "Ada", 9), Unit("face", "z", None, 1)), (), (("q",), ("z",)), 1.0, 0.5)
    assert faces_named([wrong, same, wrong]) == ["x", "y", "z"]
    assert faces_named([]) == []
