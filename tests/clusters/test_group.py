"""clusters.group: from vectors to groups that hold one person each."""

import hashlib
import os
import subprocess
import sys
from bisect import bisect_left
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters import neighbours as neighbours_module
from facecluster.clusters.graph import make_graph
from facecluster.clusters.group import group_faces
from facecluster.clusters.score import score_groups
from facecluster.clusters.threshold import link_threshold
from facecluster.settings import ClusterSettings

from .people import PRIOR, people_faces, said, same_partition, unit

ROOT = Path(__file__).parents[2]


def group(vectors, qualities=None, photos=None, make=make_graph, same=(), different=(), **changed):
    vectors = np.asarray(vectors, np.float32)
    photos = np.arange(len(vectors)) if photos is None else np.asarray(photos, np.int64)
    qualities = np.ones(len(vectors), np.float32) if qualities is None else np.asarray(qualities, np.float32)
    return group_faces(
        vectors, qualities, photos, ClusterSettings(**changed), PRIOR, make, said(len(vectors), same, different)
    )


def columns(grouping):
    """All arrays of a grouping, one after the other."""
    return [column for field in grouping for column in (field if isinstance(field, tuple) else (field,))]


def identical(one, other):
    return all(
        before.dtype == after.dtype and np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
        for before, after in zip(columns(one), columns(other), strict=True)
    )


@pytest.mark.parametrize("seed", range(4))
def test_people_of_all_sizes_are_found(seed):
    vectors, people = people_faces([60, 30, 12, 5, 3, 2, 2, 1, 1, 1, 1], seed=seed)
    found = group(vectors)
    assert same_partition(found.labels, people)
    assert found.labels.max() == 6  # the four strangers are alone
    sizes = np.bincount(found.labels[found.labels >= 0])
    assert (np.diff(sizes) <= 0).all()


@pytest.mark.parametrize("n", [0, 1])
def test_few_faces_are_alone(n):
    found = group(np.eye(4)[:n])
    assert found.labels.tolist() == [-1] * n
    assert found.strengths.tolist() == [0] * n
    assert found.rivals.tolist() == [-1] * n
    assert np.isnan(found.rival_cosines).all()
    assert found.outliers.tolist() == [1] * n
    assert [len(column) for column in (*found.tree, *found.suggestions)] == [n, n, 0, 0, 0, 0, 0, 0]
    types = ["int32", "float32", "int32", "float32", "float32"]
    assert [column.dtype.name for column in found[:5]] == types


@pytest.mark.parametrize(("cosine", "labels"), [(0.9, [0, 0]), (0.1, [-1, -1])])
def test_two_faces(cosine, labels):
    found = group([[1, 0], [cosine, np.sqrt(1 - cosine**2)]])
    assert found.labels.tolist() == labels
    assert found.strengths == pytest.approx([cosine if labels[0] == 0 else 0] * 2, abs=2e-4)


@pytest.mark.parametrize("n", [2, 3, 33, 10_000])
def test_identical_faces_are_one_group(n):
    found = group(np.tile(unit(np.ones(8)), (n, 1)))
    assert (found.labels == 0).all()
    assert found.strengths == pytest.approx(np.ones(n))
    assert (found.rivals == -1).all()


@pytest.mark.parametrize("n", [2, 10_000])
def test_identical_faces_of_one_photo_are_none(n):
    assert (group(np.tile(unit(np.ones(8)), (n, 1)), photos=np.zeros(n)).labels == -1).all()


@pytest.mark.parametrize("n", [300, 10_000])
def test_a_library_of_one_person_is_one_group(n):
    vectors, _ = people_faces([n], spread=0.8)
    assert (group(vectors).labels == 0).all()


def test_a_library_of_strangers_has_hardly_a_group():
    """Every face meets 20,000, two hundred million chances in all."""
    vectors, _ = people_faces([1] * 20_000)
    assert (group(vectors).labels == -1).mean() > 0.99


def test_bursts_of_one_person_stay_together():
    rng = np.random.default_rng(1)
    days, _ = people_faces([8])
    vectors = unit(np.repeat(days, 6, axis=0) + 0.005 * rng.normal(size=(48, 128)))
    assert (group(vectors).labels == 0).all()


