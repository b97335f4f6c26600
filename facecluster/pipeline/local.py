"""Shards on this machine: worker processes, watched by this one. Needs no Ray."""

import contextlib
import multiprocessing as mp
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from facecluster.errors import FaceclusterError, WorkerError
from facecluster.pipeline.decoder import die_with_parent
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import ShardQueue
from facecluster.pipeline.worker import Job, Progress, ShardReport, ShardWorker, deadline_seconds, give_up
from facecluster.store.library import open_library

WATCH_SECONDS = 1.0
"""How often deadlines are looked at while nothing happens."""


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
    ready: bool = False
    shard: Shard | None = None
    deadline: float = field(default=float("inf"))  # on time.monotonic()
    settled: int = 0  # photos of the shard in hand


def run_local(shards: Sequence[Shard], job: Job, progress: Progress) -> None:
    """Have shards worked off by processes of this machine; returns when every one is committed.

    Raises:
        FaceclusterError: a worker met what no other worker would survive either (disk full, weights damaged).
        WorkerError: workers die before they begin, or nothing succeeds any more.
    """
    pool = _Pool(shards, job, progress)
    try:
        while pool.busy():
            pool.hand_out()
            pool.listen()
    finally:
        pool.close()


class _Pool:
    """The workers and the queue they draw from."""

    def __init__(self, shards: Sequence[Shard], job: Job, progress: Progress) -> None:
        self.job = job
        self.progress = progress
        self.queue = ShardQueue(shards, job.scan, job.fingerprint, job.settings.runner.max_attempts)
        count = min(job.settings.runner.workers or len(os.sched_getaffinity(0)), len(shards))
        self.workers = [_start(job) for _ in range(count)]

    def busy(self) -> bool:
        """Whether anything is left to do."""
        return len(self.queue) > 0 or any(worker.shard for worker in self.workers)

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
                self._end(worker)
                self._shard_failed(worker, loss)
                self.workers[index] = _start(self.job)

    def close(self) -> None:
        """End all workers, whatever they do."""
        for worker in self.workers:
            self._end(worker)

    def _hear(self, worker: _Worker) -> str | None:
        """Act on what a worker has sent; why it is lost, if it is."""
        alive = worker.process.is_alive()  # asked first: what it sent before it died is still read
        try:
            while worker.connection.poll():
                self._act(worker, worker.connection.recv())
        except (EOFError, OSError):
            alive = False
        if not alive:
            worker.process.join()
            return f"the worker died (exit code {worker.process.exitcode})"
        if time.monotonic() > worker.deadline:
            return "the worker took longer than its deadline"
        return None

    def _act(self, worker: _Worker, message: object) -> None:
        match message:
            case _Ready():
                worker.ready = True
            case _PhotoSettled():
                worker.settled += 1
                self.progress.photos(1)
            case ShardReport():
                worker.shard, worker.deadline = None, float("inf")
                self.queue.succeeded()
                self.progress.shard(message)
            case _Failed(detail):
                self._shard_failed(worker, detail)
            case FaceclusterError():
                raise message

    def _shard_failed(self, worker: _Worker, detail: str) -> None:
        if not worker.ready:
            raise WorkerError(
                f"A worker ended before it began: {detail}. Run `facecluster benchmark` to see what it lacks."
            )
        if worker.shard is None:
            return
        self.progress.photos(-worker.settled)
        lost = self.queue.failed(worker.shard, detail)
        worker.shard, worker.deadline = None, float("inf")
        if lost:
            report = give_up(open_library(self.job.library), self.job, lost, detail)
            self.progress.photos(1)
            self.progress.shard(report)

    @staticmethod
    def _end(worker: _Worker) -> None:
        worker.connection.close()
        worker.process.kill()
        worker.process.join()


def _start(job: Job) -> _Worker:
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(job, theirs), name="facecluster worker")
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(job: Job, connection: Connection) -> None:
    """The life of a worker process: load, then shard by shard until the other end is closed."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends us
    try:
        with ShardWorker(job) as worker:
            connection.send(_Ready())
            while True:
                connection.send(_attempt(worker, connection.recv(), connection))
    except (EOFError, BrokenPipeError):
        return  # the parent is done with us
    except FaceclusterError as error:
        connection.send(error)


def _attempt(worker: ShardWorker, shard: Shard, connection: Connection) -> ShardReport | _Failed:
    try:
        return worker.work(shard, lambda: connection.send(_PhotoSettled()))
    except (FaceclusterError, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - one photo must not end a run: the queue isolates it, and it becomes a row
        return _Failed(f"{type(error).__name__}: {error}")
