"""Names that spread while somebody goes on naming: in a process of its own, which ends with this one."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from pydantic import ValidationError

from facecluster.errors import FaceclusterError
from facecluster.pipeline.review import spreading_child
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.progress import decisions_behind, names_record
from facecluster.settings import NamesSettings

ENOUGH_DECISIONS = 20
"""That names know nothing of, for them to be spread unasked."""

REST = 10.0
"""Times as long as it took last, names are not spread again unasked."""

LOOK_SECONDS = 3.0
"""Between two looks whether there is something to do."""

IN_USE_SECONDS = 15.0
"""Before a library is tried again that somebody else writes to: a run may take hours."""

ONE_CORE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""The others are for the page."""

Status = Literal["idle", "running", "waiting", "failed"]


class LastSpread(NamedTuple):
    """What came of it the last time, in whichever process that was."""

    at: str  # ISO 8601, UTC
    automatic: int  # faces that were named unasked
    proposed: int  # with a name to be confirmed


@dataclass(frozen=True)
class SpreadState:
    """How it stands."""

    status: Status  # waiting: somebody else writes to the library; failed: the last attempt
    since: str | None  # ISO 8601, UTC: when the one under way began
    error: str | None  # why it failed
    last: LastSpread | None  # None: the names of the current run never spread
    behind: int  # decisions of which the names know nothing


class Outcome(NamedTuple):
    """What came of an attempt, as its process tells it."""

    error: str | None = None
    in_use: bool = False  # the library was; it is tried again


class Spreading:
    """Spreads the names of a library when asked to, and when enough was decided. Any thread may ask."""

    def __init__(self, live: Live) -> None:
        """Begins to look whether enough was decided."""
        self._live = live
        self._turn = threading.Condition()
        self._is_asked = False
        self._is_ending = False
        self._child: subprocess.Popen[bytes] | None = None
        self._since: str | None = None
        self._outcome = Outcome()
        self._known = 0  # decisions that were made when it was tried last
        self._rest_until = 0.0  # of time.monotonic
        self._thread = threading.Thread(target=self._go_on, name="facecluster-spreading", daemon=True)
        self._thread.start()

    def ask(self) -> None:
        """Have names spread soon, unless they are being spread."""
        with self._turn:
            self._is_asked = self._child is None
            self._turn.notify_all()

    def state(self) -> SpreadState:
        """How it stands now.

        Raises:
            LibraryError: the library is damaged.
        """
        moment = self._live.now()
        record = names_record(moment, self._live.library)
        last = LastSpread(record["created_at"], record["automatic"], record["proposed"]) if record else None
        with self._turn:
            status = self._status()
            error = self._outcome.error if status == "failed" else None
            return SpreadState(status, self._since, error, last, decisions_behind(moment, record))

    def close(self) -> None:
        """Spread names no more; what is under way is broken off."""
        with self._turn:
            self._is_ending = True
            if self._child:
                self._child.kill()
            self._turn.notify_all()
        self._thread.join()

    def _status(self) -> Status:
        if self._outcome.in_use:
            return "waiting"
        if self._child or self._is_asked:
            return "running"
        return "failed" if self._outcome.error else "idle"

    def _go_on(self) -> None:
        """Look for something to do until it is time to end."""
        while not self._is_ending:
            if self._is_asked or self._is_due():
                self._attempt()
            with self._turn:
                if not self._is_ending and (self._outcome.in_use or not self._is_asked):
                    self._turn.wait(IN_USE_SECONDS if self._outcome.in_use else LOOK_SECONDS)

    def _is_due(self) -> bool:
        """Whether names know nothing of so much that they are spread unasked."""
        try:
            moment = self._live.now()
            behind = decisions_behind(moment, names_record(moment, self._live.library))
        except FaceclusterError:  # who asks for a page is told
            return False
        new = min(behind, moment.state.journal - self._known)
        return new >= ENOUGH_DECISIONS and time.monotonic() >= self._rest_until

    def _attempt(self) -> None:
        """Spread names, and note what came of it."""
        begin, outcome = time.monotonic(), Outcome()
        try:
            moment = self._live.now()
            self._known = moment.state.journal
            outcome = self._spread(_settings(names_record(moment, self._live.library)))
        except FaceclusterError as error:
            outcome = Outcome(str(error))
        except OSError as error:
            outcome = Outcome(f"No process can be started: {error.strerror}. Close other programs, then try again.")
        with self._turn:
            self._child = self._since = None
            self._outcome, self._is_asked = outcome._replace(error=self._without_paths(outcome.error)), outcome.in_use
            self._rest_until = time.monotonic() + REST * (time.monotonic() - begin)

    def _spread(self, settings: NamesSettings) -> Outcome:
        """What a process came to that spreads names."""
        with self._turn:
            if self._is_ending:
                return Outcome()
            self._child = child = _child(str(self._live.library.folder), settings.model_dump_json())
            self._since = datetime.now(UTC).isoformat(timespec="seconds")
        with child:
            assert child.stdout
            told = child.stdout.read()
            child.wait()  # before its standard input is closed, which would end it
        if child.returncode == 0:
            return Outcome(**json.loads(told))
        status = child.returncode
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return Outcome(f"The process in which names spread ended early ({how}), perhaps for want of memory.")

    def _without_paths(self, sentence: str | None) -> str | None:
        """The same for a page, which tells nobody where files lie."""
        folder = str(self._live.library.folder)
        return sentence and sentence.replace(f"{folder}{os.sep}", "").replace(folder, "the library")


def _settings(record: dict[str, Any] | None) -> NamesSettings:
    """Those by which names spread last, if they still are what they were."""
    try:
        return NamesSettings(**record["settings"]) if record else NamesSettings()
    except ValidationError:
        return NamesSettings()


def _child(folder: str, settings: str) -> "subprocess.Popen[bytes]":
    """A process that spreads names (spreading_child)."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-P", "-m", spreading_child.__name__, folder, settings],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **ONE_CORE},
        process_group=0,  # Ctrl-C is for the server, which then ends it
    )
