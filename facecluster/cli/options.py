"""Options that several commands share, and the settings that follow from them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from facecluster.settings import Settings
from facecluster.store.conf import load_settings

DEFAULT_LIBRARY = Path("facecluster-library")

Archive = Annotated[Path, typer.Argument(metavar="ARCHIVE", help="Folder of photos. It is read, never written.")]
LibraryFolder = Annotated[
    Path,
    typer.Option(
        "--library", envvar="FACECLUSTER_LIBRARY", show_default=False, help="Library folder [./facecluster-library]."
    ),
]
Config = Annotated[Path | None, typer.Option("--config", help="YAML file of settings (conf/default.yaml names all).")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 when photos failed.")]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Try photos again that failed before.")]
Moved = Annotated[bool, typer.Option("--moved", help="The archive of this library now stands at ARCHIVE.")]
Include = Annotated[
    list[str] | None, typer.Option("--include", help="Only paths that match this pattern (repeatable).")
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", help="No paths that match this pattern (repeatable).")]
Pack = Annotated[str | None, typer.Option("--pack", help="Model pack: embedded, or insightface:NAME.")]
PackRoot = Annotated[str | None, typer.Option("--pack-root", help="Folder that holds InsightFace's models/NAME.")]
Provider = Annotated[str | None, typer.Option("--provider", help="What runs the networks: auto, cpu, cuda, ...")]
DetectSize = Annotated[int | None, typer.Option("--detect-size", help="Long side of the image the detector sees, px.")]
MinScore = Annotated[
    float | None, typer.Option("--min-score", help="Keep faces the detector scores at least this, 0..1.")
]
MinFace = Annotated[int | None, typer.Option("--min-face", help="Keep faces at least this wide and high, px.")]
RunnerKind = Annotated[str | None, typer.Option("--runner", help="Who does the work: local or ray.")]
Workers = Annotated[int | None, typer.Option("--workers", help="Worker processes; 0: as many as there is room for.")]
Address = Annotated[str | None, typer.Option("--address", help="Ray cluster to connect to, with --runner ray.")]


def settings_from(config: Path | None, **flags: Mapping[str, Any]) -> Settings:
    """The settings of a command: flags that were given, over the environment, over the file, over the defaults.

    Args:
        config: a YAML file, or None.
        flags: section -> key -> value; None and empty lists are flags that were not given.
    """
    given = {
        section: {key: value for key, value in values.items() if value is not None and value != []}
        for section, values in flags.items()
    }
    return load_settings(config, os.environ, given)
