"""`facecluster review` as a process, which can be killed, stopped in its tracks, and started again on the same port."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.end_to_end.command import PATIENCE_SECONDS
from tests.web.review.browser import free_port

IN_ITS_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)"
"""As a shell starts a program: the terminal is its own."""

MAIN = [sys.executable, "-c", f"{IN_ITS_TERMINAL}; from facecluster.cli.main import main; main()"]


class ReviewProcess:
    """The review of a library, on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._news = folder.with_name(f"{folder.name}-review.txt")

    def start(self) -> None:
        """Answers from now on; `link` logs one browser in."""
        flags = ["--library", str(self.folder), "--port", str(self.port), "--no-browser"]
        self._terminal, of_process = pty.openpty()
        with self._news.open("ab") as news:
            self._process = subprocess.Popen(
                [*MAIN, "review", *flags],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=of_process,
                stdout=subprocess.PIPE,
                stderr=news,
                text=True,
                start_new_session=True,
            )
        os.close(of_process)
        self.link = self._printed()

    def another_link(self) -> str:
        """The link that it prints when Enter is pressed where it runs."""
        os.write(self._terminal, b"\n")
        return self._printed()

    def _printed(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline().strip()
        assert line.startswith(self.address), (line, self.said())
        return line

    def kill(self) -> None:
        """As `kill -9`, whatever it was doing."""
        self._process.kill()
        self._ended()

    def freeze(self) -> None:
        """It takes connections, as its machine does that for it, and answers none."""
        self._process.send_signal(signal.SIGSTOP)

    def end(self) -> int:
        """Ends it as Ctrl-C does; its exit code."""
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(signal.SIGINT)
        return self._ended()

    def _ended(self) -> int:
        self._process.communicate(timeout=PATIENCE_SECONDS)
        with contextlib.suppress(OSError):  # closed before
            os.close(self._terminal)
        return self._process.returncode

    def said(self) -> str:
        """All that it said to whoever started it, but for links."""
        return self._news.read_text()
