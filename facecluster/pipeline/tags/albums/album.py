"""People -> folders of the photos that show them, of links or copies."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from facecluster.pipeline.catalogue import archive_there, latest_scan
from facecluster.pipeline.tags.albums.album_names import entry_names, folder_names
from facecluster.pipeline.tags.outgoing.shown import Which, shown_people
from facecluster.store.albums.albums import NotMade, bring_up_to_date, check_place
from facecluster.store.library import Library
from facecluster.store.path_text import text_to_path


class AlbumSummary(NamedTuple):
    """What an album holds now, and what was done for it."""

    people: int
    photos: int  # entries: a photo of two people has two
    made: int
    removed: int
    incomplete: bool  # part of the archive cannot be read now, so nothing was removed
    failed: tuple[NotMade, ...]


def make_album(
    library: Library, folder: Path, which: Which, on_photos: Callable[[int, int], None], *, copy: bool
) -> AlbumSummary:
    """Have a folder hold a folder for each person, with a link to each photo that shows the person, or a copy.

    A photo is there once a person, however often it lies in the archive. Made again, the album follows the library;
    what somebody else put into it stays.

    Args:
        library: whose people and photos they are.
        folder: is made where it is missing.
        which: of the people.
        on_photos: is told how many entries of how many are settled.
        copy: photos are copied, with their times.

    Raises:
        UsageError: the folder is none for an album, or a person is not known; nothing was changed.
        ArchiveError: the archive is not there.
        LibraryError: the library is empty or damaged, or another process changes the album.
        StorageError: the album cannot be written.
    """
    scan = latest_scan(library)
    archive, place = archive_there(scan).resolve(), folder.resolve()
    check_place(place, archive, library.folder)
    entries = _entries(shown_people(library, scan, which).table, archive)
    incomplete = bool(pc.any(library.listing(scan)["offline"]).as_py())
    changes = bring_up_to_date(place, library.identity.id, entries, on_photos, copy=copy, remove=not incomplete)
    people = {entry.partition("/")[0] for entry in entries}
    photos = changes.made + changes.kept
    return AlbumSummary(len(people), photos, changes.made, changes.removed, incomplete, changes.failed)


def _entries(shown: pa.Table, archive: Path) -> dict[str, Path]:
    """The photos by the names of their entries, `<folder>/<file>`.

    Args:
        shown: schemas.SHOWN.
        archive: root of the archive.
    """
    columns = ["path", "photo_hash", "person", "name"]
    rows = shown.select(columns).to_pandas().drop_duplicates(["person", "photo_hash"])
    people = rows.drop_duplicates("person")
    folders = dict(
        zip(people["person"], folder_names(list(zip(people["person"], people["name"], strict=True))), strict=True)
    )
    entries = {}
    for person, paths in rows.groupby("person")["path"]:
        photos = list(map(_raw, paths))
        names = entry_names(map(os.path.basename, photos))
        entries |= {f"{folders[person]}/{name}": archive / photo for name, photo in zip(names, photos, strict=True)}
    return entries


def _raw(path: str) -> str:
    """The path as the operating system has it."""
    return os.fsdecode(text_to_path(path))
