"""Options that several commands share, and the settings that follow from them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from facecluster.settings import Settings

DEFAULT_LIBRARY = Path("facecluster-library")

PHOTOS_FAILED = 3
"""Exit code of --strict."""

Archive = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="Folder of photos. It is read, never written.")]
LibraryFolder = Annotated[
    Path,
    typer.Option(
        "--library",
        metavar="FOLDER",
        envvar="FACECLUSTER_LIBRARY",
        show_default=False,
        help="Library folder [./facecluster-library].",
    ),
]
Config = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="YAML file of settings (conf/default.yaml names all).")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 when photos failed.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Try photos again that failed before.")]
Moved = Annotated[bool, typer.Option("--moved", help="The archive of this library now stands at ARCHIVE.")]
Full = Annotated[
    bool, typer.Option("--full", help="Group all faces anew, instead of adding the new ones to the groups there are.")
]
ReviewChanges = Annotated[
    bool, typer.Option("--review-changes", help="Show what the new grouping changes, and ask before it counts.")
]
Include = Annotated[
    list[str] | None,
    typer.Option("--include", metavar="PATTERN", help="Only paths that match this pattern (repeatable)."),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="PATTERN", help="No paths that match this pattern (repeatable)."),
]
Pack = Annotated[str | None, typer.Option("--pack", metavar="NAME", help="Model pack: embedded, or insightface:NAME.")]
PackRoot = Annotated[
    str | None, typer.Option("--pack-root", metavar="FOLDER", help="Folder that holds InsightFace's models/NAME.")
]
Provider = Annotated[
    str | None, typer.Option("--provider", metavar="NAME", help="What runs the networks: auto, cpu, cuda, ...")
]
DetectSize = Annotated[
    int | None, typer.Option("--detect-size", metavar="PIXELS", help="Long side of the image the detector sees, px.")
]
MinScore = Annotated[
    float | None,
    typer.Option("--min-score", metavar="SCORE", help="Keep faces the detector scores at least this, 0..1."),
]
MinFace = Annotated[
    int | None, typer.Option("--min-face", metavar="PIXELS", help="Keep faces at least this wide and high, px.")
]
RunnerKind = Annotated[str | None, typer.Option("--runner", metavar="NAME", help="Who does the work: local or ray.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="COUNT", help="Workers; 0: as many as there is room for.")
]
Address = Annotated[
    str | None, typer.Option("--address", metavar="ADDRESS", help="Ray cluster to connect to, with --runner ray.")
]


def settings_from(config: Path | None, **flags: Mapping[str, Any]) -> "Settings":
    """The settings of a command: flags that were given, over the environment, over the file, over the defaults.

    Args:
        config: a YAML file, or None.
        flags: section -> key -> value; None and empty lists are flags that were not given.
    """
    from facecluster.store.conf import load_settings

    given = {
        section: {key: value for key, value in values.items() if value is not None and value != []}
        for section, values in flags.items()
    }
    return load_settings(config, os.environ, given)


def ordinary_file(path: Path | None) -> Path | None:
    """A path that can be written as a whole: a new file, or an old one in its place.

    Raises:
        typer.BadParameter: something else bears the name; a device, such as /dev/stdout, must not be replaced.
    """
    if path and path.exists() and not path.is_file():
        raise typer.BadParameter(f"Expected a file or a new name, found that {path} is neither.")
    return path
