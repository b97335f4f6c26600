"""One ExifTool that stays open: commands go in ahead of their answers, and a file that it hangs or dies on is told."""

import os
import secrets
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store.exiftool import child as exiftool_child

MAX_MEMORY_BYTES = 1 << 30  # 1 GiB of addresses; it takes 60 MB, and more for a large file of the odd format
MAX_ANSWER_BYTES = 256 << 20  # 256 MiB: no metadata of a photo comes near

_AT_ONCE_BYTES = 1 << 16  # what a pipe holds on Linux


class Answer(NamedTuple):
    """What ExifTool said to one command."""

    output: bytes
    errors: bytes  # its warnings and errors, a line each
    ok: bool  # it says of itself that nothing failed


class ExifToolProcess:
    """A running ExifTool. Commands are answered in order; after an error of `answer` it is of no more use."""

    def __init__(self, program: Path) -> None:
        limited = [sys.executable, "-I", "-S", exiftool_child.__file__, str(MAX_MEMORY_BYTES), str(os.getpid())]
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter, our own script
            # "-config", first, keeps it from reading a program that somebody put into the home folder.
            [*limited, program, "-config", "", "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            process_group=0,  # Ctrl-C is for the parent, which then ends it
        )
        self._pipes = [pipe for pipe in (self._child.stdin, self._child.stdout, self._child.stderr) if pipe]
        for pipe in self._pipes:
            os.set_blocking(pipe.fileno(), False)
        self._to_send, self._output, self._errors = bytearray(), bytearray(), bytearray()
        self._speaks: dict[Any, bytearray] = dict(zip(self._pipes[1:], (self._output, self._errors), strict=True))
        self._n_asked = self._n_answered = 0
        self._secret = secrets.token_hex(8)  # so that no file name that ExifTool complains of looks like an end

    @property
    def pid(self) -> int:
        """Of the child."""
        return self._child.pid

    def ask(self, arguments: Sequence[bytes]) -> None:
        """Give it a command, an argument an entry (see `as_line`), before or after the answers to those before."""
        self._n_asked += 1
        end = f"-echo4\n{self._secret}{self._n_asked} ${{status}}\n-execute{self._n_asked}\n"
        self._to_send += b"".join(argument + b"\n" for argument in arguments) + end.encode()
        self._send()

    def answer(self, timeout_seconds: float) -> Answer:
        """What it says to the first command that is not answered yet.

        Raises:
            MetadataError: TIMEOUT; CRASH: it died; TOO_LARGE: it does not end to answer.
        """
        self._n_answered += 1
        last_line = f"{{ready{self._n_answered}}}\n".encode()
        last_error = f"{self._secret}{self._n_answered} ".encode()  # then the status, and a line break
        give_up_at = time.monotonic() + timeout_seconds
        searched = 0  # a long answer is not gone through again with each piece of it
        while self._output.find(last_line, searched) < 0:
            searched = max(0, len(self._output) - len(last_line))
            self._exchange(give_up_at, timeout_seconds)
        while b"\n" not in self._errors.partition(last_error)[2]:
            self._exchange(give_up_at, timeout_seconds)
        output = _taken(self._output, last_line)
        errors = _taken(self._errors, last_error)
        return Answer(output, errors, _taken(self._errors, b"\n") == b"0")

    def end(self) -> None:
        """Kill it; what it was to write is only ever a copy."""
        self._child.kill()
        self._child.wait()
        for pipe in self._pipes:
            pipe.close()

    def _exchange(self, give_up_at: float, timeout_seconds: float) -> None:
        """Send and receive what can be just now, or wait until something can be."""
        if not self._speaks:
            raise MetadataError(MetadataFault.CRASH, f"ExifTool died on it: {self._how_it_died()}")
        stdin = self._pipes[0]
        with selectors.DefaultSelector() as selector:
            for pipe in self._speaks:
                selector.register(pipe, selectors.EVENT_READ)
            if self._to_send:
                selector.register(stdin, selectors.EVENT_WRITE)
            ready = selector.select(max(0.0, give_up_at - time.monotonic()))
        if not ready:
            raise MetadataError(MetadataFault.TIMEOUT, f"ExifTool was not done with it within {timeout_seconds:g} s")
        for key, _ in ready:
            if key.fileobj is stdin:
                self._send()
            else:
                self._receive(key.fileobj)

    def _send(self) -> None:
        try:
            del self._to_send[: os.write(self._pipes[0].fileno(), self._to_send[:_AT_ONCE_BYTES])]
        except BlockingIOError:  # it is busy; the rest follows with the next answer
            return
        except BrokenPipeError:  # it died: whoever waits for the answer is told
            self._to_send.clear()

    def _receive(self, pipe: Any) -> None:
        data, into = os.read(pipe.fileno(), _AT_ONCE_BYTES), self._speaks[pipe]
        if not data:  # what it said before it died still counts, on the other pipe too
            del self._speaks[pipe]
        into += data
        if len(into) > MAX_ANSWER_BYTES:
            raise MetadataError(MetadataFault.TOO_LARGE, f"ExifTool finds more than {MAX_ANSWER_BYTES:,} bytes in it")

    def _how_it_died(self) -> str:
        self._child.kill()
        status = self._child.wait()
        said = bytes(self._errors).partition(self._secret.encode())[0].decode("utf-8", "replace").strip().splitlines()
        return said[-1][:200] if said else f"status {status}"


def _taken(buffer: bytearray, end: bytes) -> bytes:
    """What stands before an end in a buffer, which both leave."""
    taken = bytes(buffer[: buffer.index(end)])
    del buffer[: len(taken) + len(end)]
    return taken


def as_line(argument: bytes) -> bytes | None:
    """An argument as a line of ExifTool's argument files; None where they cannot hold it.

    Plain lines hold everything but line breaks. The form with escapes holds those, but makes a dollar or an at sign
    into two characters.
    """
    if b"\0" in argument:
        return None
    if b"\n" not in argument and b"\r" not in argument:
        return argument
    if b"$" in argument or b"@" in argument:
        return None
    escaped = argument.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return b"#[CSTR]" + escaped


def _environment() -> dict[str, str]:
    perl = {"PERL5OPT", "PERL5DB", "PERL_UNICODE"}  # would run or change what we do not know
    kept = {name: value for name, value in os.environ.items() if name not in perl}
    return kept | {"LC_ALL": "C.UTF-8", "PERL_BADLANG": "0"}
