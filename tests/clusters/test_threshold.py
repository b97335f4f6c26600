"""clusters.threshold: what chance reaches between two faces, and between two groups."""

from math import erfc, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.threshold import (
    LEAST_SHARE,
    MAX_COSINE,
    MAX_SHARED_PHOTOS,
    PHOTO_PRIOR,
    SIZE_STEPS,
    Calibration,
    critical_values,
    deviations,
    expected_excess,
    least_mean,
    link_threshold,
)

MEDIAN, SD = 0.1, 0.09


@pytest.mark.parametrize("n_faces", [2, 50, 2_000, 1_000_000])
@pytest.mark.parametrize("false_links", [0.01, 0.03, 1.0])
def test_exceeded_by_chance_as_often_as_asked(n_faces, false_links):
    needed = (link_threshold(n_faces, MEDIAN, SD, false_links) - MEDIAN) / SD
    assert n_faces * erfc(needed / sqrt(2)) / 2 == pytest.approx(false_links, rel=1e-6)


def test_simulated_strangers_link_as_often_as_asked():
    n_faces, false_links = 1_000, 0.5
    cosines = np.random.default_rng(0).normal(MEDIAN, SD, (2_000, n_faces))
    links = (cosines > link_threshold(n_faces, MEDIAN, SD, false_links)).sum(axis=1)
    assert links.mean() == pytest.approx(false_links, abs=0.06)


@given(st.integers(2, 10**9), st.integers(2, 10**9), st.floats(1e-6, 1), st.floats(1e-6, 1))
def test_rises_with_the_library_and_falls_with_the_budget(n, m, a, b):
    assert link_threshold(min(n, m), MEDIAN, SD, a) <= link_threshold(max(n, m), MEDIAN, SD, a)
    assert link_threshold(n, MEDIAN, SD, max(a, b)) <= link_threshold(n, MEDIAN, SD, min(a, b))


@pytest.mark.parametrize("n_faces", [0, 1])
def test_fewer_than_two_faces_are_taken_as_two(n_faces):
    assert link_threshold(n_faces, MEDIAN, SD, 0.03) == link_threshold(2, MEDIAN, SD, 0.03)


def test_never_so_high_that_copies_part():
    assert link_threshold(10**9, 0.5, 0.3, 0.001) == MAX_COSINE


@pytest.mark.parametrize(
    ("median", "sd", "false_links"),
    [(2.0, SD, 0.03), (MEDIAN, 0.0, 0.03), (MEDIAN, SD, 0.0), (MEDIAN, SD, 2.0), (float("nan"), SD, 0.03)],
)
def test_numbers_out_of_range_are_refused(median, sd, false_links):
    with pytest.raises(ValueError, match="expected -1 <= impostor_median"):
        link_threshold(100, median, sd, false_links)


@given(st.floats(1e-15, 0.5))
def test_deviations_are_exceeded_with_their_probability(probability):
    assert erfc(deviations(probability) / sqrt(2)) / 2 == pytest.approx(probability, rel=1e-6)


@pytest.mark.parametrize("probability", [0.5, 0.7, 3.0])
def test_no_chance_asks_for_less_than_the_mean(probability):
    assert deviations(probability) == 0


@pytest.mark.parametrize("n_faces", [2, 1_000, 1_000_000])
def test_two_single_faces_must_be_as_alike_as_a_link(n_faces):
    pair = critical_values(n_faces, 0.01)[0, 0]
    assert MEDIAN + SD * pair == pytest.approx(link_threshold(n_faces, MEDIAN, SD, 0.01))


@given(st.integers(0, 10**7), st.floats(1e-6, 1))
@settings(max_examples=40)
def test_larger_groups_need_less_and_shared_photos_more(n_faces, false_links):
    critical = critical_values(n_faces, false_links)
    assert critical.shape[0] == MAX_SHARED_PHOTOS + 1
    assert (np.diff(critical, axis=1) <= 0).all()
    assert (np.diff(critical, axis=0) >= 0).all()
    assert (critical >= 0).all()


@pytest.mark.parametrize("n_faces", [0, 1, 2, 3, 1000, 1024, 1025])
def test_the_table_has_a_column_for_every_group_and_one_beyond(n_faces):
    last = critical_values(n_faces, 0.01).shape[1] - 1
    assert 2 ** ((last - 1) / SIZE_STEPS) >= max(n_faces, 2)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 0), (3, 0), (0, 3 * SIZE_STEPS), (2, 5 * SIZE_STEPS)])
def test_a_budget_of_false_links_is_spread_over_the_groups_of_a_size(row, column):
    needed = critical_values(1000, 0.02)[row, column]
    tests = 1000 / 2 ** (column / SIZE_STEPS)
    assert erfc(needed / sqrt(2)) / 2 == pytest.approx(0.02 * PHOTO_PRIOR**row / tests)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9])
def test_the_excess_of_the_upper_share_is_its_mean(share):
    normal = NormalDist()
    edge = normal.inv_cdf(1 - share)
    values = np.linspace(edge, 12, 200_001)
    densities = np.exp(-(values**2) / 2) / sqrt(2 * np.pi)
    assert expected_excess(share) == pytest.approx(np.trapezoid(values * densities, values) / share, abs=1e-6)


def test_all_of_a_normal_variable_exceeds_nothing():
    assert expected_excess(1) == 0
    assert expected_excess(0.9999999) == pytest.approx(0, abs=1e-5)


def test_parts_of_a_person_are_a_share_of_the_way_to_two_occasions():
    assert least_mean(Calibration(0.1, 0.09, 0.6)) == pytest.approx(0.1 + LEAST_SHARE * 0.5)
    assert 0.1 < least_mean(Calibration(0.1, 0.09, 0.6)) < 0.6
