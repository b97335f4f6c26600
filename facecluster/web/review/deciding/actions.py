"""What a page asks for -> what is to be said of which people and faces."""

from collections.abc import Sequence
from functools import singledispatch

import numpy as np

from facecluster.errors import UsageError
from facecluster.people.statements import Cover, Name, Reject, Undo, Unignore
from facecluster.pipeline import deciding, joining
from facecluster.pipeline.deciding import Said
from facecluster.pipeline.open_faces import group_faces, ids_of, rejected_faces
from facecluster.pipeline.person_counts import AUTOMATIC
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.targets import Meant, Rows, Target, called
from facecluster.pipeline.telling import Saying
from facecluster.web.review.deciding import asked
from facecluster.web.review.deciding.meaning import Meaning, StaleError
from facecluster.web.review.deciding.narrowing import fewer_side, nobody_elses, nobody_elses_rows, parted, still_open


def saying_of(say: asked.Say, live: Live, decision: str) -> Saying:
    """What a page asks for, as statements about the people as they are when it is decided.

    Args:
        say: what it asks for.
        live: the library; lists are looked up in it as they were in the state that the page shows.
        decision: the id that the page gave to its decision; the people whom it founds have their ids from it.
    """
    return lambda people: _said(say, Meaning(decision, people, live))


@singledispatch
def _said(say: asked.Words, meaning: Meaning) -> Said:
    """The statements; each shape that may be asked for has its own function."""
    raise TypeError(f"{type(say).__name__} is no decision of {len(meaning.people.known)} people")


@_said.register
def _(say: asked.Name, meaning: Meaning) -> Said:
    faces, left_out = parted(meaning, say.faces, say.but)
    if not len(faces.rows):
        raise UsageError("Every face is left out: leave in at least one that is to be named.")
    place = meaning.place(say.who.person) if isinstance(say.who, asked.Known) else None
    person = meaning.new_person() if place is None else meaning.id_of(place)
    others = nobody_elses_rows(meaning, place, left_out)
    return (*_named(meaning, faces, say.who), *_rejected(meaning, person, others))


@_said.register
def _(say: asked.Confirm, meaning: Meaning) -> Said:
    place = meaning.place(say.person)
    faces, left_out = parted(meaning, say.faces, say.but)
    said = deciding.confirm(meaning.people, place, [faces]) if len(faces.rows) else ()
    return (*said, *_rejected(meaning, meaning.id_of(place), nobody_elses_rows(meaning, place, left_out)))


@_said.register
def _(say: asked.Reject, meaning: Meaning) -> Said:
    place = meaning.place(say.person)
    return deciding.reject(meaning.people, place, [nobody_elses(meaning, place, meaning.faces(say.faces))])


@_said.register
def _(say: asked.Split, meaning: Meaning) -> Said:
    place = meaning.place(say.person)
    faces = [nobody_elses(meaning, place, meaning.faces(say.faces))]
    match say.who:
        case asked.Known():
            return deciding.split_known(meaning.people, place, faces, meaning.place(say.who.person))
        case asked.New():
            return deciding.split_new(meaning.people, place, faces, meaning.new_person(), say.who.new)
        case None:
            return deciding.split_new(meaning.people, place, faces, meaning.new_person(), None)


@_said.register
def _(say: asked.NotAFace, meaning: Meaning) -> Said:
    return deciding.not_faces(meaning.people, [meaning.faces(say.faces)])


@_said.register
def _(say: asked.Ignore, meaning: Meaning) -> Said:
    return _ignored(meaning, [meaning.unit(unit) for unit in say.units])


@_said.register
def _(say: asked.IgnoreList, meaning: Meaning) -> Said:
    return _ignored(meaning, meaning.units(say))


@_said.register
def _(say: asked.IgnoreFaces, meaning: Meaning) -> Said:
    return _ignored(meaning, [meaning.faces(say.faces)])


@_said.register
def _(say: asked.Unignore, meaning: Meaning) -> Said:
    return deciding.unignore(meaning.people, meaning.place(say.person))


@_said.register
def _(say: asked.UnignoreList, meaning: Meaning) -> Said:
    places = [unit for unit in meaning.units(say) if isinstance(unit, int)]
    ignored = [place for place in places if meaning.people.who.people[place].ignored]
    if not ignored:
        raise StaleError("None of these is ignored. Nothing was changed.")
    return tuple(Unignore(meaning.id_of(place)) for place in ignored)


@_said.register
def _(say: asked.Merge, meaning: Meaning) -> Said:
    return joining.merge(meaning.people, [meaning.unit(unit) for unit in say.units], meaning.new_person())


