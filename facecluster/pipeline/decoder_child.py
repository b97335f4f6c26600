"""The life of the decoder process: photo by photo, within a limit of memory.

Light: it imports no table and no network. Its start-up is half a second of every run, and of every photo that takes it
down.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import numpy as np

from facecluster.errors import PhotoError, PhotoFault
from facecluster.types import DecodedPhoto

Decode = Callable[[bytes, int | None, float], DecodedPhoto]
"""As faces.decode.decode_photo; pickled to the child."""

_MEGABYTE = 1_000_000
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class Setup(NamedTuple):
    """What the child is told first."""

    decode: Decode
    max_megapixels: float
    memory_mb: int


def serve(descriptor: int) -> None:
    """The life of the child: photo by photo, until the other end of the pipe is closed."""
    die_with_parent()
    with Connection(descriptor) as connection:
        setup: Setup = connection.recv()
        _limit_memory(setup.memory_mb)
        _silence_errors()
        connection.send("ready")
        while True:
            try:
                min_long_side_px = connection.recv()
                data = connection.recv_bytes()
            except EOFError:
                return
            try:
                photo = setup.decode(data, min_long_side_px, setup.max_megapixels)
            except PhotoError as error:
                connection.send((error, None))
            except MemoryError:
                connection.send((PhotoError(PhotoFault.OUT_OF_MEMORY), None))
            else:
                connection.send((photo._replace(pixels=np.empty((0, 0, 3), np.uint8)), photo.pixels.shape))
                _write_all(descriptor, np.ascontiguousarray(photo.pixels).reshape(-1).data)


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends. Linux only; elsewhere pipes must tell."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _write_all(descriptor: int, view: memoryview) -> None:
    while view:
        view = view[os.write(descriptor, view) :]


def _limit_memory(megabytes: int) -> None:
    """Let this process have so much memory more than it has now. Linux only."""
    if sys.platform == "linux":
        data_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
        limit = data_pages * resource.getpagesize() + megabytes * _MEGABYTE
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _silence_errors() -> None:
    """Drop what the libraries print about broken files."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
