"""tests.benchmarks.synthetic: made-up faces with the statistics they promise."""

import numpy as np
import pytest

from tests.benchmarks.synthetic import POOR_QUALITY, difficulty, synthetic_faces


@pytest.fixture(scope="module", params=[128, 512])
def faces(request):
    return synthetic_faces(12_000, request.param, seed=3)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 50])
def test_any_number_of_faces(n):
    faces = synthetic_faces(n, 128, seed=1)
    assert faces.vectors.shape == (n, 128)
    assert faces.vectors.dtype == faces.qualities.dtype == np.float32
    assert faces.people.dtype == faces.photos.dtype == np.int64
    assert [len(column) for column in faces] == [n] * 5
    assert np.array_equal(np.unique(faces.people), np.arange(len(np.unique(faces.people))))
    assert np.linalg.norm(faces.vectors, axis=1) == pytest.approx(np.ones(n), abs=1e-5)


def test_equal_seeds_give_equal_faces_and_others_do_not():
    one, same, other = (synthetic_faces(300, 128, seed) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one.vectors, other.vectors)
    assert not np.array_equal(one.people, other.people)


def test_people_are_as_hard_to_tell_apart_as_promised(faces):
    hard = difficulty(faces)
    large_network = faces.vectors.shape[1] == 512
    assert hard.equal_error == pytest.approx(0.0056 if large_network else 0.031, rel=0.25)
    assert hard.impostor_sd == pytest.approx(0.072 if large_network else 0.121, rel=0.04)
    assert (hard.genuine_mean, hard.genuine_sd) == pytest.approx((0.51, 0.145), abs=0.03)
    assert abs(hard.impostor_median) < 0.01


def test_most_people_have_few_faces_and_a_few_have_many(faces):
    sizes = np.bincount(faces.people)
    assert 0.2 < (sizes == 1).sum() / len(faces.people) < 0.35
    assert 100 < sizes.max() <= 240


def test_nobody_is_on_a_photo_twice(faces):
    seen = np.stack([faces.photos, faces.people])
    assert np.unique(seen, axis=1).shape == seen.shape
    assert len(faces.photos) / len(np.unique(faces.photos)) == pytest.approx(2.2, abs=0.1)


def test_most_blurred_faces_are_known_as_poor(faces):
    poor = faces.qualities < POOR_QUALITY
    assert 0.8 < poor[faces.blurred].mean() < 0.95
    assert poor[~faces.blurred].mean() < 0.05
    assert ((faces.qualities >= 0) & (faces.qualities <= 1)).all()


def test_blurred_faces_are_less_like_their_person(faces):
    person = np.bincount(faces.people).argmax()
    own = faces.people == person
    centre = faces.vectors[own & ~faces.blurred].mean(axis=0)
    assert (faces.vectors @ centre)[own & faces.blurred].mean() < (faces.vectors @ centre)[own & ~faces.blurred].mean()


def test_some_faces_are_repeated(faces):
    person = faces.vectors[faces.people == np.bincount(faces.people).argmax()]
    cosines = person @ person.T - 2 * np.eye(len(person), dtype=np.float32)
    assert 0.01 < (cosines.max(axis=1) > 0.98).mean() < 0.08


def test_difficulty_needs_pairs_of_both_kinds():
    with pytest.raises(ValueError, match="expected two people and two faces of one, found 1 and 1"):
        difficulty(synthetic_faces(1, 128, seed=0))
