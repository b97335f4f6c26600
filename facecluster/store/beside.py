"""Files beside photos: read whole, written whole or not at all, and only while they are what was read.

A new version is staged under a hidden name without a suffix, which no program takes for metadata; what a crash leaves
of it is swept by `replacement.sweep_copies`.
"""

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.files import STAGED
from facecluster.store.path_text import text_to_path

MAX_BYTES = 64 << 20  # 64 MiB; a sidecar has a few KB, one that carries a whole raw development a few MB

TOO_LONG = "its name would be longer than a file system takes: try --sidecar-style stem"
"""Of a sidecar that is not there; a photo of such a name has no room for a suffix behind it."""

_READ_AND_WRITE = 0o666  # metadata is no program: what else the photo's mode allows
_OWN = 0o600  # whoever writes a file can write it again
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_AT_FDCWD = -100  # fcntl.h: paths are as they are
_RENAME_NOREPLACE = 1  # renameat2(2), Linux 3.15


class Snapshot(NamedTuple):
    """A file as it was read."""

    path: Path
    data: bytes
    status: os.stat_result


def read_beside(root: Path, path: str) -> Snapshot:
    """A file below an archive; links are followed.

    Args:
        root: of the archive.
        path: path_to_text, relative to it.

    Raises:
        MetadataError: UNREADABLE: it is not there (its cause is a FileNotFoundError), no regular file, or cannot be
            read; TOO_LARGE.
    """
    full = _below(root, path)
    try:
        _refuse_what_is_no_file(full.stat())
        return _snapshot(full, os.O_RDONLY)
    except OSError as error:
        detail = TOO_LONG if error.errno == errno.ENAMETOOLONG else error.strerror or type(error).__name__
        raise MetadataError(MetadataFault.UNREADABLE, detail) from error


def replace_if_unchanged(snapshot: Snapshot, data: bytes) -> None:
    """Write a file anew, with the rights and the owner that it had. Its folder is not synced (`sync_folders`).

    Raises:
        MetadataError: CHANGED, LINKED, READ_ONLY or STORAGE; the file is as it was.
    """
    _refuse_what_must_stay(snapshot)
    with _staged(snapshot.path, data) as staged:
        _give(staged, snapshot.status)
        shutil.copystat(snapshot.path, staged)  # its rights, and attributes, which may be somebody's tags
        os.utime(staged)
        _sync(staged)
        _refuse_if_changed(snapshot)
        staged.replace(snapshot.path)


def create_new(root: Path, path: str, data: bytes, like: str) -> None:
    """Write a file that is not there yet, as readable as a photo and its owner's. Its folder is not synced.

    Args:
        root: of the archive.
        path: path_to_text, relative to it.
        data: what it is to hold.
        like: the photo, as `path`.

    Raises:
        MetadataError: CHANGED: there is one meanwhile, which is as it was; READ_ONLY; STORAGE.
    """
    full = _below(root, path)
    with _staged(full, data) as staged:
        photo = _below(root, like).stat()
        _give(staged, photo)
        staged.chmod(photo.st_mode & _READ_AND_WRITE | _OWN)
        _sync(staged)
        _rename_new(staged, full)


def remove_if_unchanged(snapshot: Snapshot) -> None:
    """Remove a file. Its folder is not synced.

    Raises:
        MetadataError: CHANGED, LINKED, READ_ONLY or STORAGE; the file is as it was.
    """
    _refuse_what_must_stay(snapshot)
    with write_errors():
        _refuse_if_changed(snapshot)
        snapshot.path.unlink()


def sync_folders(root: Path, paths: Iterable[str]) -> None:
    """Make what was renamed and removed survive a loss of power, each folder of these files once.

    Raises:
        MetadataError: STORAGE: it may not.
    """
    for folder in sorted({_below(root, path).parent for path in paths}):
        with write_errors():
            try:
                _sync(folder)
            except OSError as error:
                if error.errno != errno.EINVAL:  # some network file systems cannot sync a folder
                    raise


def _below(root: Path, path: str) -> Path:
    relative = PurePosixPath(os.fsdecode(text_to_path(path)))
    if relative.is_absolute() or ".." in relative.parts:
        raise MetadataError(MetadataFault.UNREADABLE, "its path leads out of the archive")
    return root / relative


def _snapshot(path: Path, how: int) -> Snapshot:
    descriptor = os.open(path, how | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait for a writer
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor
        # Asked again: another file may have taken the name.
        status = os.fstat(descriptor)
        _refuse_what_is_no_file(status)
        return Snapshot(path, stream.read(status.st_size), status)


def _refuse_what_is_no_file(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise MetadataError(MetadataFault.UNREADABLE, "it is no regular file")
    if status.st_size > MAX_BYTES:
        raise MetadataError(MetadataFault.TOO_LARGE, f"{status.st_size:,} bytes, at most {MAX_BYTES:,} are read")


def _refuse_what_must_stay(snapshot: Snapshot) -> None:
    if not os.path.lexists(snapshot.path):
        raise _changed()
    if snapshot.path.is_symlink():
        raise MetadataError(MetadataFault.LINKED, "it is a symbolic link: the file that it leads to is left alone")
    if snapshot.status.st_nlink > 1:
        raise MetadataError(MetadataFault.LINKED, f"it has {snapshot.status.st_nlink} names: the others would lose it")
    if not os.access(snapshot.path, os.W_OK):
        raise MetadataError(MetadataFault.READ_ONLY, "it is read-only")


def _refuse_if_changed(snapshot: Snapshot) -> None:
    try:
        now = _snapshot(snapshot.path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        now = None
    if now is None or _stamp(now.status) != _stamp(snapshot.status) or now.data != snapshot.data:
        raise _changed()


def _changed() -> MetadataError:
    return MetadataError(MetadataFault.CHANGED, "somebody changed it since it was read: run again")


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    """What changes when anybody writes to a file, swaps it, or gives it another name."""
    return status.st_dev, status.st_ino, status.st_nlink, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@contextlib.contextmanager
def _staged(path: Path, data: bytes) -> Iterator[Path]:
    """A new file beside another, which goes unless it is renamed."""
    staged = path.with_name(f"{STAGED}{secrets.token_hex(8)}")
    try:
        with write_errors():
            descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _OWN)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            yield staged
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


def _give(staged: Path, like: os.stat_result) -> None:
    """Hand a file to the owner of another, as far as we are allowed to."""
    with contextlib.suppress(PermissionError):
        os.chown(staged, like.st_uid, like.st_gid)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_new(staged: Path, path: Path) -> None:
    """Give a file its name if none has it. A link would do that too, and leave a file of two names after a crash."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename and not rename(_AT_FDCWD, os.fsencode(staged), _AT_FDCWD, os.fsencode(path), _RENAME_NOREPLACE):
        return
    error = ctypes.get_errno() if rename else errno.ENOSYS
    if error == errno.EEXIST or os.path.lexists(path):
        raise MetadataError(MetadataFault.CHANGED, "somebody made it meanwhile: run again")
    if error not in {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}:
        raise OSError(error, os.strerror(error))
    staged.rename(path)  # the system or the file system has no such call


@contextlib.contextmanager
def write_errors() -> Iterator[None]:
    """Within, what the system says against writing is told as of the metadata of a photo.

    Raises:
        MetadataError: READ_ONLY, STORAGE.
    """
    try:
        yield
    except OSError as error:
        fault = MetadataFault.READ_ONLY if error.errno in _NOT_ALLOWED else MetadataFault.STORAGE
        raise MetadataError(fault, error.strerror or type(error).__name__) from error
