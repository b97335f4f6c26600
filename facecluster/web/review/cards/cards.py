"""Questions -> what a card shows of those they are about, and what became of a card that somebody else settled."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from facecluster.people.questions import Unit
from facecluster.people.statements import Decision, faces_in, people_in
from facecluster.pipeline.open_faces import group_faces
from facecluster.pipeline.person_counts import PROPOSED
from facecluster.pipeline.review.live import Moment
from facecluster.pipeline.review.question_keys import About, asked_by
from facecluster.pipeline.targets import Rows, clusters_of_faces, place_of
from facecluster.pipeline.telling import in_words
from facecluster.web.review.deciding.sentences import without_ids
from facecluster.web.review.pictures.sheets import Sheets, Tile


@dataclass(frozen=True)
class Party:
    """A person, a group or a face as a card shows it."""

    kind: Literal["person", "cluster", "face"]
    id: str
    name: str | None
    faces: int
    photos: int
    years: str  # "2014 to 2019", "2014", or "" where no camera wrote any
    tiles: tuple[Tile, ...]
    unit: str  # JSON, as actions take it

    @property
    def screen(self) -> str:
        """Where all its faces are shown."""
        return "photo" if self.kind == "face" else self.kind

    @property
    def called(self) -> str:
        """How a sentence calls it."""
        if self.name is not None:
            return self.name
        return {"person": "somebody without a name", "cluster": "a group without a name", "face": "a face"}[self.kind]


def party(moment: Moment, sheets: Sheets, unit: Unit, shown: Sequence[str]) -> Party:
    """What a card shows of a unit: its numbers, and the faces of these ids."""
    people = moment.people
    rows = rows_of_unit(moment, about(unit))
    taken = people.faces["taken_at"].iloc[rows].dropna()
    return Party(
        unit.kind,
        unit.id,
        unit.name,
        faces=len(rows),
        photos=people.faces["photo"].iloc[rows].nunique(),
        years=years_in_words(taken.dt.year.to_numpy()),
        tiles=tuple(sheets.tiles(moment, rows_of_faces(moment, shown))),
        unit=unit_as_said(moment, unit),
    )


def unit_as_said(moment: Moment, unit: Unit) -> str:
    """A unit as actions take it, in JSON."""
    if unit.kind == "cluster":
        return json.dumps({"cluster": int(unit.id), "run": moment.state.run})
    return json.dumps({unit.kind: unit.id})


def years_in_words(years: np.ndarray) -> str:
    """`2014 to 2019`, `2014`, or nothing."""
    if not len(years):
        return ""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}"


def rows_of_faces(moment: Moment, ids: Sequence[str]) -> Rows:
    """The rows of the faces that are there, in the order of the ids: a few among however many."""
    known = moment.present.face_ids  # sorted
    places = (bisect_left(range(len(known)), id_, key=lambda place: known[place].as_py()) for id_ in ids)
    found = (place for place, id_ in zip(places, ids, strict=True) if known[place : place + 1].to_pylist() == [id_])
    return np.fromiter(found, np.int64)


def rows_of_unit(moment: Moment, unit: About) -> Rows:
    """The faces of a person but for those that are only proposed, of a cluster those that are nobody's, or one face."""
    people = moment.people
    match unit.kind:
        case "face":
            return rows_of_faces(moment, [unit.id])
        case "person":
            sure = people.faces["provenance"].cat.codes.to_numpy() != PROPOSED
            return np.flatnonzero((people.faces["person"] == place_of(unit.id, people)).to_numpy() & sure)
        case _:
            return np.flatnonzero((clusters_of_faces(people) == int(unit.id)) & group_faces(people))


def about(unit: Unit) -> About:
    """A unit as the keys of questions have it."""
    return About(unit.kind, unit.id)


def spread_ids(moment: Moment, unit: Unit, count: int) -> list[str]:
    """The ids of at most `count` faces of a unit, the clearest of its photos, each photo once as far as that goes."""
    faces = moment.people.faces.iloc[rows_of_unit(moment, about(unit))]
    clearest = faces.sort_values(["quality", "face_id"], ascending=[False, True])
    repeated = clearest["photo"].duplicated()
    return pd.concat([clearest[~repeated], clearest[repeated]])["face_id"].head(count).tolist()


def said_since(moment: Moment, key: str, since: int) -> str | None:
    """The last that somebody said, after the first `since` decisions, of whom a question is about; None: nothing."""
    people, asked = moment.people, asked_by(key)
    units = () if asked is None else asked.about
    persons = {unit.id for unit in units if unit.kind == "person"}
    faces = {face for unit in units for face in _ids_of_unit(moment, unit)}
    for decision in reversed(people.who.decisions[since:]):
        if _speaks_of(decision, persons, faces):
            return f"{decision.who} {without_ids(in_words(decision.statements, people.who))}."
    return None


def taken_for(moment: Moment, key: str) -> str | None:
    """Whom the groups that a question is about are taken for since names spread, in a sentence; None: for nobody."""
    people, asked = moment.people, asked_by(key)
    groups = [int(unit.id) for unit in (asked.about if asked else ()) if unit.kind == "cluster"]
    taken = people.faces.loc[np.isin(clusters_of_faces(people), groups) & (people.faces["provenance"] == "automatic")]
    names = sorted({people.who.people[place].name or "" for place in taken["person"]})
    return f"Names have spread: facecluster takes these faces for {' and '.join(names)}." if names else None


def _ids_of_unit(moment: Moment, unit: About) -> Sequence[str]:
    """The faces of a unit, of a cluster those that are somebody's too."""
    people = moment.people
    if unit.kind == "cluster":
        rows = np.flatnonzero(clusters_of_faces(people) == int(unit.id))
    else:
        rows = rows_of_unit(moment, unit)
    return people.faces["face_id"].iloc[rows].tolist()


def _speaks_of(decision: Decision, persons: set[str], faces: set[str]) -> bool:
    return any(
        not persons.isdisjoint(people_in(said)) or not faces.isdisjoint(faces_in(said)) for said in decision.statements
    )
