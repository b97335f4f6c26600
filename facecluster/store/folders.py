"""Folders of files that can be made again at any time: replaced whole or not at all, and never where they hold more."""

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from facecluster.errors import UsageError
from facecluster.store.files import FOLDER_MODE, file_names, read_file, replace_file, storage_error

CONTENTS = "contents.json"
"""Of such a folder: what it was made of, and the names of all its files."""

EXCHANGE = 2  # RENAME_EXCHANGE, renameat2(2), Linux 3.15
HERE = -100  # AT_FDCWD: paths are as they are


@contextlib.contextmanager
def replaced_folder(folder: Path, made_of: Mapping[str, Any]) -> Iterator[Path]:
    """A new folder to fill, which takes the place of an older one, whole, when the block ends well.

    What a process left behind that was killed meanwhile is cleared away by the next.

    Args:
        folder: what it is to be called.
        made_of: what its files are made of, in words of JSON (see `made_of`).

    Raises:
        UsageError: something is there under that name that was not written here.
        StorageError: a write failed; what was there before still is.
    """
    _check_replaceable(folder)
    _clear_left_behind(folder)
    with _staged(folder) as staged:
        yield staged
        files = sorted(path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file())
        record = json.dumps({**made_of, "files": files}, indent=1) + "\n"
        replace_file(staged / CONTENTS, record.encode())
        _check_replaceable(folder)
        try:
            _put_in_place(staged, folder)
        except OSError as error:
            raise storage_error("replace", folder, error) from error


def made_of(folder: Path) -> dict[str, Any] | None:
    """What the files of such a folder were made of; None where there is no such folder.

    Raises:
        StorageError: it cannot be read.
    """
    if folder.is_symlink() or not folder.is_dir():
        return None
    try:
        record = json.loads(read_file(folder / CONTENTS))
    except (FileNotFoundError, ValueError):
        return None
    return record if isinstance(record, dict) and isinstance(record.get("files"), list) else None


def _check_replaceable(folder: Path) -> None:
    """Raise unless nothing is there, or nothing but what was written here."""
    if not os.path.lexists(folder):
        return
    record = made_of(folder)
    if record is None:
        raise UsageError(
            f"Expected a new name, or a folder that was written here before, found that {folder} is something else. "
            "Nothing was changed: move it away, or choose another --output."
        )
    known = {CONTENTS, *record["files"]}
    others = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    if strange := next((name for name in others if name not in known), None):
        raise UsageError(
            f"Expected nothing in {folder} but what was written there before, found {strange}. Nothing was changed: "
            "move that file away, or choose another --output."
        )


@contextlib.contextmanager
def _staged(folder: Path) -> Iterator[Path]:
    """A new folder beside one, locked by this process; what it holds in the end is removed."""
    staged = folder.with_name(f"{_prefix(folder)}{secrets.token_hex(8)}")
    try:
        staged.mkdir(mode=FOLDER_MODE)
        lock = os.open(staged, os.O_RDONLY)
    except OSError as error:
        raise storage_error("write", folder, error) from error
    try:
        _lock(lock)
        yield staged
    finally:
        os.close(lock)
        shutil.rmtree(staged, ignore_errors=True)


def _clear_left_behind(folder: Path) -> None:
    """Remove what was staged for a folder by processes that are no more."""
    for name in file_names(folder.parent):
        left = folder.parent / name
        if not name.startswith(_prefix(folder)):
            continue
        with contextlib.suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if _lock(lock):
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def _prefix(folder: Path) -> str:
    return f".{folder.name}-being-written-"


def _lock(descriptor: int) -> bool:
    """Hold a folder as one's own until its descriptor is closed; False: another process does, or nobody can."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _put_in_place(staged: Path, folder: Path) -> None:
    """Let a staged folder bear the name; what bore it before lies under the staged name."""
    if not folder.exists():
        staged.rename(folder)
    elif not _exchanged(staged, folder):
        aside = staged.with_name(f"{staged.name}-before")
        folder.rename(aside)
        try:
            staged.rename(folder)
        except OSError:
            aside.rename(folder)
            raise
        aside.rename(staged)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have taken each other's name, at one stroke; not every system and file system can."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(HERE, os.fsencode(one), HERE, os.fsencode(other), ctypes.c_uint(EXCHANGE)) == 0:
        return True
    error = ctypes.get_errno()
    if error in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        return False
    raise OSError(error, os.strerror(error))
