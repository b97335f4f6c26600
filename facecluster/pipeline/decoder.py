"""Decoding in a process of its own, so that a file that hangs or crashes its decoder costs one photo.

The child is started by hand rather than by multiprocessing, which would import the caller's main module into it (Ray,
ONNX Runtime and all) and does not let daemons, as pool workers are, have children. One photo at a time is with the
child; others that were handed in wait here. So the child always listens when it is sent to, and nothing but that photo
is lost with it.
"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from facecluster.errors import PhotoError, PhotoFault, WorkerError
from facecluster.faces.decode import decode_photo
from facecluster.types import DecodedPhoto

if TYPE_CHECKING:  # pydantic, which the child does without
    from facecluster.settings import DecodeSettings

Decode = Callable[[bytes, int | None, float], DecodedPhoto]
"""As faces.decode.decode_photo; pickled to the child."""

_START_SECONDS = 60.0  # to be ready: half a second on an idle machine
_HUNG_UP = (EOFError, BrokenPipeError, ConnectionResetError)  # what a pipe says when the other end has died
_MEGABYTE = 1_000_000
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


class _Setup(NamedTuple):
    """What the child is told first."""

    decode: Decode
    max_megapixels: float
    memory_mb: int


class Decoding:
    """A photo that was handed in."""

    def __init__(self, decoder: "DecoderProcess", data: bytes, min_long_side_px: int | None) -> None:
        self.request = (data, min_long_side_px)
        self.outcome: DecodedPhoto | PhotoError | None = None
        self._decoder = decoder

    def result(self) -> DecodedPhoto:
        """The photo, once it is decoded; photos handed in earlier are decoded first.

        Raises:
            PhotoError: as `decode_photo`, or TIMEOUT, CRASH, OUT_OF_MEMORY of the child.
            WorkerError: a decoder process cannot be started.
        """
        while self.outcome is None:
            self._decoder.finish_oldest()
        if isinstance(self.outcome, PhotoError):
            raise self.outcome
        return self.outcome


class DecoderProcess:
    """Decodes photos in a child process, within limits of time and memory; a child that breaks them is replaced.

    For one thread. While the caller works on one photo, another that was handed to `submit` is decoded.
    """

    def __init__(self, settings: "DecodeSettings", decode: Decode = decode_photo) -> None:
        self._setup = _Setup(decode, settings.max_megapixels, settings.memory_mb)
        self._timeout_seconds = settings.timeout_seconds
        self._waiting: deque[Decoding] = deque()  # oldest first; the oldest is with the child
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """Of the child; None while there is none."""
        return self._child.process.pid if self._child else None

    def decode(self, data: bytes, min_long_side_px: int | None) -> DecodedPhoto:
        """The photo; errors as `Decoding.result`."""
        return self.submit(data, min_long_side_px).result()

    def submit(self, data: bytes, min_long_side_px: int | None) -> Decoding:
        """Hand in a photo; it is decoded after those handed in before."""
        decoding = Decoding(self, data, min_long_side_px)
        self._waiting.append(decoding)
        if len(self._waiting) == 1:
            self._send_oldest()
        return decoding

    def finish_oldest(self) -> None:
        """Wait for the photo that is with the child, and give the child the next."""
        assert self._child, "a photo is waiting, so a child has it"
        try:
            outcome = self._child.receive(self._timeout_seconds)
        except PhotoError as error:
            outcome = error
            if error.fault in {PhotoFault.TIMEOUT, PhotoFault.CRASH, PhotoFault.OUT_OF_MEMORY}:
                self._end_child()
        self._waiting.popleft().outcome = outcome
        if self._waiting:
            self._send_oldest()

    def close(self) -> None:
        """End the child. Photos that were handed in and not asked for are dropped."""
        self._waiting.clear()
        self._end_child()

    def __enter__(self) -> Self:
        """The decoder itself; `close` is called when the block ends."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """As `close`."""
        self.close()

    def _send_oldest(self) -> None:
        if self._child and self._child.process.poll() is not None:  # it died with no photo in its hands
            self._end_child()
        if not self._child:
            self._child = _Child(self._setup)
        self._child.send(*self._waiting[0].request)

    def _end_child(self) -> None:
        if self._child:
            self._child.end()
            self._child = None


class _Child:
    """The parent's side of one child process."""

    def __init__(self, setup: _Setup) -> None:
        self.connection, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-c", f"from {__name__} import serve; serve({theirs.fileno()})"],
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


def serve(descriptor: int) -> None:
    """The life of the child: photo by photo, until the other end of the pipe is closed."""
    die_with_parent()
    with Connection(descriptor) as connection:
        setup: _Setup = connection.recv()
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
