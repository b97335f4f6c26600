"""Other ways to group faces, each swept over its settings: what the best choice of them would have been.

A rival is a function from unit vectors to its outcomes, one a setting; none where it cannot take so few faces. Groups
are numbered in no particular order; -1 is a face that is alone.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from hdbscan import hdbscan
from jaxtyping import Float32, Integer
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import DBSCAN

COSINES = tuple(round(0.10 + 0.01 * step, 2) for step in range(61))
"""Thresholds that are tried, 0.10 to 0.70: from where strangers meet by chance to where hardly two faces are alike."""

DISTANCES = tuple(round(0.60 + 0.05 * step, 2) for step in range(15))
"""Tried for `cluster_selection_epsilon`: Euclidean distances of unit vectors with cosines from 0.82 to 0.16."""

ROUNDING = 1e-9  # values are equal within it: the order of groups changes the order of sums
MAX_ROUNDS = 50  # of Chinese whispers, which may go round in circles


class Outcome(NamedTuple):
    """The groups that one setting of a method finds."""

    setting: str
    labels: Integer[np.ndarray, "n"]


class Best(NamedTuple):
    """The outcome with the highest value, of equals the one in the middle of those tried."""

    outcome: Outcome
    value: float


def dbscan_outcomes(vectors: Float32[np.ndarray, "n d"]) -> Iterator[Outcome]:
    """DBSCAN: faces with enough neighbours nearer than a threshold, and what hangs together by them.

    Source: Ester, Kriegel, Sander and Xu, "A Density-Based Algorithm for Discovering Clusters", 1996; scikit-learn.
    """
    if not len(vectors):
        return
    distances = np.maximum(1 - vectors @ vectors.T, 0)
    for min_samples in (2, 3):
        for cosine in COSINES:
            model = DBSCAN(eps=1 - cosine, min_samples=min_samples, metric="precomputed")
            yield Outcome(f"{cosine:.2f}, {min_samples} samples", alone_apart(model.fit_predict(distances)))


def whispers_outcomes(vectors: Float32[np.ndarray, "n d"]) -> Iterator[Outcome]:
    """Chinese whispers: every face takes the name that its neighbours say loudest, until all agree."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    for cosine in COSINES:
        yield Outcome(f"{cosine:.2f}", chinese_whispers(cosines, cosine))


def average_link_outcomes(vectors: Float32[np.ndarray, "n d"]) -> Iterator[Outcome]:
    """Average-link: the two groups whose faces are most alike in the mean become one, down to a threshold."""
    if len(vectors) < 2:
        return
    distances = 1 - (vectors @ vectors.T).astype(np.float64)
    tree = linkage(squareform(distances, checks=False), "average")
    for cosine in COSINES:
        yield Outcome(f"{cosine:.2f}", alone_apart(fcluster(tree, 1 - cosine, "distance")))


def hdbscan_outcomes(vectors: Float32[np.ndarray, "n d"]) -> Iterator[Outcome]:
    """HDBSCAN of the package `hdbscan` on the vectors, where clusters nearer than epsilon stay one.

    Source: McInnes, Healy and Astels, "hdbscan: Hierarchical density based clustering", 2017; Malzer and Baum, "A
    Hybrid Approach To Hierarchical Density-based Cluster Selection", 2020.
    """
    # The package squares sums in whatever order its tree visits them; from a matrix it is exact and far faster.
    distances = np.sqrt(np.maximum(2 - 2 * (vectors @ vectors.T).astype(np.float64), 0))
    for min_cluster_size, min_samples in ((2, 1), (2, 2), (3, 2), (3, 3)):
        if len(vectors) <= max(min_cluster_size, min_samples):
            return
        for epsilon in DISTANCES:
            labels, *_ = hdbscan(
                distances,
                min_cluster_size=min_cluster_size,
                min_samples=min_samples,
                cluster_selection_epsilon=epsilon,
                metric="precomputed",
            )
            setting = f"epsilon {epsilon:.2f}, size {min_cluster_size}, {min_samples} samples"
            yield Outcome(setting, np.asarray(labels, np.int64))


RIVALS: dict[str, Callable[[Float32[np.ndarray, "n d"]], Iterator[Outcome]]] = {
    "hdbscan": hdbscan_outcomes,
    "DBSCAN": dbscan_outcomes,
    "Chinese whispers": whispers_outcomes,
    "average-link": average_link_outcomes,
}


def best_outcome(outcomes: Iterable[Outcome], value: Callable[[Integer[np.ndarray, "n"]], float]) -> Best:
    """The outcome whose labels are worth most.

    Raises:
        ValueError: there is no outcome.
    """
    judged = [Best(outcome, value(outcome.labels)) for outcome in outcomes]
    highest = max(best.value for best in judged)
    equals = [best for best in judged if best.value >= highest - ROUNDING]
    return equals[len(equals) // 2]


def chinese_whispers(cosines: Float32[np.ndarray, "n n"], threshold: float) -> Integer[np.ndarray, "n"]:
    """Groups by passing names along links of at least this cosine, each as loud as its cosine.

    The faces listen one after the other, in an order that is shuffled anew each round, always in the same way; of names
    equally loud the lower wins.

    Source: Biemann, "Chinese Whispers", 2006.

    Args:
        cosines: of each two faces; the diagonal below the threshold.
        threshold: cosine, at least 0.
    """
    rng = np.random.default_rng(0)
    names = np.arange(len(cosines))
    neighbours = [np.flatnonzero(row >= threshold) for row in cosines]
    loudness = [row[near] for row, near in zip(cosines, neighbours, strict=True)]
    for _ in range(MAX_ROUNDS):
        before = names.copy()
        for face in rng.permutation(len(names)):
            if len(neighbours[face]):
                names[face] = np.bincount(names[neighbours[face]], loudness[face]).argmax()
        if np.array_equal(before, names):
            break
    return alone_apart(names)


def alone_apart(labels: Integer[np.ndarray, "n"]) -> Integer[np.ndarray, "n"]:
    """The labels with -1 for every face that has its group to itself; labels below 0 stay as they are."""
    _, position, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return np.where((counts[position] > 1) & (labels >= 0), labels, -1)
