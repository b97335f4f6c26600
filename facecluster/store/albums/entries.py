"""The entries of albums: links and copies, made and removed one by one, never mistaken for what others put there."""

import errno
import os
import shutil
import stat
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import StorageError, UsageError
from facecluster.store.path_text import path_to_text, text_to_path

TIMES_APART_NS = 2_000_000_000
"""FAT keeps times to two seconds."""

COPIED_AT_ONCE = 1 << 20  # bytes
PERMISSIONS = 0o666  # of a copy: those of its photo, but for running it

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}
NO_MORE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
"""Faults after which no other entry could be made either."""


class Mark(NamedTuple):
    """What an entry is: a link by where it leads, a copy by its size and time."""

    leads_to: str  # path_to_text: of a link as it stands there; of a copy the photo
    size: int | None = None  # of a copy, bytes; None: a link
    modified_ns: int = 0  # of a copy, since the epoch


class Entry(NamedTuple):
    """An entry as it is to be."""

    path: Path
    photo: Path
    mark: Mark


class EntryError(Exception):
    """One entry cannot be made or removed; `str()` of it says why."""


def planned_entry(path: Path, photo: Path, *, copy: bool) -> Entry:
    """The entry at a path for a photo; a link is relative where both lie in one folder, however high up.

    Raises:
        EntryError: the photo cannot be read.
    """
    try:
        status = photo.stat()
    except OSError as error:
        raise _unreadable(error) from error
    if not stat.S_ISREG(status.st_mode):
        raise EntryError("the photo is no file any more")
    if copy:
        return Entry(path, photo, Mark(path_to_text(photo), status.st_size, status.st_mtime_ns))
    far = os.path.commonpath([path, photo]) == path.anchor
    return Entry(path, photo, Mark(path_to_text(photo if far else os.path.relpath(photo, path.parent))))


def make_entry(entry: Entry, ours: Collection[Mark], staged: Path) -> bool:
    """Have an entry at its place, instead of an older one of ours; False: it was there.

    Args:
        entry: to be made.
        ours: marks of what we put there before.
        staged: where a copy is written first, on the same disk.

    Raises:
        EntryError: something that is not ours is in the way, or the photo cannot be copied.
        UsageError: no links can be made there.
        StorageError: nothing can be written there any more.
    """
    try:
        if found := _mark_at(entry.path):
            may_be = [mark for mark in (ours or (entry.mark,)) if _same(found, mark)]
            if not may_be:
                raise EntryError("something else is there, which stays")
            if set(may_be) == {entry.mark}:
                return False
            entry.path.unlink()
        entry.path.parent.mkdir(exist_ok=True)
        if entry.mark.size is None:
            _link(entry.path, entry.mark.leads_to)
        else:
            _copy(entry, staged)
    except OSError as error:
        raise _fault(entry.path, error) from error
    return True


def remove_entry(path: Path, ours: Collection[Mark]) -> bool:
    """Remove what stands at a path if it is ours, and then its folder if it is empty; whether something was removed.

    Raises:
        EntryError: it cannot be removed.
        StorageError: nothing can be changed there any more.
    """
    try:
        found = _mark_at(path)
        if found is None or not any(_same(found, mark) for mark in ours):
            return False
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise _fault(path, error) from error
    return True


def _mark_at(path: Path) -> Mark | None:
    """What stands at a path, as far as it shows; None: nothing. What is neither link nor file has a mark of no entry.

    Raises:
        EntryError: its folder is a link, so what stands there stands elsewhere.
    """
    if path.parent.is_symlink():
        raise EntryError("its folder is a link to another, which stays as it is")
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(status.st_mode):
        return Mark(path_to_text(path.readlink()))
    return Mark("", status.st_size if stat.S_ISREG(status.st_mode) else -1, status.st_mtime_ns)


def _same(found: Mark, mark: Mark) -> bool:
    """Whether what stands there may be what a mark is of."""
    if mark.size is None:
        return found == mark
    return found.size == mark.size and abs(found.modified_ns - mark.modified_ns) <= TIMES_APART_NS


def _link(path: Path, target: str) -> None:
    try:
        path.symlink_to(os.fsdecode(text_to_path(target)))
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        raise UsageError(f"There can be no links in {path.parent} ({error.strerror}): add --copy.") from error


def _copy(entry: Entry, staged: Path) -> None:
    staged.unlink(missing_ok=True)  # left by a process that was killed
    try:
        source = entry.photo.open("rb")
    except OSError as error:
        raise _unreadable(error) from error
    with source, staged.open("xb") as target:
        shutil.copyfileobj(source, target, COPIED_AT_ONCE)
        status = os.fstat(source.fileno())
        if (status.st_size, status.st_mtime_ns) != entry.mark[1:] or target.tell() != entry.mark.size:
            raise EntryError("the photo was changed while it was copied")
        target.flush()
        os.fchmod(target.fileno(), status.st_mode & PERMISSIONS)
        os.utime(target.fileno(), ns=(status.st_atime_ns, status.st_mtime_ns))
        os.fsync(target.fileno())
    staged.replace(entry.path)


def _unreadable(error: OSError) -> EntryError:
    return EntryError(f"the photo cannot be read: {error.strerror or error}")


def _fault(path: Path, error: OSError) -> EntryError | StorageError:
    if error.errno in NO_MORE:
        return StorageError(
            f"Cannot change {path}: {error.strerror}. What was made stays; mend that, then run the same command again."
        )
    return EntryError(f"cannot be changed: {error.strerror or error}")
