"""Two moments -> what became in between of the faces, people and groups that a page shows, in a word or two each.

A page that somebody works on is never reordered: what was decided elsewhere, or on the page itself, is marked in place.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from facecluster.people.who import NOBODY, Person
from facecluster.pipeline.open_faces import group_faces
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.person_counts import AUTOMATIC, PROPOSED
from facecluster.pipeline.targets import Rows, clusters_of_faces

NOT_A_FACE, IGNORED, NAMELESS, OPEN_AGAIN = "not a face", "ignored", "one person", "no name"


class Look(NamedTuple):
    """Whom a face is taken for, in words that hold from one moment to another."""

    person: Person | None
    source: int  # place in PROVENANCES; NONE: nobody
    no_face: bool


def marks_of_faces(then: LibraryPeople, now: LibraryPeople, rows: Rows) -> dict[int, str]:
    """What each of these faces is now, by its row, where that has changed.

    Args:
        then: as the page shows them.
        now: the same faces, row by row.
        rows: of the faces.
    """
    if then is now:
        return {}
    before, after = _looks(then, rows), _looks(now, rows)
    marks = ((row, _face_in_words(*looks)) for row, *looks in zip(rows.tolist(), before, after, strict=True))
    return {row: mark for row, mark in marks if mark is not None}


def marks_of_people(then: LibraryPeople, now: LibraryPeople, ids: Iterable[str]) -> dict[str, str]:
    """What each of these people is now, by its id, where that has changed."""
    if then is now:
        return {}
    before, after = ({person.id: person for person in people.who.people} for people in (then, now))
    marks = ((id_, _person_in_words(before[id_], after.get(now.who.merged.get(id_, id_)))) for id_ in ids)
    return {id_: mark for id_, mark in marks if mark is not None}


def marks_of_clusters(then: LibraryPeople, now: LibraryPeople, clusters: Iterable[int]) -> dict[int, str]:
    """What became of the faces of each of these groups without a name, by its number, where that has changed."""
    before, after = group_faces(then), group_faces(now)
    numbers = clusters_of_faces(now)
    touched = np.intersect1d(numbers[before != after], np.fromiter(clusters, np.int64))
    return {
        cluster: _cluster_in_words(now, after, np.flatnonzero((numbers == cluster) & (before | after)))
        for cluster in touched.tolist()
    }


def _looks(people: LibraryPeople, rows: Rows) -> list[Look]:
    persons = people.faces["person"].to_numpy()[rows].tolist()
    sources = people.faces["provenance"].cat.codes.to_numpy()[rows].tolist()
    by_place = [*people.who.people, None]
    return [
        Look(by_place[person], source, none)
        for person, source, none in zip(persons, sources, people.who.not_faces[rows].tolist(), strict=True)
    ]


def _face_in_words(before: Look, after: Look) -> str | None:
    """The mark of a face; None: nothing that its page shows has changed."""
    if after.no_face:
        return None if before.no_face else NOT_A_FACE
    if after.person is None:
        return _nobodys_in_words(before)
    if before.person is not None and _who(before.person) == _who(after.person):
        return "confirmed" if before.source >= AUTOMATIC > after.source else None
    is_sure = after.source != PROPOSED or after.person.ignored
    return _called(after.person) if is_sure else f"perhaps {_called(after.person)}"


def _nobodys_in_words(before: Look) -> str | None:
    """The mark of a face that is nobody's now."""
    if before.person is None:
        return OPEN_AGAIN if before.no_face else None
    return f"not {before.person.name}" if before.person.name else OPEN_AGAIN


def _who(person: Person) -> tuple[str, bool]:
    """What of a person concerns its faces: another name, picture or day of birth does not."""
    return person.id, person.ignored


def _person_in_words(before: Person, after: Person | None) -> str | None:
    if after is None:
        return "undone"
    if after.id != before.id:
        return f"one with {_called(after)}"
    if after.ignored != before.ignored:
        return IGNORED if after.ignored else "back again"
    return f"now {_called(after)}" if after.name != before.name else None


def _cluster_in_words(now: LibraryPeople, open_now: Bool[np.ndarray, "n"], rows: Rows) -> str:
    """What became of faces of a cluster: how many are still nobody's, or whose most of them are."""
    if left := int(open_now[rows].sum()):
        return f"{left:,} left"
    persons = now.faces["person"].to_numpy()[rows]
    people = persons[persons != NOBODY]
    if not len(people):
        return NOT_A_FACE
    places, counts = np.unique(people, return_counts=True)
    return _called(now.who.people[places[np.argmax(counts)]])


def _called(person: Person) -> str:
    """A person in a mark: by name, or by what is known of who has none."""
    return IGNORED if person.ignored else person.name or NAMELESS
