"""What to ask about people: which two units are one, who the unknown are, which proposed names hold."""

import numpy as np
from jaxtyping import Int64

from facecluster.people.pairs import EVEN, Pairs, keys_of
from facecluster.people.questions import MAX_SHOWN, Question
from facecluster.people.units import UNDATED, Faces, Units, ids_of, to_show
from facecluster.people.who import NOBODY

LEAST_UNKNOWN = 2
"""Faces of an unknown who is asked about: strangers who were met once are no question."""

DAY_SECONDS = 24 * 3600


def same_questions(faces: Faces, units: Units, pairs: Pairs, limit: int) -> list[Question]:
    """Are these two one person? The `limit` questions that settle most.

    A yes settles the faces of the cluster where the other is a person, else those of the smaller unit.
    """
    ours, theirs = units.sizes[pairs.ones], units.sizes[pairs.others]
    met = (pairs.ones < units.first_cluster) & (pairs.others >= units.first_cluster)
    settled = pairs.probabilities * np.where(met, theirs, np.minimum(ours, theirs))
    best = np.argsort(-settled, kind="stable")[:limit]
    both = np.stack([pairs.ones, pairs.others], axis=1)
    return [
        Question(
            "same",
            tuple(units.told(unit) for unit in both[pair].tolist()),
            sides=(),
            shown=tuple(to_show(faces, units.rows(unit), MAX_SHOWN // 2) for unit in both[pair].tolist()),
            settles=float(settled[pair]),
            probability=float(pairs.probabilities[pair]),
            same_moment=bool(pairs.moments[pair]),
        )
        for pair in best.tolist()
    ]


def who_questions(faces: Faces, units: Units, pairs: Pairs, limit: int) -> list[Question]:
    """Who is this? The `limit` unknown who are met most."""
    return [
        Question(
            "who",
            (units.told(unit),),
            sides=(),
            shown=(to_show(faces, units.rows(unit), MAX_SHOWN),),
            settles=float(units.sizes[unit]),
            probability=None,
        )
        for unit in unknown_units(faces, units, pairs)[:limit].tolist()
    ]


def unknown_units(faces: Faces, units: Units, pairs: Pairs) -> Int64[np.ndarray, "m"]:
    """All unknown, those first who are met most: by faces, then by photos, then by days.

    They are clusters of nobody's faces, and people without a name. Left out are clusters that are likely to be a known
    person's: those are asked about as such.
    """
    unknown = np.arange(units.first_alone)
    nameless = np.array([person.name is None for person in units.people], np.bool_)
    asked = np.append(nameless, np.ones(units.first_alone - len(nameless), np.bool_))
    likely = (pairs.ones < units.first_cluster) & (pairs.probabilities >= EVEN)
    asked[pairs.others[likely & (pairs.others < units.first_alone)]] = False
    unknown = unknown[asked & (units.sizes[: units.first_alone] >= LEAST_UNKNOWN)]
    dated = faces.seconds != UNDATED
    days = _distinct(units.of_faces[dated], faces.seconds[dated] // DAY_SECONDS, units.first_alone)
    photos = _distinct(units.of_faces, faces.photos, units.first_alone)
    return unknown[np.lexsort((unknown, -days[unknown], -photos[unknown], -units.sizes[unknown]))]


def uncertain_questions(faces: Faces, units: Units, pairs: Pairs, limit: int) -> list[Question]:
    """Which of these faces are the person's? Names that are only proposed, the likeliest first.

    Each has to be looked at, so one answer settles those that are shown. Left out are clusters that are asked about as
    a whole.
    """
    ignored = np.array([*(person.ignored for person in units.people), True])
    rows = np.flatnonzero(~ignored[faces.proposed] & (units.of_faces != NOBODY))
    whole = pairs.where(pairs.probabilities >= EVEN)
    asked = np.isin(keys_of(faces.proposed[rows], units.of_faces[rows]), keys_of(whole.ones, whole.others))
    rows = rows[~asked]
    rows = rows[np.lexsort((rows, -faces.probabilities[rows], faces.proposed[rows]))]
    starts = np.unique(faces.proposed[rows], return_index=True)[1]
    sides = [side for side in np.split(rows, starts[1:]) if len(side)]
    likely = np.array([faces.probabilities[side[:MAX_SHOWN]].sum() for side in sides])
    questions = []
    for place in np.argsort(-likely, kind="stable")[:limit].tolist():
        side, settles = ids_of(faces, sides[place]), float(likely[place])
        shown, person = side[:MAX_SHOWN], units.told(int(faces.proposed[sides[place][0]]))
        questions.append(Question("uncertain", (person,), (side,), (shown,), settles, settles / len(shown)))
    return questions


def _distinct(
    units: Int64[np.ndarray, "n"], values: Int64[np.ndarray, "n"], n_units: int
) -> Int64[np.ndarray, "units"]:
    """The number of distinct values of the faces of each of the first units."""
    counted = (units != NOBODY) & (units < n_units)
    keys = np.sort(keys_of(units[counted], values[counted] - values.min(initial=0)))
    new = np.diff(keys, prepend=-1) != 0
    return np.bincount(keys[new] >> 31, minlength=n_units)
