"""clusters.membership: faces against the groups that were found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters import membership
from facecluster.clusters.membership import join_groups, nearest_rivals, number_by_size, strengths_of

from .people import people_faces

LABELS = st.lists(st.integers(-1, 6), max_size=30)


def labels_of(values):
    return np.array(values, np.int32)


def faces(sizes, **options):
    vectors, people = people_faces(sizes, **options)
    wide = vectors.astype(np.float64)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True), people.astype(np.int32)


@given(LABELS)
def test_numbers_fall_with_size_and_keep_the_groups(values):
    labels = labels_of(values)
    numbers = number_by_size(labels)
    assert np.array_equal(numbers < 0, labels < 0)
    assert np.array_equal(numbers[:, None] == numbers, labels[:, None] == labels)
    sizes = np.bincount(numbers[numbers >= 0])
    assert (np.diff(sizes) <= 0).all()
    first_rows = [int(np.argmax(numbers == number)) for number in range(len(sizes))]
    for one, size in enumerate(sizes[:-1]):
        assert sizes[one + 1] < size or first_rows[one] < first_rows[one + 1]


@given(LABELS)
def test_numbering_twice_changes_nothing(values):
    numbers = number_by_size(labels_of(values))
    assert np.array_equal(number_by_size(numbers), numbers)


def test_strength_is_the_cosine_to_the_mean_of_the_others():
    vectors, people = faces([5, 2])
    expected = []
    for row, person in enumerate(people):
        others = np.flatnonzero((people == person) & (np.arange(7) != row))
        mean = vectors[others].mean(axis=0)
        expected.append(vectors[row] @ mean / np.linalg.norm(mean))
    assert strengths_of(vectors, people) == pytest.approx(expected, abs=1e-6)


def test_strength_of_opposites_and_of_faces_alone_is_zero():
    opposites = np.array([[1.0, 0], [-1, 0], [0, 1]])
    assert strengths_of(opposites, labels_of([0, 0, -1])).tolist() == [0, 0, 0]


def test_who_is_alone_joins_the_nearest_mean_within_reach():
    vectors, people = faces([6, 6, 1])
    labels = people.copy()
    labels[[5, 11, 12]] = -1
    assert join_groups(vectors, labels, 0.5).tolist() == [0] * 6 + [1] * 6 + [-1]
    assert np.array_equal(join_groups(vectors, labels, 0.999), labels)


def test_nobody_joins_where_there_is_no_group():
    vectors, _ = faces([4])
    assert join_groups(vectors, labels_of([-1] * 4), 0.1).tolist() == [-1] * 4


def test_no_rival_without_another_group():
    vectors, _ = faces([3, 1])
    rivals, cosines = nearest_rivals(vectors, labels_of([0, 0, 0, -1]))
    assert rivals.tolist() == [-1, -1, -1, 0]
    assert np.isnan(cosines).tolist() == [True, True, True, False]


def test_block_size_changes_nothing(monkeypatch):
    vectors, people = faces([40, 30, 20, 1, 1])
    labels = np.where(people > 2, -1, people).astype(np.int32)
    labels[::7] = -1
    whole = (*nearest_rivals(vectors, labels), join_groups(vectors, labels, 0.4))
    monkeypatch.setattr(membership, "BLOCK_ROWS", 3)
    for before, after in zip(whole, (*nearest_rivals(vectors, labels), join_groups(vectors, labels, 0.4)), strict=True):
        assert np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
