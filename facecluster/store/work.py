"""What can be computed again, but not in a moment, in one file of the library: lost with no harm, never trusted unseen.

    work/<name>      how far a long computation has come
    graph/<name>     what a later one goes on from
                     both: sha256 of all that follows, in hexadecimal digits; a line of JSON; the bytes of the arrays

It is replaced whole at each save. What is torn, damaged or of another computation counts as not there.
"""

import hashlib
import json
import math
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from facecluster.errors import StorageError
from facecluster.store.files import STAGED, make_folder, read_file, replace_file

DIGEST_BYTES = 64
"""Hexadecimal digits of a sha256."""


class Saved(NamedTuple):
    """A state of a computation."""

    done: int  # of its steps, or whatever else it counts
    arrays: list[np.ndarray]  # its state after them; may be written to


class Work:
    """A folder of such files. Only who holds the library for writing may use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, key: str, saved: Saved) -> None:
        """Replace what was saved under this name.

        Args:
            name: of the computation.
            key: of its inputs: what was saved with another is not for them.
            saved: its state.

        Raises:
            StorageError: the write failed; what was saved before still is.
        """
        make_folder(self.folder)
        kinds = [(array.dtype.str, array.shape) for array in saved.arrays]
        header = json.dumps({"key": key, "done": saved.done, "arrays": kinds}).encode() + b"\n"
        parts = [header, *(array.ravel().view(np.uint8).data for array in saved.arrays if array.size)]
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
        replace_file(self.folder / name, digest.hexdigest().encode(), *parts)

    def load(self, name: str, key: str) -> Saved | None:
        """What was last saved under this name and key, if it is there and whole; clears unfinished saves away."""
        for staged in self.folder.glob(f"{STAGED}*"):
            staged.unlink(missing_ok=True)
        try:
            data = read_file(self.folder / name)
        except (FileNotFoundError, StorageError):
            return None
        if hashlib.sha256(memoryview(data)[DIGEST_BYTES:]).hexdigest().encode() != data[:DIGEST_BYTES]:
            return None
        start = data.index(b"\n") + 1
        header = json.loads(data[DIGEST_BYTES:start])
        if header["key"] != key:
            return None
        return Saved(header["done"], list(_arrays(data, start, header["arrays"])))

    def clear(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def sweep(self, horizon: float) -> None:
        """Remove what was saved before a time (seconds since the epoch)."""
        for path in self.folder.glob("*"):
            if path.stat().st_mtime < horizon:
                path.unlink(missing_ok=True)


def _arrays(data: bytes, start: int, kinds: Sequence[tuple[str, list[int]]]) -> Iterator[np.ndarray]:
    """Copies of the arrays whose bytes follow each other from `start` on."""
    for kind, shape in kinds:
        array = np.frombuffer(data, kind, math.prod(shape), start).reshape(shape)
        start += array.nbytes
        yield array.copy()
