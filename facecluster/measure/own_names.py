"""How right the grouping and the machine's names are, by the names that people gave in this very library.

A run obeys what was said: faces of one person are together in it because somebody said so. Judged by the same words it
would seem better than it is. So what is judged is a grouping of the same faces, made anew and told of no decision.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from jaxtyping import Int64

from facecluster.clusters.graph import make_graph
from facecluster.clusters.group import group_faces
from facecluster.clusters.score import ALONE, Score, contingency, score_groups
from facecluster.errors import LibraryError
from facecluster.people.who import WhoIsWho
from facecluster.pipeline.catalogue import latest_scan, prior_of, vectors_of_faces
from facecluster.pipeline.people import LibraryPeople, people_of
from facecluster.pipeline.person_counts import KnownPerson
from facecluster.pipeline.worker import core_count
from facecluster.settings import ClusterSettings
from facecluster.store.library import Library

ENOUGH_CONFIRMED = 50
"""Faces, looked at one by one, on which alone a library is judged ..."""

ENOUGH_PEOPLE = 5
"""... if they are of so many people."""

MAX_GROUPED = 100_000
"""Faces that are grouped anew: a minute's work on two cores."""


@dataclass(frozen=True)
class PersonScore:
    """How well one person is grouped."""

    person: str  # id
    name: str | None
    faces: int  # that are known to be the person's
    clusters: int  # they are in so many ...
    alone: int  # ... and so many are alone
    precision: float  # B-cubed, of these faces
    recall: float
    automatic: int  # other faces that the machine takes for the person, surely ...
    proposed: int  # ... and for somebody to confirm

    @property
    def lost(self) -> float:
        """The faces' worth of mistakes."""
        return self.faces * (1 - Score(self.precision, self.recall).f)


@dataclass(frozen=True)
class MachineNames:
    """What was measured of the names that the machine gave, on faces that somebody looked at, hidden in turn."""

    target: float  # precision that automatic names are to have
    precision: float | None  # that they had; None: none was sure enough
    bound: float | None  # that they have at least, with a confidence of 95 %
    coverage: float | None  # of the hidden faces, those that they found; None: nobody is known by two faces
    faces: int  # that were hidden
    by_measure: bool  # else there were too few, and it is the model's word that decides
    automatic: int  # names that stand now
    proposed: int
    unheard: int  # decisions that were made since


@dataclass(frozen=True)
class OwnNames:
    """What people's own names say of the grouping, and what the machine says of its names."""

    pairwise: Score
    bcubed: Score
    scored: int  # faces whose people are known
    confirmed_only: bool  # else whole clusters that were named at once are among them, and flatter the grouping
    people: tuple[PersonScore, ...]  # worst first
    faces: int  # of the library that a detector sees
    grouped: int  # of them; where it is not all, the known ones and others spread evenly
    names: MachineNames | None  # None: no names have spread since the run that counts

    def to_json(self) -> dict[str, Any]:
        """The record as plain dictionaries, lists and numbers."""
        scores = {"pairwise": self.pairwise, "bcubed": self.bcubed}
        return {**asdict(self), **{name: {**asdict(score), "f": score.f} for name, score in scores.items()}}


class Known(NamedTuple):
    """Faces whose people are known."""

    rows: Int64[np.ndarray, "n"]  # in the table of all faces, rising
    people: Int64[np.ndarray, "n"]  # places of people
    confirmed_only: bool

    def among(self, rows: Int64[np.ndarray, "r"]) -> "Known":
        """Those that are among some rows, which rise, by their places among these."""
        kept = np.isin(self.rows, rows)
        return Known(np.searchsorted(rows, self.rows[kept]), self.people[kept], self.confirmed_only)


def evaluate_own_names(library: Library) -> OwnNames:
    """How right a grouping of the library's faces is by people's own names.

    Raises:
        LibraryError: the library is empty or damaged, or nobody was named in it yet.
    """
    people = people_of(library)
    seen = np.flatnonzero(people.seen)
    known = known_by_decisions(people.who).among(seen)
    if len(known.rows) < 2:
        raise LibraryError(
            f"Expected faces whose people somebody named, found {len(known.rows)} in {library.folder}. Begin with "
            "`facecluster people suggest`, which tells whom to name first, or measure with --labels or --pairs."
        )
    rows = rows_to_group(known.rows, len(seen))
    groups = _grouped_anew(library, people.run, people.faces.iloc[seen[rows]])[np.searchsorted(rows, known.rows)]
    agreement = score_groups(known.people, groups)
    return OwnNames(
        pairwise=agreement.pairwise,
        bcubed=agreement.bcubed,
        scored=len(known.rows),
        confirmed_only=known.confirmed_only,
        people=person_scores(known.people, groups, people.known),
        faces=len(seen),
        grouped=len(rows),
        names=_machine_names(library, people),
    )


