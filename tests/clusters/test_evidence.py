"""clusters.evidence: what speaks for one person, against plain numpy and by what it must never say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters import evidence as evidence_module
from facecluster.clusters.evidence import (
    EXCESS,
    FAR_SHORT,
    MAX_FACES,
    UPPER_SHARE,
    counted_photos,
    independent_faces,
    needed_evidence,
    spread_evenly,
    weigh,
)
from facecluster.clusters.grid import GRID_LENGTH, to_grid
from facecluster.clusters.threshold import MAX_SHARED_PHOTOS, PHOTO_PRIOR, SIZE_STEPS, deviations

from .people import PRIOR, people_faces, unit, yardstick_of

GENUINE = PRIOR.genuine_median
COUNTS = st.integers(1, MAX_FACES)


def rows(*faces):
    return np.array(faces, np.int32)


def weighed_by_numpy(grid, yardstick, one, other, needed):
    dots = grid[one].astype(np.int64) @ grid[other].astype(np.int64).T
    strangers = (yardstick.impostor_means[one][:, None] + yardstick.impostor_means[other]) / 2
    values = np.sort(((dots / GRID_LENGTH**2 - strangers) / yardstick.impostor_sd).ravel())[::-1]
    upper = values[: int(np.ceil(UPPER_SHARE * len(values)))].mean()
    return min(upper - needed, values.mean() - yardstick.least_mean), dots.mean() / GRID_LENGTH**2


@given(st.integers(1, 20), st.integers(1, 20), st.floats(0.2, 1.2), st.floats(0, 9), st.integers(0, 10_000))
@settings(max_examples=80)
def test_evidence_is_that_of_numpy(n_one, n_other, spread, needed, seed):
    """What is far below 0 is of no use to anybody, and need only be known to be."""
    vectors, _ = people_faces([n_one + n_other], dimension=16, spread=spread, seed=seed)
    means = np.random.default_rng(seed).normal(0.05, 0.05, len(vectors))
    grid, yardstick = to_grid(vectors), yardstick_of(len(vectors), means=means)
    one, other = rows(*range(n_one)), rows(*range(n_one, len(vectors)))
    expected, cosine = weighed_by_numpy(grid, yardstick, one, other, needed)
    found, found_cosine = weigh(grid, yardstick, one, other, needed)
    assert found_cosine == pytest.approx(cosine, abs=1e-12)
    if expected >= FAR_SHORT:
        assert found == pytest.approx(expected, abs=1e-6)
    else:
        assert expected - 1e-6 <= found < FAR_SHORT


@pytest.mark.parametrize("seed", range(5))
def test_who_is_one_and_who_the_other_makes_no_difference(seed):
    vectors, _ = people_faces([12], seed=seed)
    grid, yardstick = to_grid(vectors), yardstick_of(12)
    one, other = rows(0, 1, 2, 3, 4), rows(*range(5, 12))
    assert weigh(grid, yardstick, one, other, 2.0) == weigh(grid, yardstick, other, one, 2.0)


def test_who_is_alike_to_everybody_shows_less():
    vectors, _ = people_faces([2])
    grid = to_grid(vectors)
    plain, _ = weigh(grid, yardstick_of(2), rows(0), rows(1), 0.0)
    blurred, _ = weigh(grid, yardstick_of(2, means=np.array([0.0, 0.18])), rows(0), rows(1), 0.0)
    assert plain - blurred == pytest.approx(0.09 / PRIOR.impostor_sd)


def test_one_look_in_common_is_not_enough_where_all_the_rest_is_strange():
    """A third of two groups are the same face, the others are like strangers: the mean over all pairs stays low."""
    vectors, _ = people_faces([1] * 13)
    vectors = np.concatenate([vectors[:6], vectors[12:], vectors[12:], vectors[12:], vectors[6:12], vectors[12:]])
    needed = 1.0
    found, _ = weigh(to_grid(vectors), yardstick_of(16), rows(*range(8)), rows(*range(8, 16)), needed)
    assert found < 0


def test_the_most_alike_pairs_speak_for_people_of_several_looks():
    """Two groups that share one look of two: over all pairs they are no more alike than half-brothers."""
    looks, _ = people_faces([1] * 4, dimension=256)
    person, one_look, own_look, other_look = looks
    shared = [unit(person + one_look)] * 4
    one = [*shared, *[unit(person + own_look)] * 4]
    other = [*shared, *[unit(person + other_look)] * 4]
    grid = to_grid(np.array([*one, *other], np.float32))
    _, cosine = weigh(grid, yardstick_of(16), rows(*range(8)), rows(*range(8, 16)), 0.0)
    needed = (0.7 * GENUINE) / PRIOR.impostor_sd
    assert cosine < 0.7
    found, _ = weigh(grid, yardstick_of(16), rows(*range(8)), rows(*range(8, 16)), needed)
    assert found > 0


@given(st.lists(st.floats(-40, 40, width=32), min_size=1, max_size=200), st.data())
@settings(max_examples=100)
def test_the_upper_mean_is_that_of_the_sorted(values, data):
    count = data.draw(st.integers(1, len(values)))
    expected = np.sort(values)[::-1][:count].mean()
    assert evidence_module._upper_mean(np.array(values, np.float64), count) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("count", [1, 7, 50])
def test_the_upper_mean_of_equals_is_theirs(count):
    assert evidence_module._upper_mean(np.full(50, 1.5), count) == pytest.approx(1.5)


@pytest.mark.parametrize("size", [1, 2, 5, 400])
def test_frames_of_one_burst_are_worth_one_face(size):
    assert independent_faces(size, float(size**2), GENUINE) == pytest.approx(1)


@pytest.mark.parametrize("size", [1, 2, 40])
def test_copies_that_rounding_has_made_longer_are_worth_one_face_and_no_less(size):
    worth = independent_faces(size, 1.0003 * size**2, GENUINE)
    assert worth == 1
    assert np.isfinite(needed_evidence(yardstick_of(9), worth, worth, worth, 1, 0))


@pytest.mark.parametrize("size", [1, 2, 5, 400])
def test_faces_as_alike_as_two_occasions_are_worth_them_all(size):
    within = size + size * (size - 1) * GENUINE
    assert independent_faces(size, within, GENUINE) == pytest.approx(size)


@given(st.integers(1, 1000), st.floats(0, 1), st.floats(0, 1))
def test_the_more_alike_the_fewer_and_never_less_than_one_nor_more_than_all(size, one, other):
    few, many = (
        independent_faces(size, max(alike, 1 / size) * size**2, GENUINE) for alike in (max(one, other), min(one, other))
    )
    assert 1 - 1e-9 <= few <= many + 1e-9
    assert many <= size


def test_three_bursts_are_worth_about_three_faces():
    occasions, _ = people_faces([3], dimension=512)
    vectors = np.repeat(occasions, 20, axis=0).astype(np.float64)
    assert independent_faces(60, float((vectors @ vectors.T).sum()), GENUINE) == pytest.approx(3, rel=0.15)


def test_two_faces_must_be_as_alike_as_a_link():
    """The probability is read at n tests for n faces, with no discount."""
    needed = needed_evidence(yardstick_of(5000), 1.0, 1.0, 1.0, 1, 0)
    assert needed == pytest.approx(deviations(0.01 / 5000))


def test_what_is_needed_is_what_the_table_says_of_large_groups():
    """Between two endless groups only who the two are still varies, and the upper share is that of all pairs."""
    yardstick = yardstick_of(5000)
    critical = np.interp(SIZE_STEPS * np.log2(1000.0), np.arange(yardstick.critical.shape[1]), yardstick.critical[0])
    among = 2 * GENUINE * (1 - GENUINE) + (1 - GENUINE) ** 2
    expected = EXCESS[-1] * np.sqrt(among) + critical * GENUINE
    assert needed_evidence(yardstick, 1e9, 1e9, 1000.0, MAX_FACES**2, 0) == pytest.approx(expected, rel=1e-6)


@given(COUNTS, COUNTS, st.integers(0, 20), st.integers(0, 5))
def test_larger_groups_need_less_and_shared_photos_more(one, other, more, shared):
    yardstick = yardstick_of(5000)

    def needed(one, other, shared):
        n_pairs = min(one, MAX_FACES) * min(other, MAX_FACES)
        return needed_evidence(yardstick, float(one), float(other), float(max(one, other)), n_pairs, shared)

    # By what is needed of all pairs: the upper share of few pairs is all of them, which is easier to reach.
    share = EXCESS[one * other]
    yardstick = yardstick._replace(excess=np.zeros_like(EXCESS))
    assert needed(one + more, other, shared) <= needed(one, other, shared) + 1e-12
    assert needed(one, other, shared + 1) >= needed(one, other, shared)
    assert needed(one, other, MAX_SHARED_PHOTOS) == needed(one, other, MAX_SHARED_PHOTOS + 9)
    assert share >= 0


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16, 32])
def test_twice_the_size_needs_less(size):
    yardstick = yardstick_of(5000)
    small = needed_evidence(yardstick, 1.0, float(size), float(size), size, 0)
    assert needed_evidence(yardstick, 1.0, 2.0 * size, 2.0 * size, 2 * size, 0) < small


@pytest.mark.parametrize(("one", "other"), [(1, 1), (1, 10), (5, 5), (20, 30)])
def test_strangers_reach_what_is_needed_as_seldom_as_was_promised(one, other):
    """Groups drawn by the model that the docstring tells of: faces around people, people around nobody."""
    rng = np.random.default_rng(0)
    dimension, n_pairs, chance = 64, 4000, 0.02
    noise = np.sqrt((1 - GENUINE) / GENUINE)
    prior = PRIOR._replace(impostor_sd=1 / np.sqrt(dimension))
    critical = np.full((MAX_SHARED_PHOTOS + 1, 99), deviations(chance))
    yardstick = yardstick_of(2, prior=prior)._replace(critical=critical)
    needed = needed_evidence(yardstick, float(one), float(other), float(max(one, other)), one * other, 0)
    reached = 0
    for _ in range(n_pairs):
        groups = [
            unit(unit(rng.normal(size=dimension)) + noise * unit(rng.normal(size=(n, dimension)))) for n in (one, other)
        ]
        values = np.sort((groups[0] @ groups[1].T).ravel())[::-1] / prior.impostor_sd
        reached += values[: int(np.ceil(UPPER_SHARE * len(values)))].mean() >= needed
    assert reached / n_pairs < 2 * chance
    assert reached / n_pairs > chance / 5


@given(st.integers(1, 1000))
def test_faces_that_are_shown_are_spread_over_the_group(n):
    members = np.arange(n, dtype=np.int32) * 3
    shown = spread_evenly(members)
    assert len(shown) == min(n, MAX_FACES)
    assert shown[0] == 0
    assert set(shown.tolist()) <= set(members.tolist())
    assert np.ptp(np.diff(shown)) <= 3 if len(shown) > 1 else True


@pytest.mark.parametrize(
    ("shared", "smaller", "counted"),
    [(0, 10, 0), (1, 10, 1), (3, 10, 3), (1, int(1 / PHOTO_PRIOR), 0), (9, int(4 / PHOTO_PRIOR), 5)],
)
def test_a_few_shared_photos_of_many_are_mirrors(shared, smaller, counted):
    assert counted_photos(shared, smaller) == counted
