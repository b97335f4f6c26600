"""clusters.forest: the spanning forest by a second route, in parts and whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree
from sklearn.neighbors import NearestNeighbors

from facecluster.clusters.forest import core_cosines, join_forests, spanning_forest
from facecluster.clusters.neighbours import Neighbours

from .graphs import components_at, cosines_of, neighbours_of, random_cosines, reachability_of
from .people import people_faces


def forest_of(neighbours, min_samples, floor=-1.0):
    return spanning_forest(neighbours, core_cosines(neighbours, min_samples), floor)


def equal(one, other):
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(one, other, strict=True))


@st.composite
def graphs(draw):
    """A small graph with ties or without; k may leave it in parts, or ask for more neighbours than there are."""
    n, levels = draw(st.integers(0, 25)), draw(st.sampled_from([2, 5, 2**20]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return neighbours_of(random_cosines(rng, n, levels), draw(st.integers(1, 30)))


def test_a_face_is_no_neighbour_of_its_own_which_scikit_learn_counts():
    vectors, _ = people_faces([20, 10, 5])
    cores = core_cosines(neighbours_of(cosines_of(vectors), 10), 3)
    distances, _ = NearestNeighbors(n_neighbors=3).fit(vectors).kneighbors()  # without the points themselves
    assert np.allclose(np.sqrt(2 - 2 * cores), distances[:, -1], atol=1e-5)
    distances, _ = NearestNeighbors(n_neighbors=4).fit(vectors).kneighbors(vectors)
    assert np.allclose(np.sqrt(2 - 2 * cores), distances[:, -1], atol=1e-5)


@pytest.mark.parametrize("k", [2, 5])
def test_a_face_of_too_few_neighbours_has_no_core(k):
    assert core_cosines(neighbours_of(np.ones((3, 3), np.float32), k), 3).tolist() == [-np.inf] * 3


def test_no_neighbours_cannot_make_a_face_dense():
    with pytest.raises(ValueError, match="min_samples 0"):
        core_cosines(neighbours_of(np.ones((3, 3), np.float32), 2), 0)


@given(graphs(), st.integers(1, 4), st.sampled_from([-1.0, 0.3, 0.6]))
@settings(max_examples=150)
def test_a_forest_weighs_and_connects_what_scipy_finds_in_the_dense_matrix(graph, min_samples, floor):
    matrix = reachability_of(graph, min_samples)
    matrix[matrix < floor] = -np.inf
    expected = minimum_spanning_tree(csr_array(np.where(np.isinf(matrix), 0, 3 - matrix))).tocoo()
    found = forest_of(graph, min_samples, floor)
    assert np.allclose(np.sort(found.cosines), np.sort(3 - expected.data))
    assert np.array_equal(found.cosines, matrix[found.first, found.second])
    alone = np.full_like(matrix, -np.inf)
    alone[found.first, found.second] = found.cosines
    for cosine in np.unique(found.cosines):
        assert components_at(np.maximum(alone, alone.T), cosine) == components_at(matrix, cosine)


@given(graphs(), st.integers(1, 4))
@settings(max_examples=150)
def test_a_forest_is_the_one_that_kruskal_finds_in_its_order_of_edges(graph, min_samples):
    matrix = reachability_of(graph, min_samples)
    first, second = np.nonzero(np.triu(np.isfinite(matrix)))
    edges = sorted(zip(-matrix[first, second], first.tolist(), second.tolist(), strict=True))
    names, expected = list(range(len(matrix))), []
    for weight, one, other in edges:
        if names[one] != names[other]:
            names = [names[one] if name == names[other] else name for name in names]
            expected.append((one, other, -weight))
    assert list(zip(*map(np.ndarray.tolist, forest_of(graph, min_samples)), strict=True)) == expected


@given(graphs(), st.integers(1, 4), st.lists(st.integers(0, 25), max_size=4), st.randoms())
@settings(max_examples=150)
def test_forests_of_parts_of_the_graph_join_to_that_of_the_whole(graph, min_samples, cuts, random):
    n_faces = len(graph.rows)
    cores = core_cosines(graph, min_samples)
    cuts = sorted(min(cut, n_faces) for cut in cuts)
    ranges = zip([0, *cuts], [*cuts, n_faces], strict=True)
    parts = [
        spanning_forest(Neighbours(graph.rows[start:end], graph.cosines[start:end]), cores, 0.1, start)
        for start, end in ranges
    ]
    random.shuffle(parts)
    whole = spanning_forest(graph, cores, 0.1)
    assert equal(join_forests(parts, n_faces), whole)
    assert equal(join_forests([join_forests(parts[:2], n_faces), *parts[2:]], n_faces), whole)


def test_the_graph_is_left_as_it_was_and_the_forests_too():
    graph = neighbours_of(cosines_of(people_faces([9, 5])[0]), 4)
    copies = Neighbours(*(array.copy() for array in graph))
    parts = [forest_of(graph, 1), forest_of(graph, 2)]
    before = [[array.copy() for array in part] for part in parts]
    join_forests(parts, 14)
    join_forests(parts[:1], 14)
    assert equal(graph, copies)
    assert all(equal(part, copy) for part, copy in zip(parts, before, strict=True))


def test_identical_faces_hang_on_the_first():
    forest = forest_of(neighbours_of(np.ones((40, 40), np.float32), 39), 3)
    assert forest.first.tolist() == [0] * 39
    assert forest.second.tolist() == list(range(1, 40))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_faces(n):
    assert len(forest_of(neighbours_of(np.ones((n, n), np.float32), 3), 1).first) == max(0, n - 1)
    assert len(join_forests([], n).first) == 0


def test_nothing_at_the_floor_leaves_no_edge():
    assert len(forest_of(neighbours_of(np.full((5, 5), 0.2, np.float32), 4), 1, 0.3).first) == 0
