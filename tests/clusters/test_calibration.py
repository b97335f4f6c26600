"""clusters.calibration: how alike strangers are, against all pairs by brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.calibration import PRIOR_STRANGERS, SAMPLED_PAIRS, group_vectors, impostors_of
from facecluster.clusters.grid import GRID_LENGTH, to_grid

from .people import PRIOR, people_faces, unit


def means_by_all_pairs(grid, labels, prior):
    """Of each face with all faces outside its group, as if it had met the prior's strangers as well."""
    means = []
    for face, label in enumerate(labels):
        strangers = np.flatnonzero((labels != label) | (labels < 0))
        strangers = strangers[strangers != face]
        cosines = grid[strangers].astype(np.int64) @ grid[face].astype(np.int64) / GRID_LENGTH**2
        total = cosines.sum() + PRIOR_STRANGERS * prior.impostor_median
        means.append(total / (len(strangers) + PRIOR_STRANGERS))
    return means


def labelled(sizes, alone, **options):
    """Faces of groups, and others that are alone."""
    vectors, people = people_faces([*sizes, *[1] * alone], **options)
    return to_grid(vectors), np.where(people < len(sizes), people, -1).astype(np.int32)


@given(st.lists(st.integers(2, 9), max_size=6), st.integers(0, 12), st.integers(0, 1000))
@settings(max_examples=40)
def test_means_are_those_of_all_pairs_outside_groups(sizes, alone, seed):
    grid, labels = labelled(sizes, alone, dimension=16, seed=seed)
    shuffle = np.random.default_rng(seed).permutation(len(grid))
    grid, labels = grid[shuffle], labels[shuffle]
    prior = PRIOR._replace(impostor_median=0.2)
    found = impostors_of(grid, labels, prior)
    assert found.means == pytest.approx(means_by_all_pairs(grid, labels, prior), abs=1e-12)


@pytest.mark.parametrize("dimension", [64, 256])
def test_the_spread_is_that_of_strangers(dimension):
    """Random directions have cosines of standard deviation 1 / sqrt(dimension)."""
    grid, labels = labelled([], 6000, dimension=dimension)
    found = impostors_of(grid, labels, PRIOR._replace(impostor_sd=0.3))
    weight = 5999 / (5999 + PRIOR_STRANGERS)
    assert found.sd == pytest.approx(weight / np.sqrt(dimension) + (1 - weight) * 0.3, rel=0.02)
    assert found.median == pytest.approx(0, abs=0.002)


def test_groups_do_not_count_as_strangers():
    grid, labels = labelled([1500, 1500], 0)
    apart = impostors_of(grid, labels, PRIOR)
    mixed = impostors_of(grid, np.full(3000, -1, np.int32), PRIOR)
    assert apart.median < 0.1
    assert mixed.median > 0.15


def test_photos_of_one_person_that_no_group_holds_do_not_widen_the_spread():
    """A person in one of ten faces, whom the groups have missed: one in a hundred pairs is hers, all of them high."""
    strangers, labels = labelled([], 3600)
    missed, _ = people_faces([400], seed=1)
    grid = np.concatenate([strangers, to_grid(missed)])
    plain = impostors_of(strangers, labels, PRIOR)
    found = impostors_of(grid, np.full(4000, -1, np.int32), PRIOR)
    cosines = (grid[::9].astype(float) @ grid[::9].T.astype(float) / GRID_LENGTH**2)[np.triu_indices(445, 1)]
    assert cosines.std() > 1.1 * plain.sd
    assert found.sd == pytest.approx(plain.sd, rel=0.04)


def test_who_is_alike_to_all_has_a_mean_of_its_own():
    vectors, _ = people_faces([1] * 4000)
    blurred = slice(0, 1000)  # all drawn towards one direction
    vectors[blurred] = unit(vectors[blurred] + 0.7 * unit(np.ones(128)))
    found = impostors_of(to_grid(vectors), np.full(4000, -1, np.int32), PRIOR)
    assert found.means[blurred].mean() > found.means[1000:].mean() + 0.05


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_faces_leave_the_prior(n):
    found = impostors_of(to_grid(np.eye(4, dtype=np.float32)[:n]), np.full(n, -1, np.int32), PRIOR)
    assert found.means.shape == (n,)
    assert found.median == pytest.approx(PRIOR.impostor_median, abs=1e-3)
    assert found.sd == pytest.approx(PRIOR.impostor_sd, rel=0.01)


def test_the_more_strangers_the_less_the_prior_says():
    """Everybody here is alike by .3, which the prior does not know."""
    shared = unit(np.ones(128))
    medians = []
    for n in (10, 100, 1000, 10_000):
        vectors, _ = people_faces([1] * n)
        vectors = unit(vectors * np.sqrt(0.7) + shared * np.sqrt(0.3))
        medians.append(impostors_of(to_grid(vectors), np.full(n, -1, np.int32), PRIOR).median)
    weights = np.array([10, 100, 1000, 10_000]) / (np.array([10, 100, 1000, 10_000]) + PRIOR_STRANGERS)
    assert medians == pytest.approx(0.3 * weights, rel=0.05, abs=0.005)


def test_a_library_of_one_person_says_nothing_of_strangers():
    grid, labels = labelled([10_000], 0)
    found = impostors_of(grid, labels, PRIOR)
    assert (found.means == PRIOR.impostor_median).all()
    assert (found.median, found.sd) == (PRIOR.impostor_median, PRIOR.impostor_sd)


def test_copies_of_one_face_leave_the_spread_of_the_prior():
    grid = np.repeat(to_grid(np.eye(1, 8, dtype=np.float32)), 50, axis=0)
    assert impostors_of(grid, np.full(50, -1, np.int32), PRIOR).sd == PRIOR.impostor_sd


def test_order_changes_nothing_but_which_pairs_the_spread_is_read_from():
    grid, labels = labelled([30, 20, 9, 2, 2], 137)  # 200 faces: all pairs are read
    order = np.random.default_rng(1).permutation(200)
    assert SAMPLED_PAIRS >= 200 * 199
    found, shuffled = impostors_of(grid, labels, PRIOR), impostors_of(grid[order], labels[order], PRIOR)
    assert np.array_equal(found.means[order], shuffled.means)
    assert found.median == shuffled.median
    assert found.sd == pytest.approx(shuffled.sd, rel=1e-12)


def test_the_pairs_of_large_libraries_are_enough_for_their_spread_in_any_order():
    grid, labels = labelled([300] * 10, 5000)
    order = np.random.default_rng(2).permutation(8000)
    found, shuffled = impostors_of(grid, labels, PRIOR), impostors_of(grid[order], labels[order], PRIOR)
    assert np.array_equal(found.means[order], shuffled.means)
    assert found.sd == pytest.approx(shuffled.sd, rel=0.02)


def test_group_vectors_are_sums_and_the_last_of_all():
    grid, labels = labelled([3, 2], 4, dimension=8)
    sums, total = group_vectors(grid, labels, 2)
    assert np.array_equal(sums, [grid[labels == group].sum(axis=0, dtype=np.int64) for group in (0, 1)])
    assert np.array_equal(total, grid.sum(axis=0, dtype=np.int64))
