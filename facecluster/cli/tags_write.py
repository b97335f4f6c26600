"""`facecluster tags write` and `revert`: photos say who is on them, and say it no more."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from facecluster.cli import options as o
from facecluster.cli import tags_options as t
from facecluster.cli.output import plural, print_facts, print_json, print_lines
from facecluster.cli.people_telling import command
from facecluster.errors import UsageError
from facecluster.pipeline.tags.outcomes import Status

if TYPE_CHECKING:
    from facecluster.pipeline.tags.outgoing.shown import Which
    from facecluster.pipeline.tags.outgoing.writing import WriteSummary
    from facecluster.store.library import Library

InPlace = Annotated[bool, typer.Option("--in-place", help="Rewrite the photos themselves too, by a checked copy.")]
NOBODY_SHOWN = "nobody on the photos has a name yet, or one that was asked for: see `facecluster people list`"
NOTHING_OURS = "no file holds anything that `tags write` put there"

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would change, file by file; write nothing.")]


def write(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    provenances: t.Provenances = None,
    min_probability: t.MinProbability = None,
    persons: t.People = None,
    sidecar_style: Annotated[
        Literal["auto", "full", "stem"],
        typer.Option(
            "--sidecar-style",
            show_default=False,
            help="Name of a new sidecar: full IMG.jpg.xmp, stem IMG.xmp [auto: as the folder has them, else full].",
        ),
    ] = "auto",
    in_place: InPlace = False,
    yes: t.Yes = False,
    dry_run: DryRun = False,
    config: o.Config = None,
    runner: o.RunnerKind = None,
    workers: o.Workers = None,
    address: o.Address = None,
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Write into XMP sidecars who is on the photos.

    What others wrote there stays. The files say just what is asked for: names that were written before, and are not
    asked for now, are taken out again. Run again, it writes what has changed since.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.catalogue import latest_scan
    from facecluster.pipeline.tags.outgoing.writing import How, write_tags
    from facecluster.store.library import open_library

    which = t.which_of(provenances, min_probability, persons)
    how = How(sidecar_style, in_place, dry_run)
    settings = o.settings_from(config, runner={"kind": runner, "workers": workers, "address": address})
    opened = open_library(library)
    if in_place and not dry_run:
        _ask_first(f"{_photos_shown(opened, which)} will be rewritten", yes=yes, json=json)
    with display("Looking who is on the photos") as shown:
        summary = write_tags(opened, which, how, settings, shown.photos)
    look_again = command(library, "run", latest_scan(opened).archive) if in_place else None
    revert_it = command(library, "tags", "revert", *(["--in-place"] if in_place else []))
    _tell(library, summary, dry_run=dry_run, json=json, undo=revert_it, then=look_again)
    if strict and summary.failed:
        raise typer.Exit(o.PHOTOS_FAILED)


def revert(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Also out of the photos that were written in place.")
    ] = False,
    yes: t.Yes = False,
    dry_run: DryRun = False,
    config: o.Config = None,
    runner: o.RunnerKind = None,
    workers: o.Workers = None,
    address: o.Address = None,
    strict: o.Strict = False,
    json: o.Json = False,
) -> None:
    """Take out of all files what `tags write` put there.

    Nothing else changes. A sidecar that it made goes, if nobody added anything.
    """
    from facecluster.cli.progress import display
    from facecluster.pipeline.catalogue import latest_scan
    from facecluster.pipeline.tags.outgoing.writing import How, revert_tags
    from facecluster.store.library import open_library

    settings = o.settings_from(config, runner={"kind": runner, "workers": workers, "address": address})
    opened = open_library(library)
    if in_place and not dry_run:
        _ask_first("Photos that were written in place will be rewritten", yes=yes, json=json)
    with display("Looking what was written") as shown:
        summary = revert_tags(opened, How(in_place=in_place, dry_run=dry_run), settings, shown.photos)
    look_again = command(library, "run", latest_scan(opened).archive) if in_place else None
    _tell(library, summary, dry_run=dry_run, json=json, then=look_again)
    if strict and summary.failed:
        raise typer.Exit(o.PHOTOS_FAILED)


def _photos_shown(library: "Library", which: "Which") -> str:
    """How many photo files the names are for."""
    from facecluster.pipeline.catalogue import latest_scan
    from facecluster.pipeline.tags.outgoing.shown import shown_people

    paths = shown_people(library, latest_scan(library), which).table["path"]
    return f"Up to {plural(len(paths.unique()), 'photo')}"


def _ask_first(what: str, *, yes: bool, json: bool) -> None:
    """Have whoever is there say once more that originals may be rewritten.

    Raises:
        UsageError: nobody is there to be asked.
    """
    if yes:
        return
    if json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--in-place rewrites photos, and there is nobody to be asked: add --yes if they may be.")
    typer.confirm(
        f"{what}: a copy is written, decoded and compared pixel by pixel, and takes the photo's place. "
        "Keep a backup all the same. Go on?",
        abort=True,
        err=True,
    )


def _tell(
    folder: Path,
    summary: "WriteSummary",
    *,
    dry_run: bool,
    json: bool,
    undo: str | None = None,
    then: str | None = None,
) -> None:
    """Say what became of the files; of a dry run, line by line what would.

    Args:
        folder: of the library.
        summary: of the writing.
        dry_run: nothing was written.
        json: as an object.
        undo: the command that takes out what was written.
        then: the command that looks again at photos that have other bytes now.
    """
    if json:
        numbers = {name: value for name, value in vars(summary).items() if name != "rows"}
        print_json({"library": folder.resolve(), "dry_run": dry_run, **numbers, "files": list(summary.rows())})
        return
    failed, noted = [], []
    for row in summary.rows():
        if row["status"] == Status.FAILED:
            failed.append(f"{row['file']}: {row['reason']}")
            continue
        if row["reason"]:
            noted.append(f"{row['file']}: {row['reason']}")
        if dry_run:
            print_lines([row["file"], *(f"  {change}" for change in row["changes"])])
    print_facts(_facts(summary, undo, then, dry_run=dry_run))
    t.print_reasons("noted", noted)
    t.print_reasons("failed", failed)


def _facts(summary: "WriteSummary", undo: str | None, then: str | None, *, dry_run: bool) -> dict[str, object]:
    """What to say of the files in numbers."""
    parts = [plural(summary.written, "file")]
    parts += [f"{summary.unchanged:,} said so already"] if summary.unchanged else []
    parts += [f"{summary.failed:,} failed"] if summary.failed else []
    facts: dict[str, object] = {}
    if parts != ["0 files"]:
        facts["would write" if dry_run else "written"] = ", ".join(parts)
    if summary.removed:
        facts["would remove" if dry_run else "removed"] = plural(summary.removed, "sidecar")
    if not facts:
        return {"done": f"nothing: {NOBODY_SHOWN if undo else NOTHING_OURS}"}
    facts["values"] = f"{summary.values_added:,} added, {summary.values_removed:,} taken out"
    if summary.people:
        facts["people"] = f"{plural(summary.people, 'person', 'people')} named in the files"
    if dry_run:
        return facts | {"done": "nothing: this was a dry run"}
    if undo and summary.values_added:
        facts["undo with"] = f"{undo}, which takes out all that was ever written"
    if then and summary.written:
        facts["then"] = f"{then}, as the photos have other bytes now"
    return facts


COMMANDS = {"write": write, "revert": revert}
