"""What is known of people before names spread: their faces, their looks, and whom each cluster speaks for."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float32, Float64, Int32, Int64

from facecluster.people.who import NOBODY, WhoIsWho
from facecluster.types import Embeddings

ALONE = -1
"""The cluster of a face that is in none."""

MAX_EXEMPLARS = 32
"""Named faces of a person that a face is held against one by one, spread evenly over all of them."""

MAX_LOOKS = 16
"""Looks of a person, those of most faces: a person has a dozen, and each more costs every face a product."""

SUMMED_FACES = 1 << 16  # vectors that are gathered at once


class Faces(NamedTuple):
    """What is known of n faces, row by row, sorted by face id."""

    vectors: Embeddings
    clusters: Int32[np.ndarray, "n"]  # from 0; ALONE
    photos: Int64[np.ndarray, "n"]  # a number for the photo each stands in
    days: Float64[np.ndarray, "n"]  # when it was taken, in days since 1970; nan: not known


class Said(NamedTuple):
    """What people said of n faces and p people."""

    persons: Int32[np.ndarray, "n"]  # NOBODY: nobody said
    says_nothing: Bool[np.ndarray, "n"]  # of how anybody looks: it is no face, or none that a detector sees
    rejected: Int64[np.ndarray, "r 2"]  # row of a face, and a person whom it does not show
    born: Float64[np.ndarray, "p"]  # days since 1970; nan: not known


class Votes(NamedTuple):
    """How often something was said of the faces of a cluster and a person; by cluster, then person."""

    clusters: Int32[np.ndarray, "v"]
    persons: Int32[np.ndarray, "v"]
    counts: Int64[np.ndarray, "v"]

    def of(self, clusters: Int32[np.ndarray, "m"], persons: Int32[np.ndarray, "m"]) -> Int64[np.ndarray, "m"]:
        """The counts of pairs; 0 of those that are not there."""
        if not len(self.counts):
            return np.zeros(len(clusters), np.int64)
        keys, wanted = _keys(self.clusters, self.persons), _keys(clusters, persons)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[places] == wanted, self.counts[places], 0)


class Looks(NamedTuple):
    """The looks of all people, by person: the faces of one cluster, or a face alone."""

    persons: Int32[np.ndarray, "l"]  # rising
    clusters: Int32[np.ndarray, "l"]  # that it is the whole of; ALONE: it is only named faces
    sums: Float32[np.ndarray, "l d"]  # of the vectors of its faces
    sizes: Int64[np.ndarray, "l"]  # how many those are


class Gallery(NamedTuple):
    """All that a face is held against."""

    exemplars: Int64[np.ndarray, "p e"]  # rows of named faces of each person; -1: no more
    looks: Looks
    votes: Votes  # faces that are said to be the person's
    rejections: Votes  # faces that are said not to be
    named: Int64[np.ndarray, "clusters"]  # faces of the cluster that are said to be somebody's
    sums: Float32[np.ndarray, "clusters d"]  # of the vectors of its faces
    sizes: Int64[np.ndarray, "clusters"]


def said_of(who: WhoIsWho) -> Said:
    """What the decisions say of the faces: whom each shows, and whom it does not."""
    one, other = np.concatenate([who.different, who.different[:, ::-1]]).T
    known = who.persons[other] != NOBODY
    apart = np.column_stack([one[known], who.persons[other[known]]])
    born = [np.datetime64(person.born or "NaT", "D").astype(np.float64) for person in who.people]
    days = np.array(born, np.float64)
    return Said(
        who.persons,
        who.not_faces,
        np.unique(np.concatenate([who.rejected, apart]).astype(np.int64), axis=0),
        np.where([person.born is None for person in who.people], np.nan, days),
    )


def gallery_of(faces: Faces, said: Said, counted: Bool[np.ndarray, "n"]) -> Gallery:
    """What is known of the people of whom somebody named a face.

    Args:
        faces: all of them.
        said: what people said of them.
        counted: the faces that are known of; the others belong to no cluster and say nothing.
    """
    clusters = np.where(counted, faces.clusters, ALONE).astype(np.int32)
    n_clusters = int(faces.clusters.max(initial=-1)) + 1
    named = np.flatnonzero((said.persons != NOBODY) & counted)
    votes = _votes(clusters[named], said.persons[named])
    rows, persons = said.rejected[counted[said.rejected[:, 0]]].T
    n_named = np.bincount(votes.clusters, votes.counts, n_clusters).astype(np.int64)
    sums, sizes = cluster_sums(faces.vectors, clusters, n_clusters)
    return Gallery(
        exemplars=_exemplars(named, said.persons, len(said.born)),
        looks=_looks(faces.vectors, clusters, said.persons, named, n_named, sums, sizes),
        votes=votes,
        rejections=_votes(clusters[rows], persons.astype(np.int32)),
        named=n_named,
        sums=sums,
        sizes=sizes,
    )


def cluster_sums(
    vectors: Embeddings, clusters: Int32[np.ndarray, "n"], n_clusters: int
) -> tuple[Float32[np.ndarray, "clusters d"], Int64[np.ndarray, "clusters"]]:
    """The sum of the vectors of each cluster, and how many those are."""
    sums = np.zeros((n_clusters, vectors.shape[1]), np.float32)
    members = np.argsort(clusters, kind="stable")[np.count_nonzero(clusters < 0) :]
    for start in range(0, len(members), SUMMED_FACES):
        rows = members[start : start + SUMMED_FACES]
        names, first = np.unique(clusters[rows], return_index=True)
        sums[names] += np.add.reduceat(vectors[rows], first, axis=0)
    return sums, np.bincount(clusters[members], minlength=n_clusters).astype(np.int64)


def _keys(clusters: Int32[np.ndarray, "m"], persons: Int32[np.ndarray, "m"]) -> Int64[np.ndarray, "m"]:
    return (clusters.astype(np.int64) << 32) + persons


def _votes(clusters: Int32[np.ndarray, "m"], persons: Int32[np.ndarray, "m"]) -> Votes:
    inside = clusters != ALONE
    keys, counts = np.unique(_keys(clusters[inside], persons[inside]), return_counts=True)
    return Votes((keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32), counts.astype(np.int64))


def _exemplars(
    named: Int64[np.ndarray, "m"], persons: Int32[np.ndarray, "n"], n_people: int
) -> Int64[np.ndarray, "p e"]:
    """At most MAX_EXEMPLARS of the named faces of each person, at even distances."""
    order = named[np.argsort(persons[named], kind="stable")]
    sizes = np.bincount(persons[named], minlength=n_people)
    kept = np.minimum(sizes, MAX_EXEMPLARS)
    places = np.arange(int(kept.max(initial=0)))
    chosen = (np.cumsum(sizes) - sizes)[:, None] + places * sizes[:, None] // np.maximum(kept, 1)[:, None]
    there = places < kept[:, None]
    exemplars = np.full(there.shape, -1, np.int64)
    exemplars[there] = order[chosen[there]]
    return exemplars


def _looks(
    vectors: Embeddings,
    clusters: Int32[np.ndarray, "n"],
    persons: Int32[np.ndarray, "n"],
    named: Int64[np.ndarray, "m"],
    n_named: Int64[np.ndarray, "clusters"],
    sums: Float32[np.ndarray, "clusters d"],
    sizes: Int64[np.ndarray, "clusters"],
) -> Looks:
    """A look for each cluster with named faces of a person, and for each of its named faces that are alone.

    Where only one person is named in a cluster, all its faces make the look; else the person's own.
    """
    alone = len(sizes) + np.arange(len(named))  # a name for each face alone, beyond those of the clusters
    homes = np.where(clusters[named] == ALONE, alone, clusters[named])
    order = np.lexsort((homes, persons[named]))
    who, homes, rows = persons[named][order], homes[order], named[order]
    first = np.flatnonzero(np.r_[True, (np.diff(who) != 0) | (np.diff(homes) != 0)][: len(rows)])
    own_sizes = np.diff(np.r_[first, len(rows)])
    own_sums = np.add.reduceat(vectors[rows], first, axis=0) if len(rows) else vectors[:0]
    who, homes = who[first], np.where(homes[first] < len(sizes), homes[first], ALONE).astype(np.int32)
    homes[own_sizes != np.append(n_named, -1)[homes]] = ALONE
    whole = homes != ALONE
    own_sums[whole], own_sizes[whole] = sums[homes[whole]], sizes[homes[whole]]
    kept = _largest(who, own_sizes)
    return Looks(who[kept], homes[kept], own_sums[kept], own_sizes[kept].astype(np.int64))


def _largest(persons: Int32[np.ndarray, "l"], sizes: Int64[np.ndarray, "l"]) -> Int64[np.ndarray, "kept"]:
    """The places of the MAX_LOOKS largest of each person, rising; the persons rise."""
    order = np.lexsort((-sizes, persons))
    return np.sort(order[np.arange(len(order)) - np.searchsorted(persons, persons) < MAX_LOOKS])
