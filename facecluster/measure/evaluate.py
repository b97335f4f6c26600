"""Clusters against labels: does each hold one person, is each person in one, and where not, why not?"""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from facecluster.clusters.score import ALONE, MixedGroup, Score, SplitPerson, mixed_groups, score_groups, split_people
from facecluster.measure.contacts import Contact, Contacts, RunEvidence
from facecluster.measure.known_people import FalseDetections, KnownPeople, MissedLabel


@dataclass(frozen=True)
class MixedCluster:
    """A cluster of several people, most faces first."""

    cluster_id: int
    people: tuple[tuple[str, int], ...]  # name, labelled faces
    contacts: tuple[Contact, ...]  # of all but the first with the first


@dataclass(frozen=True)
class SplitName:
    """A person in several places, most faces first."""

    name: str
    clusters: tuple[tuple[int, int], ...]  # cluster id, labelled faces
    alone: tuple[str, ...]  # paths of the photos of faces that are alone
    contacts: tuple[Contact, ...]  # of all clusters and then faces alone, but for the first, with the first


@dataclass(frozen=True)
class Evaluation:
    """How well the clusters agree with the labels; faces that nobody labelled are in no score."""

    pairwise: Score
    bcubed: Score
    scored: int  # labelled faces
    people: int
    missed: tuple[MissedLabel, ...]
    left_out: int  # labels without a box on photos of several named people: whose face is whose is not known
    outside: int  # label rows of photos that are not in this archive
    false_detections: tuple[FalseDetections, ...]
    pair_cosine: float | None  # about what two single faces need to be joined
    mixed: tuple[MixedCluster, ...]  # worst first
    split: tuple[SplitName, ...]  # worst first

    def to_json(self) -> dict[str, Any]:
        """The record as plain dictionaries, lists and numbers."""
        scores = {"pairwise": self.pairwise, "bcubed": self.bcubed}
        return {**asdict(self), **{name: {**asdict(score), "f": score.f} for name, score in scores.items()}}


def evaluate_labels(faces: pd.DataFrame, known: KnownPeople, evidence: RunEvidence) -> Evaluation:
    """The agreement of a library's clusters with its known people, and what may be said of each mistake.

    Args:
        faces: face_id, photo_hash, quality (schemas.faces_schema), cluster_id, null where alone (schemas.CLUSTERS),
            and photo_path.
        known: people of these faces.
        evidence: of the run that the clusters are of.
    """
    groups = faces["cluster_id"].astype("Int64").fillna(ALONE).to_numpy(np.int64)[known.rows]
    agreement = score_groups(known.people, groups)
    mixed, split = mixed_groups(known.people, groups), split_people(known.people, groups)
    parts, paths = _Parts(known, groups), faces["photo_path"].tolist()
    contacts = Contacts(faces, sorted(parts.rows_of(mixed, split)), evidence)
    return Evaluation(
        pairwise=agreement.pairwise,
        bcubed=agreement.bcubed,
        scored=len(known.rows),
        people=len(known.names),
        missed=known.missed,
        left_out=known.left_out,
        outside=known.outside,
        false_detections=known.false_detections,
        pair_cosine=evidence.pair_cosine,
        mixed=tuple(_mixed_cluster(one, known, parts, contacts) for one in mixed),
        split=tuple(_split_name(one, known, parts, contacts, paths) for one in split),
    )


class _Parts:
    """The labelled faces that a person has in a cluster, or alone."""

    def __init__(self, known: KnownPeople, groups: np.ndarray) -> None:
        self._rows: dict[tuple[int, int], list[int]] = defaultdict(list)
        for row, person, group in zip(known.rows.tolist(), known.people.tolist(), groups.tolist(), strict=True):
            self._rows[person, group].append(row)

    def of_mixed(self, found: MixedGroup) -> list[list[int]]:
        """Rows by person, in its order."""
        return [self._rows[person, found.group] for person, _ in found.people]

    def of_split(self, found: SplitPerson) -> list[list[int]]:
        """Rows by cluster, in its order, and then each face that is alone."""
        return [*(self._rows[found.person, group] for group, _ in found.groups), *([row] for row in self.alone(found))]

    def alone(self, found: SplitPerson) -> list[int]:
        """The rows of the faces that are alone."""
        return self._rows.get((found.person, ALONE), [])

    def rows_of(self, mixed: list[MixedGroup], split: list[SplitPerson]) -> set[int]:
        """The rows of all that is wrong."""
        parts = [part for one in mixed for part in self.of_mixed(one)]
        parts += [part for one in split for part in self.of_split(one)]
        return {row for part in parts for row in part}


def _mixed_cluster(found: MixedGroup, known: KnownPeople, parts: _Parts, contacts: Contacts) -> MixedCluster:
    people = tuple((known.names[person], count) for person, count in found.people)
    return MixedCluster(found.group, people, _with_the_first(parts.of_mixed(found), contacts))


def _split_name(
    found: SplitPerson, known: KnownPeople, parts: _Parts, contacts: Contacts, paths: list[str]
) -> SplitName:
    alone = tuple(paths[row] for row in parts.alone(found))
    return SplitName(known.names[found.person], found.groups, alone, _with_the_first(parts.of_split(found), contacts))


def _with_the_first(parts: list[list[int]], contacts: Contacts) -> tuple[Contact, ...]:
    first, *others = parts
    return tuple(contacts.between(first, part) for part in others)
