"""What the people of a library look like: the mean of a few good faces of each."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Int64

from facecluster.people.units import spread_over
from facecluster.people.who import NOBODY
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC, PROPOSED
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.pictures import spots_of, vectors, vectors_by_shard
from facecluster.pipeline.targets import Rows
from facecluster.store.library import Library
from facecluster.store.records import Commit

MAX_FACES = 12
"""That stand for a person or a group. Measured on 922 people: means of so many rank the right one first for 98 of 100
single faces, and for 999 of 1,000 pairs of faces; by the three best faces of each person it is no better."""

POOL = 4 * MAX_FACES
"""The best faces, of which those are taken that are far apart in time."""


@dataclass(frozen=True)
class PeopleLooks:
    """The mean faces of p people of a library, as they were at one moment."""

    shards: tuple[Commit, ...]  # where the faces lie; others: the rows of faces mean other faces
    persons: Int32[np.ndarray, "n"]  # whose each face surely is, a place in `places`; NOBODY
    places: dict[str, int]  # by id of the person, its row in `means`
    means: Float32[np.ndarray, "p d"]  # of unit length; zeros: no face, or none that can be read

    def of_named(self, people: LibraryPeople) -> "NamedLooks":
        """The looks of the people who have a name and are not ignored, as far as they are known."""
        has_face = np.count_nonzero(self.means, axis=1) > 0
        seen = {person for person, row in self.places.items() if has_face[row]}
        known = [
            (place, self.places[person.id])
            for place, person in enumerate(people.who.people)
            if person.name is not None and not person.ignored and person.id in seen
        ]
        places, rows = np.array(known, np.int64).reshape(-1, 2).T
        return NamedLooks(places, self.means[rows])


class NamedLooks(NamedTuple):
    """The mean faces of m people."""

    places: Int64[np.ndarray, "m"]  # in LibraryPeople.who.people
    means: Float32[np.ndarray, "m d"]


def looks_of(library: Library, moment: Moment, before: PeopleLooks | None = None) -> PeopleLooks:
    """The looks of all people at a moment; who has the same faces as before is not looked at again."""
    people, persons = moment.people.who.people, sure_persons(moment.people)
    means = np.zeros((len(people), library.identity.pack.dimension), np.float32)
    stale = np.arange(len(people))
    if before and before.shards is moment.present.shards:
        now_of = np.full(len(before.places) + 1, NOBODY, np.int32)  # the last is where NOBODY = -1 finds itself
        for place, person in enumerate(people):
            if (then := before.places.get(person.id)) is not None:
                now_of[then], means[place] = place, before.means[then]
        was = now_of[before.persons]
        changed = np.unique(np.concatenate([persons[persons != was], was[persons != was]]))
        stale = changed[changed != NOBODY]
    means[stale] = _means(library, moment, persons, stale)
    return PeopleLooks(moment.present.shards, persons, {person.id: row for row, person in enumerate(people)}, means)


def mean_face(library: Library, moment: Moment, rows: Rows) -> Float32[np.ndarray, "d"]:
    """The mean of a few of these faces, of unit length."""
    return unit(vectors(library, spots_of(moment.present, standing_for(moment.people, rows))).sum(axis=0))


def sure_persons(people: LibraryPeople, rows: Rows | slice = slice(None)) -> Int32[np.ndarray, "n"]:
    """The place of the person of each face, or of each of some; NOBODY where it is only proposed, too."""
    proposed = people.faces["provenance"].cat.codes.to_numpy()[rows] == PROPOSED
    return np.where(proposed, NOBODY, people.faces["person"].to_numpy()[rows]).astype(np.int32)


def standing_for(people: LibraryPeople, rows: Rows) -> Rows:
    """At most MAX_FACES of these faces: good ones from all over the time, those that were decided before others."""
    if len(rows) <= MAX_FACES:
        return rows
    automatic = people.faces["provenance"].cat.codes.to_numpy()[rows] == AUTOMATIC
    best = rows[np.lexsort((-people.faces["quality"].to_numpy()[rows], automatic))][:POOL]
    taken_at = people.faces["taken_at"].iloc[best].to_numpy("datetime64[ns]")
    return spread_over(best[np.argsort(taken_at, kind="stable")], MAX_FACES)


def unit(sums: Float32[np.ndarray, "*p d"]) -> Float32[np.ndarray, "*p d"]:
    """The directions of sums of vectors; zeros stay zeros."""
    return sums / np.maximum(np.linalg.norm(sums, axis=-1, keepdims=True), np.finfo(np.float32).tiny)


def _means(
    library: Library, moment: Moment, persons: Int32[np.ndarray, "n"], wanted: Int64[np.ndarray, "w"]
) -> Float32[np.ndarray, "w d"]:
    """The mean faces of the people of these places, which rise."""
    named = np.flatnonzero(np.isin(persons, wanted))
    named = named[np.argsort(persons[named], kind="stable")]
    faces = np.split(named, np.searchsorted(persons[named], wanted)[1:])
    chosen = [standing_for(moment.people, rows) for rows in faces]
    owners = np.repeat(np.arange(len(wanted)), list(map(len, chosen)))
    sums = np.zeros((len(wanted), library.identity.pack.dimension), np.float32)
    for at, some in vectors_by_shard(library, spots_of(moment.present, np.concatenate([*chosen, named[:0]]))):
        np.add.at(sums, owners[at], some)
    return unit(sums)
