"""clusters.selection: plain HDBSCAN against the `hdbscan` package, and the choice that is right for faces by hand."""

import warnings

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from facecluster.clusters.selection import (
    cosine_between,
    densest_clusters,
    group_labels,
    inverse_distance,
    not_everything,
    outlier_scores,
    topmost,
)
from facecluster.clusters.tree import CondensedTree

from .graphs import cosines_of, neighbours_of, random_cosines, tree_of
from .people import people_faces
from .test_tree import members_of


def package(vectors, min_samples, min_size):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = HDBSCAN(min_cluster_size=min_size, min_samples=min_samples, algorithm="prims_kdtree")
        return model.fit(vectors.astype(np.float64))


def plain_labels(tree):
    return group_labels(tree, densest_clusters(tree, inverse_distance, not_everything(tree)))


def alone_apart(labels):
    """Labels in which every face of no group is a group of its own."""
    return np.where(labels >= 0, labels, len(labels) + np.arange(len(labels)))


@pytest.mark.parametrize(("min_samples", "min_size"), [(1, 2), (2, 3), (5, 5)])
def test_plain_hdbscan_on_neighbours_agrees_with_the_package_on_thousands_of_faces(min_samples, min_size):
    sizes = np.minimum(np.random.default_rng(0).zipf(1.8, 420), 100).tolist()
    vectors, _ = people_faces(sizes, dimension=64, spread=1.0)
    assert len(vectors) > 2000
    expected = package(vectors, min_samples, min_size)
    tree = tree_of(neighbours_of(cosines_of(vectors), 32), min_samples, min_size)
    found = plain_labels(tree)
    assert found.max() > 50
    assert adjusted_rand_score(alone_apart(expected.labels_), alone_apart(found)) >= 0.995
    differences = np.abs(outlier_scores(tree, inverse_distance) - expected.outlier_scores_)
    assert np.mean(differences < 0.01) > 0.95  # the rest: where edges are equal, the package parts clusters two by two


@given(st.integers(0, 2**32), st.integers(2, 5), st.floats(0.3, 1.5))
@settings(max_examples=40)
def test_where_no_edges_are_equal_the_package_finds_the_same_groups_and_outliers(seed, min_size, spread):
    sizes = np.random.default_rng(seed).integers(1, 12, 6).tolist()
    vectors, _ = people_faces(sizes, dimension=8, spread=spread, seed=seed)
    expected = package(vectors, 1, min_size)  # with more samples, a core cosine is that of several edges
    tree = tree_of(neighbours_of(cosines_of(vectors), len(vectors) - 1), 1, min_size)
    assert adjusted_rand_score(alone_apart(expected.labels_), alone_apart(plain_labels(tree))) == 1
    if len(tree.parents):
        assert np.allclose(outlier_scores(tree, inverse_distance), expected.outlier_scores_, atol=1e-3)


@given(st.integers(0, 2**32), st.integers(2, 25), st.integers(1, 3), st.sampled_from([0.0, 0.3, 0.6]))
@settings(max_examples=100)
def test_choices_are_the_best_that_trying_every_one_finds(seed, n, min_samples, floor):
    rng = np.random.default_rng(seed)
    tree = tree_of(neighbours_of(random_cosines(rng, n, 2**20), n - 1), min_samples, 2, floor=0.2)
    plausible = rng.random(len(tree.parents)) < 0.8
    density = cosine_between(floor, 0.9)
    births, departures = density(tree.births), density(tree.face_cosines)
    excess = {}
    for cluster in range(len(tree.parents)):
        # A face in a descendant leaves this cluster where the child that leads there is born.
        excess[cluster] = sum(departures[tree.face_parents == cluster] - births[cluster])
        for child in np.flatnonzero(tree.parents == cluster):
            excess[cluster] += len(members_of(tree, child)) * (births[child] - births[cluster])

    def best(cluster):
        below = sum(best(child) for child in np.flatnonzero(tree.parents == cluster))
        return max(excess[cluster] if plausible[cluster] else 0, below)

    owners = set(topmost(tree, densest_clusters(tree, density, plausible)).tolist()) - {-1}
    assert all(plausible[owner] for owner in owners)
    assert sum(excess[owner] for owner in owners) == pytest.approx(sum(map(best, np.flatnonzero(tree.parents < 0))))


