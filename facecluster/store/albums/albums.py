"""Albums: folders of links to photos, or of copies, that follow what they are made from and touch nothing else.

    FOLDER/<folder>/<photo>                  a symbolic link, or a copy with the time of the photo (album_entries.py)
    FOLDER/.facecluster-album/contents.json  which entries are ours (album_contents.py)
    FOLDER/.facecluster-album/lock           held by the one process that changes the album

What is about to be made is in the contents before it is there: a kill at any moment leaves nothing of ours unknown.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import filelock

from facecluster.errors import LibraryInUseError, StorageError, UsageError
from facecluster.store.albums.contents import CONTENTS, OURS, Marks, read_contents, with_mark, write_contents
from facecluster.store.albums.entries import Entry, EntryError, make_entry, planned_entry, remove_entry
from facecluster.store.files import FILE_MODE, STAGED, file_names


class NotMade(NamedTuple):
    """An entry that is not as it should be."""

    entry: str
    reason: str


class AlbumChanges(NamedTuple):
    """What became of the entries of an album."""

    made: int
    kept: int  # they were as they should be
    removed: int
    failed: tuple[NotMade, ...]


def check_place(folder: Path, archive: Path, library: Path) -> None:
    """Raise unless an album may stand there.

    Raises:
        UsageError: it would be inside the archive or the library, or something else is there.
    """
    above = [parent for parent in (folder, *folder.parents) if parent.exists()]
    for name, place in (("archive, where its entries would be taken for photos", archive), ("library", library)):
        if place.exists() and any(parent.samefile(place) for parent in above):
            raise UsageError(f"Expected a folder outside the {name}: {folder} lies in {place}. Choose another.")
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"Expected a folder or a new name, found that {folder} is neither. Choose another.")
    strange = [name for name in file_names(folder) if not name.startswith(".")]
    if strange and not (folder / OURS / CONTENTS).exists():
        raise UsageError(
            f"Expected a new or empty folder, or an album that was made here before: {folder} holds {min(strange)}. "
            "Nothing was changed: choose another."
        )


def bring_up_to_date(
    folder: Path,
    library: str,
    wanted: Mapping[str, Path],
    on_entries: Callable[[int, int], None],
    *,
    copy: bool,
    remove: bool = True,
) -> AlbumChanges:
    """Make an album hold these entries, and of ours no others; what is not ours stays.

    A photo that cannot be read keeps the entry that it has.

    Args:
        folder: of the album, absolute and without links in it; see `check_place`.
        library: id of the library that it is made of.
        wanted: photos, absolute and without links, by entries, `<folder>/<file>`.
        on_entries: is told how many of these are settled, of how many.
        copy: the entries are copies, else links.
        remove: those that are not wanted go; else they stay, and go another time.

    Raises:
        UsageError: the album is of another library, or no links can be made there.
        LibraryInUseError: another process changes it just now.
        StorageError: a write failed; run again, and it goes on from there.
    """
    with _held(folder):
        before = read_contents(folder, library)
        known = before or {}
        entries, unread = _planned(folder, wanted, copy=copy)
        intended = known | {name: with_mark(entry.mark, known.get(name, ())) for name, entry in entries.items()}
        write_contents(folder, library, intended, before)
        others = {name: marks for name, marks in known.items() if name not in wanted}
        removed, stuck = _remove(folder, others) if remove else (0, [])
        made, kept, failed = _make(folder, entries, known, on_entries)
        ours = {name: (entries[name].mark,) for name in (*made, *(name for name in kept if name in known))}
        ours |= {one.entry: known[one.entry] for one in (*unread, *stuck, *failed) if one.entry in known}
        ours |= {} if remove else others
        write_contents(folder, library, ours, intended)
    return AlbumChanges(len(made), len(kept), removed, (*unread, *stuck, *failed))


def _planned(folder: Path, wanted: Mapping[str, Path], *, copy: bool) -> tuple[dict[str, Entry], list[NotMade]]:
    """The entries to be made, by name, and those whose photos cannot be read."""
    entries, unread = {}, []
    for name, photo in wanted.items():
        try:
            entries[name] = planned_entry(folder / name, photo, copy=copy)
        except EntryError as error:
            unread.append(NotMade(name, str(error)))
    return entries, unread


def _remove(folder: Path, marks: Marks) -> tuple[int, list[NotMade]]:
    """Remove these entries as far as they are ours; how many were, and those that could not be."""
    removed, stuck = 0, []
    for name, ours in marks.items():
        try:
            removed += remove_entry(folder / name, ours)
        except EntryError as error:
            stuck.append(NotMade(name, str(error)))
    return removed, stuck


def _make(
    folder: Path, entries: Mapping[str, Entry], known: Marks, on_entries: Callable[[int, int], None]
) -> tuple[list[str], list[str], list[NotMade]]:
    """Make these entries; those that are new, those that were there, and those that could not be made."""
    made, kept, failed = [], [], []
    staged = folder / OURS / f"{STAGED}copy"
    for settled, (name, entry) in enumerate(entries.items(), 1):
        try:
            (made if make_entry(entry, known.get(name, ()), staged) else kept).append(name)
        except EntryError as error:
            failed.append(NotMade(name, str(error)))
        on_entries(settled, len(entries))
    return made, kept, failed


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The folder of an album, made where it is missing, for this process alone."""
    try:
        (folder / OURS).mkdir(parents=True, exist_ok=True)
        held = filelock.FileLock(folder / OURS / "lock", timeout=0, mode=FILE_MODE).acquire()
    except filelock.Timeout as error:
        raise LibraryInUseError(
            f"Another facecluster changes the album in {folder} just now: wait until it ends."
        ) from error
    except OSError as error:
        raise StorageError(f"Cannot write to {folder}: {error.strerror or error}. Choose another folder.") from error
    with held:
        for name in file_names(folder / OURS):
            if name.startswith(STAGED):  # by a process that was killed
                (folder / OURS / name).unlink()
        yield
