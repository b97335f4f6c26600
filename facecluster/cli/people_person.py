"""`facecluster people rename`, `born`, `cover`, `ignore`, `unignore` and `undo`: what is said of people, and unsaid."""

from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.people_telling import decide, warn_of_name

UNKNOWN = "unknown"


def rename(
    person: p.Person,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the person is called from now on.")],
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Give a person another name, or a first one."""
    from facecluster.pipeline.deciding import rename as said

    told = decide(library, lambda known: said(known, person, name), json=json)
    warn_of_name(name, told)


def born(
    person: p.Person,
    day: Annotated[str, typer.Argument(metavar="DATE", help=f"YYYY-MM-DD, or {UNKNOWN}.")],
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say when a person was born.

    No earlier photo is taken for one of the person.
    """
    from facecluster.pipeline.deciding import was_born

    decide(library, lambda known: was_born(known, person, None if day == UNKNOWN else day), json=json)


def cover(person: p.Person, face: p.Face, library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """Choose the face that stands for a person."""
    from facecluster.pipeline.deciding import cover as said

    decide(library, lambda known: said(known, person, face), json=json)


def ignore(
    words: p.Others, dry_run: p.DryRun = False, library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False
) -> None:
    """Ask no more about people, clusters or faces: strangers.

    Each cluster or face becomes a person without a name.
    """
    from facecluster.pipeline.deciding import ignore as said
    from facecluster.pipeline.deciding import new_person

    ids = [new_person() for _ in words]
    decide(library, lambda known: said(known, words, ids), json=json, dry_run=dry_run)


def unignore(person: p.Person, library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """Ask about a person again."""
    from facecluster.pipeline.deciding import unignore as said

    decide(library, lambda known: said(known, person), json=json)


def undo(
    decision: p.Decision,
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Undo a decision, the last or any other.

    To undo an undoing brings the decision back.
    """
    from facecluster.pipeline.deciding import undo as said

    decide(library, lambda known: said(known, decision), json=json, dry_run=dry_run)


COMMANDS = {"rename": rename, "born": born, "cover": cover, "ignore": ignore, "unignore": unignore, "undo": undo}
