"""clusters.coherence: clusters whose large parts are strangers, against the mean over all their pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.coherence import LARGE, coherent
from facecluster.clusters.grid import GRID_LENGTH, to_grid
from facecluster.clusters.neighbours import nearest_neighbours
from facecluster.clusters.tree import CondensedTree

from .graphs import tree_of
from .people import people_faces, unit
from .test_tree import members_of

LEAST = 0.23


def tree_over(vectors, floor=0.2):
    return tree_of(nearest_neighbours(to_grid(vectors), 32, floor), 1, 2, floor)


def root_of_all(tree, n_faces):
    """The cluster that holds all faces."""
    (root,) = np.flatnonzero((tree.parents < 0) & (tree.sizes == n_faces))
    return root


def chain_between(vectors, people, links=5):
    """Faces that lead from one person to another, less alike to each other than the faces of either."""
    one, other = (unit(vectors[people == person].mean(axis=0)) for person in (0, 1))
    noise = people_faces([1] * links, seed=7)[0]
    return unit(unit(np.linspace(one, other, links + 2)[1:-1]) + 0.8 * noise)


def test_two_people_joined_by_a_row_of_faces_are_parted():
    vectors, people = people_faces([15, 15], spread=0.6)
    everybody = np.concatenate([vectors, chain_between(vectors, people)])
    tree = tree_over(everybody)
    found = coherent(tree, to_grid(everybody), LEAST)
    assert not found[root_of_all(tree, 35)]
    for person in (0, 1):
        held = [set(members_of(tree, cluster)) for cluster in np.flatnonzero(found)]
        assert any(set(np.flatnonzero(people == person).tolist()) <= faces for faces in held)


def test_a_person_of_two_looks_is_one():
    """Each look much more alike in itself than to the other, as with and without a beard; the two are half alike."""
    looks = people_faces([1] * 3)[0]
    means = unit([looks[0] + looks[1], looks[0] + looks[2]])
    vectors = unit(np.repeat(means, 15, axis=0) + 0.4 * people_faces([1] * 30, seed=1)[0])
    tree = tree_over(vectors)
    assert coherent(tree, to_grid(vectors), LEAST).all()
    assert coherent(tree, to_grid(vectors), 0.6)[root_of_all(tree, 30)] == np.False_


@pytest.mark.parametrize(("size", "kept"), [(LARGE - 1, True), (LARGE, False)])
def test_small_parts_are_a_matter_of_chance(size, kept):
    vectors, people = people_faces([size, size], spread=0.2)
    tree = CondensedTree(
        face_parents=(1 + people).astype(np.int32),
        face_cosines=np.full(2 * size, 0.9, np.float32),
        parents=np.array([-1, 0, 0], np.int32),
        births=np.array([0.2, 0.4, 0.4], np.float32),
        sizes=np.array([2 * size, size, size], np.int32),
    )
    assert coherent(tree, to_grid(vectors), LEAST).tolist() == [kept, True, True]


def coherent_by_all_pairs(tree, grid, least):
    dots = grid.astype(np.int64) @ grid.astype(np.int64).T

    def holds(cluster):
        children = np.flatnonzero(tree.parents == cluster)
        parts = [sorted(members_of(tree, child)) for child in children if tree.sizes[child] >= LARGE]
        between = [dots[np.ix_(one, other)].ravel() for i, one in enumerate(parts) for other in parts[:i]]
        strange = between and np.concatenate(between).sum() < least * GRID_LENGTH**2 * sum(map(len, between))
        return not strange and all(map(holds, children))

    return [holds(cluster) for cluster in range(len(tree.parents))]


@given(st.lists(st.integers(1, 25), max_size=6), st.floats(0.5, 1.5), st.floats(0, 0.6), st.integers(0, 1000))
@settings(max_examples=40)
def test_every_cluster_is_judged_by_all_pairs_between_its_large_children(sizes, spread, least, seed):
    vectors, _ = people_faces(sizes, dimension=8, spread=spread, seed=seed)
    tree = tree_over(vectors, -1.0)
    assert coherent(tree, to_grid(vectors), least).tolist() == coherent_by_all_pairs(tree, to_grid(vectors), least)


def test_no_cluster_no_judgement():
    empty = np.empty(0, np.float32)
    tree = CondensedTree(
        np.full(3, -1, np.int32), np.full(3, -1, np.float32), empty.astype(np.int32), empty, empty.astype(np.int32)
    )
    assert coherent(tree, to_grid(np.eye(3, dtype=np.float32)), LEAST).shape == (0,)
