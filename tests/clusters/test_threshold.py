"""clusters.threshold: the cosine above which two faces of a library are one person's."""

from math import erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.threshold import MAX_COSINE, link_threshold

MEDIAN, SD = 0.1, 0.09


@pytest.mark.parametrize("n_faces", [2, 50, 2_000, 1_000_000])
@pytest.mark.parametrize("false_links", [0.01, 0.03, 1.0])
def test_exceeded_by_chance_as_often_as_asked(n_faces, false_links):
    deviations = (link_threshold(n_faces, MEDIAN, SD, false_links) - MEDIAN) / SD
    assert n_faces * erfc(deviations / sqrt(2)) / 2 == pytest.approx(false_links, rel=1e-6)


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
