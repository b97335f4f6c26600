"""Files of the archive as they are now: whether they are what they were when they were listed or written."""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH116, PTH118, PTH123

import hashlib
import os
import stat
from pathlib import Path

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.archive import PhotoFile
from facecluster.store.ledger import DigestOf
from facecluster.store.path_text import text_to_path


def full_path(root: Path, path: str) -> bytes:
    """Where a file of the archive is, by its path as listed."""
    return os.path.join(os.fsencode(root), text_to_path(path))


def is_as_listed(root: Path, file: PhotoFile) -> bool:
    """Whether a photo file has the size and the time of change that it was listed with.

    Raises:
        MetadataError: UNREADABLE: it is gone, or out of reach.
    """
    try:
        status = os.stat(full_path(root, file.path))
    except OSError as error:
        raise MetadataError(MetadataFault.UNREADABLE, error.strerror or type(error).__name__) from error
    return (status.st_size, status.st_mtime_ns) == (file.size, file.modified_ns)


def digest_below(root: Path) -> DigestOf:
    """How the files of an archive are looked at."""

    def digest_of(file: str, photo: str) -> str | None:
        try:
            descriptor = os.open(full_path(root, file), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would wait
        except FileNotFoundError:
            os.stat(full_path(root, photo))
            return None
        with open(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return ""  # of no file
            return hashlib.file_digest(stream, "sha256").hexdigest()

    return digest_of
