"""`facecluster people export` and `import`: the backup of what was decided."""

import json as json_
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from facecluster.cli import options as o
from facecluster.cli import people_options as p
from facecluster.cli.output import plural, print_facts, print_json
from facecluster.errors import UsageError

STANDARD = Path("-")
"""Stands for standard input or output."""


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; -: standard output.")],
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Write all decisions to a file, as a backup.

    It is JSON, and holds the one thing in a library that cannot be computed again.
    """
    from facecluster.people.records import backup
    from facecluster.pipeline.journal import decisions_of
    from facecluster.store.files import replace_file
    from facecluster.store.library import open_library

    decisions = decisions_of(open_library(library))
    data = (json_.dumps(backup(decisions), ensure_ascii=False, indent=1) + "\n").encode()
    if file == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()  # here, where a reader that has gone is no error
        return
    replace_file(o.ordinary_file(file) or file, data)
    if json:
        print_json({"library": library.resolve(), "file": file.resolve(), "decisions": len(decisions)})
    else:
        print_facts({"written": f"{plural(len(decisions), 'decision')} to {file}"})


def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `people export` wrote; -: standard input.")],
    dry_run: p.DryRun = False,
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    json: o.Json = False,
) -> None:
    """Add the decisions of a backup that are not there yet.

    Those that are, by their ids, stay as they are.
    """
    from facecluster.people.records import decisions_in
    from facecluster.pipeline.journal import decisions_of, import_decisions
    from facecluster.store.library import open_library

    opened, record = open_library(library), _read_json(file)
    if dry_run:
        known = {decision.id for decision in decisions_of(opened)}
        missing = [decision.id not in known for decision in decisions_in(record)]
        added, there = sum(missing), len(missing) - sum(missing)
    else:
        added, there = import_decisions(opened, record)
    if json:
        print_json({"library": library.resolve(), "dry_run": dry_run, "added": added, "known": there})
    else:
        print_facts({"would add" if dry_run else "added": plural(added, "decision"), "known": f"{there:,} before"})


def _read_json(file: Path) -> Any:
    """What a JSON file holds.

    Raises:
        UsageError: it cannot be read, or is no JSON.
    """
    try:
        return json_.loads(sys.stdin.buffer.read() if file == STANDARD else file.read_bytes())
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror or error}. Name a file of `people export`.") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"Expected a file that `facecluster people export` wrote, found that {file} is not JSON ({error})."
        ) from error


COMMANDS = {"export": export, "import": import_}
