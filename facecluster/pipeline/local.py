"""Shards on this machine: worker processes, watched by this one. Needs no Ray."""

import contextlib
import multiprocessing as mp
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from facecluster.errors import FaceclusterError
from facecluster.pipeline.crew import WATCH_SECONDS, Crew
from facecluster.pipeline.decoder_child import die_with_parent
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import check_false_starts
from facecluster.pipeline.worker import (
    INDEXING,
    Job,
    Progress,
    ShardReport,
    Work,
    Worker,
    core_count,
    deadline_seconds,
    in_a_line,
)


class _Ready(NamedTuple):
    """A worker has loaded its pack."""


class _PhotoSettled(NamedTuple):
    """A worker has settled one photo more."""


class _Failed(NamedTuple):
    """A worker could not finish its shard, but lives."""

    detail: str


@dataclass
class _Worker:
    """A worker process as this process sees it."""

    process: BaseProcess
    connection: Connection
    false_starts: int  # workers before this one that died in its place before they were ready
    ready: bool = False
    shard: Shard | None = None
    deadline: float = field(default=float("inf"))  # on time.monotonic()
    settled: int = 0  # photos of the shard in hand


def run_local(shards: Sequence[Shard], job: Job, progress: Progress, work: Work = INDEXING) -> None:
    """Have shards worked off by processes of this machine; returns when every one is committed.

    What is done with them, `work`, opens a worker in each of them.

    Raises:
        FaceclusterError: a worker met what no other worker would survive either (disk full, weights damaged).
        WorkerError: workers die before they begin, or nothing succeeds any more.
    """
    _Pool(shards, job, progress, work).work_off()


class _Pool(Crew):
    """Processes at the other end of pipes."""

    def __init__(self, shards: Sequence[Shard], job: Job, progress: Progress, work: Work) -> None:
        super().__init__(shards, job, progress, work)
        self.workers: list[_Worker] = []

    def start(self) -> None:
        """Start as many workers as there is work for."""
        wanted = self.job.settings.runner.workers or core_count()
        for _ in range(min(wanted, len(self.queue))):
            self.workers.append(self._start(false_starts=0))

    def at_work(self) -> bool:
        """Whether any worker has a shard."""
        return any(worker.shard for worker in self.workers)

    def hand_out(self) -> None:
        """Give every idle worker a shard."""
        for worker in self.workers:
            if worker.ready and worker.shard is None and (shard := self.queue.take()):
                worker.shard, worker.settled = shard, 0
                worker.deadline = time.monotonic() + deadline_seconds(shard, self.job.settings)
                with contextlib.suppress(OSError):  # it died meanwhile: seen by `listen`
                    worker.connection.send(shard)

    def listen(self) -> None:
        """Wait for word from the workers, and act on it; replace those that died or hang."""
        sources = [source for worker in self.workers for source in (worker.connection, worker.process.sentinel)]
        wait(sources, timeout=WATCH_SECONDS)
        for index, worker in enumerate(self.workers):
            if loss := self._hear(worker):
                _end(worker)
                self.workers[index] = self._successor(worker, loss)

    def close(self) -> None:
        """End all workers, whatever they do."""
        for worker in self.workers:
            _end(worker)

    def _start(self, false_starts: int) -> _Worker:
        context = mp.get_context("spawn")
        ours, theirs = context.Pipe()
        with theirs, _interrupts_held_back():
            # A daemon is ended with this process even where `close` is never reached.
            process = context.Process(target=_serve, args=(self.work.open_worker, self.job, theirs), daemon=True)
            process.start()
        return _Worker(process, ours, false_starts)

    def _successor(self, worker: _Worker, loss: str) -> _Worker:
        """A worker in the place of one that was lost; its shard goes back to the queue."""
        false_starts = 0 if worker.ready else worker.false_starts + 1
        check_false_starts(false_starts, loss)
        if worker.shard:
            self._shard_failed(worker, worker.shard, loss)
        return self._start(false_starts)

    def _hear(self, worker: _Worker) -> str | None:
        """Act on what a worker has sent; why it is lost, if it is."""
        alive = worker.process.is_alive()  # asked first: what it sent before it died is still read
        messages = []
        try:
            while worker.connection.poll():
                messages.append(worker.connection.recv())
        except (EOFError, OSError):
            alive = False
        for message in messages:
            self._act(worker, message)
        if not alive:
            worker.process.join(WATCH_SECONDS)
            return f"the worker died (exit code {worker.process.exitcode})"
        if time.monotonic() > worker.deadline:
            return "the worker took longer than its deadline"
        return None

    def _act(self, worker: _Worker, message: object) -> None:
        match message:
            case _Ready():
                worker.ready = True
                self.progress.ready()
            case _PhotoSettled():
                worker.settled += 1
                self.progress.photos(1)
            case ShardReport():
                worker.shard, worker.deadline = None, float("inf")
                self.queue.succeeded()
                self.progress.shard(message)
            case _Failed(detail):
                assert worker.shard, "it fails at what it was given"
                self._shard_failed(worker, worker.shard, detail)
            case FaceclusterError():
                raise message

    def _shard_failed(self, worker: _Worker, shard: Shard, detail: str) -> None:
        self.progress.photos(-worker.settled)
        worker.shard, worker.deadline = None, float("inf")
        self.failed(shard, detail)


def _end(worker: _Worker) -> None:
    worker.connection.close()
    worker.process.kill()
    worker.process.join()


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started meanwhile, for good: it reaches the whole group, and we end ours."""
    resource_tracker.ensure_running()  # else the start of a process starts it first, which lets interrupts through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(open_worker: Callable[[Job], Worker], job: Job, connection: Connection) -> None:
    """The life of a worker process: load, then shard by shard until the other end is closed."""
    die_with_parent()
    try:
        with open_worker(job) as worker:
            connection.send(_Ready())
            while True:
                connection.send(_attempt(worker, connection.recv(), connection))
    except (EOFError, ConnectionError):
        return  # the parent is done with us
    except FaceclusterError as error:
        connection.send(error)


def _attempt(worker: Worker, shard: Shard, connection: Connection) -> ShardReport | _Failed:
    try:
        return worker.work(shard, lambda: connection.send(_PhotoSettled()))
    except (FaceclusterError, ConnectionError):
        raise
    except Exception as error:  # noqa: BLE001 - one photo must not end a run: the queue isolates it, and it becomes a row
        return _Failed(in_a_line(error))
