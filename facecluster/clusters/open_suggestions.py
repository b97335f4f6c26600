"""Suggestions of this run and of the one before: those that are still a question."""

import numpy as np
from jaxtyping import Int32, Int64

from facecluster.clusters.links import Links
from facecluster.clusters.merge import Suggestions


def still_open(newer: Suggestions, older: Suggestions, labels: Int32[np.ndarray, "n"], links: Links) -> Suggestions:
    """The suggestions, one a pair of groups, between groups that are two and may be one, strongest first.

    Args:
        newer: those that count where both tell of a pair, by rows of faces.
        older: the others.
        labels: the groups now; -1: alone.
        links: what a human has said of the faces.
    """
    ones, others, evidence = (np.concatenate(sides) for sides in zip(newer, older, strict=True))
    names = np.where(labels >= 0, labels, labels.max(initial=-1) + 1 + np.arange(len(labels))).astype(np.int64)
    keys = _pair_keys(names[ones], names[others])
    apart = np.unique(_pair_keys(*names[links.different].T))
    persons = np.full(int(names.max(initial=-1)) + 1, -1)
    named = np.flatnonzero(links.persons >= 0)
    persons[names[named]] = links.persons[named]
    whose, whose_else = persons[names[ones]], persons[names[others]]
    open_ = (names[ones] != names[others]) & ~np.isin(keys, apart) & ~((whose >= 0) & (whose_else >= 0))
    open_ &= (labels[ones] >= 0) | (labels[others] >= 0)
    _, first = np.unique(keys, return_index=True)
    kept = first[open_[first]]
    order = kept[np.lexsort((others[kept], ones[kept], -evidence[kept]))]
    return Suggestions(ones[order], others[order], evidence[order])


def _pair_keys(ones: Int64[np.ndarray, "m"], others: Int64[np.ndarray, "m"]) -> Int64[np.ndarray, "m"]:
    """A number for each pair, whichever of the two comes first."""
    return np.minimum(ones, others) << 32 | np.maximum(ones, others)
