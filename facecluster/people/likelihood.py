"""How much speaks for a face being a person's: few measures, one linear model, a probability.

A measure of likeness is told on the way from strangers (0) to two occasions of one person (1), which is what carries
over from one network to another: fitted on made-up faces of 128 numbers the model has a log loss of .048 on those of
512, fitted on these .042; with likeness in standard deviations of strangers it was .16.

A face is taken for one of the people on its shortlist or for nobody. The odds of each against nobody are the
exponential of a weighted sum of its measures; so two people who are alike share what speaks for them.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int32, Int64

from facecluster.people.gallery import ALONE, Gallery
from facecluster.people.likeness import Likeness
from facecluster.people.shortlist import LEAST_LIKENESS, FacePersons
from facecluster.types import Embeddings

UPPER_SHARE = 0.3
"""Of a person's named faces, those most like the face count: one look of three in common is enough, as it is where
groups are compared."""

MIN_LIKENESS, MAX_LIKENESS = -0.5, 1.3
"""Where more no longer says more."""

MAX_MATES = 0.7
"""The same of a whole cluster, which else would outbid the people who are named in it."""

MIN_LIBRARY = 100
"""Faces; a smaller library tells as little of strangers. The weights are fitted on libraries of 1,000 to 16,000."""


class Measures(NamedTuple):
    """What m pairs of a face and a person have in common. Likeness is 0 as between strangers, 1 as of one person."""

    own: Float64[np.ndarray, "m"]  # to the person's named faces, those most like the face
    home: Float64[np.ndarray, "m"]  # to the nearest of the person's looks, the face left out: a mean over its faces
    mates: Float64[np.ndarray, "m"]  # of the other faces of the face's cluster to the named ones; 0: there are none
    has_mates: Bool[np.ndarray, "m"]
    voted: Bool[np.ndarray, "m"]  # in whose cluster faces are said to be the person's
    votes: Float64[np.ndarray, "m"]  # share of those among all there of which it was said whose they are, or not
    rival: Float64[np.ndarray, "m"]  # `home` of the most alike other person, at least LEAST_LIKENESS


class Weights(NamedTuple):
    """Of the measures, in the logarithm of the odds."""

    base: float
    own: float
    home: float
    rival: float
    voted: float
    votes: float
    has_mates: float
    mates: float
    library: float  # where nobody votes for the person, for each tenfold of faces: strangers are alike by chance


WEIGHTS = Weights(
    base=-5.8, own=10.2, home=4.9, rival=-7.0, voted=-0.8, votes=1.0, has_mates=-4.8, mates=8.6, library=-1.0
)
"""Fitted by tests/benchmarks/names_model.py on labelled photographs, of half the people, and made-up faces of 128 and
512 numbers, where siblings stand side by side, each a third of the weight: one to 20 faces of a person were named, or a
cluster, and the others asked for, where they are or as if new."""


def measure(
    vectors: Embeddings,
    clusters: Int32[np.ndarray, "n"],
    gallery: Gallery,
    counted: Bool[np.ndarray, "n"],
    pairs: FacePersons,
    likeness: Likeness,
) -> Measures:
    """What the faces and people of pairs have in common.

    Args:
        vectors: of all faces.
        clusters: of all faces; of those that do not count, the clusters that they would join.
        gallery: of the people.
        counted: the faces that the clusters of the gallery are of.
        pairs: of the shortlist.
        likeness: what cosines mean.
    """
    homes = clusters[pairs.faces]
    inside = counted[pairs.faces] & (homes != ALONE)
    own, home, to_cluster = _cosines(vectors, homes, inside, gallery, pairs, likeness.one)
    mates = np.append(gallery.sizes, 0)[homes] - inside
    votes = np.where(homes == ALONE, 0, gallery.votes.of(homes, pairs.persons))
    against = np.append(gallery.named, 0)[homes] - votes + gallery.rejections.of(homes, pairs.persons)
    has_mates = (mates > 0) & (votes == 0)
    way = likeness.one - likeness.strangers
    alike = ((np.stack([own, home, to_cluster]) - likeness.strangers) / way).clip(MIN_LIKENESS, MAX_LIKENESS)
    return Measures(
        own=alike[0],
        home=alike[1],
        mates=np.where(has_mates, np.minimum(alike[2], MAX_MATES), 0),
        has_mates=has_mates,
        voted=votes > 0,
        votes=votes / np.maximum(votes + against, 1),
        rival=_best_other(pairs.faces, alike[1]).clip(LEAST_LIKENESS),
    )


def terms(measures: Measures, n_faces: int) -> Float64[np.ndarray, "m w"]:
    """What the weights are of, in their order."""
    voted, elsewhere = measures.voted, ~measures.voted
    return np.column_stack(
        [
            np.ones(len(voted)),
            measures.own,
            measures.home,
            measures.rival,
            voted,
            measures.votes,
            measures.has_mates,
            measures.mates,
            elsewhere * np.log10(max(n_faces, MIN_LIBRARY)),
        ]
    )


def log_odds(measures: Measures, n_faces: int) -> Float64[np.ndarray, "m"]:
    """The logarithm of the odds that a face is the person's and not nobody's, in a library of so many faces."""
    return terms(measures, n_faces) @ np.array(WEIGHTS)


def probabilities(faces: Int64[np.ndarray, "m"], odds: Float64[np.ndarray, "m"]) -> Float64[np.ndarray, "m"]:
    """The probability of each pair, where a face is one person's of its pairs or nobody's; faces rise."""
    first = _starts(faces)
    if not len(first):
        return np.empty(0)
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(faces)]))
    largest = np.maximum(np.maximum.reduceat(odds, first), 0)
    weights = np.exp(odds - largest[group])
    return weights / (np.add.reduceat(weights, first) + np.exp(-largest))[group]


def _cosines(
    vectors: Embeddings,
    homes: Int32[np.ndarray, "m"],
    inside: Bool[np.ndarray, "m"],
    gallery: Gallery,
    pairs: FacePersons,
    genuine_median: float,
) -> tuple[Float64[np.ndarray, "m"], ...]:
    """The cosines behind `own`, `home` and `mates`, person by person."""
    own, home, mates = (np.zeros(len(pairs.faces)) for _ in range(3))
    order = np.argsort(pairs.persons, kind="stable")
    people, first = np.unique(pairs.persons[order], return_index=True)
    looks = gallery.looks
    bounds = np.searchsorted(looks.persons, np.append(people, len(gallery.exemplars)))
    # A face that is alone, -1, reads the last cluster here; `measure` takes nothing from it.
    sums = gallery.sums if len(gallery.sums) else np.zeros((1, vectors.shape[1]), np.float32)
    sizes = np.append(gallery.sizes, 0)
    for number, rows in enumerate(np.split(order, first[1:]) if len(people) else ()):
        theirs, ours = vectors[pairs.faces[rows]], gallery.exemplars[people[number]]
        named = vectors[ours[ours >= 0]]
        cosines = np.sort(theirs @ named.T, axis=1)
        own[rows] = cosines[:, -int(np.ceil(UPPER_SHARE * len(named))) :].mean(axis=1)
        of_person = slice(bounds[number], np.searchsorted(looks.persons, people[number], "right"))
        itself = inside[rows, None] & (homes[rows, None] == looks.clusters[of_person])
        home[rows] = _to_looks(theirs @ looks.sums[of_person].T, itself, looks.sizes[of_person], genuine_median)
        total = named.sum(axis=0)
        others = sizes[homes[rows]] - inside[rows]
        dots = sums[homes[rows]] @ total - inside[rows] * (theirs @ total)
        mates[rows] = dots / np.maximum(others * len(named), 1)
    return own, home, mates


def _to_looks(
    dots: np.ndarray, itself: Bool[np.ndarray, "m l"], sizes: Int64[np.ndarray, "l"], genuine_median: float
) -> Float64[np.ndarray, "m"]:
    """The mean cosine to the other faces of the nearest look.

    Near is what strangers reach least often: their mean cosine to a look of few faces varies more. With g, the mean
    cosine of one person's photos, its variance over s faces is a share of g + (1 - g) / s.
    """
    others = sizes - itself
    means = (dots - itself) / np.maximum(others, 1)
    spread = np.sqrt(genuine_median + (1 - genuine_median) / np.maximum(others, 1))
    nearest = np.where(others > 0, means / spread, -np.inf).argmax(axis=1)
    return np.where(others > 0, means, -1.0)[np.arange(len(means)), nearest]


def _best_other(faces: Int64[np.ndarray, "m"], values: Float64[np.ndarray, "m"]) -> Float64[np.ndarray, "m"]:
    """The largest value of the other pairs of the same face; -inf where there is none. Faces rise."""
    order = np.lexsort((-values, faces))
    first = _starts(faces)
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(faces)]))
    best = order[first]
    second = np.append(order, 0)[first + 1]
    alone = np.append(faces, -1)[first + 1] != faces[first]
    seconds = np.where(alone, -np.inf, values[second])
    return np.where(np.arange(len(faces)) == best[group], seconds[group], values[best][group])


def _starts(faces: Int64[np.ndarray, "m"]) -> Int64[np.ndarray, "distinct"]:
    """Where each face begins; faces rise."""
    return np.flatnonzero(np.r_[True, np.diff(faces) != 0][: len(faces)])
