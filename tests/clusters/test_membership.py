"""clusters.membership: faces against the groups that were found."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.candidates import GROUPS_A_FACE
from facecluster.clusters.grid import GRID_LENGTH, to_grid
from facecluster.clusters.membership import JOINER_SHARE, belonging, join_groups, number_by_size
from facecluster.clusters.neighbours import nearest_among, nearest_neighbours

from .people import PRIOR, people_faces, unit, yardstick_of

LABELS = st.lists(st.integers(-1, 6), max_size=30)


def labels_of(values):
    return np.array(values, np.int32)


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


def joined(vectors, labels, joiners, photos=None, n_library=None):
    grid, labels, joiners = to_grid(np.asarray(vectors, np.float32)), labels_of(labels), np.array(joiners, np.int64)
    founders = np.setdiff1d(np.arange(len(grid)), joiners)
    near = nearest_among(grid[joiners], grid[founders], 32, 0.2).rows
    rows = np.append(founders, -1).astype(np.int32)[near]
    photos = np.arange(len(grid)) if photos is None else np.array(photos, np.int64)
    return join_groups(grid, photos, labels, joiners, rows, yardstick_of(len(grid), n_library)).tolist()


def test_who_is_alone_joins_the_group_of_its_person():
    vectors, people = people_faces([6, 6, 1])
    labels = people.copy()
    labels[[5, 11, 12]] = -1
    assert joined(vectors, labels, [5, 11, 12]) == [0] * 6 + [1] * 6 + [-1]


def test_nobody_joins_where_there_is_no_group():
    vectors, _ = people_faces([4])
    assert joined(vectors, [-1] * 4, [1, 3]) == [-1] * 4
    assert joined(vectors, [-1] * 4, []) == [-1] * 4


def test_the_stronger_evidence_wins_and_not_the_nearest_face():
    """A face at .5 from each of ten of one person, and at .55 from one of another, who is otherwise a stranger."""
    vectors, people = people_faces([10, 10], spread=0.75)
    mean = unit(vectors[:10].mean(axis=0))
    face = unit(mean + 0.9 * vectors[10] + 0.6 * people_faces([1], seed=4)[0][0])
    cosines = vectors @ face
    assert cosines[10] > cosines[:10].max(), "as the test wants it"
    assert joined([*vectors, face], [*people, -1], [20])[-1] == 0


def test_joiners_do_not_see_each_other():
    vectors, _ = people_faces([12])
    assert joined(vectors, [-1] * 12, range(12)) == [-1] * 12


def test_joiners_do_not_count_among_a_group():
    """What one joiner gets is the same whoever else joins."""
    vectors, people = people_faces([8, 8], spread=1.3)
    labels, joiners = people.copy(), [1, 3, 5, 9, 11]
    labels[joiners] = -1
    together = joined(vectors, labels, joiners)
    for joiner in joiners:
        kept = [row for row in range(16) if row == joiner or row not in joiners]
        alone = joined(vectors[kept], labels[kept], [kept.index(joiner)], n_library=16)
        assert alone[kept.index(joiner)] == together[joiner]


def at_mean_cosine(vectors, cosine):
    """A face whose cosine to the vectors is this on average, or near it."""
    mean = vectors.mean(axis=0)
    length = np.linalg.norm(mean)
    aside = people_faces([1], seed=11)[0][0]
    aside = unit(aside - (aside @ mean) / length**2 * mean)
    share = cosine / length
    return share * mean / length + np.sqrt(1 - share**2) * aside


@pytest.mark.parametrize(("more", "joins"), [(-0.02, False), (0.02, True)])
def test_a_joiner_is_as_alike_to_a_group_as_blurred_faces_of_a_person_are(more, joins):
    vectors, _ = people_faces([30])
    face = at_mean_cosine(vectors, JOINER_SHARE * PRIOR.genuine_median + more)
    assert (joined([*vectors, face], [0] * 30 + [-1], [30])[-1] == 0) == joins


def test_who_stands_beside_a_person_in_a_photo_needs_more():
    """In a larger library chance reaches further, and from some size on the face no longer joins."""
    vectors, _ = people_faces([3])
    face = at_mean_cosine(vectors, JOINER_SHARE * PRIOR.genuine_median + 0.03)

    def largest_library(photos):
        faces, labels = [*vectors, face], [0, 0, 0, -1]
        return max(
            n for n in (4**power for power in range(1, 25)) if joined(faces, labels, [3], photos, n_library=n)[-1] == 0
        )

    assert largest_library([0, 1, 2, 2]) < largest_library([0, 1, 2, 3]) < 4**24


def test_the_nearest_groups_are_tried_and_no_more():
    """A face that is nearest to one face of each of several pairs, and then to ten of a person of its own."""
    person, _ = people_faces([11])
    pairs = np.repeat(np.arange(GROUPS_A_FACE + 1), 2)
    others, _ = people_faces([2] * (GROUPS_A_FACE + 1), seed=1)
    vectors, labels = [*others, *person], [*pairs, *[pairs[-1] + 1] * 10, -1]
    grid, joiner = to_grid(np.array(vectors, np.float32)), np.array([len(vectors) - 1])

    def label(n_before):
        near = [*range(0, 2 * n_before, 2), *range(len(others), len(others) + 10)]
        return join_groups(
            grid,
            np.arange(len(grid)),
            labels_of(labels),
            joiner,
            np.array([near], np.int32),
            yardstick_of(len(grid)),
        )[-1]

    assert label(GROUPS_A_FACE - 1) == pairs[-1] + 1
    assert label(GROUPS_A_FACE) == -1


def told(vectors, labels, k=32):
    grid = to_grid(np.asarray(vectors, np.float32))
    return belonging(grid, labels_of(labels), nearest_neighbours(grid, k, -1.0).rows)


def test_strength_is_the_cosine_to_the_mean_of_the_others():
    vectors, people = people_faces([5, 2])
    expected = []
    for row, person in enumerate(people):
        others = np.flatnonzero((people == person) & (np.arange(7) != row))
        mean = vectors[others].mean(axis=0)
        expected.append(vectors[row] @ mean / np.linalg.norm(mean))
    assert told(vectors, people).strengths == pytest.approx(expected, abs=5e-4)


def test_strength_of_opposites_and_of_faces_alone_is_zero():
    opposites = np.array([[1.0, 0], [-1, 0], [0, 1]])
    assert told(opposites, [0, 0, -1]).strengths.tolist() == [0, 0, 0]


def test_strength_of_copies_is_one():
    assert told(np.tile(unit(np.ones(7)), (5, 1)), [0] * 5).strengths.tolist() == [1] * 5


def test_no_rival_without_another_group():
    vectors, _ = people_faces([3, 1])
    found = told(vectors, [0, 0, 0, -1])
    assert found.rivals.tolist() == [-1, -1, -1, 0]
    assert np.isnan(found.rival_cosines).tolist() == [True, True, True, False]


@pytest.mark.parametrize("n", [0, 1])
def test_few_faces(n):
    found = told(np.eye(3)[:n], [-1] * n)
    assert [column.dtype.name for column in found] == ["float32", "int32", "float32"]
    assert found.strengths.tolist() == [0] * n
    assert found.rivals.tolist() == [-1] * n
    assert np.isnan(found.rival_cosines).all()


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=25), st.integers(1, 12), st.integers(0, 1000))
@settings(max_examples=60)
def test_rivals_are_the_nearest_of_the_groups_that_neighbours_are_in(values, k, seed):
    names, numbers = np.unique(values, return_inverse=True)
    labels = labels_of(numbers - (names[0] < 0))
    vectors, _ = people_faces([1] * len(labels), dimension=8, seed=seed)
    grid = to_grid(vectors)
    rows = nearest_neighbours(grid, k, -1.0).rows
    found = belonging(grid, labels, rows)
    exact = grid.astype(np.float64)
    means = np.array([exact[labels == group].sum(axis=0) for group in range(labels.max() + 1)])
    for face, (label, near) in enumerate(zip(labels, rows, strict=True)):
        rivals = sorted(set(labels[near[near >= 0]].tolist()) - {-1, label})
        if rivals:
            lengths = np.linalg.norm(means[rivals], axis=1) * np.linalg.norm(exact[face])
            cosines = (means[rivals] @ exact[face] / lengths).tolist()
            assert found.rival_cosines[face] == pytest.approx(max(cosines), abs=1e-6)
            assert cosines[rivals.index(found.rivals[face])] == pytest.approx(max(cosines), abs=1e-6)
        else:
            assert found.rivals[face] == -1
            assert np.isnan(found.rival_cosines[face])


def test_strengths_stay_within_one_however_vectors_are_rounded():
    grid = to_grid(unit(np.ones((40, 128))))
    assert np.linalg.norm(grid[0].astype(float)) != GRID_LENGTH
    found = belonging(grid, labels_of([0] * 40), nearest_neighbours(grid, 32, -1.0).rows)
    assert (found.strengths <= 1).all()
