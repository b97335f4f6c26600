"""What shows that a file of an archive is as it was: its size, and when it was changed."""

# Paths are bytes here, as the operating system has them; pathlib knows none.
# ruff: noqa: PTH116, PTH118

import os
from pathlib import Path

from facecluster.store.path_text import text_to_path


def stamp_of(root: Path, path: str) -> list[int] | None:
    """Bytes, and nanoseconds since the epoch, of a file or a folder below an archive; None: it cannot be had.

    That of a folder changes when a file in it is made, renamed or removed.

    Args:
        root: of the archive.
        path: path_to_text, relative to it; "": the root itself.
    """
    try:
        status = os.stat(os.path.join(os.fsencode(root), text_to_path(path)))
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]
