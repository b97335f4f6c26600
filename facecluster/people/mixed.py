"""Units that may hold two people: which of them deserve a look, and what their faces say, cut in two."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Int64

from facecluster.people.cuts import dealt, direction, first_cut, probability_of_two, two_sides
from facecluster.people.likeness import Likeness, Looks
from facecluster.people.questions import MAX_SHOWN, Question
from facecluster.people.units import Faces, Units, contents_of_clusters, ids_of, spread_over, to_show
from facecluster.people.who import NOBODY, WhoIsWho

LEAST_PROBABILITY = 0.1
"""That a unit holds two, to be asked about."""

LEAST_FACES = 3
"""Of a unit that is cut: of two faces that are unlike, more is said by asking whose they are."""

MAX_FACES = 500
"""Of one unit that are dealt to two sides, spread evenly over it; once these are known, the next run parts the rest."""

ALL_FACES = 30_000
"""Of all units that are cut: a second's work, and 60 MB of vectors of 512 dimensions."""

MAX_SAID = 64
"""Of a unit's faces that somebody said to be one person's, spread evenly over them."""

NO_ROWS = np.empty(0, np.int64)


class Suspect(NamedTuple):
    """A unit that may hold two people."""

    unit: int
    rows: Int64[np.ndarray, "m"]  # of its faces that are looked at, rising
    one: np.ndarray  # rows of faces that somebody said to be one person's, who if it is two would be on one side
    people: tuple[int, ...] = ()  # places of the two whom other faces of the cluster are said to be; empty: nobody said
    known: tuple[np.ndarray, ...] = ()  # rows of those faces, of each

    @property
    def seen(self) -> tuple[np.ndarray, ...]:
        """The rows of all faces whose vectors are needed."""
        return (self.rows, self.one, *self.known)


def suspects_of_mixture(faces: Faces, units: Units, who: WhoIsWho, likeness: Likeness) -> list[Suspect]:
    """Units that deserve a look: clusters in which two people are known to be, then those with the most odd faces.

    Those of which somebody has told two faces apart are none: the next run parts them.
    """
    known = _with_two_people(faces, units)
    told = units.of_faces[who.different]
    taken = {suspect.unit for suspect in known} | set(told[told[:, 0] == told[:, 1], 0].tolist())
    odd = [unit for unit in _oddest_first(faces, units, likeness) if unit not in taken]
    said = _SaidToBeOne(faces, units, who)
    suspects = [*known, *(Suspect(unit, spread_over(units.rows(unit), MAX_FACES), said.of(unit)) for unit in odd)]
    counts = [sum(map(len, suspect.seen)) for suspect in suspects]
    return [suspect for suspect, total in zip(suspects, np.cumsum(counts), strict=True) if total <= ALL_FACES]


