"""`facecluster report`: the result to look at."""

from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json
from facecluster.store.library import open_library
from facecluster.web.page import write_report


def report(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write [report.html in the library].")
    ] = None,
    json: o.Json = False,
) -> None:
    """Write one HTML file with everybody in it; it opens from disk, with no server and no network."""
    written = write_report(open_library(library), output or library / "report.html")
    if json:
        print_json({"library": library, "report": written, "bytes": written.stat().st_size})
    else:
        print_facts({"library": library, "report": written})
