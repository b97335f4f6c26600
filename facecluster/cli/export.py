"""`facecluster export`: the result for other tools."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.errors import UsageError
from facecluster.pipeline.export import export_faces, export_photos
from facecluster.store.files import replace_file
from facecluster.store.library import open_library
from facecluster.store.spread import csv_bytes, json_bytes, parquet_bytes


class Format(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


WRITERS = {Format.CSV: csv_bytes, Format.JSON: json_bytes, Format.PARQUET: parquet_bytes}


def export(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    photos: Annotated[bool, typer.Option("--photos", help="A row a photo instead of a row a face.")] = False,
    format_: Annotated[
        Format | None, typer.Option("--format", help="csv, json or parquet [by the ending of --output, else csv].")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write [standard output].")] = None,
) -> None:
    """Write a row a face: photo, box, face id, cluster, strength."""
    chosen = format_ or _format_of(output)
    opened = open_library(library)
    data = WRITERS[chosen](export_photos(opened) if photos else export_faces(opened))
    if output:
        replace_file(output, data)
    elif chosen is Format.PARQUET and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal: name a file with --output.")
    else:
        sys.stdout.buffer.write(data)


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.CSV
    ending = output.suffix.lower().lstrip(".")
    if ending not in {known.value for known in Format}:
        raise UsageError(f"Expected --output to end in .csv, .json or .parquet, found {output.name!r}: add --format.")
    return Format(ending)
