"""Which two units may be one person: what speaks for it, how likely it is, and what somebody has said already."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int64

from facecluster.people.units import UNDATED, Faces, Units, contents_of_clusters
from facecluster.people.who import NOBODY, WhoIsWho

EVEN = 0.5
"""Probability that two groups are one person's who lack nothing of the evidence and were kept apart nevertheless; and
the least at which a cluster is taken for a person's. Of 14 labelled pairs that lack at most .2 deviations 5 are one."""

FALL = 4.0
"""By deviations that are lacking, how the logarithm of that probability falls: of 32 labelled pairs that lack .3 to .5,
3 are one person's, as this lets expect."""

SHARED_CLUSTER = 0.95
"""Probability that the rest of a cluster is the person's whom some of its faces are said to be, where no name has
spread yet. Of 242 labelled clusters 238 hold one person; those that are asked about are the worse ones. Estimate."""

MOMENT_SECONDS = 120
"""Two photos of one occasion at most, and of the same few people as a rule. Estimate, as is what it is worth."""

MOMENT_ODDS = 2.0
"""How much likelier two groups are one person's who were photographed at one moment and never together. The labelled
photos have no times. It moves a question up and answers none."""


class AlmostOne(NamedTuple):
    """Pairs of groups that a run almost made one (schemas.SUGGESTIONS)."""

    ones: Int64[np.ndarray, "m"]  # rows of faces of the groups
    others: Int64[np.ndarray, "m"]
    evidence: Float32[np.ndarray, "m"]  # deviations short of enough, at most 0


class Pairs(NamedTuple):
    """Two units each, the lower number first and every pair once, and how likely the two are one person."""

    ones: Int64[np.ndarray, "p"]
    others: Int64[np.ndarray, "p"]
    probabilities: Float64[np.ndarray, "p"]
    moments: Bool[np.ndarray, "p"]  # both were photographed at one moment

    def where(self, kept: Bool[np.ndarray, "p"]) -> "Pairs":
        """Some of them."""
        return Pairs(*(column[kept] for column in self))


def pairs_of_one(faces: Faces, units: Units, who: WhoIsWho, almost: AlmostOne) -> Pairs:
    """The pairs of units that may be one person, but for those of which somebody has said so or the contrary."""
    named = _each_once([_by_names(faces, units), _by_shared_clusters(faces, units)])
    named = named.where(named.probabilities >= EVEN)
    pairs = _each_once([named, _by_evidence(faces, units, almost)])
    pairs = pairs.where(~_answered(pairs, units, who))
    moments = _at_one_moment(faces, units, pairs)
    odds = np.where(moments, MOMENT_ODDS, 1) * pairs.probabilities
    return pairs._replace(probabilities=odds / (odds + 1 - pairs.probabilities), moments=moments)


def keys_of(ones: Int64[np.ndarray, "p"], others: Int64[np.ndarray, "p"]) -> Int64[np.ndarray, "p"]:
    """A number for each pair of numbers below 2^31."""
    return (ones << 31) + others


def _by_names(faces: Faces, units: Units) -> Pairs:
    """People and the clusters of which faces are proposed to be theirs: the mean probability of all their faces."""
    rows = np.flatnonzero(faces.proposed != NOBODY)
    theirs = units.of_faces[rows]
    held = (theirs >= units.first_cluster) & (theirs < units.first_alone)
    keys, places = np.unique(keys_of(faces.proposed[rows[held]], theirs[held]), return_inverse=True)
    sums = np.bincount(places, weights=faces.probabilities[rows[held]], minlength=len(keys))
    ones, others = keys >> 31, keys & (2**31 - 1)
    return _pairs(ones, others, sums / units.sizes[others])


def _by_shared_clusters(faces: Faces, units: Units) -> Pairs:
    """The one person whom faces of a cluster are said to be, and the rest of that cluster."""
    clusters, held, _ = contents_of_clusters(faces.clusters, units.of_faces)
    people = (held >= 0) & (held < units.first_cluster)
    named, first, counts = np.unique(clusters[people], return_index=True, return_counts=True)
    ones, others = held[people][first][counts == 1], units.first_cluster + named[counts == 1]
    rest = units.sizes[others] > 0
    return _pairs(ones[rest], others[rest], np.full(rest.sum(), SHARED_CLUSTER))


def _by_evidence(faces: Faces, units: Units, almost: AlmostOne) -> Pairs:
    """The pairs that the run almost made one, where decisions have not done it since."""
    ones, others = (_lifted(rows, faces, units) for rows in (almost.ones, almost.others))
    two = (ones != others) & (ones != NOBODY) & (others != NOBODY)
    likely = EVEN * np.exp(FALL * almost.evidence[two].astype(np.float64))
    return _pairs(np.minimum(ones, others)[two], np.maximum(ones, others)[two], likely)


def _lifted(rows: Int64[np.ndarray, "m"], faces: Faces, units: Units) -> Int64[np.ndarray, "m"]:
    """The unit that most faces are in of the cluster that each face stands for."""
    clusters = faces.clusters[rows]
    lifted = units.of_faces[rows]
    lifted[clusters != NOBODY] = units.of_clusters[clusters[clusters != NOBODY]]
    return lifted