def at_cosine_to_mean(vectors, cosine):
    mean = unit(vectors.mean(axis=0))
    aside = people_faces([1], seed=5)[0][0]
    aside = unit(aside - (aside @ mean) * mean)
    return cosine * mean + np.sqrt(1 - cosine**2) * aside


def test_a_burst_of_a_strangers_face_counts_once():
    """A face that is somewhat like a person stays no less alone for being there thirty times."""
    vectors, _ = people_faces([10])
    others, _ = people_faces([1] * 500, seed=3)

    def joins(cosine, copies):
        face = at_cosine_to_mean(vectors, cosine)
        frames = unit(face + 0.01 * np.random.default_rng(0).normal(size=(copies, 128)))
        labels = group(np.concatenate([vectors, others, frames])).labels
        return labels[-1] >= 0 and labels[-1] == labels[0]

    cosines = np.arange(0.2, 0.9, 0.02)
    least_of_one = bisect_left(cosines, True, key=lambda cosine: joins(cosine, 1))
    least_of_many = bisect_left(cosines, True, key=lambda cosine: joins(cosine, 30))
    assert len(cosines) > least_of_many >= least_of_one - 1


def test_two_people_with_one_face_between_them_stay_two():
    vectors, people = people_faces([15, 15], spread=0.6)
    looks = unit(vectors[people == 0].mean(axis=0)) + unit(vectors[people == 1].mean(axis=0))
    bridge = unit(looks + 1.6 * unit(np.random.default_rng(2).normal(size=128)))
    labels = group([*vectors, bridge]).labels[:-1]
    assert ((vectors @ bridge)[people == 0].max(), (vectors @ bridge)[people == 1].max()) > (0.4, 0.4)
    assert same_partition(labels, people)


def test_groups_smaller_than_asked_for_are_none():
    vectors, people = people_faces([8, 4, 2])
    labels = group(vectors, min_cluster_size=4).labels
    assert np.array_equal(labels, np.where(people == 2, -1, people))
    assert (group(vectors[:3], min_cluster_size=4).labels == -1).all()


@given(st.randoms(use_true_random=False), st.integers(0, 50))
@settings(max_examples=20)
def test_order_changes_nothing_but_the_numbers_of_equals(random, seed):
    vectors, people = people_faces([14, 9, 6, 4, 3, 3, 2, 1, 1], spread=0.95, seed=seed)
    qualities, photos = np.where(np.arange(len(people)) % 7, 0.9, 0.1), np.arange(len(people)) // 2
    order = list(range(len(vectors)))
    random.shuffle(order)
    before, after = group(vectors, qualities, photos), group(vectors[order], qualities[order], photos[order])
    assert same_partition(before.labels[order], after.labels)
    assert np.array_equal(before.labels[order] < 0, after.labels < 0)
    np.testing.assert_allclose(before.strengths[order], after.strengths, atol=1e-6)
    np.testing.assert_allclose(before.rival_cosines[order], after.rival_cosines, atol=1e-6)
    np.testing.assert_allclose(before.outliers[order], after.outliers, atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_turning_all_vectors_changes_nothing(seed):
    vectors, _ = people_faces([9, 6, 4, 2, 1])
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(128, 128)))
    turned = unit(vectors.astype(np.float64) @ turn)
    assert np.array_equal(group(vectors).labels, group(turned).labels)


def test_poor_faces_join_but_do_not_found():
    vectors, people = people_faces([6, 4], spread=0.6)
    poor = people == 1
    poor[0] = True  # one of the first person's
    labels = group(vectors, np.where(poor, 0.1, 0.9)).labels
    assert labels.tolist() == [0] * 6 + [-1] * 4