@_said.register
def _(say: asked.MergeList, meaning: Meaning) -> Said:
    return joining.merge(meaning.people, meaning.units(say), meaning.new_person())


@_said.register
def _(say: asked.NameList, meaning: Meaning) -> Said:
    groups = [unit for unit in meaning.units(say) if isinstance(unit, Target)]
    if not groups:
        raise UsageError("People have names of their own: rename them one by one, or merge them.")
    rows = np.concatenate([group.rows for group in groups])
    return _named(meaning, Target(f"these {len(groups):,} groups", rows, chosen=False), say.who)


@_said.register
def _(say: asked.Differ, meaning: Meaning) -> Said:
    return joining.differ(meaning.people, meaning.unit(say.one), meaning.unit(say.other))


@_said.register
def _(say: asked.TwoPeople, meaning: Meaning) -> Said:
    sides = [meaning.chosen(side) for side in say.sides]
    if np.intersect1d(sides[0].rows, sides[1].rows).size:
        raise UsageError("A face is on both sides: leave it out of either.")
    unit = meaning.unit(say.unit)
    if isinstance(unit, Target):
        free = group_faces(meaning.people)
        return tuple(_together(meaning, still_open(meaning, side, free), at) for at, side in enumerate(sides))
    side = nobody_elses(meaning, unit, fewer_side(meaning, unit, sides))
    return deciding.split_new(meaning.people, unit, [side], meaning.new_person(), None)


@_said.register
def _(say: asked.OnePerson, meaning: Meaning) -> Said:
    unit = meaning.unit(say.unit)
    if isinstance(unit, Target):
        return (_together(meaning, unit),)
    faces = meaning.people.faces
    spread = (faces["person"] == unit).to_numpy() & (faces["provenance"].cat.codes == AUTOMATIC).to_numpy()
    if not spread.any():
        raise StaleError("Somebody has said so of every face of this person already. Nothing was changed.")
    return (Name(meaning.id_of(unit), ids_of(meaning.people, np.flatnonzero(spread))),)


@_said.register
def _(say: asked.Rename, meaning: Meaning) -> Said:
    return deciding.rename(meaning.people, meaning.place(say.person), say.name)


@_said.register
def _(say: asked.Born, meaning: Meaning) -> Said:
    return deciding.was_born(meaning.people, meaning.place(say.person), say.day)


@_said.register
def _(say: asked.Cover, meaning: Meaning) -> Said:
    place, face = meaning.place(say.person), meaning.chosen([say.face])
    if meaning.people.faces["person"].to_numpy()[face.rows] != place:
        raise UsageError(f"This is no face of {called(place, meaning.people)}: choose another.")
    said_so = meaning.people.who.persons[face.rows] == place
    confirmed = () if said_so else deciding.confirm(meaning.people, place, [face])
    return (*confirmed, Cover(meaning.id_of(place), *ids_of(meaning.people, face.rows)))


@_said.register
def _(say: asked.Undo, meaning: Meaning) -> Said:
    who = meaning.people.who
    for number, (decision, counts) in enumerate(zip(who.decisions, who.in_force, strict=True), 1):
        if decision.id == say.decision:
            if not counts:
                raise StaleError(f"Decision {number:,} was undone already. Nothing was changed.")
            return (Undo(decision.id),)
    raise StaleError("There is no such decision in this library. Nothing was changed.")


def _named(meaning: Meaning, faces: Target, who: asked.Who | None) -> Said:
    """The faces are somebody's."""
    if isinstance(who, asked.Known):
        place = meaning.place(who.person)
        if not faces.chosen and rejected_faces(meaning.people, place)[faces.rows].all():
            name = called(place, meaning.people)
            raise UsageError(
                f"All of these faces were said not to be {name}. If one is, undo that under History first."
            )
        return deciding.name_faces(meaning.people, place, [faces])
    return deciding.name_new(meaning.people, meaning.new_person(), who.new if who else None, [faces], None)


def _rejected(meaning: Meaning, person: str, rows: Rows) -> Said:
    """The faces, if any, are not the person's."""
    return (Reject(person, ids_of(meaning.people, rows)),) if len(rows) else ()


def _ignored(meaning: Meaning, units: Sequence[Meant]) -> Said:
    """None of these is to be asked about again."""
    return deciding.ignore(meaning.people, units, [meaning.new_person(number) for number in range(len(units))])


def _together(meaning: Meaning, faces: Target, number: int = 0) -> Name:
    """The faces are one person's, who has no name."""
    return Name(meaning.new_person(number), ids_of(meaning.people, faces.rows))
