"""Decoding in a process of its own, so that a file that hangs or crashes its decoder costs one photo.

The child is started by hand rather than by multiprocessing, which would import the caller's main module into it (Ray,
ONNX Runtime and all) and does not let daemons, as pool workers are, have children.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Pipe
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from facecluster.errors import PhotoError, PhotoFault, WorkerError
from facecluster.faces.decode import decode_photo
from facecluster.pipeline.decoder_child import Decode, Setup, serve
from facecluster.types import DecodedPhoto

if TYPE_CHECKING:
    from facecluster.settings import DecodeSettings

_START_SECONDS = 60.0  # to be ready: half a second on an idle machine
_HUNG_UP = (EOFError, BrokenPipeError, ConnectionResetError)  # what a pipe says when the other end has died


class DecoderProcess:
    """Decodes photos in a child process, one at a time; a child that breaks its limits is killed and replaced."""

    def __init__(self, settings: "DecodeSettings", decode: Decode = decode_photo) -> None:
        self._setup = Setup(decode, settings.max_megapixels, settings.memory_mb)
        self._timeout_seconds = settings.timeout_seconds
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """Of the child; None while there is none."""
        return self._child.process.pid if self._child else None

    def decode(self, data: bytes, min_long_side_px: int | None) -> DecodedPhoto:
        """The photo.

        Raises:
            PhotoError: as `decode_photo`, or TIMEOUT, CRASH, OUT_OF_MEMORY of the child.
            WorkerError: a decoder process cannot be started.
        """
        if self._child and self._child.process.poll() is not None:  # it died with no photo in its hands
            self.close()
        if not self._child:
            self._child = _Child(self._setup)
        self._child.send(data, min_long_side_px)
        try:
            return self._child.receive(self._timeout_seconds)
        except PhotoError as error:
            if error.fault in {PhotoFault.TIMEOUT, PhotoFault.CRASH, PhotoFault.OUT_OF_MEMORY}:
                self.close()
            raise

    def close(self) -> None:
        """End the child."""
        if self._child:
            self._child.end()
            self._child = None

    def __enter__(self) -> Self:
        """The decoder itself; `close` is called when the block ends."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """As `close`."""
        self.close()


class _Child:
    """The parent's side of one child process."""

    def __init__(self, setup: Setup) -> None:
        self.connection, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-c", f"from {serve.__module__} import serve; serve({theirs.fileno()})"],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_child_environment(),
                process_group=0,  # Ctrl-C is for the parent, which then closes the pipe
            )
        with suppress(*_HUNG_UP):  # `receive` will find that out and say so
            self.connection.send(setup)
        self._is_ready = False
        self._since = time.monotonic()

    def send(self, data: bytes, min_long_side_px: int | None) -> None:
        """Give the child, which has none, a photo."""
        self._since = time.monotonic()
        with suppress(*_HUNG_UP):
            self.connection.send(min_long_side_px)
            self.connection.send_bytes(data)

    def receive(self, timeout_seconds: float) -> DecodedPhoto:
        """The photo it was given."""
        self._wait_until_ready()
        if not self.connection.poll(max(0.0, self._since + timeout_seconds - time.monotonic())):
            raise PhotoError(PhotoFault.TIMEOUT, f"not decoded within {timeout_seconds:g} s (decode.timeout_seconds)")
        try:
            reply, shape = self.connection.recv()
            if isinstance(reply, PhotoError):
                raise reply
            pixels = np.empty(shape, np.uint8)
            _read_into(self.connection.fileno(), pixels.reshape(-1).data)
        except _HUNG_UP:
            raise self._why_it_died() from None
        return reply._replace(pixels=pixels)

    def end(self) -> None:
        """Kill it; it holds nothing that needs an orderly end."""
        self.connection.close()
        self.process.kill()
        self.process.wait()

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            if not self.connection.poll(_START_SECONDS):
                raise WorkerError(f"The decoder process was not ready within {_START_SECONDS:g} s.")
            self.connection.recv()
        except _HUNG_UP:
            status = self.process.wait()
            raise WorkerError(
                f"The decoder process ended with status {status} before it was ready; see above."
            ) from None
        self._is_ready = True
        self._since = time.monotonic()

    def _why_it_died(self) -> PhotoError:
        status = self.process.wait()
        if status == -signal.SIGKILL:  # nobody but the system's out-of-memory killer does that
            return PhotoError(PhotoFault.OUT_OF_MEMORY, "the decoder process was killed")
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return PhotoError(PhotoFault.CRASH, f"the decoder process ended with {how}")


def _read_into(descriptor: int, view: memoryview) -> None:
    """Fill a buffer with what comes; a `Connection` would gather it elsewhere first, ten times as slowly."""
    while view:
        count = os.readv(descriptor, [view])
        if not count:
            raise EOFError
        view = view[count:]


def _child_environment() -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        # Threads of numpy's libraries reserve memory for every core, and there is nothing for them to do.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
