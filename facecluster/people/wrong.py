"""Faces of a person that look wrong: far from the person's others, and nearer to somebody else's."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float64, Int64

from facecluster.people.likeness import SOME_LIKENESS, Likeness, Looks
from facecluster.people.questions import MAX_SHOWN, Question
from facecluster.people.units import Faces, Units, ids_of, spread_over
from facecluster.people.who import NOBODY, WhoIsWho

INTERCEPT, PER_OWN, PER_RIVAL = -3.5, -9.3, 8.6
"""The logarithm of the odds that a face is wrong, by its likeness to its own and to the nearest other person: fitted to
2,145 labelled faces of which one in twenty was given to somebody else, half of them to one of the likest three. Of the
104 that are more likely wrong than right 100 were, of 105."""

UPPER_SHARE = 0.3
"""Of a face's cosines with a person's others, those that count: a person has several looks (clusters.evidence)."""

LEAST_PROBABILITY = 0.3
"""That a face is wrong, to be asked about."""

SLIP = 0.1
"""Of the faces that look wrong and that somebody confirmed one by one, those that are. Estimate; keeps them last."""

MAX_SUSPECTS = 1000
"""Faces whose vectors are looked at."""

REFERENCES = 32
"""Faces of a unit that a face is held against, spread evenly over it."""


class Suspects(NamedTuple):
    """Faces that deserve a look."""

    rows: Int64[np.ndarray, "s"]
    rivals: Int64[np.ndarray, "s 2"]  # the units whose each may be instead; NOBODY


def suspect_faces(faces: Faces, units: Units, likeness: Likeness) -> Suspects:
    """Faces of people of two faces and more that stand far from their cluster, near another, or in somebody else's."""
    theirs = units.of_faces
    owned = np.flatnonzero((theirs >= 0) & (theirs < units.first_cluster))
    owned = owned[units.sizes[theirs[owned]] > 1]
    own = theirs[owned]
    at_home = _unit_of(faces.clusters[owned], units)
    near = np.maximum(np.nan_to_num(faces.rival_cosines[owned], nan=-1), likeness.cosine(SOME_LIKENESS))
    doubt = np.where(at_home == own, near - faces.strengths[owned], 1)
    worst = np.argsort(-doubt, kind="stable")[: min(MAX_SUSPECTS, int((doubt > 0).sum()))]
    rivals = np.stack([at_home, _unit_of(faces.rivals[owned], units)], axis=1)[worst]
    return Suspects(owned[worst], np.where(rivals == own[worst, None], NOBODY, rivals))


def references(suspects: Suspects, units: Units) -> dict[int, Int64[np.ndarray, "_r"]]:
    """The faces of each unit that the suspects are held against, by unit."""
    needed = np.unique(np.append(units.of_faces[suspects.rows], suspects.rivals))
    return {unit: spread_over(units.rows(unit), REFERENCES + 1) for unit in needed.tolist() if unit != NOBODY}


def wrong_questions(
    faces: Faces, units: Units, who: WhoIsWho, suspects: Suspects, looks: Looks, likeness: Likeness, limit: int
) -> list[Question]:
    """Which of these faces are not the person's? The `limit` people with the most of them.

    The likeliest come first, those that somebody confirmed last, and of these the oldest last of all.
    """
    likely = _probabilities(units, suspects, looks, likeness)
    rows, likely = suspects.rows[likely >= LEAST_PROBABILITY], likely[likely >= LEAST_PROBABILITY]
    confirmed = who.confirmed[rows]
    likely = likely * np.where(confirmed, SLIP, 1)
    age = np.where(confirmed, -who.decided_by[rows].astype(np.int64), NOBODY)
    order = np.lexsort((rows, -likely, age, confirmed, units.of_faces[rows]))
    rows, likely = rows[order], likely[order]
    questions = []
    for person, begin, count in zip(
        *np.unique(units.of_faces[rows], return_index=True, return_counts=True), strict=True
    ):
        side, chances = ids_of(faces, rows[begin : begin + count]), likely[begin : begin + min(count, MAX_SHOWN)]
        one, settles = units.told(int(person)), float(chances.sum())
        questions.append(Question("wrong", (one,), (side,), (side[:MAX_SHOWN],), settles, settles / len(chances)))
    return sorted(questions, key=lambda one: -one.settles)[:limit]


def _unit_of(clusters: Int64[np.ndarray, "s"], units: Units) -> Int64[np.ndarray, "s"]:
    """The unit that most faces of each cluster are in; NOBODY where there is none."""
    return np.append(units.of_clusters, NOBODY)[clusters]


def _probabilities(units: Units, suspects: Suspects, looks: Looks, likeness: Likeness) -> Float64[np.ndarray, "s"]:
    """How likely each face is wrong."""
    against = references(suspects, units)
    likely = np.zeros(len(suspects.rows))
    for place, (row, rivals) in enumerate(zip(suspects.rows.tolist(), suspects.rivals.tolist(), strict=True)):
        own, *others = (
            likeness.of(_cosine(row, against[unit], looks))
            for unit in (int(units.of_faces[row]), *rivals)
            if unit != NOBODY
        )
        likely[place] = 1 / (1 + np.exp(-INTERCEPT - PER_OWN * own - PER_RIVAL * max([SOME_LIKENESS, *others])))
    return likely


def _cosine(row: int, others: Int64[np.ndarray, "r"], looks: Looks) -> float:
    """The mean cosine of a face to those of the others that it is most alike to."""
    others = others[others != row][:REFERENCES]
    cosines = np.sort(looks.of(others).astype(np.float64) @ looks.of(np.array([row]))[0])
    return float(cosines[-int(np.ceil(UPPER_SHARE * len(others))) :].mean())
