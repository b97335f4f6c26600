"""Durable files in one folder: written whole or not at all, never twice, readable by their owner alone."""

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from facecluster.errors import StorageError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
STAGED = ".staged-"
"""Prefix of a file that is still being written; whatever bears it after a crash is garbage."""


def make_folder(folder: Path) -> None:
    """A private folder, and its parents, made where they are missing."""
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        for parent in reversed(missing):
            parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            _sync_folder(parent.parent)
    except OSError as error:
        raise storage_error("make the folder", folder, error) from error


def create_file(path: Path, data: bytes) -> None:
    """Write a new file so that it survives a crash from the moment this returns (see `create_files`)."""
    create_files(path.parent, {path.name: data})


def create_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write new files, by name, so that they survive a crash from the moment this returns.

    The bytes are staged beside them, synced, and linked to their names, so that a reader sees all of a file or none.

    Raises:
        FileExistsError: somebody else created one of them first; theirs is untouched.
        StorageError: a write failed; nothing is there under that name.
    """
    make_folder(folder)
    for name, data in contents.items():
        _create(folder / name, data)
    try:
        _sync_folder(folder)
    except OSError as error:
        raise storage_error("sync", folder, error) from error


def replace_file(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file that can be made again at any time (a report, an export) over an older one, whole or not at all.

    The parts follow each other in it.

    Raises:
        StorageError: the write failed; what was there before still is.
    """
    staged = path.with_name(f"{STAGED}{secrets.token_hex(8)}")
    try:
        _write_synced(staged, *parts)
        staged.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            staged.unlink()
        raise storage_error("write", path, error) from error


def remove_files(folder: Path, first: str) -> int:
    """Remove the files of a folder, one of them for good before any other is touched; how many bytes they held.

    Raises:
        StorageError: one could not be removed; those after it are still there.
    """
    try:
        sizes = {path: path.stat().st_size for path in folder.iterdir() if path.is_file()}
        (folder / first).unlink(missing_ok=True)
        _sync_folder(folder)
        for path in sizes:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error("empty", folder, error) from error
    return sum(sizes.values())


def remove_copies(folder: Path, names: Iterable[str]) -> None:
    """Remove files whose content stands in others of the folder too, once those are there for good.

    Raises:
        StorageError: one could not be removed; those after it are still there.
    """
    try:
        _sync_folder(folder)
        for name in names:
            (folder / name).unlink()
    except OSError as error:
        raise storage_error("remove copies from", folder, error) from error


@contextlib.contextmanager
def held(lock: Path, *, alone: bool) -> Iterator[bool]:
    """Hold a lock together with others, or alone if nobody else does just now; whether it is held.

    It goes with the process, however that ends. Where a file system has no locks, it is never held.

    Raises:
        StorageError: its file cannot be made.
    """
    make_folder(lock.parent)
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError as error:
        raise storage_error("make", lock, error) from error
    try:
        yield _locked(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if alone else fcntl.LOCK_SH)
    finally:
        with contextlib.suppress(OSError):  # nothing was written to it
            os.close(descriptor)


def file_names(folder: Path) -> list[str]:
    """The names in a folder, in no order; none if there is no folder.

    Raises:
        StorageError: it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise storage_error("read", folder, error) from error


def read_file(path: Path) -> bytes:
    """All bytes of a file.

    Raises:
        FileNotFoundError: there is none.
        StorageError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise storage_error("read", path, error) from error


def storage_error(action: str, path: Path, error: OSError) -> StorageError:
    """What to raise when a file or folder could not be written, made or locked: why, and what to do."""
    remedy = {
        errno.ENOSPC: "The disk is full: free some space, then run the same command again; it goes on from here.",
        errno.EDQUOT: "The disk quota is used up: free some space, then run the same command again.",
        errno.EACCES: "You lack the permission: choose another --library or change its owner.",
        errno.EROFS: "The file system is read-only: choose another --library.",
    }.get(error.errno or 0, "Nothing that was committed is lost; run the same command again when the fault is mended.")
    return StorageError(f"Cannot {action} {path}: {error.strerror or error}. {remedy}")


def _create(path: Path, data: bytes) -> None:
    staged = path.with_name(f"{STAGED}{secrets.token_hex(8)}")
    try:
        _write_synced(staged, data)
        _link_new(staged, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise storage_error("write", path, error) from error
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


def _write_synced(path: Path, *parts: bytes | memoryview) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        os.fsync(file.fileno())


def _link_new(staged: Path, path: Path) -> None:
    try:
        os.link(staged, path)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS}:
            raise
        with _turn(path.parent):  # FAT and some network shares have no hard links
            if path.exists():
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from error
            staged.rename(path)


@contextlib.contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Keep other writers out of a folder for a moment; where it cannot be locked, only the library's lock does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _locked(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot sync a folder
            raise
    finally:
        os.close(descriptor)
