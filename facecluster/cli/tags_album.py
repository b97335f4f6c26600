"""`facecluster tags album`: a folder a person."""

from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli import tags_options as t
from facecluster.cli.output import plural, print_facts, print_json


def album(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New folder, or one made here before.")],
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    provenances: t.Provenances = None,
    min_probability: t.MinProbability = None,
    persons: t.People = None,
    copy: Annotated[bool, typer.Option("--copy", help="Copy the photos instead of linking to them.")] = False,
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Make a folder of links to photos for each person.

    Run again, it adds what is new and takes away what no longer holds. What others put there stays, and so do the
    photos.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.tags.albums.album import make_album
    from facecluster.store.library import open_library

    which = t.which_of(provenances, min_probability, persons)
    opened = open_library(library)
    with display("Looking who is on the photos") as shown:
        summary = make_album(opened, folder, which, shown.photos, copy=copy)
    if json:
        print_json({"library": library.resolve(), "folder": folder.resolve(), "album": summary})
    else:
        entries = plural(summary.photos, "copy", "copies") if copy else plural(summary.photos, "link")
        facts: dict[str, object] = {
            "album": f"{folder}: {plural(summary.people, 'person', 'people')}, {entries}",
            "changes": f"{summary.made:,} new, {summary.removed:,} taken away",
        }
        if summary.incomplete:
            facts["not read"] = "part of the archive could not be read last time, so nothing was taken away"
        print_facts(facts)
        t.print_reasons("not made", [f"{one.entry}: {one.reason}" for one in summary.failed])
    if strict and summary.failed:
        raise typer.Exit(o.PHOTOS_FAILED)


COMMANDS = {"album": album}
