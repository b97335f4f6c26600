"""The pages beside a report: where they are, and whether they show a library as it is now."""

from pathlib import Path
from urllib.parse import quote

from facecluster.pipeline.catalogue import latest_scan, shards_of
from facecluster.pipeline.journal import decisions_of
from facecluster.pipeline.people import tables_of
from facecluster.pipeline.review.live import State
from facecluster.store.folders import made_of
from facecluster.store.library import Library

PAGES_VERSION = 1
"""Raised whenever the same people would give other pages."""

ENTRY = "people"
"""The screen where one begins to look."""


def pages_folder(report: Path) -> Path:
    """Where the pages of a report are."""
    return report.with_name(f"{report.stem}-pages")


def current_pages(library: Library, report: Path) -> str | None:
    """The address, seen from a report, of the pages beside it, if they show the library as it is now.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    folder, tables = pages_folder(report), tables_of(library)
    state = State(*tables, len(shards_of(library, latest_scan(library))), len(decisions_of(library)))
    record = made_of(folder) or {}
    if any(record.get(word) != value for word, value in pages_of(library, state).items()):
        return None
    return quote(f"{folder.name}/{ENTRY}.html")


def pages_of(library: Library, state: State) -> dict[str, str | int]:
    """What pages are made of: equal words, equal pages."""
    return {"pages": PAGES_VERSION, "library": library.identity.id, "state": str(state)}
