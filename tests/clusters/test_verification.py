"""clusters.verification: accuracy by folds, true accepts and equal error, against scikit-learn and brute force."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import roc_curve

from facecluster.clusters.verification import (
    best_threshold,
    equal_error,
    make_folds,
    roc,
    true_accepts_at,
    verify,
)

PAIRS = st.lists(st.tuples(st.sampled_from(np.linspace(-1, 1, 21).tolist()), st.booleans()), min_size=2, max_size=60)


def columns(pairs):
    return np.array([cosine for cosine, _ in pairs]), np.array([same for _, same in pairs])


def normal_pairs(n=4_000, gap=0.55, seed=0):
    rng = np.random.default_rng(seed)
    same = np.arange(n) % 2 == 0
    return np.where(same, gap, 0) + rng.normal(0, 0.1, n), same


@given(PAIRS)
def test_operating_points_equal_scikit_learn(pairs):
    cosines, same = columns(pairs)
    assume(same.any() and not same.all())
    false_accepts, true_accepts, thresholds = roc_curve(same, cosines, drop_intermediate=False)
    ours = roc(cosines, same)
    np.testing.assert_allclose(ours.thresholds, thresholds)
    np.testing.assert_allclose(ours.false_accepts, false_accepts)
    np.testing.assert_allclose(ours.true_accepts, true_accepts)


@given(PAIRS)
def test_best_threshold_is_right_as_often_as_any(pairs):
    cosines, same = columns(pairs)
    right = ((cosines >= best_threshold(cosines, same)) == same).sum()
    assert right == max(((cosines >= t) == same).sum() for t in [*cosines, np.inf])


def test_best_threshold_lies_midway():
    cosines, same = np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])
    assert best_threshold(cosines, same) == pytest.approx(0.4)


def test_best_threshold_when_all_or_none_are_the_same():
    cosines = np.array([0.1, 0.5])
    assert best_threshold(cosines, np.array([True, True])) == 0.1
    assert 0.5 < best_threshold(cosines, np.array([False, False])) < 0.5001


def test_accuracy_and_rates_of_known_distributions():
    cosines, same = normal_pairs(40_000)
    found = verify(cosines, same, make_folds(same))
    # Two normal curves 5.5 deviations apart cross at 2.75: P(z > 2.75) = 0.298 %; P(z < 5.5 - 3.09) = 99.2 % at 1e-3.
    assert found.threshold == pytest.approx(0.275, abs=0.02)
    assert found.accuracy == pytest.approx(0.99702, abs=0.001)
    assert found.equal_error == pytest.approx(0.00298, abs=0.001)
    assert found.true_accepts == pytest.approx(0.992, abs=0.004)


def test_perfect_pairs():
    cosines, same = normal_pairs(200, gap=5)
    found = verify(cosines, same, make_folds(same))
    assert (found.accuracy, found.true_accepts, found.equal_error) == (1, 1, 0)


def test_useless_cosines_err_every_other_time():
    same = np.arange(100) % 2 == 0
    assert equal_error(roc(np.zeros(100), same)) == pytest.approx(0.5)


def test_equal_error_lies_on_the_line_between_thresholds():
    # From (1/4, 2/3) to (1/2, 2/3) false accepts rise past the third of the same pairs that is rejected.
    cosines = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    same = np.array([True, False, True, False, True, False, False])
    assert equal_error(roc(cosines, same)) == pytest.approx(1 / 3)


def test_true_accepts_are_not_interpolated():
    cosines, same = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, False, True, False])
    curve = roc(cosines, same)
    assert [true_accepts_at(curve, rate) for rate in (0.0, 0.49, 0.5, 1.0)] == [0.5, 0.5, 1, 1]


def test_a_fold_is_judged_by_the_others_threshold():
    cosines = np.array([0.2, 0.8, 0.2, 0.8, 0.55, 0.5])
    same = np.array([False, True, False, True, False, True])
    folds = np.array([0, 0, 1, 1, 2, 2])
    # Fold 2 alone would choose a threshold that errs once; the others' is 0.5, which accepts both of its pairs.
    assert verify(cosines, same, folds).accuracy == pytest.approx((1 + 1 + 0.5) / 3)


def test_pairs_not_compared_are_wrong_whatever_their_label():
    cosines, same = normal_pairs(400, gap=5)
    cosines[[0, 1, 2]] = np.nan
    found = verify(cosines, same, make_folds(same))
    assert found.accuracy == pytest.approx(1 - 3 / 400)
    assert found.true_accepts == pytest.approx(1 - 2 / 200)
    assert found.equal_error == pytest.approx(2 / 200)


@given(st.lists(st.booleans(), max_size=50), st.integers(2, 10))
def test_folds_share_both_kinds_evenly(same, n_folds):
    same = np.array(same, bool)
    folds = make_folds(same, n_folds)
    for kind in (same, ~same):
        sizes = np.bincount(folds[kind], minlength=n_folds)
        assert len(sizes) == n_folds
        assert sizes.max() - sizes.min() <= 1


def test_too_little_to_judge_by_is_refused():
    cosines, same = np.array([0.1, 0.9, 0.2, 0.8]), np.array([False, True, False, True])
    folds = np.array([0, 0, 1, 1])
    with pytest.raises(ValueError, match="two folds"):
        verify(cosines, same, np.zeros(4, np.int64))
    with pytest.raises(ValueError, match="pair of different people"):
        verify(cosines, np.ones(4, bool), folds)
    with pytest.raises(ValueError, match="pair of the same person"):
        verify(np.array([0.1, np.nan, 0.2, np.nan]), same, folds)
    with pytest.raises(ValueError, match="two folds"):
        verify(np.array([0.1, 0.9, np.nan, np.nan]), same, folds)


def test_lengths_that_differ_are_refused():
    with pytest.raises((ValueError, TypeError)):  # by jaxtyping, where it checks
        verify(np.array([0.1, 0.9]), np.array([False, True]), np.zeros(3, np.int64))