def tree_of_two(birth, departure, floor=-1.0):
    """A root that parts at a cosine into two clusters of three faces, which dissolve at another."""
    return CondensedTree(
        face_parents=np.repeat([1, 2], 3).astype(np.int32),
        face_cosines=np.full(6, departure, np.float32),
        parents=np.array([-1, 0, 0], np.int32),
        births=np.array([floor, birth, birth], np.float32),
        sizes=np.array([6, 3, 3], np.int32),
    )


def chosen_between(tree, floor, ceiling):
    return densest_clusters(tree, cosine_between(floor, ceiling), np.ones(len(tree.parents), np.bool_))


@pytest.mark.parametrize("root", [-1.0, 0.1])
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
def test_clusters_are_chosen_by_excess_between_floor_and_ceiling(root, birth, departure, owners):
    tree = tree_of_two(birth, departure, root)
    assert topmost(tree, chosen_between(tree, 0.4, 0.8)).tolist() == owners


def test_of_equal_excess_the_larger_cluster_is_chosen():
    tree = tree_of_two(0.5, 0.625)  # exact in binary: 6 * (4/8 - 3/8) against 2 * 3 * (5/8 - 4/8)
    assert topmost(tree, chosen_between(tree, 0.375, 0.75)).tolist() == [0, 0, 0]


def test_a_cluster_above_or_below_a_chosen_one_belongs_to_the_topmost():
    tree = CondensedTree(
        face_parents=np.array([3, 3, 2, 2, 4, -1], np.int32),
        face_cosines=np.array([0.9, 0.9, 0.9, 0.5, 0.9, -1], np.float32),
        parents=np.array([-1, 0, 0, 1, -1], np.int32),
        births=np.array([0.4, 0.5, 0.4, 0.7, 0.4], np.float32),
        sizes=np.array([4, 2, 2, 2, 1], np.int32),
    )
    assert topmost(tree, np.array([False, True, False, True, True])).tolist() == [-1, 1, -1, 1, 4]
    assert group_labels(tree, np.array([True, False, False, False, True]), 0.5).tolist() == [0, 0, 0, 0, 1, -1]
    assert group_labels(tree, np.array([True, False, False, False, True]), 0.6).tolist() == [0, 0, 0, -1, 1, -1]
    assert group_labels(tree, np.array([False, False, True, False, False])).tolist() == [-1, -1, 0, 0, -1, -1]


def test_only_the_root_of_everything_is_kept_from_plain_hdbscan():
    one, several = tree_of_two(0.5, 0.6), tree_of_two(0.5, 0.6)._replace(parents=np.array([-1, 0, -1], np.int32))
    assert not_everything(one).tolist() == [False, True, True]
    assert not_everything(several).tolist() == [True, True, True]


def test_outliers_by_hand():
    tree = CondensedTree(
        face_parents=np.array([0, 0, 1, 1, -1], np.int32),
        face_cosines=np.array([0.5, 0.4, 0.8, 0.6, -1], np.float32),
        parents=np.array([-1, 0], np.int32),
        births=np.array([0.4, 0.5], np.float32),
        sizes=np.array([4, 2], np.int32),
    )
    scores = outlier_scores(tree, cosine_between(0.4, 0.9))
    assert scores.tolist() == pytest.approx([0.75, 1, 0, 0.5, 1])  # the peak of cluster 0 is that of its descendant
    assert outlier_scores(tree, cosine_between(0.4, 0.5)).tolist() == pytest.approx([0, 1, 0, 0, 1])
    assert outlier_scores(tree, cosine_between(0.9, 0.95)).tolist() == [1] * 5  # nobody is dense at all


@pytest.mark.parametrize("density", [inverse_distance, cosine_between(0.3, 0.7)])
def test_densities_are_finite_and_never_fall(density):
    found = density(np.linspace(-1, 1.001, 300, dtype=np.float32))  # vectors on the grid may be a bit too long
    assert np.isfinite(found).all()
    assert (np.diff(found) >= 0).all()
    assert found[0] >= 0


@pytest.mark.parametrize("density", [inverse_distance, cosine_between(0.3, 0.7)])
@pytest.mark.parametrize("n", [0, 1, 2, 60])
def test_identical_faces_and_few(density, n):
    tree = tree_of(neighbours_of(np.ones((n, n), np.float32), 8), 1, 2, floor=0.25)
    labels = group_labels(tree, densest_clusters(tree, density, np.ones(len(tree.parents), np.bool_)), 0.3)
    assert labels.tolist() == ([0] * n if n > 1 else [-1] * n)
    assert outlier_scores(tree, density).tolist() == ([0] * n if n > 1 else [1] * n)
