"""`facecluster demo`: the main job on a small album that comes with the package."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.run import main_job

DEMO_LIBRARY = Path("facecluster-demo")


def demo(
    library: Annotated[
        Path, typer.Option("--library", show_default=False, help="Library folder [./facecluster-demo].")
    ] = DEMO_LIBRARY,
    json: o.Json = False,
) -> None:
    """Run the main job on the album that comes with facecluster: 13 photos of four people."""
    with as_file(files("facecluster") / "demo_album") as album:
        # The package may have been moved or installed anew since the last demo.
        main_job(album, library, o.settings_from(None), moved=True, json=json)
