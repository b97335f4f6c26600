"""clusters.hierarchy: HDBSCAN's tree by a second route, and the choice of its clusters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from facecluster.clusters.hierarchy import CondensedTree, condensed_tree, densest_clusters, hierarchy_groups, topmost

from .people import people_faces


def partition(labels):
    """The groups as a set of sets of rows; a face that is alone is in none."""
    return {tuple(np.flatnonzero(labels == name)) for name in set(labels.tolist()) - {-1}}


@given(st.integers(0, 1000), st.floats(0.2, 0.8))
@settings(max_examples=30, deadline=None)
def test_where_floor_and_ceiling_meet_the_groups_are_those_of_single_linkage(seed, floor):
    vectors, _ = people_faces([8, 6, 4, 2, 1, 1], dimension=16, spread=0.9, seed=seed)
    wide = vectors.astype(np.float64)
    found = hierarchy_groups(wide / np.linalg.norm(wide, axis=1, keepdims=True), np.arange(22), floor, floor + 1e-6, 2)
    cut = fcluster(linkage(wide, "single"), np.sqrt(2 - 2 * floor), "distance")
    assert partition(found) == {rows for rows in partition(cut) if len(rows) > 1}


@given(st.integers(0, 1000), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_groups_are_large_enough_and_numbered_without_gaps(seed, min_size):
    vectors, _ = people_faces([9, 7, 5, 3, 2, 1], dimension=16, spread=0.9, seed=seed)
    found = hierarchy_groups(vectors.astype(np.float64), np.arange(27), 0.3, 0.6, min_size)
    sizes = np.bincount(found[found >= 0])
    assert (sizes >= min_size).all()


def test_a_condensed_tree_accounts_for_every_face_and_cluster():
    vectors, _ = people_faces([9, 6, 4])
    tree = condensed_tree(vectors.astype(np.float64), 2)
    assert len(tree.face_parents) == len(tree.face_cosines) == 19
    assert tree.parents[0] == -1
    assert (tree.parents[1:] < np.arange(1, len(tree.parents))).all()
    assert (tree.births[1:] >= tree.births[tree.parents[1:]]).all()
    assert (tree.face_cosines >= tree.births[tree.face_parents]).all()
    held = np.bincount(tree.face_parents, minlength=len(tree.parents))
    for cluster in range(len(tree.parents) - 1, 0, -1):
        held[tree.parents[cluster]] += held[cluster]
    assert np.array_equal(held, tree.sizes)


def tree_of_two(birth, departure):
    """A root that parts at a cosine into two clusters of three faces, which dissolve at another."""
    return CondensedTree(
        face_parents=np.repeat([1, 2], 3),
        face_cosines=np.full(6, departure),
        parents=np.array([-1, 0, 0]),
        births=np.array([-1, birth, birth]),
        sizes=np.array([6, 3, 3]),
    )


@pytest.mark.parametrize(
    ("birth", "departure", "owners"),
    [
        (0.45, 0.6, [-1, 1, 2]),  # they part just above the floor: six times .05 against .15
        (0.55, 0.6, [0, 0, 0]),  # six times .15 against .05
        (0.2, 0.6, [-1, 1, 2]),  # parted below the floor
        (0.2, 0.3, [-1, -1, -1]),  # all dissolved below the floor
        (0.9, 0.95, [0, 0, 0]),  # parted above the ceiling: looks, not people
        (0.45, 0.95, [-1, 1, 2]),  # what is above the ceiling adds nothing, and need not
    ],
)
def test_clusters_are_chosen_by_excess_between_floor_and_ceiling(birth, departure, owners):
    tree = tree_of_two(birth, departure)
    assert topmost(tree, densest_clusters(tree, 0.4, 0.8, np.ones(3, np.bool_))).tolist() == owners


def test_of_equal_excess_the_larger_cluster_is_chosen():
    tree = tree_of_two(0.5, 0.625)  # exact in binary: 6 * (4/8 - 3/8) against 2 * 3 * (5/8 - 4/8)
    assert topmost(tree, densest_clusters(tree, 0.375, 0.75, np.ones(3, np.bool_))).tolist() == [0, 0, 0]


def test_a_cluster_above_or_below_a_chosen_one_belongs_to_the_topmost():
    tree = CondensedTree(
        face_parents=np.array([3, 3, 2, 2]),
        face_cosines=np.full(4, 0.9),
        parents=np.array([-1, 0, 0, 1]),
        births=np.array([-1, 0.5, 0.5, 0.7]),
        sizes=np.array([4, 2, 2, 2]),
    )
    assert topmost(tree, np.array([False, True, False, True])).tolist() == [-1, 1, -1, 1]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_fewer_faces_than_a_group_needs(n):
    assert hierarchy_groups(np.eye(8)[:n], np.arange(n), 0.4, 0.6, 3).tolist() == [-1] * n
