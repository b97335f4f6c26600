"""`facecluster report`: the result to look at."""

from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.output import print_facts, print_json
from facecluster.cli.run import photos_line


def report(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            callback=o.ordinary_file,
            help="File to write [report.html in the library].",
        ),
    ] = None,
    json: o.Json = False,
) -> None:
    """Write the report, and beside it pages with every face.

    They open from disk, with no server and no network.
    """
    from facecluster.cli.progress import display
    from facecluster.store.library import open_library
    from facecluster.web.page import write_report
    from facecluster.web.review.files.static_pages import write_pages

    path, opened = (output or library / "report.html").resolve(), open_library(library)
    with display("Writing the pages") as shown:
        pages = write_pages(opened, path) if opened.current_run() else None
        shown.step("Writing the report")
        numbers = write_report(opened, path)
    if json:
        written = {"report": path, "pages": pages, "bytes": path.stat().st_size}
        print_json({"library": library.resolve(), **written, "numbers": numbers})
    else:
        print_facts({"photos": photos_line(numbers), "report": f"{path}, to open in a browser"})
