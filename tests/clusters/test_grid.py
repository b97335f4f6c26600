"""clusters.grid: products on the grid are exact, whatever the order of additions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.grid import CHUNK_ROWS, GRID_LENGTH, MAX_DIMENSION, grid_cosines, grid_dot, to_grid

from .people import unit

SEEDS = st.integers(0, 10_000)
DIMENSIONS = st.sampled_from([1, 2, 3, 16, 127, 128, 512, MAX_DIMENSION])


def noise(n, dimension, seed, power=1):
    """Unit vectors; the higher the power, the fewer components hold their length."""
    drawn = np.random.default_rng(seed).normal(size=(n, dimension))
    return unit(np.sign(drawn) * np.abs(drawn) ** power)


@given(SEEDS, DIMENSIONS, st.sampled_from([0, 1, 5]))
@settings(max_examples=60)
def test_products_and_all_their_partial_sums_are_exact_in_single_precision(seed, dimension, power):
    grid = to_grid(noise(6, dimension, seed, power))
    grid[:2] = np.abs(grid[0])  # twins, whose partial sums only grow
    exact = grid.astype(np.int64) @ grid.astype(np.int64).T
    single = grid.astype(np.float32)
    assert np.array_equal(single @ single.T, exact)
    assert np.array_equal(single[:, ::-1] @ single[:, ::-1].T, exact)
    one_by_one = np.cumsum(single[0] * single[1], dtype=np.float32)
    assert np.array_equal(one_by_one, np.cumsum(grid[0].astype(np.int64) * grid[1].astype(np.int64)))


@pytest.mark.parametrize("dimension", [2, 128, 512, MAX_DIMENSION])
def test_the_vector_that_rounding_lengthens_most_is_as_long_as_the_proof_allows(dimension):
    """Every component but one is just above the middle of two integers."""
    components = np.full(dimension, np.floor(GRID_LENGTH / np.sqrt(dimension)) - 0.499)
    components[0] = np.sqrt(GRID_LENGTH**2 - np.square(components[1:]).sum())
    length = np.sqrt(np.square(to_grid(unit(components[None])).astype(np.int64)).sum())
    assert GRID_LENGTH < length <= min(GRID_LENGTH + np.sqrt(dimension) / 2, 4096)


@given(SEEDS, DIMENSIONS)
@settings(max_examples=30)
def test_cosines_on_the_grid_are_those_of_the_vectors_within_the_rounding(seed, dimension):
    vectors = noise(8, dimension, seed)
    grid = to_grid(vectors).astype(np.float32)
    exact = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    # A step of rounding is at most half in each component of either vector, and half in the other's length.
    bound = (2 * GRID_LENGTH * np.sqrt(dimension) / 2 + dimension / 4) / GRID_LENGTH**2
    assert np.abs(grid_cosines(grid @ grid.T) - exact).max() <= bound + 1e-6


@given(st.floats(0.9901, 1.0099), SEEDS)
@settings(max_examples=30)
def test_the_length_that_a_vector_has_within_the_tolerance_makes_no_difference(length, seed):
    vectors = noise(5, 64, seed)
    moved = to_grid((vectors * length).astype(np.float32)).astype(int) - to_grid(vectors)
    assert np.abs(moved).max() <= 1  # where the rounding to float32 crosses the middle of two integers


def test_the_grid_of_a_vector_does_not_depend_on_the_others():
    vectors = noise(CHUNK_ROWS + 3, 16, seed=1)
    order = np.random.default_rng(0).permutation(len(vectors))
    assert np.array_equal(to_grid(vectors)[order], to_grid(vectors[order]))
    assert np.array_equal(to_grid(vectors)[-1:], to_grid(vectors[-1:]))


def test_halves_are_rounded_to_even_and_axes_reach_the_full_length():
    assert to_grid(np.eye(3, dtype=np.float32)).tolist() == (np.eye(3) * GRID_LENGTH).tolist()
    assert to_grid(np.zeros((0, 128), np.float32)).shape == (0, 128)


@given(st.floats(-1, 1))
def test_the_product_of_a_floor_is_the_smallest_that_reaches_it(cosine):
    dot = grid_dot(cosine)
    assert (dot - 1) / GRID_LENGTH**2 < cosine <= dot / GRID_LENGTH**2


@pytest.mark.parametrize("row", [0, 2, CHUNK_ROWS + 1])
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda vector: vector * 1.02, r"unit vectors, found length 1\.02 in row {row}"),
        (lambda vector: vector * 0, r"unit vectors, found length 0 in row {row}"),
        (lambda vector: vector + np.nan, r"finite vectors, found row {row} with nan"),
        (lambda vector: vector + np.inf, r"finite vectors, found row {row} with nan"),
    ],
)
def test_a_vector_that_is_none_is_refused_by_its_row(row, spoil, message):
    vectors = noise(CHUNK_ROWS + 3, 8, seed=2)
    vectors[row] = spoil(vectors[row])
    with pytest.raises(ValueError, match=message.format(row=row)):
        to_grid(vectors)


def test_more_components_than_the_proof_covers_are_refused():
    with pytest.raises(ValueError, match=f"at most {MAX_DIMENSION} components, found {MAX_DIMENSION + 1}"):
        to_grid(np.zeros((0, MAX_DIMENSION + 1), np.float32))
