"""clusters.tree: the condensed tree against the components at every cosine, one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.forest import spanning_forest
from facecluster.clusters.neighbours import Neighbours
from facecluster.clusters.tree import condensed_tree

from .graphs import components_at, neighbours_of, random_cosines, reachability_of, tree_of
from .test_forest import graphs


def members_of(tree, cluster):
    """The faces that a cluster holds, those of its descendants included."""
    children = [members_of(tree, child) for child in np.flatnonzero(tree.parents == cluster)]
    return frozenset(np.flatnonzero(tree.face_parents == cluster).tolist()).union(*children)


def condensed_by_levels(matrix, min_size, floor):
    """(members, birth) of every cluster, and (members, cosine) for every face that leaves one, by the definition.

    From the floor upwards, a cluster continues in the one component of enough faces that is left of it at the next
    level; where there are several, they are born, and where there is none, it ends.
    """
    levels = np.unique(matrix[np.isfinite(matrix) & (matrix >= floor)]).tolist()
    large = [{group for group in components_at(matrix, level) if len(group) >= min_size} for level in levels]
    clusters, leaving = set(), {}

    def follow(members, birth, start):
        clusters.add((members, birth))
        inside, last = members, birth
        for level in range(start, len(levels) + 1):
            left = [group for group in large[level] if group <= inside] if level < len(levels) else []
            kept = left[0] if len(left) == 1 else frozenset().union(*left)
            leaving.update(dict.fromkeys(inside - kept, (members, last)))
            if len(left) != 1:
                for group in left:
                    follow(group, last, level)
                return
            inside, last = kept, levels[level]

    for group in large[0] if levels else []:
        follow(group, floor, 0)
    return clusters, leaving


@given(graphs(), st.integers(1, 4), st.integers(2, 5), st.sampled_from([-1.0, 0.25, 0.5]))
@settings(max_examples=200)
def test_a_tree_is_what_the_components_at_every_cosine_say(graph, min_samples, min_size, floor):
    tree = tree_of(graph, min_samples, min_size, floor)
    clusters, leaving = condensed_by_levels(reachability_of(graph, min_samples), min_size, floor)
    members = [members_of(tree, cluster) for cluster in range(len(tree.parents))]
    assert set(zip(members, tree.births.tolist(), strict=True)) == clusters
    assert len(members) == len(clusters)
    for face, (parent, cosine) in enumerate(zip(tree.face_parents, tree.face_cosines.tolist(), strict=True)):
        assert ((members[parent], cosine) == leaving[face]) if parent >= 0 else face not in leaving
        assert parent >= 0 or cosine == -1
    for cluster, parent in enumerate(tree.parents):
        assert parent < cluster
        assert tree.sizes[cluster] == len(members[cluster]) >= min_size
        assert parent < 0 or members[cluster] < members[parent]


@given(st.integers(0, 2**32), st.integers(2, 30), st.sampled_from([2, 5, 2**20]), st.integers(1, 3))
@settings(max_examples=100)
def test_a_tree_does_not_depend_on_the_order_of_faces_not_even_where_edges_are_equal(seed, n, levels, min_samples):
    rng = np.random.default_rng(seed)
    cosines, order = random_cosines(rng, n, levels), rng.permutation(n)
    tree = tree_of(neighbours_of(cosines, n - 1), min_samples, 2)
    other = tree_of(neighbours_of(cosines[np.ix_(order, order)], n - 1), min_samples, 2)
    assert np.array_equal(other.face_cosines, tree.face_cosines[order])
    by_members = {members_of(tree, cluster): tree.births[cluster] for cluster in range(len(tree.parents))}
    rows = [frozenset(order[list(members_of(other, cluster))].tolist()) for cluster in range(len(other.parents))]
    assert dict(zip(rows, other.births, strict=True)) == by_members


def test_two_people_and_a_stranger():
    cosines = np.full((8, 8), 0.25, np.float32)
    cosines[:4, :4], cosines[4:7, 4:7], cosines[:7, 7] = 0.75, 0.625, 0.5
    tree = tree_of(neighbours_of(np.maximum(cosines, cosines.T), 7), 1, 3, floor=0.125)
    assert tree.parents.tolist() == [-1, 0, 0]
    assert tree.births.tolist() == [0.125, 0.5, 0.5]
    assert (tree.sizes[0], set(tree.sizes[1:])) == (8, {3, 4})
    assert tree.face_cosines.tolist() == [0.75] * 4 + [0.625] * 3 + [0.5]
    assert len(set(tree.face_parents[:4])) == len(set(tree.face_parents[4:7])) == 1
    assert tree.face_parents[7] == 0


def test_clusters_joined_by_equal_edges_part_at_once():
    cosines = np.kron(np.eye(4), np.full((3, 3), 0.5)) + 0.25
    tree = tree_of(neighbours_of(cosines.astype(np.float32), 11), 1, 3)
    assert tree.parents.tolist() == [-1, 0, 0, 0, 0]
    assert tree.sizes.tolist() == [12, 3, 3, 3, 3]


def test_components_too_small_are_in_no_cluster():
    cosines = np.kron(np.eye(4), np.full((2, 2), 0.75)).astype(np.float32)
    tree = tree_of(neighbours_of(cosines, 7), 1, 3, floor=0.5)
    assert tree.face_parents.tolist() == [-1] * 8
    assert len(tree.parents) == 0


def test_identical_faces_are_one_cluster_without_parts():
    tree = tree_of(neighbours_of(np.ones((50, 50), np.float32), 20), 3, 3, floor=0.25)
    assert tree.parents.tolist() == [-1]
    assert tree.births.tolist() == [0.25]
    assert set(tree.face_cosines) == {1}


def test_a_chain_as_long_as_there_are_faces():
    """Every face joins the faces before it at its own cosine: one cluster, and no depth of recursion."""
    n = 50_000
    rows = np.column_stack([np.arange(1, n + 1), np.arange(-1, n - 1)]).astype(np.int32)
    rows[-1] = n - 2, -1
    cosines = np.linspace(0.9, 0.1, n, dtype=np.float32)
    forest = spanning_forest(
        Neighbours(rows, np.column_stack([cosines, np.roll(cosines, 1)])), np.ones(n, np.float32), 0.0
    )
    tree = condensed_tree(forest, n, 2, 0.0)
    assert tree.parents.tolist() == [-1]
    assert np.array_equal(tree.face_cosines, np.concatenate([cosines[:1], cosines[:-1]]))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_faces(n):
    tree = tree_of(neighbours_of(np.ones((n, n), np.float32), 3), 1, 2)
    assert tree.sizes.tolist() == ([2] if n == 2 else [])
    assert len(tree.face_parents) == n


def test_one_face_makes_no_cluster():
    with pytest.raises(ValueError, match="min_size 1"):
        tree_of(neighbours_of(np.ones((3, 3), np.float32), 2), 1, 1)
