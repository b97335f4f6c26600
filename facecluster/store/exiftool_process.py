"""One ExifTool that stays open: commands go in ahead of their answers, and a file that it hangs or dies on is told."""

import os
import secrets
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from facecluster.errors import MetadataError, MetadataFault
from facecluster.store import exiftool_child

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
        limited = [sys.executable, "-I", "-S", exiftool_child.__file__, str(MAX_MEMORY_BYTES)]
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
        last_error = f"{self._secret}{self._n_answered} ".encode()
        give_up_at = time.monotonic() + timeout_seconds
        while not (self._output.endswith(last_line) or last_line in self._output) or last_error not in self._errors:
            self._exchange(give_up_at, timeout_seconds)
        output, _, rest = bytes(self._output).partition(last_line)
        self._output = bytearray(rest)
        errors, _, rest = bytes(self._errors).partition(last_error)
        status, _, rest = rest.partition(b"\n")
        self._errors = bytearray(rest)
        return Answer(output, errors, status == b"0")

    def end(self) -> None:
        """Kill it; what it was to write is only ever a copy."""
        self._child.kill()
        self._child.wait()
        for pipe in self._pipes:
            pipe.close()

    def _exchange(self, give_up_at: float, timeout_seconds: float) -> None:
        """Send and receive what can be just now, or wait until something can be."""
        stdin, stdout, stderr = self._pipes
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ, self._output)
            selector.register(stderr, selectors.EVENT_READ, self._errors)
            if self._to_send:
                selector.register(stdin, selectors.EVENT_WRITE)
            ready = selector.select(max(0.0, give_up_at - time.monotonic()))
        if not ready:
            raise MetadataError(MetadataFault.TIMEOUT, f"ExifTool was not done with it within {timeout_seconds:g} s")
        for key, _ in ready:
            if key.fileobj is stdin:
                self._send()
            elif not self._receive(key.fd, key.data):
                raise MetadataError(MetadataFault.CRASH, f"ExifTool died on it: {self._how_it_died()}")

    def _send(self) -> None:
        try:
            del self._to_send[: os.write(self._pipes[0].fileno(), self._to_send[:_AT_ONCE_BYTES])]
        except BlockingIOError:  # it is busy; the rest follows with the next answer
            return
        except BrokenPipeError:  # it died: whoever waits for the answer is told
            self._to_send.clear()

    def _receive(self, descriptor: int, into: bytearray) -> bool:
        """Take what is there; whether there will be more."""
        data = os.read(descriptor, _AT_ONCE_BYTES)
        into += data
        if len(into) > MAX_ANSWER_BYTES:
            raise MetadataError(MetadataFault.TOO_LARGE, f"ExifTool finds more than {MAX_ANSWER_BYTES:,} bytes in it")
        return bool(data)

    def _how_it_died(self) -> str:
        self._child.kill()
        status = self._child.wait()
        said = bytes(self._errors).decode("utf-8", "replace").strip().splitlines()
        return said[-1][:200] if said else f"status {status}"


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
