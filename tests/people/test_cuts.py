"""people.cuts: faces cut in two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.people.cuts import first_cut, probability_of_two, two_sides
from facecluster.people.likeness import Likeness
from facecluster.people.mixed import LEAST_PROBABILITY
from tests.clusters.people import PRIOR, people_faces

LIKENESS = Likeness(PRIOR.impostor_median, PRIOR.genuine_median)


def cut(vectors):
    return two_sides(vectors, first_cut(vectors))


@pytest.mark.parametrize("sizes", [(2, 1), (2, 2), (10, 3), (30, 2), (40, 40)])
@pytest.mark.parametrize("seed", range(3))
def test_two_people_are_cut_apart_and_one_is_not(sizes, seed):
    vectors, people = people_faces(sizes, seed=seed)
    side = cut(vectors)
    assert len(set(zip(people.tolist(), side.tolist(), strict=True))) == 2
    assert probability_of_two(vectors, side, LIKENESS) > 0.99
    one, _ = people_faces([sum(sizes)], seed=seed)
    assert probability_of_two(one, cut(one), LIKENESS) < LEAST_PROBABILITY


@pytest.mark.parametrize("vectors", [np.eye(4)[:1], np.eye(4)[[1, 1, 1]]])
def test_faces_that_are_all_alike_have_one_side(vectors):
    vectors = vectors.astype(np.float32)
    assert probability_of_two(vectors, cut(vectors), LIKENESS) == 0


@given(st.integers(0, 10**6), st.integers(2, 12), st.integers(1, 12))
def test_a_cut_does_not_depend_on_the_order_of_faces(seed, ours, theirs):
    vectors, people = people_faces((ours, theirs), seed=seed)
    order = np.random.default_rng(seed).permutation(len(people))
    there, back = cut(vectors[order]), cut(vectors)[order]
    assert there.tolist() in (back.tolist(), (~back).tolist())


def test_a_wrong_first_cut_is_mended():
    vectors, people = people_faces((8, 8))
    begin = people == 0
    begin[[0, 1, 15]] = ~begin[[0, 1, 15]]
    assert two_sides(vectors, begin).tolist() == (people == 0).tolist()
