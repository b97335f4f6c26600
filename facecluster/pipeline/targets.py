"""What somebody types -> the person or the faces that are meant.

A person is its name, its id, or the first digits of its id; two people of one name are told apart by their ids. A
target is the number of a cluster in the current run, or the id of a face, or the ids of several, with commas between.
"""

import difflib
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jaxtyping import Int64

from facecluster.errors import UsageError
from facecluster.people.matching import rows_by_name
from facecluster.people.who import NOBODY
from facecluster.pipeline.history import faces_in_words
from facecluster.pipeline.people import LibraryPeople
from facecluster.spelling import name_key

CLUSTER = re.compile("[0-9]+")
FACE = re.compile("[0-9a-f]{20}(--?[0-9]+){4}")
FACES_APART = ","
PERSON_PREFIX = re.compile("[0-9a-f]{4,12}")

Rows = Int64[np.ndarray, "_rows"]
"""Of faces, in LibraryPeople.faces."""

MAX_LISTED = 8  # people of one name, or names like one, that a message lists
MAX_DIGITS = 9  # of the number of a cluster, an int32
MAX_QUOTED = 60  # characters of what was typed that a message repeats


class Target(NamedTuple):
    """Faces that are meant as one."""

    called: str  # in a sentence
    rows: Rows
    chosen: bool  # face by face, not by the cluster that they happen to be in

    def __str__(self) -> str:
        """How a sentence calls it."""
        return self.called


Meant = int | Target
"""The place of a person, or faces."""


def meant(word: str | Meant, people: LibraryPeople) -> Meant:
    """The person or the target that a word stands for; what was looked up already is as it is.

    Raises:
        UsageError: there is none, or several people are called so.
    """
    if not isinstance(word, str):
        return word
    return target_meant(word, people) if is_target(word, people) else person_meant(word, people)


def is_target(word: str, people: LibraryPeople) -> bool:
    """Whether a word is to be read as a target where a person may stand too."""
    return bool(CLUSTER.fullmatch(word)) or all(_is_face(part, people) for part in word.split(FACES_APART))


def target_meant(word: str | Target, people: LibraryPeople) -> Target:
    """The faces of a cluster of the current run, a face, or several.

    Raises:
        UsageError: there is no such cluster or face.
    """
    if isinstance(word, Target):
        return word
    if CLUSTER.fullmatch(word):
        return Target(f"cluster {word}", _faces_of_cluster(word, people), chosen=False)
    if not is_target(word, people):
        raise UsageError(f"Expected the number of a cluster or the id of a face, found {quoted(word)}.")
    parts = word.split(FACES_APART)
    rows = np.flatnonzero(people.faces["face_id"].isin(parts))
    missing = set(parts) - set(people.faces["face_id"].iloc[rows])
    if missing:
        raise UsageError(
            f"No photo that is there now has the face {min(missing)}: `facecluster export` lists those there are."
        )
    return Target(f"face {word}", rows, chosen=True)


def rows_of_ids(ids: Sequence[str], people: LibraryPeople) -> Rows:
    """The rows of faces by their ids, which are different; NOBODY: no photo that is there now has the face."""
    return rows_by_name(pa.array(ids, pa.string()), people.face_ids)


def clusters_of_faces(people: LibraryPeople) -> Int64[np.ndarray, "n"]:
    """The cluster of each face; NOBODY: it is alone, or no run has seen it."""
    return people.faces["cluster_id"].to_numpy(np.int64, na_value=NOBODY)


def place_of(id_: str, people: LibraryPeople) -> int | None:
    """The place of the person of this id, or of whom it was merged into; None: there is none."""
    now = people.who.merged.get(id_, id_)
    return next((place for place, person in enumerate(people.who.people) if person.id == now), None)


def places_by_id(people: LibraryPeople) -> dict[str, int]:
    """`place_of` everybody: by the ids that people have, and by those of people who were merged into them."""
    places = {person.id: place for place, person in enumerate(people.who.people)}
    return places | {gone: places[now] for gone, now in people.who.merged.items()}


def person_meant(word: str | int, people: LibraryPeople) -> int:
    """The place of a person, by its name or id; a place is what it is.

    Raises:
        UsageError: nobody is called so, or several are.
    """
    if isinstance(word, int):
        return word
    key = word.strip().lower()
    if (place := place_of(key, people)) is not None:
        return place
    found = people_called(word, people)
    if not found and PERSON_PREFIX.fullmatch(key):
        found = [place for place, person in enumerate(people.who.people) if person.id.startswith(key)]
    if len(found) > 1:
        raise UsageError(f"{quoted(word)} may be one of {len(found)} people: {_listed(found, people)}. Give the id.")
    if not found:
        raise UsageError(f"Nobody is called {quoted(word)}. {_remedy(word, people)}")
    return found[0]


def people_called(name: str, people: LibraryPeople) -> list[int]:
    """The places of the people of this name; capitals and blanks tell nobody from another."""
    key = name_key(name)
    named = ((place, person.name) for place, person in enumerate(people.who.people))
    return [place for place, known in named if known is not None and name_key(known) == key]


def called(place: int, people: LibraryPeople) -> str:
    """How a sentence calls a person: by its name, or by its id where it has none."""
    person = people.who.people[place]
    return person.name or f"the person {person.id}"


def told(word: str | Meant, people: LibraryPeople) -> str:
    """How a sentence repeats what was asked for."""
    match word:
        case str():
            return quoted(word)
        case Target():
            return str(word)
        case _:
            return called(word, people)


def quoted(word: str) -> str:
    """What was typed, in quotes; the end of a very long one is left out."""
    return f'"{word}"' if len(word) <= MAX_QUOTED else f'"{word[:MAX_QUOTED]}..." ({len(word):,} characters)'


def _is_face(word: str, people: LibraryPeople) -> bool:
    return bool(FACE.fullmatch(word)) or bool((people.faces["face_id"] == word).any())


def _faces_of_cluster(word: str, people: LibraryPeople) -> Rows:
    if people.run is None:
        raise UsageError("The faces are not grouped yet, so there are no clusters: run `facecluster cluster` first.")
    rows = np.flatnonzero(clusters_of_faces(people) == int(word)) if len(word) <= MAX_DIGITS else np.empty(0, np.int64)
    if not len(rows):
        raise UsageError(
            f"Run {people.run} has no cluster {quoted(word)} with photos that are there now: `facecluster report` and "
            "`facecluster export` show those there are."
        )
    return rows


def _listed(places: list[int], people: LibraryPeople) -> str:
    known = sorted((people.known[place] for place in places), key=lambda one: -one.faces)
    shown = [
        f"{one.person.id} ({one.person.name or 'no name'}, {faces_in_words(one.faces)})" for one in known[:MAX_LISTED]
    ]
    return ", ".join(shown) + (", ..." if len(known) > MAX_LISTED else "")


def _remedy(word: str, people: LibraryPeople) -> str:
    """What to do about an unknown name."""
    names = {name_key(person.name): person.name for person in people.who.people if person.name is not None}
    near = difflib.get_close_matches(name_key(word[:MAX_QUOTED]), names, n=MAX_LISTED)
    if near:
        return f"Did you mean {' or '.join(quoted(names[key]) for key in near)}?"
    return (
        "`facecluster people list` shows who is known; `facecluster people name NAME TARGET --new` founds a new person."
    )