def mixed_questions(
    faces: Faces, units: Units, suspects: list[Suspect], looks: Looks, likeness: Likeness, limit: int
) -> list[Question]:
    """Is this two people, one a side? The `limit` questions that settle most.

    A yes settles the smaller side, or all faces where the two people are known. Where faces of both sides were said to
    be one person's, it is answered.
    """
    judged = [_judged(suspect, looks, likeness) for suspect in suspects]
    likely = [
        (suspect, side, probability, probability * _settled(suspect, side, units))
        for suspect, (side, probability) in zip(suspects, judged, strict=True)
        if probability >= LEAST_PROBABILITY
    ]
    return [
        Question(
            "mixed",
            tuple(units.told(unit) for unit in (suspect.unit, *suspect.people)),
            sides=tuple(ids_of(faces, part) for part in _parts(suspect, side)),
            shown=tuple(to_show(faces, part, MAX_SHOWN // 2) for part in _parts(suspect, side)),
            settles=settles,
            probability=probability,
        )
        for suspect, side, probability, settles in sorted(likely, key=lambda one: -one[3])[:limit]
    ]


def _with_two_people(faces: Faces, units: Units) -> list[Suspect]:
    """The clusters in which faces of several people are, and faces that are nobody's and have no name proposed."""
    clusters, held, counts = contents_of_clusters(faces.clusters, units.of_faces)
    people = (held >= 0) & (held < units.first_cluster)
    several = np.unique(clusters[people], return_counts=True)
    suspects = []
    for cluster in several[0][several[1] > 1].tolist():
        rest = units.rows(units.first_cluster + cluster)
        rest = spread_over(rest[faces.proposed[rest] == NOBODY], MAX_FACES)
        if len(rest):
            here = people & (clusters == cluster)
            two = held[here][np.argsort(-counts[here], kind="stable")[:2]].tolist()
            known = [rows[faces.clusters[rows] == cluster] for rows in map(units.rows, two)]
            known = tuple(spread_over(rows, MAX_FACES) for rows in known)
            suspects.append(Suspect(units.first_cluster + cluster, rest, NO_ROWS, tuple(two), known))
    return sorted(suspects, key=lambda suspect: -len(suspect.rows))


def _oddest_first(faces: Faces, units: Units, likeness: Likeness) -> list[int]:
    """The people and clusters, those first whose faces lack most of what one has in common with the mean of its own.

    A face that is not in the cluster where most of its person's are lacks all of it.
    """
    n_units = units.first_alone
    rows = np.flatnonzero((units.of_faces != NOBODY) & (units.of_faces < n_units))
    theirs = units.of_faces[rows]
    at_home = faces.clusters[rows] == _main_clusters(faces, units)[theirs]
    lacking = np.sqrt(likeness.one) - np.where(at_home, faces.strengths[rows], 0)
    oddness = np.bincount(theirs, weights=np.maximum(lacking, 0), minlength=n_units)
    odd = np.flatnonzero((oddness > 0) & (units.sizes[:n_units] >= LEAST_FACES))
    return odd[np.argsort(-oddness[odd], kind="stable")].tolist()


def _main_clusters(faces: Faces, units: Units) -> Int64[np.ndarray, "units"]:
    """The cluster in which most faces of each person and cluster are; NOBODY where all are alone."""
    clusters, held, counts = contents_of_clusters(faces.clusters, units.of_faces)
    order = np.lexsort((clusters, -counts, held))
    present, first = np.unique(held[order], return_index=True)
    main = np.full(units.first_alone, NOBODY)
    main[present[present >= 0]] = clusters[order][first[present >= 0]]
    return main


class _SaidToBeOne:
    """Faces of which somebody has said that they are one person's."""

    def __init__(self, faces: Faces, units: Units, who: WhoIsWho) -> None:
        self.faces, self.units, self.who = faces, units, who
        clusters, held, counts = contents_of_clusters(faces.clusters, who.persons.astype(np.int64))
        order = np.argsort(counts, kind="stable")
        order = order[held[order] != NOBODY]
        self.people = dict(zip(clusters[order].tolist(), held[order].tolist(), strict=True))  # the last has most faces

    def of(self, unit: int) -> Int64[np.ndarray, "m"]:
        """Those of a person that were confirmed one by one; those in a cluster of the person with most of it."""
        if unit < self.units.first_cluster:
            rows = self.units.rows(unit)
            return spread_over(rows[self.who.confirmed[rows]], MAX_SAID)
        cluster = unit - self.units.first_cluster
        person = self.people.get(cluster)
        if person is None:
            return NO_ROWS
        rows = self.units.rows(person)
        here = (self.faces.clusters[rows] == cluster) & (self.who.persons[rows] == person)
        return spread_over(rows[here], MAX_SAID)


def _judged(suspect: Suspect, looks: Looks, likeness: Likeness) -> tuple[Bool[np.ndarray, "m"], float]:
    """The two sides of a unit, and how likely they are two people; 0 where somebody has said that they are one."""
    vectors = looks.of(suspect.rows)
    known = [direction(looks.of(rows)) for rows in suspect.known]
    side = two_sides(vectors, dealt(vectors, *known) if known else first_cut(vectors))
    probability = probability_of_two(vectors, side, likeness)
    if probability and len(suspect.one):
        one = dealt(looks.of(suspect.one), direction(vectors[side]), direction(vectors[~side]))
        probability *= one.all() or not one.any()
    return side, probability


def _parts(suspect: Suspect, side: Bool[np.ndarray, "m"]) -> tuple[Int64[np.ndarray, "_a"], Int64[np.ndarray, "_b"]]:
    return suspect.rows[side], suspect.rows[~side]


def _settled(suspect: Suspect, side: Bool[np.ndarray, "m"], units: Units) -> float:
    """The faces that a yes settles."""
    if suspect.known:
        return float(len(suspect.rows))
    return float(units.sizes[suspect.unit] * min(side.mean(), 1 - side.mean()))
