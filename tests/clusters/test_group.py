"""clusters.group: from vectors to groups that hold one person each."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.group import group_faces
from facecluster.clusters.score import score_groups
from facecluster.settings import ClusterSettings

from .people import people_faces, unit

ROOT = Path(__file__).parents[2]
CALIBRATION = {"impostor_median": 0.0, "impostor_sd": 0.09, "genuine_median": 0.64}


def group(vectors, qualities=None, photos=None, **changed):
    vectors = np.asarray(vectors, np.float32)
    photos = np.arange(len(vectors)) if photos is None else np.asarray(photos, np.int64)
    qualities = np.ones(len(vectors), np.float32) if qualities is None else np.asarray(qualities, np.float32)
    return group_faces(vectors, qualities, photos, ClusterSettings(**changed), **CALIBRATION)


def test_people_of_all_sizes_are_found():
    vectors, people = people_faces([60, 30, 12, 5, 3, 2, 2, 1, 1, 1, 1])
    found = group(vectors)
    assert score_groups(people, found.labels).bcubed.f == 1
    assert found.labels.max() == 6  # the four strangers are alone
    sizes = np.bincount(found.labels[found.labels >= 0])
    assert (np.diff(sizes) <= 0).all()


def test_no_face():
    found = group(np.zeros((0, 16)))
    assert [column.shape for column in found] == [(0,)] * 4
    assert [column.dtype.name for column in found] == ["int32", "float32", "int32", "float32"]


def test_one_face_is_alone():
    found = group(np.eye(4)[:1])
    assert (found.labels[0], found.strengths[0], found.rivals[0]) == (-1, 0, -1)
    assert np.isnan(found.rival_cosines[0])


@pytest.mark.parametrize(("cosine", "labels"), [(0.9, [0, 0]), (0.1, [-1, -1])])
def test_two_faces(cosine, labels):
    found = group([[1, 0], [cosine, np.sqrt(1 - cosine**2)]])
    assert found.labels.tolist() == labels
    assert found.strengths == pytest.approx([cosine if labels[0] == 0 else 0] * 2, abs=1e-6)


@pytest.mark.parametrize("n", [2, 3, 50])
def test_identical_faces_are_one_group(n):
    found = group(np.tile(np.eye(8)[0], (n, 1)))
    assert found.labels.tolist() == [0] * n
    assert found.strengths == pytest.approx(np.ones(n))
    assert (found.rivals == -1).all()


def test_a_library_of_one_person_is_one_group():
    vectors, _ = people_faces([300])
    assert (group(vectors).labels == 0).all()


def test_a_library_of_strangers_has_no_group():
    vectors, _ = people_faces([1] * 300)
    assert (group(vectors).labels == -1).mean() > 0.95


def test_bursts_of_one_person_stay_together():
    rng = np.random.default_rng(1)
    days, _ = people_faces([8])
    vectors = unit(np.repeat(days, 6, axis=0) + 0.005 * rng.normal(size=(48, 128)))
    assert (group(vectors).labels == 0).all()


def test_two_people_with_one_face_between_them_stay_two():
    vectors, people = people_faces([15, 15], spread=0.6)
    looks = unit(vectors[people == 0].mean(axis=0)) + unit(vectors[people == 1].mean(axis=0))
    bridge = unit(looks + 1.6 * unit(np.random.default_rng(2).normal(size=128)))
    labels = group([*vectors, bridge]).labels[:-1]
    assert ((vectors @ bridge)[people == 0].max(), (vectors @ bridge)[people == 1].max()) > (0.4, 0.4)
    assert score_groups(people, labels).pairwise.precision == 1
    assert score_groups(people, labels).bcubed.recall > 0.9


def test_groups_smaller_than_asked_for_are_none():
    vectors, people = people_faces([8, 4, 2])
    labels = group(vectors, min_cluster_size=4).labels
    assert np.array_equal(labels, np.where(people == 2, -1, people))
    assert (group(vectors[:3], min_cluster_size=4).labels == -1).all()


@given(st.randoms(use_true_random=False), st.integers(0, 5))
@settings(max_examples=15, deadline=None)
def test_order_changes_nothing_but_the_numbers_of_equals(random, seed):
    vectors, _ = people_faces([9, 6, 4, 3, 3, 2, 1, 1], spread=0.95, seed=seed)
    order = list(range(len(vectors)))
    random.shuffle(order)
    before, after = group(vectors), group(vectors[order])
    same_group = before.labels[:, None] == before.labels
    assert np.array_equal(same_group[np.ix_(order, order)], after.labels[:, None] == after.labels)
    assert np.array_equal(before.labels[order] < 0, after.labels < 0)
    np.testing.assert_allclose(before.strengths[order], after.strengths, atol=1e-6)
    np.testing.assert_allclose(before.rival_cosines[order], after.rival_cosines, atol=1e-6)


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_turning_all_vectors_changes_nothing(seed):
    vectors, _ = people_faces([9, 6, 4, 2, 1], spread=0.95, dimension=32)
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(32, 32)))
    assert np.array_equal(group(vectors).labels, group(vectors @ turn).labels)


def test_poor_faces_join_but_do_not_found():
    vectors, people = people_faces([6, 4], spread=0.6)
    poor = people == 1
    poor[0] = True  # one of the first person's
    labels = group(vectors, np.where(poor, 0.1, 0.9)).labels
    assert labels.tolist() == [0] * 6 + [-1] * 4


def test_poor_faces_do_not_bridge():
    vectors, people = people_faces([10, 10], spread=0.6)
    chain = unit(np.linspace(vectors[people == 0].mean(axis=0), vectors[people == 1].mean(axis=0), 12))
    together = [*vectors, *chain]
    qualities = np.where(np.arange(32) < 20, 0.9, 0.1)
    labels = group(together, qualities).labels[:20]
    assert np.array_equal(labels, people)
    assert not np.array_equal(group(together).labels[:20], people), "the chain would bridge if it could"


def test_the_quality_asked_for_is_enough():
    vectors, _ = people_faces([4])
    assert (group(vectors, np.full(4, 0.5), min_quality=0.5).labels == 0).all()


def test_more_faces_need_more_likeness():
    pair = [[1, 0, 0], [0.35, np.sqrt(1 - 0.35**2), 0]]
    assert group(pair).labels.tolist() == [0, 0]
    crowd, _ = people_faces([1] * 3_000, dimension=256)
    among_many = np.zeros((3_002, 259), np.float32)
    among_many[:3_000, :256] = crowd
    among_many[3_000:, 256:] = pair
    assert group(among_many).labels[3_000:].tolist() == [-1, -1]


def test_rivals_are_the_nearest_other_groups():
    vectors, people = people_faces([10, 8, 6, 1])
    found = group(vectors)
    means = unit([vectors[people == person].mean(axis=0) for person in range(3)])
    cosines = vectors @ means.T
    cosines[np.arange(24), people[:24]] = -2
    assert np.array_equal(found.rivals, cosines.argmax(axis=1))
    np.testing.assert_allclose(found.rival_cosines, cosines.max(axis=1), atol=1e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_refused_by_row(bad):
    vectors, _ = people_faces([4])
    vectors[2, 3] = bad
    with pytest.raises(ValueError, match="row 2"):
        group(vectors)


def test_a_quality_that_is_not_finite_is_refused_by_row():
    with pytest.raises(ValueError, match="row 1"):
        group(np.eye(3), [1, np.nan, 1])


@pytest.mark.parametrize("length", [0, 0.9, 1.1])
def test_a_vector_that_is_not_of_unit_length_is_refused_by_row(length):
    vectors, _ = people_faces([4])
    vectors[3] *= length
    with pytest.raises(ValueError, match="row 3"):
        group(vectors)


def test_lengths_that_differ_are_refused():
    with pytest.raises((ValueError, TypeError)):  # by jaxtyping, where it checks
        group(np.eye(3), [1, 1])


def test_rounding_to_half_precision_is_accepted_and_changes_no_group():
    vectors, _ = people_faces([20, 10, 2, 1])
    rounded = vectors.astype(np.float16).astype(np.float32)
    assert np.array_equal(group(vectors).labels, group(rounded).labels)


PRINT_DIGEST = """
import hashlib
from tests.clusters.people import people_faces
from tests.clusters.test_group import group
found = group(people_faces([200, 150, 90, 40] + [3] * 60 + [1] * 200, spread=1.0)[0])
print(hashlib.sha256(b"".join(column.tobytes() for column in found)).hexdigest())
"""


def test_threads_of_the_linear_algebra_change_nothing():
    digests = set()
    for threads in ("1", "2"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        command = [sys.executable, "-c", PRINT_DIGEST]
        run = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
        digests.add(run.stdout)
    assert len(digests) == 1


def test_faces_of_one_photo_are_never_a_person_however_alike():
    """A painting: all its faces look alike to the network. Who else is in the library is not touched."""
    vectors, people = people_faces([20, 6, 2])
    in_one_photo = people == 0
    photos = np.where(in_one_photo, 99, np.arange(28))
    found = group(vectors, photos=photos).labels
    assert (found[in_one_photo] == -1).all()
    assert score_groups(people[~in_one_photo], found[~in_one_photo]).bcubed.f == 1


def test_a_person_may_be_in_a_photo_a_few_times():
    vectors, people = people_faces([12, 6])
    strips = np.where(people == 0, np.arange(18) // 4, np.arange(18) + 50)  # four pictures a strip
    assert score_groups(people, group(vectors, photos=strips).labels).bcubed.f == 1


def test_a_photo_for_every_face_is_asked_for():
    with pytest.raises((ValueError, TypeError)):  # by jaxtyping, where it checks
        group(np.eye(3), photos=[1, 2])
