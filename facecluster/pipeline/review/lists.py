"""What a reviewer can go through and select from: faces, or people and groups, each in a fixed order.

Lists of faces: `person-<id>` and `ignored-<id>` (those that are surely the person's, by time, undated last), of which
`decided-<id>` are those that somebody decided and `automatic-<id>` those that the machine named; `maybe-<id>` (those
proposed for the person, likeliest first), `cluster-<number>` (by time) and `alone` (the clearest first). Lists of
units: `people`, `groups` and `ignored`, those with most faces first.

A list is a pure function of the people: with the state it was made in, its places mean the same faces for ever.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool

from facecluster.errors import UsageError
from facecluster.people.who import NOBODY
from facecluster.pipeline.open_faces import free_faces
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC, PROPOSED
from facecluster.pipeline.review.listed import Units, units_of_groups, units_of_people
from facecluster.pipeline.targets import CLUSTER, MAX_DIGITS, Rows, clusters_of_faces, place_of, quoted

OF_CLUSTER = "cluster-"
ALONE = "alone"
PEOPLE, GROUPS, IGNORED = "people", "groups", "ignored"


def faces_listed(people: LibraryPeople, name: str) -> Rows:
    """The faces of a list, in its order.

    Raises:
        UsageError: there is no such list, person or group.
    """
    if name == ALONE:
        return _clearest_first(people, _alone(people))
    kind, dash, of = name.partition("-")
    if kind + dash == OF_CLUSTER:
        return _by_time(people, _of_cluster(people, of))
    if kind + dash not in _OF_PERSON:
        raise UsageError(f"There is no list of faces {quoted(name)}.")
    place = place_of(of, people)
    if place is None:
        raise UsageError(f"There is no person {quoted(of)} any more.")
    return _OF_PERSON[kind + dash](people, place)


def units_listed(people: LibraryPeople, name: str) -> Units:
    """The people or groups of a list, in its order.

    Raises:
        UsageError: there is no such list.
    """
    match name:
        case "people":
            return units_of_people(people, ignored=False)
        case "ignored":
            return units_of_people(people, ignored=True)
        case "groups":
            return units_of_groups(people)
        case _:
            raise UsageError(f"There is no list of people or groups {quoted(name)}.")


def _sure_faces(people: LibraryPeople, place: int) -> Rows:
    return _by_time(people, _theirs(people, place) & (_sources(people) <= AUTOMATIC))


def _decided_faces(people: LibraryPeople, place: int) -> Rows:
    return _by_time(people, _theirs(people, place) & (_sources(people) < AUTOMATIC))


def _automatic_faces(people: LibraryPeople, place: int) -> Rows:
    return _by_time(people, _theirs(people, place) & (_sources(people) == AUTOMATIC))


def _proposed_faces(people: LibraryPeople, place: int) -> Rows:
    rows = np.flatnonzero(_theirs(people, place) & (_sources(people) == PROPOSED))
    return rows[np.argsort(-people.faces["probability"].to_numpy()[rows], kind="stable")]


_OF_PERSON: dict[str, Callable[[LibraryPeople, int], Rows]] = {
    "person-": _sure_faces,
    "ignored-": _sure_faces,
    "decided-": _decided_faces,
    "automatic-": _automatic_faces,
    "maybe-": _proposed_faces,
}


def _theirs(people: LibraryPeople, place: int) -> Bool[np.ndarray, "n"]:
    """Which faces are a person's, or may be."""
    return (people.faces["person"] == place).to_numpy()


def _of_cluster(people: LibraryPeople, number: str) -> Bool[np.ndarray, "n"]:
    """Its faces, but for what was said to be none."""
    if not CLUSTER.fullmatch(number) or len(number) > MAX_DIGITS:
        raise UsageError(f"Expected the number of a group, found {quoted(number)}.")
    return (clusters_of_faces(people) == int(number)) & ~people.who.not_faces


def _alone(people: LibraryPeople) -> Bool[np.ndarray, "n"]:
    """Faces in no cluster that are nobody's, neither by decisions nor by the machine."""
    nobodys = (people.faces["person"] == NOBODY).to_numpy()
    return free_faces(people) & nobodys & (clusters_of_faces(people) == NOBODY)


def _by_time(people: LibraryPeople, chosen: Bool[np.ndarray, "n"]) -> Rows:
    """Oldest first, undated ones last; equals in the order of the faces."""
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(people.faces["taken_at"].to_numpy()[rows], kind="stable")]


def _clearest_first(people: LibraryPeople, chosen: Bool[np.ndarray, "n"]) -> Rows:
    rows = np.flatnonzero(chosen)
    return rows[np.argsort(-people.faces["quality"].to_numpy()[rows], kind="stable")]


def _sources(people: LibraryPeople) -> np.ndarray:
    """Of each face, the place of its provenance in PROVENANCES."""
    return people.faces["provenance"].cat.codes.to_numpy()
