"""What a run changed, in lines that a reader understands at once, or as JSON."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from facecluster.cli.output import plural

if TYPE_CHECKING:
    from facecluster.people.cluster_changes import ClusterChange, Part
    from facecluster.people.holdings import PersonChange
    from facecluster.people.machine_names import NameChange
    from facecluster.people.stakes import Stake
    from facecluster.pipeline.runs import Comparison

SHOWN_LINES = 10
"""Of each kind of change; --json has them all."""

ID_DIGITS = 4
"""Of the id of a person whose name does not tell who it is; commands take as many."""


def change_lines(found: "Comparison") -> list[str]:
    """What changed, most important first: names at stake, people, clusters, names that the machine gives."""
    if found.diff.empty:
        return [f"Run {found.after} groups the faces as run {found.before} does."]
    called = _Called(found.names)
    named = [change for change in found.diff.clusters if change.people and change.change in {"split", "merged"}]
    others = [change for change in found.diff.clusters if change not in named]
    return [
        f"From run {found.before} to run {found.after}: {_faces_line(found)}",
        *_section("Names at stake", [_stake_line(stake, called) for stake in found.diff.stakes]),
        *_section("Clusters of people", [_cluster_line(change, called) for change in named]),
        *_section("People", [_person_line(change, called) for change in found.diff.people]),
        *_section("Clusters", [_cluster_line(change, called) for change in others]),
        *_section("Named by the machine", [_name_line(change, called) for change in found.diff.names or ()]),
    ]


def change_record(found: "Comparison") -> dict[str, Any]:
    """All that changed, for JSON; people by id, and what they are called."""
    return {
        "before": found.before,
        "after": found.after,
        "faces": found.diff.faces,
        "stakes": found.diff.stakes,
        "clusters": found.diff.clusters,
        "people": found.diff.people,
        "names": found.diff.names,
        "changes": found.diff.changes.to_pylist(),
        "called": {person: found.names.get(person) for person in _people_in(found)},
    }


class _Called:
    """What to call a person by id: by name, and by digits of the id where that does not tell who it is."""

    def __init__(self, names: dict[str, str | None]) -> None:
        self._names = names
        self._namesakes = Counter(names.values())

    def __call__(self, person: str | None) -> str:
        if person is None:
            return "nobody"
        name = self._names.get(person)
        if name is None:
            return f"somebody without a name ({person[:ID_DIGITS]})"
        return name if self._namesakes[name] == 1 else f"{name} ({person[:ID_DIGITS]})"

    def all(self, people: Sequence[str]) -> str:
        *first, last = map(self, people)
        return f"{', '.join(first)} and {last}" if first else last


def _section(title: str, lines: list[str]) -> list[str]:
    more = [f"... {len(lines) - SHOWN_LINES:,} more: see --json"] if len(lines) > SHOWN_LINES else []
    return ["", title, *(f"  {line}" for line in [*lines[:SHOWN_LINES], *more])] if lines else []


def _faces_line(found: "Comparison") -> str:
    faces = found.diff.faces
    parts = {
        "stayed": faces.stayed,
        "added": faces.added,
        "gone": faces.gone,
        "moved to another cluster": faces.moved,
        "joined a cluster": faces.joined,
        "left one": faces.left,
    }
    return f"{plural(sum(faces), 'face')}, " + ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)


def _stake_line(stake: "Stake", called: _Called) -> str:
    people, faces = called.all(stake.people), plural(stake.faces, "decided face")
    if stake.kind == "shared":
        return f"cluster {stake.clusters[0]} holds faces of {people} ({faces})"
    if stake.kind == "lost":
        return f"{people}: none of {faces} is left"
    places = [_numbers(stake.clusters)] if stake.clusters else []
    places += [f"{stake.alone:,} alone"] if stake.alone else []
    return f"{people} fell apart: {faces}, now {' and '.join(places)}"


def _person_line(change: "PersonChange", called: _Called) -> str:
    moves = [f"{sign}{count:,}" for sign, count in (("+", change.gained), ("-", change.lost)) if count]
    noun = "face" if change.gained + change.lost == 1 else "faces"
    return f"{called(change.person)}: {' '.join(moves)} {noun} ({change.before:,} -> {change.after:,})"


def _cluster_line(change: "ClusterChange", called: _Called) -> str:
    whose = f" ({called.all(change.people)})" if change.people else ""
    if change.change == "split":
        (whole,) = change.before
        return f"cluster {whole.cluster}{whose} split: {plural(whole.faces, 'face')} -> {_parts(change.after)}"
    if change.change == "merged":
        (whole,) = change.after
        return f"clusters {_parts(change.before)} merged{whose}: {whole.cluster}, {plural(whole.faces, 'face')}"
    part = (change.before or change.after)[0]
    if change.change in {"gone", "created"}:
        return f"cluster {part.cluster}{whose} is {_STATES[change.change]}: {plural(part.faces, 'face')}"
    now = change.after[0]
    renumbered = f", now {now.cluster}," if now.cluster != part.cluster else ""
    return f"cluster {part.cluster}{whose}{renumbered} {_STATES[change.change]}: {part.faces:,} -> {now.faces:,} faces"


_STATES = {"gone": "gone", "created": "new", "grown": "grew", "shrunk": "shrank"}


def _name_line(change: "NameChange", called: _Called) -> str:
    return f"{plural(change.faces, 'face')}: {called(change.before)} -> {called(change.after)}"


def _parts(parts: "Sequence[Part]") -> str:
    shown = ", ".join(f"{part.cluster} ({part.shared:,})" for part in parts[:SHOWN_LINES])
    return f"{shown} and {len(parts) - SHOWN_LINES:,} more" if len(parts) > SHOWN_LINES else shown


def _numbers(clusters: Sequence[int]) -> str:
    more = ", ..." if len(clusters) > SHOWN_LINES else ""
    numbers = ", ".join(map(str, clusters[:SHOWN_LINES])) + more
    return f"in cluster {numbers}" if len(clusters) == 1 else f"in clusters {numbers}"


def _people_in(found: "Comparison") -> list[str]:
    """The ids of all people that a comparison speaks of."""
    spoken_of = [person for change in (*found.diff.stakes, *found.diff.clusters) for person in change.people]
    spoken_of += [change.person for change in found.diff.people]
    spoken_of += [person for change in found.diff.names or () for person in (change.before, change.after) if person]
    return list(dict.fromkeys(spoken_of))
