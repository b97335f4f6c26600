"""`facecluster people list`, `show` and `history`: who is known, and what was said."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.completion import people as offered
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.web.wording import days_in_words, moment_in_words, shortened

if TYPE_CHECKING:
    from facecluster.pipeline.history import Event
    from facecluster.pipeline.people import LibraryPeople
    from facecluster.pipeline.person_counts import KnownPerson

SHOWN_CLUSTERS = 8
"""Of those that nobody has named, the largest."""


def list_(
    ignored: Annotated[bool, typer.Option("--ignored", help="Those who are ignored, instead of the others.")] = False,
    sort: Annotated[Literal["faces", "name"], typer.Option("--sort", help="Most faces first, or by name.")] = "faces",
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """List the people, with what is known of each.

    Below them stand the clusters that nobody has named.
    """
    people = _people_of(library)
    shown = _in_order([one for one in people.known if one.person.ignored == ignored], sort)
    if json:
        print_json({"library": library.resolve(), "run": people.run, "people": [one.to_json() for one in shown]})
        return
    lines: dict[str, object] = {one.person.id: f"{_name(one)}: {_line(one)}" for one in shown}
    print_facts(lines | _rest(people, ignored=ignored))


def show(who: p.One, library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """Show the faces of a person, or of a cluster.

    Of each: where it is, whose, and who says so.
    """
    from facecluster.pipeline.targets import is_target, person_meant
    from facecluster.pipeline.views import face_records, rows_shown

    people = _people_of(library)
    known = None if is_target(who, people) else people.known[person_meant(who, people)]
    faces = face_records(people, rows_shown(people, who))
    if json:
        person = known.to_json() if known else None
        print_json({"library": library.resolve(), "run": people.run, "person": person, "faces": faces})
        return
    if known:
        print_facts({"person": f"{_name(known)} ({known.person.id})", "known": _line(known)})
    print_facts({"faces": _clusters_line(faces)})
    print_facts({face["face_id"]: _face_line(face) for face in faces})


def history(
    limit: p.Limit = 20,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="PERSON", help="What was said of this one alone.", autocompletion=offered),
    ] = None,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """List the decisions, newest first.

    Of each: when, by whom, what was said, and whether it still counts.
    """
    events = _events(library, person)[-limit:][::-1]
    if json:
        print_json({"library": library.resolve(), "decisions": [event.to_json() for event in events]})
    else:
        print_facts({str(event.number): _event_line(event) for event in events})


def _people_of(folder: Path) -> "LibraryPeople":
    from facecluster.pipeline.people import people_of
    from facecluster.store.library import open_library

    return people_of(open_library(folder))


def _in_order(people: "list[KnownPerson]", sort: str) -> "list[KnownPerson]":
    """By falling number of faces or by name; those without a name last."""
    from facecluster.spelling import name_key

    named = sorted(people, key=lambda one: (one.person.name is None, name_key(one.person.name or ""), one.person.id))
    return named if sort == "name" else sorted(named, key=lambda one: -one.faces)


def _name(one: "KnownPerson") -> str:
    return one.person.name or "no name"


def _line(one: "KnownPerson") -> str:
    """What is known of a person."""
    parts = [f"{plural(one.faces, 'face')} in {plural(one.photos, 'photo')}{_days(one)}"]
    parts += [f"{one.automatic:,} of them automatic"] if one.automatic else []
    parts += [f"{one.proposed:,} proposed"] if one.proposed else []
    parts += [f"{one.person.dormant:,} not there now"] if one.person.dormant else []
    parts += [f"born {one.person.born}"] if one.person.born else []
    return ", ".join([*parts, *(["ignored"] if one.person.ignored else [])])


def _days(one: "KnownPerson") -> str:
    if one.first_day is None or one.last_day is None:
        return ""
    return f" of {days_in_words(datetime.fromisoformat(one.first_day), datetime.fromisoformat(one.last_day))}"


def _rest(people: "LibraryPeople", *, ignored: bool) -> dict[str, str]:
    """The clusters that nobody has named, below the people who are not ignored."""
    from facecluster.pipeline.views import unnamed_clusters

    clusters = {} if ignored else unnamed_clusters(people)
    if not clusters:
        return {}
    largest = [f"{cluster} ({faces:,})" for cluster, faces in list(clusters.items())[:SHOWN_CLUSTERS]]
    more = f" and {len(clusters) - SHOWN_CLUSTERS:,} more" if len(clusters) > SHOWN_CLUSTERS else ""
    return {"not named": f"{plural(len(clusters), 'cluster')}, by number (and faces): {', '.join(largest)}{more}"}


def _clusters_line(faces: list[dict[str, Any]]) -> str:
    """How many faces there are, and in which clusters."""
    counts = Counter(face["cluster_id"] for face in faces)
    alone = counts.pop(None, 0)
    parts = [f"{count:,} in cluster {cluster}" for cluster, count in counts.most_common()]
    return ", ".join([plural(len(faces), "face"), *parts, *([f"{alone:,} in none"] if alone else [])])


def _face_line(face: dict[str, Any]) -> str:
    """Where a face is, whose it is, and who says so."""
    where = shortened(face["photo_path"])
    if face["not_a_face"]:
        return f"{where}: not a face"
    if face["person"] is None:
        return f"{where}: nobody's"
    sure = "" if face["probability"] == 1 else f" {face['probability']:.3f}"
    return f"{where}: {face['name'] or face['person']}, {face['provenance']}{sure}"


def _events(folder: Path, person: str | None) -> "list[Event]":
    """All decisions, or those that speak of a person, or of somebody whom it has become."""
    from facecluster.pipeline.history import history as events_of
    from facecluster.pipeline.journal import who_is_who_in
    from facecluster.pipeline.targets import person_meant
    from facecluster.store.library import open_library

    if person is None:
        return events_of(who_is_who_in(open_library(folder), []))
    people = _people_of(folder)
    who, wanted = people.who, people.who.people[person_meant(person, people)].id
    return [event for event in events_of(who) if wanted in {who.merged.get(one, one) for one in event.people}]


def _event_line(event: "Event") -> str:
    imported = ", imported" if event.provenance == "imported" else ""
    undone = f" (undone by {event.undone_by})" if event.undone_by else ""
    return f"{moment_in_words(event.time)}, {event.who}{imported}: {event.said}{undone}"


COMMANDS = {"list": list_, "show": show, "history": history}
