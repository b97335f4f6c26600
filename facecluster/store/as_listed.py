"""A photo file as it was listed <-> as it is now, without a look into it."""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH116, PTH118

import os
from pathlib import Path

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.archive import PhotoFile
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
