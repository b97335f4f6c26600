"""`--review-changes`: what a new run changes is shown before it counts, and counts when somebody says so."""

import shlex
import sys
from pathlib import Path

import typer

from facecluster.cli.output import print_lines, say


def offer(folder: Path, run: int, *, json: bool) -> bool:
    """Show what a run that waits for a review changes, and ask whether it is to count; whether it does.

    Only a terminal is asked. Elsewhere, and with --json, the run goes on waiting, and it is said how to take it. The
    first run of a library has nothing to be held against, and counts.
    """
    from facecluster.cli.changes import change_lines
    from facecluster.pipeline.runs import diff, roll_back
    from facecluster.store.library import open_library

    library = open_library(folder)
    current = library.current_run()
    if current is None or current == run:
        roll_back(library, run)
        return True
    if not json and _somebody_is_there():
        print_lines(change_lines(diff(library, current, run)))
        if typer.confirm(f"\nMake run {run} the current one?", err=True):
            roll_back(library, run)
            return True
    where = shlex.join(["--library", str(folder)])
    say(
        f"Run {run} waits, run {current} counts as before. "
        f"To see what it changes: `facecluster runs diff {current} {run} {where}`. "
        f"To let it count: `facecluster runs rollback {run} {where}`."
    )
    return False


def _somebody_is_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()
