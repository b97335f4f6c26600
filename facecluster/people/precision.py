"""How right automatic names are, measured on the faces that people looked at, and how sure a name must be.

Such a face is asked for as if it were new: nobody said whom it shows, it is in no cluster but that which it would join,
and no cluster counts it. And once more with its person unknown, when no name is right. So strangers are as many as
known faces among those measured; faces that are a person's only one would be strangers both times, and are left out.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.people.gallery import ALONE, Faces, Said, cluster_sums
from facecluster.people.likeness import Likeness
from facecluster.people.propagate import Proposals, propose
from facecluster.people.who import NOBODY
from facecluster.types import Embeddings

FOLDS = 5
"""Parts that are hidden one after the other; the rest is what names spread from."""

MAX_MEASURED = 3000
"""Faces that are asked for, evenly spread over all: enough to tell a precision of .995 from .99."""

JOINER_SHARE = 0.7
"""Of the cosine of two occasions of one person, what a face has with a cluster that it joins: as in the grouping."""

CONFIDENCE = 0.95  # of a bound, on its one side

SURENESS = (0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999)
"""Thresholds that are tried, the lowest first. No name is automatic that is more than one in ten likely to be wrong."""

PRODUCTS = 1 << 24  # that are held at once


class Answers(NamedTuple):
    """What hidden faces were taken for."""

    sureness: Float64[np.ndarray, "m"]  # of each name that was given
    right: Bool[np.ndarray, "m"]
    faces: int  # that were asked for
    findable: int  # whose person was known by other faces


class Threshold(NamedTuple):
    """How sure a name must be to be given without a human, and what that came to on the faces measured."""

    sureness: float | None  # at least; None: nothing is sure enough
    by_measure: bool  # else there were too few faces, and it is the model's word
    precision: float | None  # of the automatic names of the faces measured; None: there were none
    bound: float | None  # that it reaches with a confidence of 95 %
    coverage: float | None  # of the faces measured whose person was known by others, those named; None: no such faces
    faces: int  # measured
    named: int  # of the faces measured, each asked for twice, the automatic names


def measure_names(faces: Faces, said: Said, looked_at: Bool[np.ndarray, "n"], likeness: Likeness) -> Answers:
    """What the faces that somebody looked at are taken for when they are hidden.

    Args:
        faces: all of them.
        said: what people said of them; it is right.
        looked_at: the faces of which somebody said one by one whom they show. Those of which it was said whom they do
            not show are measured too: taken for that person they are wrong, else nothing is known.
        likeness: what cosines mean.
    """
    known_by = said.persons[(said.persons != NOBODY) & ~said.says_nothing]
    counts = np.bincount(known_by, minlength=len(said.born))
    askable = looked_at & (np.append(counts, 0)[said.persons] > 1)
    askable[said.rejected[said.persons[said.rejected[:, 0]] == NOBODY, 0]] = True
    asked = np.flatnonzero(askable & ~said.says_nothing)
    asked = asked[:: max(1, math.ceil(len(asked) / MAX_MEASURED))]
    rounds = [(rows, rows) for rows in _folds(asked, faces.photos)]
    known = asked[said.persons[asked] != NOBODY]
    rounds += [
        (rows, np.flatnonzero(np.isin(said.persons, said.persons[rows])))
        for rows in _folds(known, said.persons.astype(np.int64))
    ]
    answers = [_ask(faces, said, rows, unsaid, likeness) for rows, unsaid in rounds]
    return Answers(
        np.concatenate([np.empty(0), *(one.sureness for one in answers)]),
        np.concatenate([np.empty(0, np.bool_), *(one.right for one in answers)]),
        len(asked),
        sum(one.findable for one in answers),
    )


def choose_threshold(proposals: Proposals, answers: Answers, target: float) -> Threshold:
    """How sure a name must be for the automatic names to be right as often as the target says.

    The lowest threshold that holds. With so many answers above it that the target could be shown, it is shown: the
    lower bound of the precision reaches it. With fewer the model's word is taken, if the answers do not contradict it:
    the mean of the probabilities of the names above it reaches the target. A single wrong answer contradicts nothing:
    people slip, and they refuse what is wrong more readily than they confirm what is right.
    """
    for sureness in SURENESS:
        right = answers.right[answers.sureness >= sureness]
        expected = proposals.sureness[proposals.sureness >= sureness]
        wrong, enough = int((~right).sum()), len(right) >= _least_answers(target)
        if enough:
            holds = _lower_bound(wrong, len(right)) >= target
        else:
            holds = float(expected.mean() if len(expected) else 1) >= target
            holds = holds and (wrong <= 1 or _at_most(wrong - 1, len(right), 1 - target) <= CONFIDENCE)
        if holds:
            return _told(sureness, right, answers, by_measure=enough)
    return _told(None, answers.right[:0], answers, by_measure=True)


def _told(sureness: float | None, right: Bool[np.ndarray, "k"], answers: Answers, *, by_measure: bool) -> Threshold:
    wrong = int((~right).sum())
    return Threshold(
        sureness=sureness,
        by_measure=by_measure,
        precision=float(right.mean()) if len(right) else None,
        bound=_lower_bound(wrong, len(right)) if len(right) else None,
        coverage=float(right.sum() / answers.findable) if answers.findable else None,
        faces=answers.faces,
        named=len(right),
    )


def _folds(rows: Int64[np.ndarray, "m"], keys: Int64[np.ndarray, "n"]) -> list[Int64[np.ndarray, "_fold"]]:
    """The rows in at most FOLDS parts; those of one key stay together."""
    _, ranks = np.unique(keys[rows], return_inverse=True)
    return [part for fold in range(FOLDS) if len(part := rows[ranks % FOLDS == fold])]


def _ask(
    faces: Faces, said: Said, rows: Int64[np.ndarray, "m"], unsaid: Int64[np.ndarray, "u"], likeness: Likeness
) -> Answers:
    """What some faces are taken for where nothing is known of them, nor of whom the unsaid faces show."""
    persons = said.persons.copy()
    persons[unsaid] = NOBODY
    persons[rows] = NOBODY
    of_others = ~np.isin(said.rejected[:, 0], rows)
    counted = ~said.says_nothing
    counted[rows] = False
    clusters = np.where(counted, faces.clusters, ALONE).astype(np.int32)
    clusters[rows] = joined_clusters(faces.vectors, clusters, rows, likeness)
    heard = said._replace(persons=persons, rejected=said.rejected[of_others])
    given = propose(faces._replace(clusters=clusters), heard, counted, rows, likeness)
    right = said.persons[given.faces] == given.persons
    refused = np.isin((given.faces << 32) + given.persons, (said.rejected[:, 0] << 32) + said.rejected[:, 1])
    judged = (said.persons[given.faces] != NOBODY) | refused
    findable = np.isin(said.persons[rows], np.unique(persons[counted & (persons != NOBODY)]))
    return Answers(given.sureness[judged], right[judged], len(rows), int(findable.sum()))


def joined_clusters(
    vectors: Embeddings, clusters: Int32[np.ndarray, "n"], rows: Int64[np.ndarray, "m"], likeness: Likeness
) -> Int32[np.ndarray, "m"]:
    """The cluster that each face would join: the nearest, if it is near; strangers are less often near to a large one.

    The grouping weighs more than a mean; what is missed here costs coverage, not precision.
    """
    sums, sizes = cluster_sums(vectors, clusters, int(clusters.max(initial=-1)) + 1)
    one = likeness.one
    spread = np.sqrt(one + (1 - one) / np.maximum(sizes, 1))
    joined = np.full(len(rows), ALONE, np.int32)
    step = max(1, PRODUCTS // max(len(sizes), 1))
    for start in range(0, len(rows) if len(sizes) else 0, step):
        means = vectors[rows[start : start + step]] @ sums.T / np.maximum(sizes, 1)
        beyond = (means - likeness.strangers) / spread
        beyond[:, sizes == 0] = -np.inf
        nearest = beyond.argmax(axis=1)
        near = means[np.arange(len(means)), nearest] >= JOINER_SHARE * one
        joined[start : start + step] = np.where(near, nearest, ALONE)
    return joined


def _least_answers(target: float) -> float:
    """So many right answers and no wrong one are needed to show that a precision reaches the target."""
    return math.log(1 - CONFIDENCE) / math.log(target) if 0 < target < 1 else math.inf * target


def _lower_bound(wrong: int, named: int) -> float:
    """The precision that is reached with the confidence, by Clopper and Pearson, where so many names were wrong."""
    low, high = wrong / named, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if _at_most(wrong, named, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return 1 - high


def _at_most(wrong: int, named: int, share: float) -> float:
    """The probability that at most so many of the names are wrong where a share of all is."""
    if wrong < 0 or wrong >= named:
        return float(wrong >= named)
    if share <= 0 or share >= 1:
        return float(share <= 0)
    total = math.lgamma(named + 1)
    ways = (total - math.lgamma(count + 1) - math.lgamma(named - count + 1) for count in range(wrong + 1))
    return math.fsum(
        math.exp(log_ways + count * math.log(share) + (named - count) * math.log1p(-share))
        for count, log_ways in enumerate(ways)
    )
