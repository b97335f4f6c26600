"""What questions are about: faces that are taken for one person's, because somebody said so, a name spread or a run."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float32, Int64

from facecluster.people.questions import Unit
from facecluster.people.statements import FaceIds
from facecluster.people.who import NOBODY, Person, WhoIsWho

UNDATED = np.iinfo(np.int64).min
"""In place of the second in which a photo was taken, where no camera wrote it."""


class Faces(NamedTuple):
    """What is known of n faces, row by row, by face id."""

    ids: pa.StringArray  # of length n
    photos: Int64[np.ndarray, "n"]  # a number, at least 0, for the photo each stands in
    seconds: Int64[np.ndarray, "n"]  # when it was taken, from any beginning; UNDATED
    clusters: Int64[np.ndarray, "n"]  # NOBODY: alone
    strengths: Float32[np.ndarray, "n"]  # schemas.CLUSTERS, as the three that follow
    rivals: Int64[np.ndarray, "n"]  # NOBODY: none
    rival_cosines: Float32[np.ndarray, "n"]  # nan: none
    nodes: Int64[np.ndarray, "n"]  # of the tree; NOBODY: none
    persons: Int64[np.ndarray, "n"]  # place of the person by a decision or a sure name; NOBODY
    proposed: Int64[np.ndarray, "n"]  # place of the person that is only proposed; NOBODY
    probabilities: Float32[np.ndarray, "n"]  # of the name, spread or proposed


@dataclass(frozen=True)
class Units:
    """The units of n faces: people by their places, then clusters by their numbers, then faces that are alone."""

    of_faces: Int64[np.ndarray, "n"]  # NOBODY: no face, or of somebody who is not to be asked about
    of_clusters: Int64[np.ndarray, "clusters"]  # the unit that most faces of each cluster are in; NOBODY too
    sizes: Int64[np.ndarray, "units"]
    people: tuple[Person, ...]
    _order: Int64[np.ndarray, "n"]  # rows by unit
    _starts: Int64[np.ndarray, "units"]
    _ids: pa.StringArray

    @property
    def first_cluster(self) -> int:
        """The unit of cluster 0."""
        return len(self.people)

    @property
    def first_alone(self) -> int:
        """The unit of the face of row 0, were it alone."""
        return len(self.people) + len(self.of_clusters)

    def rows(self, unit: int) -> Int64[np.ndarray, "m"]:
        """The faces of a unit, rising."""
        return self._order[self._starts[unit] : self._starts[unit] + self.sizes[unit]]

    def told(self, unit: int) -> Unit:
        """A unit as a question tells of it."""
        size = int(self.sizes[unit])
        if unit < self.first_cluster:
            return Unit("person", self.people[unit].id, self.people[unit].name, size)
        if unit < self.first_alone:
            return Unit("cluster", str(unit - self.first_cluster), None, size)
        return Unit("face", self._ids[unit - self.first_alone].as_py(), None, size)


def units_of(faces: Faces, who: WhoIsWho) -> Units:
    """The units that decisions, names and clusters make of the faces."""
    n_clusters = int(faces.clusters.max(initial=NOBODY)) + 1
    alone = len(who.people) + n_clusters + np.arange(len(faces.ids))
    units = np.where(faces.clusters == NOBODY, alone, len(who.people) + faces.clusters)
    units = np.where(faces.persons == NOBODY, units, faces.persons)
    units[who.not_faces | _of_the_ignored(faces, who)] = NOBODY
    sizes = np.bincount(units[units != NOBODY], minlength=len(who.people) + n_clusters + len(faces.ids))
    before = int((units == NOBODY).sum())
    return Units(
        of_faces=units,
        of_clusters=_units_of_clusters(faces.clusters, units, n_clusters),
        sizes=sizes,
        people=who.people,
        _order=np.argsort(units, kind="stable"),
        _starts=before + np.cumsum(sizes) - sizes,
        _ids=faces.ids,
    )


def to_show(faces: Faces, rows: Int64[np.ndarray, "m"], count: int) -> FaceIds:
    """The ids of at most `count` of the faces, far apart in looks, as branches of the tree are, and in time."""
    looks = np.where(faces.nodes[rows] == NOBODY, np.iinfo(np.int64).max, faces.nodes[rows])
    return ids_of(faces, spread_over(rows[np.lexsort((rows, faces.seconds[rows], looks))], count))


def spread_over(rows: Int64[np.ndarray, "m"], count: int) -> Int64[np.ndarray, "s"]:
    """At most `count` of the rows, at even distances."""
    shown = min(count, len(rows))
    return rows[np.arange(shown) * len(rows) // max(shown, 1)]


def ids_of(faces: Faces, rows: Int64[np.ndarray, "m"]) -> FaceIds:
    """The ids of the faces of these rows."""
    return tuple(faces.ids.take(pa.array(rows)).to_pylist())


def _of_the_ignored(faces: Faces, who: WhoIsWho) -> Bool[np.ndarray, "n"]:
    return np.array([*(person.ignored for person in who.people), False])[faces.persons]


def _units_of_clusters(
    clusters: Int64[np.ndarray, "n"], units: Int64[np.ndarray, "n"], n_clusters: int
) -> Int64[np.ndarray, "clusters"]:
    """The unit that most faces of each cluster are in, of equals the first; NOBODY where there are no such faces."""
    held, within, counts = contents_of_clusters(clusters, units)
    order = np.lexsort((within, -counts, held))
    named, first = np.unique(held[order], return_index=True)
    owners = np.full(n_clusters, NOBODY)
    owners[named] = within[order][first]
    return owners


def contents_of_clusters(
    clusters: Int64[np.ndarray, "n"], units: Int64[np.ndarray, "n"]
) -> tuple[Int64[np.ndarray, "c"], Int64[np.ndarray, "c"], Int64[np.ndarray, "c"]]:
    """Each cluster with each unit that has faces in it, sorted, and how many."""
    grouped = clusters != NOBODY
    width = int(units.max(initial=NOBODY)) + 2
    keys, counts = np.unique(clusters[grouped] * width + units[grouped] + 1, return_counts=True)
    return keys // width, keys % width - 1, counts
