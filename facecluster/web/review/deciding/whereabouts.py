"""A decision -> where to go to see what became of it."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from facecluster.people.statements import Split, Statement, Undo, faces_in, people_in
from facecluster.people.who import NOBODY
from facecluster.pipeline.people import LibraryPeople
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.targets import clusters_of_faces, places_by_id, rows_of_ids
from facecluster.pipeline.telling import Told


def unit_of(told: Told, live: Live) -> dict[str, Any] | None:
    """The person or the group that a decision was about, as a page asks for it; None: it was about several, or none.

    What was undone is looked for where it was: the person if there still is one, else the group of the faces.
    """
    if not isinstance(told.said[0], Undo):
        return _unit(_people(told.said), told.said, told.before)
    undone, people = _undone(told.said, told.before), live.now().people
    places = places_by_id(people)
    there = [people.who.people[places[person]].id for person in _people(undone) if person in places]
    return _unit(there, undone, people)


def _undone(said: Sequence[Statement], people: LibraryPeople) -> Sequence[Statement]:
    """What was said in the beginning, where what is undone may be an undoing itself; nothing if that is lost."""
    decisions = {decision.id: decision.statements for decision in people.who.decisions}
    while said and isinstance(undoing := said[0], Undo):
        said = decisions.pop(undoing.decision, ())
    return said


def _unit(persons: Sequence[str], said: Sequence[Statement], people: LibraryPeople) -> dict[str, Any] | None:
    """The person if it is one, else the group of the faces if there is no person."""
    if persons:
        return {"person": persons[0]} if len(persons) == 1 else None
    return _group(said, people)


def _people(said: Sequence[Statement]) -> list[str]:
    """The people whom statements give something to or take it from, each once; of a split, who is new."""
    spoken = [people_in(one) for one in said]
    first = [people[-1 if isinstance(one, Split) else 0] for one, people in zip(said, spoken, strict=True) if people]
    return list(dict.fromkeys(first))


def _group(said: Sequence[Statement], people: LibraryPeople) -> dict[str, Any] | None:
    """The group that all faces of the statements are in, if it is one."""
    rows = rows_of_ids(list(dict.fromkeys(chain.from_iterable(map(faces_in, said)))), people)
    clusters = np.unique(clusters_of_faces(people)[rows[rows != NOBODY]])
    return {"cluster": int(clusters[0]), "run": people.run} if len(clusters) == 1 and clusters[0] != NOBODY else None