def known_by_decisions(who: WhoIsWho) -> Known:
    """The faces whose people are known: those that were confirmed one by one where they are enough, else all decided.

    People who are to be ignored are left out: whoever was put there in passing is not known to be one.
    """
    counted = np.array([*(not person.ignored for person in who.people), False])
    decided = counted[who.persons]
    confirmed = decided & who.confirmed
    enough = confirmed.sum() >= ENOUGH_CONFIRMED and len(np.unique(who.persons[confirmed])) >= ENOUGH_PEOPLE
    rows = np.flatnonzero(confirmed if enough else decided)
    return Known(rows, who.persons[rows].astype(np.int64), bool(enough))


def rows_to_group(known: Int64[np.ndarray, "k"], n_faces: int) -> Int64[np.ndarray, "g"]:
    """The rows of all faces; where they are too many, of those that are known and of others, spread evenly.

    The fewer strangers a face meets, the easier it is grouped: a part seems a little better than the whole.
    """
    if n_faces <= MAX_GROUPED:
        return np.arange(n_faces)
    others = np.setdiff1d(np.arange(n_faces), known)
    count = min(max(MAX_GROUPED - len(known), 0), len(others))
    return np.union1d(known, others[np.arange(count) * len(others) // max(count, 1)])


def person_scores(
    people: Int64[np.ndarray, "n"], groups: Int64[np.ndarray, "n"], persons: Sequence[KnownPerson]
) -> tuple[PersonScore, ...]:
    """How well each person is grouped, those with most faces in the wrong place first.

    Args:
        people: the place of each face's person among `persons`.
        groups: the group of each face; ALONE.
        persons: who they are.
    """
    alone = groups == ALONE
    apart = np.where(alone, groups.max(initial=ALONE) + 1 + np.arange(len(groups)), groups)
    table = contingency(people, apart)
    in_groups = np.bincount(table.groups, weights=table.counts)[table.groups]
    faces = np.bincount(table.people, weights=table.counts)
    precisions = np.bincount(table.people, weights=table.counts**2 / in_groups) / np.maximum(faces, 1)
    recalls = np.bincount(table.people, weights=table.counts**2) / np.maximum(faces, 1) ** 2
    parts, lonely = np.bincount(table.people), np.bincount(people[alone], minlength=len(faces))
    scores = [
        PersonScore(
            persons[place].person.id,
            persons[place].person.name,
            faces=int(faces[place]),
            clusters=int(parts[place] - lonely[place]),
            alone=int(lonely[place]),
            precision=float(precisions[place]),
            recall=float(recalls[place]),
            automatic=persons[place].automatic,
            proposed=persons[place].proposed,
        )
        for place in np.unique(people).tolist()
    ]
    return tuple(sorted(scores, key=lambda one: -one.lost))


def _grouped_anew(library: Library, run: int | None, faces: pd.DataFrame) -> Int64[np.ndarray, "g"]:
    """The groups of faces by a grouping that is told of no decision, with the settings of the run that counts."""
    settings = ClusterSettings(**library.run_record(run)["settings"]) if run else ClusterSettings()
    _, vectors = vectors_of_faces(library, latest_scan(library), faces["face_id"])
    photos = pd.factorize(faces["photo"], sort=True)[0].astype(np.int64)
    qualities, make = faces["quality"].to_numpy(np.float32), partial(make_graph, threads=core_count())
    return group_faces(vectors, qualities, photos, settings, prior_of(library), make).labels.astype(np.int64)


def _machine_names(library: Library, people: LibraryPeople) -> MachineNames | None:
    """What was measured of the newest names, if they are of the run that counts."""
    numbers = library.names_numbers()
    if not numbers:
        return None
    record = library.names_record(numbers[-1])
    if record["run"] != people.run:
        return None
    measured = {name: record["threshold"][name] for name in ("precision", "bound", "coverage", "faces", "by_measure")}
    return MachineNames(
        target=record["settings"]["precision"],
        **measured,
        automatic=sum(one.automatic for one in people.known),
        proposed=sum(one.proposed for one in people.known),
        unheard=len(people.who.decisions) - record["journal"],
    )
