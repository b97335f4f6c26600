"""A group -> other groups without a name that it may be one with, by how near their faces are to each other."""

from collections import Counter

import numpy as np

from facecluster.people.questions import Unit
from facecluster.people.who import NOBODY
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.question_keys import About
from facecluster.pipeline.targets import Rows, clusters_of_faces
from facecluster.web.review.cards.cards import about, rows_of_unit

MAX_ALIKE = 12
"""Groups to choose from: what an eye takes in at once."""

RIVALS_LOOKED_AT = 3 * MAX_ALIKE  # clusters, some of which are somebody's who has a name, or one unit's


def units_like(moment: Moment, unit: Unit) -> list[Unit]:
    """At most MAX_ALIKE groups, and people without a name, nearest first.

    A run notes the nearest other cluster of each face; here the faces of both sides have a vote, by their cosines.
    """
    found: dict[tuple[str, str], Unit] = {}
    for cluster in _nearest_clusters(moment.people, rows_of_unit(moment, about(unit))):
        other = _unit_of_cluster(moment, cluster)
        if other is not None and (other.kind, other.id) != (unit.kind, unit.id):
            found.setdefault((other.kind, other.id), other)
    return list(found.values())[:MAX_ALIKE]


def _nearest_clusters(people: LibraryPeople, rows: Rows) -> list[int]:
    clusters, rivals = clusters_of_faces(people), people.faces["rival_id"].to_numpy(np.int64, na_value=NOBODY)
    cosines = np.nan_to_num(people.faces["rival_cosine"].to_numpy(np.float64, na_value=0))
    own = np.setdiff1d(clusters[rows], [NOBODY])
    towards_us = np.flatnonzero(np.isin(rivals, own))
    votes = Counter[int]()
    for seen, voters in ((rivals[rows], rows), (clusters[towards_us], towards_us)):
        numbers, places = np.unique(seen, return_inverse=True)
        sums = np.bincount(places, weights=cosines[voters], minlength=len(numbers))
        votes.update(dict(zip(numbers.tolist(), (sums / max(len(voters), 1)).tolist(), strict=True)))
    for none in (NOBODY, *own.tolist()):
        del votes[none]
    return [cluster for cluster, _ in votes.most_common(RIVALS_LOOKED_AT)]


def _unit_of_cluster(moment: Moment, cluster: int) -> Unit | None:
    """The faces of a cluster that are nobody's, else the one without a name whom most of them are; None: neither."""
    people = moment.people
    free = rows_of_unit(moment, About("cluster", str(cluster)))
    if len(free):
        return Unit("cluster", str(cluster), None, len(free))
    persons = people.who.persons[clusters_of_faces(people) == cluster]
    places, counts = np.unique(persons[persons != NOBODY], return_counts=True)
    if not len(places):
        return None
    known = people.known[int(places[np.argmax(counts)])]
    if known.person.name is not None or known.person.ignored:
        return None
    return Unit("person", known.person.id, None, known.faces)
