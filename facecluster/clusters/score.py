"""How well a grouping agrees with known people: pairwise and B-cubed precision, recall and F, and where it is wrong."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Int64, Integer

ALONE = -1
"""The group of a face that belongs to none; every such face counts as a group of its own."""


@dataclass(frozen=True)
class Score:
    """Precision and recall, 0..1."""

    precision: float
    recall: float

    @property
    def f(self) -> float:
        """Their harmonic mean; 0 where both are 0."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else 0.0


class Agreement(NamedTuple):
    """One grouping judged twice: by pairs of faces, where big people rule, and by faces, where all count alike."""

    pairwise: Score
    bcubed: Score


@dataclass(frozen=True)
class MixedGroup:
    """A group that holds several people: (person, faces), most faces first."""

    group: int
    people: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SplitPerson:
    """A person who is not in one group: (group, faces), most faces first, and the number of faces in none."""

    person: int
    groups: tuple[tuple[int, int], ...]
    alone: int


class Contingency(NamedTuple):
    """Faces that each person has in each group: one row a pair that occurs, sorted by person, then group."""

    people: Int64[np.ndarray, "rows"]
    groups: Int64[np.ndarray, "rows"]
    counts: Int64[np.ndarray, "rows"]


def score_groups(people: Integer[np.ndarray, "n"], groups: Integer[np.ndarray, "n"]) -> Agreement:
    """Pairwise and B-cubed agreement of groups with the people the faces really are.

    Exact, from contingency counts. Where nothing could be wrong the value is 1: pairwise precision when no two faces
    are grouped, pairwise recall when no person has two faces, and all of them when there is no face.

    Source of B-cubed: Bagga and Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model",
    1998.

    Args:
        people: the true person of each face.
        groups: the group each face was put in, `ALONE` for none.

    Raises:
        ValueError: the two differ in length.
    """
    table = contingency(people, _singles_apart(groups))
    shared = table.counts.astype(np.float64)
    person_sizes, in_person = _totals(table.people, shared)
    group_sizes, in_group = _totals(table.groups, shared)
    pairs = _pairs(shared)
    return Agreement(
        pairwise=Score(_ratio(pairs, _pairs(group_sizes)), _ratio(pairs, _pairs(person_sizes))),
        bcubed=Score(
            _ratio((shared**2 / in_group).sum(), shared.sum()), _ratio((shared**2 / in_person).sum(), shared.sum())
        ),
    )


def mixed_groups(people: Integer[np.ndarray, "n"], groups: Integer[np.ndarray, "n"]) -> list[MixedGroup]:
    """The groups that hold more than one person, worst first: by pairs of different people in them, then by number."""
    table = contingency(people, groups)
    by_group: dict[int, list[tuple[int, int]]] = {}
    for person, group, count in zip(*(column.tolist() for column in table), strict=True):
        if group != ALONE:
            by_group.setdefault(group, []).append((person, count))
    mixed = [MixedGroup(group, _largest_first(parts)) for group, parts in by_group.items() if len(parts) > 1]
    return sorted(mixed, key=lambda found: (-_pairs_across(found.people), found.group))


def split_people(people: Integer[np.ndarray, "n"], groups: Integer[np.ndarray, "n"]) -> list[SplitPerson]:
    """The people who are not whole in one group, worst first: by pairs of their faces torn apart, then by number."""
    table = contingency(people, groups)
    by_person: dict[int, list[tuple[int, int]]] = {}
    for person, group, count in zip(*(column.tolist() for column in table), strict=True):
        by_person.setdefault(person, []).append((group, count))
    split = []
    for person, parts in by_person.items():
        alone = sum(count for group, count in parts if group == ALONE)
        whole = _largest_first([part for part in parts if part[0] != ALONE])
        if len(whole) + alone > 1:
            split.append(SplitPerson(person, whole, alone))
    return sorted(split, key=lambda found: (-_pairs_across((*found.groups, *[(ALONE, 1)] * found.alone)), found.person))


def contingency(people: Integer[np.ndarray, "n"], groups: Integer[np.ndarray, "n"]) -> Contingency:
    """The counts of all pairs (person, group) that occur.

    Raises:
        ValueError: the two differ in length.
    """
    if people.shape != groups.shape:
        raise ValueError(f"expected a group for each of {len(people)} faces, found {len(groups)}")
    both = np.stack([people, groups]).astype(np.int64)
    pairs, counts = np.unique(both, axis=1, return_counts=True)
    return Contingency(pairs[0], pairs[1], counts.astype(np.int64))


def _singles_apart(groups: Integer[np.ndarray, "n"]) -> Int64[np.ndarray, "n"]:
    """The groups with a fresh number for every face that is in none."""
    apart = groups.astype(np.int64)
    alone = apart == ALONE
    apart[alone] = apart.max(initial=ALONE) + 1 + np.arange(alone.sum())
    return apart


def _totals(keys: Int64[np.ndarray, "rows"], counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The total of each distinct key, and for each row the total of its key."""
    _, position = np.unique(keys, return_inverse=True)
    totals = np.bincount(position, weights=counts)
    return totals, totals[position]


def _pairs(counts: np.ndarray) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _pairs_across(parts: tuple[tuple[int, int], ...]) -> int:
    """Pairs of faces that lie in two different parts."""
    counts = [count for _, count in parts]
    return (sum(counts) ** 2 - sum(count**2 for count in counts)) // 2


def _largest_first(parts: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(parts, key=lambda part: (-part[1], part[0])))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 1.0
