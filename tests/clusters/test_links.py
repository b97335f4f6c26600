"""clusters.links: what a human has said, by the rows of some of the faces, and what it does to a tree."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.links import Links, holding_two, no_links
from facecluster.clusters.tree import CondensedTree

PERSONS = st.lists(st.integers(-1, 3), min_size=10, max_size=10)
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12)


def links_of(persons, different):
    return Links(np.array(persons, np.int32), np.array(different, np.int64).reshape(-1, 2))


@given(PERSONS, PAIRS, st.lists(st.integers(0, 9), unique=True))
def test_links_among_some_faces_are_what_was_said_of_those(persons, different, kept):
    rows = np.array(sorted(kept), np.int64)
    found = links_of(persons, different).among(rows)
    assert found.persons.tolist() == [persons[row] for row in rows]
    assert rows[found.different].reshape(-1, 2).tolist() == [list(pair) for pair in different if set(pair) <= set(kept)]


@given(PERSONS)
def test_a_chain_holds_each_person_together_and_no_two(persons):
    pairs = links_of(persons, []).chain()
    groups = [{face} for face in range(10)]
    for one, other in pairs:
        joined = next(group for group in groups if one in group) | next(group for group in groups if other in group)
        groups = [group for group in groups if not group & joined] + [joined]
    named = sorted(sorted(group) for group in groups if len(group) > 1)
    by_person = [[face for face in range(10) if persons[face] == person] for person in range(4)]
    assert named == sorted(faces for faces in by_person if len(faces) > 1)


def test_of_no_faces_nothing_is_said():
    assert no_links(0).chain().shape == (0, 2)
    assert no_links(3).persons.tolist() == [-1] * 3


@st.composite
def trees(draw):
    parents = [draw(st.integers(-1, place - 1)) for place in range(draw(st.integers(0, 7)))]
    holders = draw(st.lists(st.integers(-1, len(parents) - 1), min_size=10, max_size=10))
    count = np.zeros(len(parents))
    return CondensedTree(
        np.array(holders, np.int32),
        np.zeros(10, np.float32),
        np.array(parents, np.int32),
        count.astype(np.float32),
        count.astype(np.int32),
    )


@given(trees(), PERSONS, PAIRS)
def test_clusters_that_hold_two_people_are_those_found_by_looking_at_all_pairs(tree, persons, different):
    def holders(face):
        cluster = int(tree.face_parents[face])
        while cluster >= 0:
            yield cluster
            cluster = int(tree.parents[cluster])

    apart = [(one, other) for one in range(10) for other in range(10) if -1 < persons[one] != persons[other] > -1]
    wrong = {cluster for one, other in [*apart, *different] for cluster in set(holders(one)) & set(holders(other))}
    assert set(np.flatnonzero(holding_two(tree, links_of(persons, different)))) == wrong
