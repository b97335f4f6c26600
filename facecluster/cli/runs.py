"""`facecluster runs`: the runs there are, what one changed, going back to one, doing away with old ones."""

from typing import TYPE_CHECKING, Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import plural, print_facts, print_json, print_lines
from facecluster.web.wording import moment_in_words

if TYPE_CHECKING:
    from facecluster.pipeline.runs import Removed, RunRow

KEPT_RUNS = 5
"""Stay when runs are pruned and nothing else is asked for: as many as somebody may want to go back to."""

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="List the runs, see what one changed, go back to one. What people decided stays whichever run counts.",
)


@group.command("list")
def list_(library: o.LibraryFolder = o.DEFAULT_LIBRARY, json: o.Json = False) -> None:
    """List the runs, the newest first, and what each holds."""
    from facecluster.pipeline.runs import list_runs
    from facecluster.store.library import open_library

    rows = list_runs(open_library(library))
    if json:
        print_json({"library": library.resolve(), "runs": rows})
    elif rows:
        print_facts({f"run {row.run}": _row_line(row) for row in rows})
    else:
        print_facts({"runs": "none yet: `facecluster cluster` makes one"})


@group.command()
def diff(
    before: Annotated[
        int | None, typer.Argument(metavar="A", show_default=False, help="Run [the one before the current one].")
    ] = None,
    after: Annotated[
        int | None, typer.Argument(metavar="B", show_default=False, help="Run to compare with it [the current one].")
    ] = None,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Say what changed from run A to run B.

    First the names that are at stake, then people, clusters, and names that the machine gives.
    """
    from facecluster.cli.changes import change_lines, change_record
    from facecluster.pipeline.runs import diff
    from facecluster.store.library import open_library

    found = diff(open_library(library), before, after)
    if json:
        print_json({"library": library.resolve(), **change_record(found)})
    else:
        print_lines(change_lines(found))


@group.command()
def rollback(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Number of the run.")],
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Make any run the current one.

    An earlier one, or one that waits for a review. It counts until a newer run is made. What people decided stays.
    """
    from facecluster.pipeline.runs import roll_back
    from facecluster.store.library import open_library

    changed = roll_back(open_library(library), run)
    if json:
        print_json({"library": library.resolve(), "run": run, "changed": changed})
    elif changed:
        then = "`facecluster propagate` spreads names by it, `facecluster report` shows it"
        print_facts({"current": f"run {run}, until a newer one is made", "then": then})
    else:
        print_facts({"current": f"run {run}, as before"})


@group.command()
def prune(
    runs: Annotated[
        list[int] | None,
        typer.Argument(metavar="[RUN...]", show_default=False, help="These runs instead, even if they wait."),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", metavar="COUNT", min=0, help="Keep so many of the newest.")
    ] = KEPT_RUNS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say which runs would go; remove nothing.")] = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Remove old runs to free space.

    The current run stays, and so do those that wait for a review.
    """
    from facecluster.pipeline.runs import prune
    from facecluster.store.library import open_library

    removed = prune(open_library(library), keep, runs or (), dry_run=dry_run)
    freed = sum(gone.bytes for gone in removed)
    if json:
        print_json({"library": library.resolve(), "dry_run": dry_run, "removed": removed, "bytes": freed})
        return
    verb = "would be removed" if dry_run else "removed"
    print_facts({f"run {gone.run}": _removed_line(gone) for gone in removed})
    print_facts({verb: f"{plural(len(removed), 'run')}, {_size(freed)}"})


def _row_line(row: "RunRow") -> str:
    made = moment_in_words(row.created_at) if row.created_at else "at a time not recorded"
    notes = [f"{plural(row.faces, 'face')}, {plural(row.clusters, 'cluster')}, {row.alone:,} alone"]
    notes += [row.kind] if row.kind else []
    notes += [f"after run {row.parent}"] if row.parent else []
    state = " (current)" if row.current else " (waits for a review)" if row.waiting else ""
    return f"{made}: {', '.join([*notes, _size(row.bytes)])}{state}"


def _removed_line(gone: "Removed") -> str:
    return f"{_size(gone.bytes)}{'' if gone.finished else ', left by a run that was ended'}"


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
