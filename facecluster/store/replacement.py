"""A photo -> a changed copy beside it -> the photo: whole or not at all, and only while it is what was read.

A copy is staged under a hidden name without a suffix, so that no listing takes it for a photo. What a crash leaves
behind is swept when somebody next writes into that folder.
"""

import contextlib
import functools
import hashlib
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.archive import MAX_FILE_BYTES
from facecluster.store.beside import write_errors
from facecluster.store.files import FILE_MODE, STAGED

_LEFT_OVER_SECONDS = 3600  # a copy of that age is nobody's work in progress: the slowest photo takes two minutes

_ANYBODY_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Original(NamedTuple):
    """A photo as it was read."""

    path: Path
    data: bytes
    status: os.stat_result


class Staged(NamedTuple):
    """A copy of a photo, durable and complete, that is to take its place."""

    photo: Path
    copy: Path
    before: str  # sha256 of the photo, hex
    sha256: str  # of the copy, hex
    status: os.stat_result  # of the photo


def read_original(path: Path) -> Original:
    """A photo that can be replaced.

    Raises:
        MetadataError: LINKED, READ_ONLY, TOO_LARGE; UNREADABLE where it is no file or cannot be read.
    """
    try:
        _refuse_what_cannot_be_replaced(path, path.lstat())
        # A link that took the name meanwhile is not followed, and a pipe not waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor
            status = os.fstat(descriptor)
            _refuse_what_cannot_be_replaced(path, status)
            return Original(path, stream.read(status.st_size), status)
    except OSError as error:
        raise MetadataError(MetadataFault.UNREADABLE, error.strerror or type(error).__name__) from error


@contextlib.contextmanager
def copy_beside(original: Original) -> Iterator[Path]:
    """A name beside a photo for a copy of it; whatever stands there, or was begun there, goes if the block fails.

    Raises:
        MetadataError: READ_ONLY or STORAGE, for what the file system refuses in the block.
    """
    copy = original.path.with_name(f"{STAGED}{secrets.token_hex(8)}")
    try:
        with write_errors():
            yield copy
    except BaseException:
        for left_over in (copy, copy.with_name(f"{copy.name}_exiftool_tmp")):
            with contextlib.suppress(OSError):
                left_over.unlink()
        raise


def write_copy(copy: Path, data: bytes) -> None:
    """Write a copy for which there is a name; it is not synced."""
    descriptor = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def ready(original: Original, copy: Path) -> Staged:
    """The copy as the photo was in all but its bytes (owner, rights, attributes, times), written through to the disk.

    Raises:
        MetadataError: READ_ONLY or STORAGE.
    """
    with write_errors():
        status = copy.stat()
        if (status.st_uid, status.st_gid) != (original.status.st_uid, original.status.st_gid):
            os.chown(copy, original.status.st_uid, original.status.st_gid)
        shutil.copystat(original.path, copy, follow_symlinks=False)
        os.utime(copy, ns=(original.status.st_atime_ns, original.status.st_mtime_ns))
        sha256 = _synced_digest(copy)
    return Staged(original.path, copy, hashlib.sha256(original.data).hexdigest(), sha256, original.status)


def commit(staged: Staged) -> None:
    """Put the copy in the photo's place.

    Raises:
        MetadataError: CHANGED, where the photo is no longer what was read; LINKED, READ_ONLY, STORAGE. The photo is as
            it was, and the copy gone.
    """
    try:
        _refuse_if_changed(staged, read_original(staged.photo))
        with write_errors():
            staged.copy.replace(staged.photo)
    except BaseException:
        discard(staged)
        raise
    with contextlib.suppress(OSError):  # the photo is the new one either way, if perhaps not after a loss of power
        _sync_folder(staged.photo.parent)


def discard(staged: Staged) -> None:
    """Leave the photo as it is, without a copy beside it."""
    with contextlib.suppress(OSError):
        staged.copy.unlink()


@functools.lru_cache(maxsize=1024)
def sweep_copies(folder: Path) -> None:
    """Remove the copies that a crash left behind in a folder of photos; a process looks once into each."""
    oldest = time.time() - _LEFT_OVER_SECONDS
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(STAGED) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    if entry.stat(follow_symlinks=False).st_ctime < oldest:
                        os.unlink(entry.path)  # noqa: PTH108 - as the listing has it


def _refuse_what_cannot_be_replaced(path: Path, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise MetadataError(MetadataFault.LINKED, "a symbolic link: the photo it leads to is left alone")
    if not stat.S_ISREG(status.st_mode):
        raise MetadataError(MetadataFault.UNREADABLE, "not a regular file")
    if status.st_nlink > 1:
        raise MetadataError(MetadataFault.LINKED, f"{status.st_nlink} names for one file: the others would lose it")
    if status.st_size > MAX_FILE_BYTES:
        raise MetadataError(MetadataFault.TOO_LARGE, f"{status.st_size:,} bytes, at most {MAX_FILE_BYTES:,}")
    # Whoever took all rights to write it away meant it, and root too is to heed that.
    if not status.st_mode & _ANYBODY_WRITES or not os.access(path, os.W_OK):
        raise MetadataError(MetadataFault.READ_ONLY, "the file is read-only")
    if not os.access(path.parent, os.W_OK):
        raise MetadataError(MetadataFault.READ_ONLY, "its folder is read-only")


def _refuse_if_changed(staged: Staged, now: Original) -> None:
    if _stamp(now.status) != _stamp(staged.status) or hashlib.sha256(now.data).hexdigest() != staged.before:
        raise MetadataError(MetadataFault.CHANGED, "it was written to since it was read; run again")


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    """What changes when anybody writes to a file or swaps it."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _synced_digest(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
