"""How well a threshold on the cosine tells whether two faces are the same person's."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Integer

FALSE_ACCEPTS = 1e-3
"""The rate at which true accepts are reported: the customary one for a few thousand pairs."""


@dataclass(frozen=True)
class Verification:
    """What one threshold on the cosine achieves."""

    accuracy: float  # mean over the folds, each judged at the threshold best for the others
    threshold: float  # mean of those thresholds
    true_accepts: float  # share of same-person pairs accepted at FALSE_ACCEPTS
    equal_error: float  # where false accepts and false rejects are equally likely


class Roc(NamedTuple):
    """Rates when pairs of at least each threshold are accepted; thresholds fall, the first accepts nothing."""

    thresholds: Float64[np.ndarray, "m"]
    false_accepts: Float64[np.ndarray, "m"]
    true_accepts: Float64[np.ndarray, "m"]


def verify(
    cosines: Float64[np.ndarray, "n"], same: Bool[np.ndarray, "n"], folds: Integer[np.ndarray, "n"]
) -> Verification:
    """Accuracy, true accepts and equal error of labelled pairs.

    A pair whose cosine is nan could not be compared: it is a wrong answer in the accuracy whatever its label. In the
    two rates a same-person pair of that kind is never accepted, and one of different people is left out.

    Args:
        cosines: of the two faces of each pair; nan where one was not found.
        same: whether they are one person's.
        folds: the fold of each pair (`make_folds` where nobody gave any).

    Raises:
        ValueError: lengths differ, all compared pairs are in one fold, or none is of one of the two kinds.
    """
    if not (cosines.shape == same.shape == folds.shape):
        raise ValueError(f"expected one length, found {len(cosines)} cosines, {len(same)} labels, {len(folds)} folds")
    compared = ~np.isnan(cosines)
    for kind, chosen in (("the same person", same), ("different people", ~same)):
        if not (compared & chosen).any():
            raise ValueError(f"expected at least one pair of {kind} with both faces found, found none")
    accuracy, threshold = _folded_accuracy(cosines, same, folds)
    curve = roc(np.where(compared, cosines, -np.inf)[compared | same], same[compared | same])
    return Verification(accuracy, threshold, true_accepts_at(curve, FALSE_ACCEPTS), equal_error(curve))


def make_folds(same: Bool[np.ndarray, "n"], n_folds: int = 10) -> Integer[np.ndarray, "n"]:
    """A fold for each pair, 0 to n_folds - 1 in turn within each kind, so that every fold has its share of both."""
    folds = np.empty(len(same), np.int64)
    for kind in (same, ~same):
        folds[kind] = np.arange(kind.sum()) % n_folds
    return folds


def roc(cosines: Float64[np.ndarray, "n"], same: Bool[np.ndarray, "n"]) -> Roc:
    """The operating points of all thresholds that matter: one a distinct cosine, and one above them all.

    A cosine of minus infinity is accepted by no threshold but the last.
    """
    order = np.argsort(-cosines, kind="stable")
    falling, hits = cosines[order], same[order]
    last_of_equals = np.append(falling[1:] != falling[:-1], [True])
    accepted = np.cumsum(hits)[last_of_equals]
    wrong = np.cumsum(~hits)[last_of_equals]
    return Roc(
        thresholds=np.concatenate([[np.inf], falling[last_of_equals]]),
        false_accepts=np.concatenate([[0.0], wrong / max(int((~same).sum()), 1)]),
        true_accepts=np.concatenate([[0.0], accepted / max(int(same.sum()), 1)]),
    )


def true_accepts_at(curve: Roc, false_accepts: float) -> float:
    """The best rate of true accepts among the thresholds with at most this rate of false ones, not interpolated."""
    return float(curve.true_accepts[curve.false_accepts <= false_accepts].max())


def equal_error(curve: Roc) -> float:
    """The rate at which false accepts equal false rejects, on straight lines between neighbouring thresholds."""
    gap = curve.false_accepts + curve.true_accepts - 1  # false accepts minus false rejects: rises from -1 to 1
    above = int(np.argmax(gap >= 0))
    share = -gap[above - 1] / (gap[above] - gap[above - 1])
    return float(curve.false_accepts[above - 1] + share * (curve.false_accepts[above] - curve.false_accepts[above - 1]))


def best_threshold(cosines: Float64[np.ndarray, "n"], same: Bool[np.ndarray, "n"]) -> float:
    """The threshold with the most right answers, the highest of equals.

    It lies midway between two cosines, just above the largest if it is best to accept none, and on the smallest if it
    is best to accept all.
    """
    curve = roc(cosines, same)
    right = curve.true_accepts * same.sum() - curve.false_accepts * (~same).sum()
    best = int(np.argmax(right))
    accepted, refused = curve.thresholds[best], curve.thresholds[best + 1] if best + 1 < len(right) else -np.inf
    if np.isinf(accepted):
        return float(np.nextafter(refused, np.inf))
    return float(accepted if np.isinf(refused) else (accepted + refused) / 2)


def _folded_accuracy(cosines: np.ndarray, same: np.ndarray, folds: np.ndarray) -> tuple[float, float]:
    """Mean accuracy of the folds and mean of their thresholds."""
    names = np.unique(folds)
    compared = ~np.isnan(cosines)
    accuracies, thresholds = [], []
    for name in names:
        others = compared & (folds != name)
        if not others.any():
            raise ValueError("expected compared pairs in at least two folds, found them all in one")
        threshold = best_threshold(cosines[others], same[others])
        right = compared & ((cosines >= threshold) == same)
        accuracies.append(right[folds == name].mean())
        thresholds.append(threshold)
    return float(np.mean(accuracies)), float(np.mean(thresholds))
