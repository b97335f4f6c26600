"""clusters.layout: who lies beside whom, and that nothing but the faces decides it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from facecluster.clusters import layout
from facecluster.clusters.grid import to_grid
from facecluster.clusters.layout import PERPLEXITY, map_layout
from facecluster.clusters.neighbours import nearest_neighbours

from .people import people_faces


def nearest_in_plane(places):
    distances = np.square(places[:, None] - places[None]).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def test_faces_of_one_person_lie_side_by_side():
    vectors, people = people_faces([40, *[15] * 12])
    assert (people[nearest_in_plane(map_layout(vectors))] == people).mean() > 0.98


def test_a_person_lies_in_one_place():
    vectors, people = people_faces([40, *[15] * 12])
    places = map_layout(vectors)
    spreads = [
        np.linalg.norm(places[people == one] - np.median(places[people == one], 0), axis=1) for one in set(people)
    ]
    middles = np.array([np.median(places[people == one], 0) for one in set(people)])
    gaps = np.linalg.norm(middles[:, None] - middles[None], axis=2)[~np.eye(len(middles), dtype=bool)]
    assert max(np.median(spread) for spread in spreads) < gaps.min()


def test_the_map_is_the_same_to_the_last_bit_whatever_the_threads_and_strips(monkeypatch):
    vectors, _ = people_faces([10] * 5)
    places = map_layout(vectors)
    with threadpool_limits(1):
        assert np.array_equal(map_layout(vectors), places)
    monkeypatch.setattr(layout, "STRIP_FACES", 7)
    assert np.array_equal(map_layout(vectors), places)


@given(st.integers(0, 40), st.integers(0, 1000))
@settings(max_examples=15)
def test_every_face_has_a_place_on_a_map_that_is_full(n_faces, seed):
    vectors = np.random.default_rng(seed).normal(size=(n_faces, 8)).astype(np.float32)
    places = map_layout(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    assert places.shape == (n_faces, 2)
    assert places.dtype == np.float32
    if n_faces > 1:
        assert np.abs(places).max() == pytest.approx(1, abs=1e-5)
        assert places.min(axis=0) == pytest.approx(-places.max(axis=0), abs=1e-5)
        assert len(np.unique(places, axis=0)) == n_faces
    else:
        assert not places.any()


@pytest.mark.parametrize("n_faces", [2, 3, 50])
def test_faces_that_are_all_the_same_lie_apart(n_faces):
    places = map_layout(np.tile(np.eye(4, dtype=np.float32)[:1], (n_faces, 1)))
    assert len(np.unique(places, axis=0)) == n_faces


def test_so_many_equal_faces_that_none_knows_all_others_have_places_too():
    places = map_layout(np.tile(np.eye(4, dtype=np.float32)[:1], (3 * layout.NEIGHBOURS, 1)))
    assert np.abs(places).max() == pytest.approx(1, abs=1e-5)


def test_opposite_faces_are_neighbours_when_there_are_no_others():
    places = map_layout(np.array([[1, 0], [-1, 0]], np.float32))
    assert places[0] == pytest.approx(-places[1], abs=1e-5)
    assert np.abs(places).max() == pytest.approx(1, abs=1e-5)


def test_a_vector_that_is_none_is_refused():
    vectors = np.eye(4, dtype=np.float32)
    vectors[2] = np.nan
    with pytest.raises(ValueError, match="row 2"):
        map_layout(vectors)


def test_attention_reaches_as_many_neighbours_as_it_should():
    vectors, _ = people_faces([10] * 20)
    neighbours = nearest_neighbours(to_grid(vectors), layout.NEIGHBOURS, floor=-np.inf)
    shares = layout._shares(neighbours.cosines)
    assert shares.sum(axis=1) == pytest.approx(np.ones(len(shares)))
    entropies = -(shares * np.log(np.maximum(shares, 1e-300))).sum(axis=1)
    assert np.exp(entropies) == pytest.approx(np.full(len(shares), PERPLEXITY), rel=1e-3)


def test_the_gradient_is_that_of_the_definition():
    """Against t-SNE's cost over all pairs, differentiated by numbers."""
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(12, 6))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    neighbours = nearest_neighbours(to_grid(vectors), 11, floor=-np.inf)
    shares = layout._shares(neighbours.cosines)
    pulls = layout._symmetric(neighbours, shares)
    joint = np.zeros((12, 12))
    np.put_along_axis(joint, neighbours.rows.astype(np.int64), shares, axis=1)
    joint = (joint + joint.T) / (2 * len(joint))

    def cost(places):
        near = 1 / (1 + np.square(places[:, None] - places[None]).sum(axis=2))
        np.fill_diagonal(near, 0)
        wanted = joint > 0
        return (joint[wanted] * np.log(joint[wanted] / (near / near.sum())[wanted])).sum()

    places = rng.normal(size=(12, 2))
    expected = np.empty((12, 2))
    for face, axis in np.ndindex(12, 2):
        step = np.zeros((12, 2))
        step[face, axis] = 1e-5
        expected[face, axis] = (cost(places + step) - cost(places - step)) / 2e-5
    found = layout._gradient(places.astype(np.float32), pulls, np.float32(1))
    assert found == pytest.approx(expected, abs=1e-4)
