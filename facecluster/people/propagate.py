"""Names spread: whom the faces show that nobody decided on, how probably, and which names need no human.

A proposal is the one person whom a face shows most probably, if that is likely at all: an unknown stays unknown. Some
names are never given without a human, however probable (`sureness`).
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.people.gallery import Faces, Said, gallery_of
from facecluster.people.likelihood import log_odds, measure, probabilities
from facecluster.people.likeness import Likeness
from facecluster.people.shortlist import FacePersons, shortlist
from facecluster.people.who import NOBODY

LEAST_PROBABILITY = 0.25
"""Of a proposal: of those a reviewer sees at the very end, one in four is right."""

TWICE = 0.02
"""Share of the pictures of a person in which the person is twice: mirrors, collages, photos on the wall (as in the
grouping). The odds of a second face of one photo are so much smaller."""

LOOK_ALIKE = 0.1
"""Of the way from strangers to one person: if another person is as near as that to being as alike, a human is asked. Of
the names given to made-up faces at 95 % and more, 1.6 % were wrong there and .5 % elsewhere."""

CHILD_DAYS = 13 * 365.25
CHILD_ODDS = 10.0
"""How much better the odds of a child's name must be. SFace misses .507 of children at one false accept in a thousand
and .054 of the faces of LFW (PhotoPrism's published comparison of face networks): about ten times as many."""


class Proposals(NamedTuple):
    """At most one person for each face."""

    faces: Int64[np.ndarray, "m"]  # rows, rising
    persons: Int32[np.ndarray, "m"]
    probabilities: Float64[np.ndarray, "m"]  # that the face is the person's
    sureness: Float64[np.ndarray, "m"]  # what counts for doing without a human: the probability, less, or 0: never


class _Candidates(NamedTuple):
    """The people whom faces may show, and what is to be said of each pair."""

    pairs: FacePersons
    odds: Float64[np.ndarray, "m"]  # logarithm
    ahead: Float64[np.ndarray, "m"]  # likeness of the face to the person's looks beyond that to anybody else's
    child: Bool[np.ndarray, "m"]


def spread_names(faces: Faces, said: Said, likeness: Likeness) -> Proposals:
    """Whom the faces show of whom nobody said anything."""
    known = ~said.says_nothing
    targets = np.flatnonzero(known & (said.persons == NOBODY))
    return propose(faces, said, known, targets, likeness)


def propose(
    faces: Faces,
    said: Said,
    counted: Bool[np.ndarray, "n"],
    targets: Int64[np.ndarray, "t"],
    likeness: Likeness,
) -> Proposals:
    """Whom some faces show.

    Args:
        faces: all of them; of those that do not count, the clusters are those that they would join.
        said: what people said of them.
        counted: the faces that are known of.
        targets: rows of faces of which nobody said whom they show, rising.
        likeness: what cosines mean.
    """
    candidates = _candidates(faces, said, counted, targets, likeness)
    taken = _taken(candidates.pairs, faces.photos, said.persons)
    chosen, probable, second = _one_each(candidates, faces.photos, taken)
    pairs = FacePersons(candidates.pairs.faces[chosen], candidates.pairs.persons[chosen])
    sure = np.where(second | (candidates.ahead[chosen] < LOOK_ALIKE), 0, probable)
    sure = np.where(candidates.child[chosen], sure / (sure + CHILD_ODDS * (1 - sure)), sure)
    return Proposals(*pairs, probable, sure)


def _candidates(
    faces: Faces, said: Said, counted: Bool[np.ndarray, "n"], targets: Int64[np.ndarray, "t"], likeness: Likeness
) -> _Candidates:
    """Whom the faces may show, by their evidence, without those whom they cannot."""
    gallery = gallery_of(faces, said, counted)
    pairs = shortlist(faces.vectors, faces.clusters, gallery, targets, likeness)
    measures = measure(faces.vectors, faces.clusters, gallery, counted, pairs, likeness)
    odds = log_odds(measures, int(counted.sum()))
    age = faces.days[pairs.faces] - said.born[pairs.persons]  # nan where one is not known: then nothing is smaller
    rejected = np.isin(_keys(*pairs), _keys(*said.rejected.T))
    possible = ~(rejected | (age < 0))
    return _Candidates(
        FacePersons(pairs.faces[possible], pairs.persons[possible]),
        odds[possible],
        (measures.home - measures.rival)[possible],
        (age < CHILD_DAYS)[possible],
    )


def _taken(
    pairs: FacePersons, photos: Int64[np.ndarray, "n"], persons: Int32[np.ndarray, "n"]
) -> Bool[np.ndarray, "m"]:
    """The pairs of a face and a person whom somebody named on the same photo."""
    named = np.flatnonzero(persons != NOBODY)
    return np.isin(_keys(photos[pairs.faces], pairs.persons), _keys(photos[named], persons[named]))


def _one_each(
    candidates: _Candidates, photos: Int64[np.ndarray, "n"], taken: Bool[np.ndarray, "m"]
) -> tuple[Int64[np.ndarray, "k"], Float64[np.ndarray, "k"], Bool[np.ndarray, "k"]]:
    """The most probable pair of each face, its probability, and whether its person is on the photo already.

    Of the faces of one photo that show the same person most probably, the less probable are looked at again with lower
    odds for it, until each person is taken once.
    """
    pairs, second = candidates.pairs, taken.copy()
    while True:
        odds = candidates.odds + np.where(second, np.log(TWICE), 0)
        probable = probabilities(pairs.faces, odds)
        order = np.lexsort((pairs.persons, -probable, pairs.faces))
        best = order[np.flatnonzero(np.r_[True, np.diff(pairs.faces[order]) != 0][: len(order)])]
        best = best[probable[best] >= LEAST_PROBABILITY]
        free = best[~second[best]]
        keys = _keys(photos[pairs.faces[free]], pairs.persons[free])
        order = np.lexsort((pairs.faces[free], -probable[free], keys))
        late = free[order][np.r_[False, np.diff(keys[order]) == 0][: len(order)]]
        if not len(late):
            return best, probable[best], second[best]
        second[late] = True


def _keys(ones: np.ndarray, persons: np.ndarray) -> Int64[np.ndarray, "m"]:
    """A number for each pair of a face, or photo, and a person."""
    return (ones.astype(np.int64) << 32) + persons
