"""A decision, made or only tried, and what is said of it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facecluster.cli.options import DEFAULT_LIBRARY
from facecluster.cli.output import print_facts, print_json, say

if TYPE_CHECKING:
    from facecluster.pipeline.telling import Saying, Told


def decide(folder: Path, saying: "Saying", *, json: bool, dry_run: bool = False) -> "Told":
    """Say it, print what was said, and return it."""
    from facecluster.pipeline.journal import whoami
    from facecluster.pipeline.telling import tell
    from facecluster.store.library import open_library

    told = tell(open_library(folder), saying, whoami(), dry_run=dry_run)
    print_json(_record(folder, told)) if json else print_facts(_facts(folder, told))
    return told


def warn_of_name(name: str, told: "Told") -> None:
    """Say on standard error what a new name may be mistaken for."""
    from facecluster.people.names import mixed_letters
    from facecluster.pipeline.targets import people_called

    namesakes = people_called(name, told.before)
    if namesakes:
        ids = ", ".join(told.before.who.people[place].id for place in namesakes)
        say(f"Note: somebody else is called so too ({ids}). From now on tell them apart by their ids, or rename one.")
    if warning := mixed_letters(name):
        say(f"Note: {warning}")


def command(folder: Path, *words: str) -> str:
    """A command to type, for the same library."""
    where = [] if folder == DEFAULT_LIBRARY else ["--library", str(folder)]
    return shlex.join(["facecluster", *words, *where])


def _facts(folder: Path, told: "Told") -> dict[str, object]:
    if told.decision is None:
        return {"would have": told.in_words(), "decided": "nothing: this was a dry run"}
    return {
        "decided": told.in_words(),
        "undo with": command(folder, "people", "undo", str(told.number)),
        "then": f"{command(folder, 'propagate')}, or the next run, takes what follows from it to other faces",
    }


def _record(folder: Path, told: "Told") -> dict[str, Any]:
    from facecluster.people.statements import faces_in

    return {
        "library": folder.resolve(),
        "dry_run": told.decision is None,
        "number": told.number,
        "decision": told.decision.id if told.decision else None,
        "said": told.in_words(),
        "faces": len({face for said in told.said for face in faces_in(said)}),
        "statements": [{"kind": type(said).__name__.lower(), **vars(said)} for said in told.said],
        "undo": command(folder, "people", "undo", str(told.number)) if told.decision else None,
    }
