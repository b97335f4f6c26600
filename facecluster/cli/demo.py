"""`facecluster demo`: the main job on a small album that comes with the package."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.cli.run import How, main_job

DEMO_LIBRARY = Path("facecluster-demo")


def demo(
    library: Annotated[
        Path,
        typer.Option("--library", metavar="FOLDER", show_default=False, help="Library folder [./facecluster-demo]."),
    ] = DEMO_LIBRARY,
    json: o.Json = False,
) -> None:
    """Run the main job on an album that comes along: 13 photos."""
    with as_file(files("facecluster") / "demo_album") as album:
        main_job(album, library, o.settings_from(None), How(moved=_is_demo(library)), json=json)


def _is_demo(library: Path) -> bool:
    """Whether a library is of the demo album; the package that brought the album may stand elsewhere since."""
    from facecluster.store.library import open_library

    if not (library / "library.json").exists():
        return False
    scan = open_library(library).latest_scan()
    return scan is not None and Path(scan.archive).parts[-2:] == ("facecluster", "demo_album")