def test_poor_faces_do_not_bridge():
    """Two looks of a person, with all that lies between them: good or poor."""
    one, other = people_faces([1] * 2)[0]
    steps = unit(np.linspace(one, other, 8))
    vectors = unit(np.repeat(steps, 10, axis=0) + 0.5 * people_faces([1] * 80, seed=1)[0])
    ends = np.isin(np.arange(80) // 10, [0, 7])
    assert len(set(group(vectors).labels[ends].tolist())) == 1, "the rest would bridge if it could"
    labels = group(vectors, np.where(ends, 0.9, 0.1)).labels[ends]
    assert same_partition(labels, np.repeat([0, 1], 10))


def test_a_poor_face_that_somebody_named_founds():
    vectors, _ = people_faces([4])
    poor = np.full(4, 0.1)
    assert (group(vectors, poor).labels == -1).all()
    assert group(vectors, poor, same=[[0, 2]]).labels.tolist() == [0, 0, 0, 0]


def test_the_quality_asked_for_is_enough():
    vectors, _ = people_faces([4])
    assert (group(vectors, np.full(4, 0.5), min_quality=0.5).labels == 0).all()


def test_what_was_said_holds_whatever_the_vectors_say():
    vectors, people = people_faces([8, 8, 1])
    found = group(vectors, same=[[0, 16]], different=[[8, 9], [1, 12]]).labels
    assert found[0] == found[16]
    assert found[8] != found[9]
    assert len(set(found[people == 0].tolist())) == 1


def test_a_joiner_that_is_said_to_be_somebody_else_stays_alone():
    vectors, _ = people_faces([8])
    qualities = np.append(np.ones(7), 0.1)
    assert group(vectors, qualities).labels[7] == 0
    assert group(vectors, qualities, different=[[7, 2]]).labels.tolist() == [0] * 7 + [-1]
    assert group(vectors, qualities, different=[[2, 7]]).labels.tolist() == [0] * 7 + [-1]


def test_what_was_said_and_cannot_be_is_refused():
    with pytest.raises(ValueError, match="rows . and . to be different people's, found them joined"):
        group(people_faces([5])[0], same=[[0, 1], [1, 2]], different=[[2, 0]])


def test_more_faces_need_more_likeness():
    pair = [[1, 0, 0], [0.35, np.sqrt(1 - 0.35**2), 0]]
    assert group(pair).labels.tolist() == [0, 0]
    crowd, _ = people_faces([1] * 3_000)
    among_many = np.zeros((3_002, 131), np.float32)
    among_many[:3_000, :128] = crowd
    among_many[3_000:, 128:] = pair
    assert group(among_many).labels[3_000:].tolist() == [-1, -1]


def test_a_library_learns_what_its_own_strangers_are_like():
    """All are somewhat alike, as the network may see children: by the pack's word many strangers would be linked."""
    shared = unit(np.random.default_rng(1).normal(size=128))
    vectors, people = people_faces([4] * 150 + [1] * 4_000)
    vectors = unit(np.sqrt(0.85) * vectors + np.sqrt(0.15) * shared)
    links = vectors @ vectors.T > link_threshold(len(vectors), PRIOR.impostor_median, PRIOR.impostor_sd, 0.01)
    assert (links & (people[:, None] != people)).any(axis=1).mean() > 0.2
    assert score_groups(people, group(vectors).labels).bcubed.f > 0.99


def test_rivals_are_the_nearest_other_groups():
    vectors, people = people_faces([10, 8, 6, 1], spread=1.0)
    vectors = unit(vectors + 0.6 * unit(np.ones(128)))  # all near enough to be neighbours
    found = group(vectors, false_links=1e-9)
    assert same_partition(found.labels, people)
    means = unit([vectors[people == person].mean(axis=0) for person in range(3)])
    cosines = vectors @ means.T
    cosines[np.arange(24), people[:24]] = -2
    told = found.rivals >= 0
    assert told.sum() > 12
    assert np.array_equal(found.rivals[told], cosines.argmax(axis=1)[told])
    np.testing.assert_allclose(found.rival_cosines[told], cosines.max(axis=1)[told], atol=1e-3)


def test_the_tree_and_the_suggestions_are_told_by_the_rows_of_all_faces():
    """Poor faces stand in between; without them all is the same but for the rows."""
    vectors, _ = people_faces([12, 9, 6, 2, 1, 1], spread=1.2)
    mixed = np.zeros((2 * len(vectors), 128), np.float32)
    mixed[::2], mixed[1::2] = vectors, people_faces([1] * len(vectors), seed=8)[0]
    good = np.tile([0.9, 0.0], len(vectors))
    alone, found = group(vectors), group(mixed, good)
    assert np.array_equal(found.tree.face_parents[::2], alone.tree.face_parents)
    assert (found.tree.face_parents[1::2] == -1).all()
    assert (found.outliers[1::2] == 1).all()
    assert found.chosen.shape == found.tree.parents.shape
    assert (found.suggestions.ones % 2 == 0).all()
    assert (found.suggestions.others % 2 == 0).all()


def test_what_almost_was_one_is_suggested():
    """Two groups, further and further apart: at some distance it is worth a question."""
    ones, aside, *faces = people_faces([1] * 34, dimension=256)[0]
    aside = unit(aside - (aside @ ones) * ones)
    crowd = people_faces([1] * 100, dimension=256, seed=2)[0]
    suggested = 0
    for cosine in np.arange(0.3, 0.8, 0.03):
        directions = np.repeat([ones, cosine * ones + np.sqrt(1 - cosine**2) * aside], 16, axis=0)
        vectors = np.concatenate([crowd, unit(directions + 0.75 * np.array(faces))])
        found = group(vectors)
        if len(found.suggestions.ones):
            suggested += 1
            pair = {int(found.suggestions.ones[0]), int(found.suggestions.others[0])}
            assert pair == {100, 116}
            assert found.labels[100] != found.labels[116]
            assert found.suggestions.evidence[0] < 0
    assert 1 <= suggested < 10


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_vector_that_is_not_finite_is_refused_by_row(bad):
    vectors, _ = people_faces([4])
    vectors[2, 3] = bad
    with pytest.raises(ValueError, match="row 2"):
        group(vectors)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_quality_that_is_not_finite_is_refused_by_row(bad):
    with pytest.raises(ValueError, match="row 1"):
        group(np.eye(3), [1, bad, 1])


@pytest.mark.parametrize("length", [0, 0.9, 1.1])
def test_a_vector_that_is_not_of_unit_length_is_refused_by_row(length):
    vectors, _ = people_faces([4])
    vectors[3] *= length
    with pytest.raises(ValueError, match="row 3"):
        group(vectors)


@pytest.mark.parametrize("wrong", [{"qualities": [1, 1]}, {"photos": [1, 2, 3, 4]}])
def test_lengths_that_differ_are_refused(wrong):
    with pytest.raises((ValueError, TypeError)):  # by jaxtyping, where it checks
        group(np.eye(3), **wrong)


def test_rounding_to_half_precision_is_accepted_and_changes_no_group():
    vectors, _ = people_faces([20, 10, 2, 1])
    rounded = vectors.astype(np.float16).astype(np.float32)
    assert np.array_equal(group(vectors).labels, group(rounded).labels)


def hard_library():
    """People of all sizes, some of them little alike; poor faces, and photos of several people."""
    vectors, people = people_faces([300, 150, 90, 40] + [3] * 60 + [1] * 200, spread=1.1)
    rng = np.random.default_rng(4)
    order = rng.permutation(len(people))
    return vectors[order], rng.random(len(people)), rng.integers(0, len(people) // 2, len(people))


@pytest.mark.parametrize(("threads", "tile_rows"), [(1, 100), (3, 333), (2, 5000)])
def test_neither_threads_nor_tiles_change_anything(monkeypatch, threads, tile_rows):
    before = group(*hard_library())
    monkeypatch.setattr(neighbours_module, "TILE_ROWS", tile_rows)
    after = group(*hard_library(), lambda grid, founders, floor: make_graph(grid, founders, floor, threads))
    assert identical(before, after)
    assert len(before.suggestions.ones) > 0
    assert before.labels.max() > 20


def digest(grouping):
    return hashlib.sha256(b"".join(column.tobytes() for column in columns(grouping))).hexdigest()


PRINT_DIGEST = """
from tests.clusters.test_group import digest, group, hard_library
print(digest(group(*hard_library())))
"""


def test_threads_of_the_linear_algebra_change_nothing():
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", PRINT_DIGEST]
    run = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == digest(group(*hard_library()))


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