def _pairs(ones: Int64[np.ndarray, "p"], others: Int64[np.ndarray, "p"], likely: Float64[np.ndarray, "p"]) -> Pairs:
    return Pairs(ones, others, likely, np.zeros(len(ones), np.bool_))


def _each_once(sources: list[Pairs]) -> Pairs:
    """Each pair as the first source has it that knows it, where it is likeliest."""
    columns = Pairs(*(np.concatenate(column) for column in zip(*sources, strict=True)))
    ranks = np.repeat(np.arange(len(sources)), [len(source.ones) for source in sources])
    order = np.lexsort((-columns.probabilities, ranks))
    _, first = np.unique(keys_of(columns.ones, columns.others)[order], return_index=True)
    return Pairs(*(column[order[first]] for column in columns))


def _answered(pairs: Pairs, units: Units, who: WhoIsWho) -> Bool[np.ndarray, "p"]:
    """The pairs of which somebody has said that they are two."""
    both = np.column_stack([pairs.ones, pairs.others])
    refused = np.column_stack([who.rejected[:, 1], units.of_faces[who.rejected[:, 0]]])
    return told_apart(both, units.sizes[both], units.first_cluster, units.of_faces[who.different], refused)


def told_apart(
    pairs: Int64[np.ndarray, "p 2"],
    sizes: Int64[np.ndarray, "p 2"],
    first_cluster: int,
    different: Int64[np.ndarray, "m 2"],
    refused: Int64[np.ndarray, "r 2"],
) -> Bool[np.ndarray, "p"]:
    """The pairs of which somebody has said that they are two.

    Either by a face of each; or because a face of the one person was taken from the other, or at least half of the
    cluster was: a single face that was rejected says little of a cluster.

    Args:
        pairs: two units each, the lower number first.
        sizes: of these units.
        first_cluster: the units before it are people.
        different: the units of two faces that are not one person's; NOBODY of a face that is in none.
        refused: a person, and the unit of a face that is not the person's.
    """
    said = np.sort(different, axis=1)
    apart = np.isin(keys_of(*pairs.T), keys_of(*said[said[:, 0] != NOBODY].T))
    keys, counts = np.unique(keys_of(*refused.T), return_counts=True)
    for person, unit in ((0, 1), (1, 0)):
        wanted = keys_of(pairs[:, person], pairs[:, unit])
        places = np.searchsorted(keys, wanted).clip(max=max(len(keys) - 1, 0))
        found = np.zeros(len(wanted), np.int64) if not len(keys) else counts[places] * (keys[places] == wanted)
        enough = np.where(pairs[:, unit] < first_cluster, 1, -(-sizes[:, unit] // 2))
        apart |= (pairs[:, person] < first_cluster) & (found >= enough)
    return apart


def _at_one_moment(faces: Faces, units: Units, pairs: Pairs) -> Bool[np.ndarray, "p"]:
    """Whether the two of each pair were photographed within MOMENT_SECONDS, and never on one photo."""
    swapped = units.sizes[pairs.ones] > units.sizes[pairs.others]
    small, large = np.where(swapped, pairs.others, pairs.ones), np.where(swapped, pairs.ones, pairs.others)
    places = np.repeat(np.arange(len(small)), units.sizes[small])
    rows = np.concatenate([np.empty(0, np.int64), *(units.rows(unit) for unit in small.tolist())])
    near, together = _Meetings(faces, units).of(rows, large[places])
    met, shared = (np.bincount(places[found], minlength=len(small)) > 0 for found in (near, together))
    return met & ~shared


class _Meetings:
    """When, and on which photos, units were photographed."""

    def __init__(self, faces: Faces, units: Units) -> None:
        self.faces = faces
        self.dated = (faces.seconds != UNDATED) & (units.of_faces != NOBODY)
        begin = int(faces.seconds[self.dated].min(initial=np.iinfo(np.int64).max)) if self.dated.any() else 0
        self.seconds = np.where(self.dated, faces.seconds - begin * self.dated, 0)
        self.width = int(self.seconds.max(initial=0)) + 2 * MOMENT_SECONDS + 1
        self.times = np.sort(units.of_faces[self.dated] * self.width + self.seconds[self.dated])
        self.n_photos = int(faces.photos.max(initial=0)) + 1
        self.photos = np.sort(units.of_faces * self.n_photos + faces.photos)

    def of(
        self, rows: Int64[np.ndarray, "q"], others: Int64[np.ndarray, "q"]
    ) -> tuple[Bool[np.ndarray, "q"], Bool[np.ndarray, "q"]]:
        """Whether each face was photographed within a moment of the other unit, and on one photo with it."""
        moments = others * self.width + self.seconds[rows]
        photos = others * self.n_photos + self.faces.photos[rows]
        near = self.dated[rows] & _any_between(self.times, moments - MOMENT_SECONDS, moments + MOMENT_SECONDS)
        return near, _any_between(self.photos, photos, photos)


def _any_between(
    values: Int64[np.ndarray, "_v"], low: Int64[np.ndarray, "q"], high: Int64[np.ndarray, "q"]
) -> Bool[np.ndarray, "q"]:
    """Whether any of the values, which rise, lies between each two bounds, these included."""
    return np.searchsorted(values, low) < np.searchsorted(values, high, side="right")
