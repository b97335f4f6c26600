"""Units that may hold two people: which of them deserve a look, and what a cut in two says.

Faces of one person who are cut in two as well as can be are still alike; those of two people are little more so than
strangers. What two sides have in common by chance depends on their sizes, as in the evidence of the grouping
(clusters.evidence): the spread of their mean cosine goes with the root of g^2 + g (1 - g) (1 / a + 1 / b) +
(1 - g)^2 / (a b), where g is the cosine of two occasions of one person.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int64

from facecluster.people.likeness import Likeness, Looks
from facecluster.people.questions import MAX_SHOWN, Question
from facecluster.people.units import Faces, Units, contents_of_clusters, ids_of, spread_over, to_show
from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.types import Embeddings

EVEN_LIKENESS = 0.8
"""Likeness of the two sides, over that root, at which a unit is as likely two people as one. Of 238 labelled clusters
of one person 2 have less than .87; of those fused with the likest of the others all but 2 have less; the two of three
faces and more that the grouping itself mixed up have .72 and .78."""

STEEPNESS = 20.0
"""How fast the logarithm of the odds falls with that likeness, by the same clusters."""

LEAST_PROBABILITY = 0.1
"""That a unit holds two, to be asked about."""

LEAST_FACES = 3
"""Of a unit that is cut: of two faces that are unlike, more is said by asking whose they are."""

MAX_FACES = 500
"""Of one unit that are dealt to two sides, spread evenly over it; once these are known, the next run parts the rest."""

ALL_FACES = 30_000
"""Of all units that are cut: a second's work, and 60 MB of vectors of 512 dimensions."""

ROUNDS = 16
"""At most, of dealing faces to the nearer of two sides; few units need more than five."""


class Suspect(NamedTuple):
    """A unit that may hold two people."""

    unit: int
    rows: Int64[np.ndarray, "m"]  # of its faces that are looked at, rising
    people: tuple[int, ...]  # places of the two whom other faces of the cluster are said to be; empty: nobody has said
    known: tuple[np.ndarray, ...]  # rows of those faces, of each


def suspects_of_mixture(faces: Faces, units: Units, likeness: Likeness) -> list[Suspect]:
    """Units that deserve a look: clusters in which two people are known to be, then those with the most odd faces."""
    known = _with_two_people(faces, units)
    taken = {suspect.unit for suspect in known}
    odd = [unit for unit in _oddest_first(faces, units, likeness) if unit not in taken]
    suspects = [*known, *(Suspect(unit, spread_over(units.rows(unit), MAX_FACES), (), ()) for unit in odd)]
    counts = [len(suspect.rows) + sum(map(len, suspect.known)) for suspect in suspects]
    return [suspect for suspect, total in zip(suspects, np.cumsum(counts), strict=True) if total <= ALL_FACES]


def mixed_questions(
    faces: Faces, units: Units, who: WhoIsWho, suspects: list[Suspect], looks: Looks, likeness: Likeness, limit: int
) -> list[Question]:
    """Is this two people, one a side? The `limit` questions that settle most.

    A yes settles the smaller side, or all faces where the two people are known. A person of whom somebody confirmed
    faces on both sides is not asked about.
    """
    judged = [_judged(suspect, looks, likeness) for suspect in suspects]
    likely = [
        (suspect, side, probability, probability * _settled(suspect, side, units))
        for suspect, (side, probability) in zip(suspects, judged, strict=True)
        if probability >= LEAST_PROBABILITY and not all(who.confirmed[part].any() for part in _parts(suspect, side))
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


def two_sides(vectors: Embeddings, begin: Bool[np.ndarray, "m"]) -> Bool[np.ndarray, "m"]:
    """Which of two sides each of some faces is on: from a first cut on, dealt to the nearer mean until that is so."""
    side = begin
    for _ in range(ROUNDS):
        if side.all() or not side.any():
            break
        dealt = _dealt(vectors, _direction(vectors[side]), _direction(vectors[~side]))
        if np.array_equal(dealt, side):
            break
        side = dealt
    return side


def first_cut(vectors: Embeddings) -> Bool[np.ndarray, "m"]:
    """Which side of their mean some faces are on, along the axis on which they differ most."""
    centred = (vectors - vectors.mean(axis=0)).astype(np.float64)
    axis = centred[np.square(centred).sum(axis=1).argmax()]
    for _ in range(ROUNDS):
        axis = centred.T @ (centred @ axis)
        axis /= max(np.linalg.norm(axis), np.finfo(np.float64).tiny)
    return centred @ axis > 0


def probability_of_two(vectors: Embeddings, side: Bool[np.ndarray, "m"], likeness: Likeness) -> float:
    """How likely it is that the two sides of some faces are two people; 0 where there is but one side."""
    one, other = int(side.sum()), int((~side).sum())
    if not one or not other:
        return 0.0
    cosine = vectors[side].mean(axis=0, dtype=np.float64) @ vectors[~side].mean(axis=0, dtype=np.float64)
    share = likeness.one
    spread = share**2 + share * (1 - share) * (1 / one + 1 / other) + (1 - share) ** 2 / (one * other)
    return float(1 / (1 + np.exp(STEEPNESS * (likeness.of(cosine) / np.sqrt(spread) - EVEN_LIKENESS))))


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
            suspects.append(Suspect(units.first_cluster + cluster, rest, tuple(two), known))
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


def _judged(suspect: Suspect, looks: Looks, likeness: Likeness) -> tuple[Bool[np.ndarray, "m"], float]:
    """The two sides of a unit, and how likely they are two people."""
    vectors = looks.of(suspect.rows)
    known = [_direction(looks.of(rows)) for rows in suspect.known]
    side = two_sides(vectors, _dealt(vectors, *known) if known else first_cut(vectors))
    return side, probability_of_two(vectors, side, likeness)


def _dealt(
    vectors: Embeddings, one: Float64[np.ndarray, "d"], other: Float64[np.ndarray, "d"]
) -> Bool[np.ndarray, "n"]:
    """Which faces are nearer to the one direction than to the other."""
    return vectors @ one > vectors @ other


def _direction(vectors: Embeddings) -> Float64[np.ndarray, "d"]:
    mean = vectors.mean(axis=0, dtype=np.float64)
    return mean / max(np.linalg.norm(mean), np.finfo(np.float64).tiny)


def _parts(suspect: Suspect, side: Bool[np.ndarray, "m"]) -> tuple[Int64[np.ndarray, "_a"], Int64[np.ndarray, "_b"]]:
    return suspect.rows[side], suspect.rows[~side]


def _settled(suspect: Suspect, side: Bool[np.ndarray, "m"], units: Units) -> float:
    """The faces that a yes settles."""
    if suspect.known:
        return float(len(suspect.rows))
    return float(units.sizes[suspect.unit] * min(side.mean(), 1 - side.mean()))
