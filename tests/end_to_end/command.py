"""The command line in a process of its own, so that it can be killed, with a mark on everything it starts."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from facecluster.settings import Settings

PATIENCE_SECONDS = 120.0
"""For what must happen; a busy machine may take its time."""

MARK = "TEST_COMMAND_MARK"
_MAIN = "from facecluster.cli.main import main; main()"


class Started:
    """A command, started at once, in a session of its own."""

    def __init__(self, arguments: Sequence[str], folder: Path, package: Path | None = None) -> None:
        """Start it in a folder: not that of the project, where Python would look before it looks in `package`."""
        self.mark = uuid.uuid4().hex
        paths = [str(package)] if package else []
        environment = os.environ | {MARK: self.mark, "PYTHONPATH": os.pathsep.join([*paths, *filter(None, sys.path)])}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _MAIN, *arguments],
            env=environment,
            cwd=folder,
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill(self) -> None:
        """As `kill -9` on the command alone."""
        self.process.kill()
        self.end()

    def interrupt(self) -> None:
        """As Ctrl-C in a terminal."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self) -> tuple[int, str]:
        """Exit code and output, once it has ended and everything it started has too."""
        output, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        wait_until(lambda: not self.marked(), "everything this command started has ended")
        return self.process.returncode, output

    def marked(self, word: str = "") -> list[psutil.Process]:
        """The processes this command has started, those with a word in their command line."""
        return [
            process
            for process in psutil.process_iter()
            if process.pid != self.process.pid and self._is_marked(process, word)
        ]

    def _is_marked(self, process: psutil.Process, word: str) -> bool:
        try:
            return process.environ().get(MARK) == self.mark and word in " ".join(process.cmdline())
        except psutil.Error:  # ended meanwhile, or a zombie, which has no environment
            return False

    def wait_for(self, happened: Callable[[], object]) -> bool:
        """Wait for an event; False if the command ended first."""
        wait_until(lambda: bool(happened()) or self.process.poll() is not None, "the event or the end of the command")
        return self.process.poll() is None


class Command(Started):
    """`facecluster index ARCHIVE --library LIBRARY` with some settings."""

    def __init__(self, archive: Path, library: Path, settings: Settings, package: Path | None = None) -> None:
        config = library.with_name(f"settings-{uuid.uuid4().hex}.yaml")
        config.write_text(json.dumps(settings.model_dump(mode="json")))
        super().__init__(
            ["index", str(archive), "--library", str(library), "--config", str(config)], library.parent, package
        )


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Poll until something has happened."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:g} s in vain: {what}"
        time.sleep(0.02)
