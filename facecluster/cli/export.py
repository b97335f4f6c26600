"""`facecluster export`: the result for other tools."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from facecluster.cli import options as o
from facecluster.errors import UsageError


class Format(StrEnum):
    """What `export` writes."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def export(
    library: o.LibraryFolder = o.DEFAULT_LIBRARY,
    photos: Annotated[bool, typer.Option("--photos", help="A row a photo instead of a row a face.")] = False,
    format_: Annotated[
        Format | None, typer.Option("--format", help="csv, json or parquet [by the ending of --output, else csv].")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", callback=o.ordinary_file, help="File to write [standard output]."
        ),
    ] = None,
) -> None:
    """Write the result as a table, a row a face, for other programs.

    Faces: photo, box in pixels of the upright photo, face id, score, quality, cluster (empty: alone) and strength.
    Person: the name, where it comes from (human, imported, automatic, proposed) and its probability. Photos: hash,
    status, reason, faces.
    """
    from facecluster.pipeline.export import export_faces, export_photos
    from facecluster.store.files import replace_file
    from facecluster.store.library import open_library
    from facecluster.store.spread import csv_bytes, json_bytes, parquet_bytes

    chosen = format_ or _format_of(output)
    if chosen is Format.PARQUET and output is None and sys.stdout.isatty():
        raise UsageError("Parquet is not for a terminal: name a file with --output.")
    write = {Format.CSV: csv_bytes, Format.JSON: json_bytes, Format.PARQUET: parquet_bytes}[chosen]
    opened = open_library(library)
    data = write(export_photos(opened) if photos else export_faces(opened))
    if output:
        replace_file(output, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()  # here, where a reader that has gone (`export | head`) is no error


def _format_of(output: Path | None) -> Format:
    if output is None:
        return Format.CSV
    ending = output.suffix.lower().lstrip(".")
    if ending not in {known.value for known in Format}:
        raise UsageError(f"Expected --output to end in .csv, .json or .parquet, found {output.name!r}: add --format.")
    return Format(ending)
