"""Shards on a Ray cluster: actors that each hold a pack and pull shards. The only file that imports Ray.

Only shards (names of photos) and reports (counts) cross Ray; pixels and tables never do. All nodes must see the
archive and the library under the same paths. Ray retries nothing by itself: what failed goes through the same queue
as on one machine.
"""

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read when Ray is imported: nothing is reported anywhere

import ray
from ray.actor import ActorHandle
from ray.exceptions import RayActorError, RayTaskError

from facecluster.errors import FaceclusterError, WorkerError
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import ShardQueue
from facecluster.pipeline.worker import Job, Progress, ShardReport, ShardWorker, deadline_seconds, give_up
from facecluster.settings import RunnerSettings
from facecluster.store.library import open_library

SHARDS_IN_FLIGHT = 2
"""An actor works on one shard while the next waits at its door, so that it never idles for a round trip."""

WATCH_SECONDS = 1.0

MAX_FALSE_STARTS = 5

WORKER_ENVIRONMENT = {"ORT_DISABLE_TELEMETRY": "1", "RAY_USAGE_STATS_ENABLED": "0"}


class ShardActor:
    """A worker inside a Ray actor. Errors that end a run travel as values, since Ray would wrap them."""

    def __init__(self, job: Job) -> None:
        self.error: FaceclusterError | None = None
        try:
            self.worker = ShardWorker(job)
        except FaceclusterError as error:
            self.error = error

    def ready(self) -> FaceclusterError | None:
        """None when the pack is loaded, else why not."""
        return self.error

    def work(self, shard: Shard) -> ShardReport | FaceclusterError:
        """Process and commit a shard."""
        try:
            return self.worker.work(shard)
        except FaceclusterError as error:
            return error


@dataclass
class _Actor:
    """An actor as the driver sees it, with what it was given, oldest first; a task without a shard is its `ready`."""

    handle: ActorHandle
    tasks: deque[tuple[ray.ObjectRef, Shard | None]] = field(default_factory=deque)
    deadline: float = float("inf")  # on time.monotonic(), of the oldest task


def run_ray(shards: Sequence[Shard], job: Job, progress: Progress) -> None:
    """Have shards worked off by actors of a Ray cluster; returns when every one is committed.

    Raises:
        FaceclusterError: a worker met what no other worker would survive either.
        WorkerError: no cluster answers, or nothing succeeds any more.
    """
    with _connected(job.settings.runner, len(shards)):
        fleet = _Fleet(shards, job, progress)
        try:
            while fleet.busy():
                fleet.hand_out()
                fleet.listen()
        finally:
            fleet.close()


class _Fleet:
    """The actors and the queue they draw from."""

    def __init__(self, shards: Sequence[Shard], job: Job, progress: Progress) -> None:
        self.job = job
        self.progress = progress
        self.queue = ShardQueue(shards, job.scan, job.fingerprint, job.settings.runner.max_attempts)
        count = min(job.settings.runner.workers or _room(job.settings.runner), len(shards))
        self.false_starts = 0
        self.actors = [self._start() for _ in range(count)]

    def busy(self) -> bool:
        """Whether anything is left to do."""
        return len(self.queue) > 0 or any(shard for actor in self.actors for _, shard in actor.tasks)

    def hand_out(self) -> None:
        """Fill the actors that are up, one shard each in turn, so that a short queue is shared evenly."""
        for in_flight in range(SHARDS_IN_FLIGHT):
            for actor in self.actors:
                if self._is_up(actor) and len(actor.tasks) == in_flight and (shard := self.queue.take()):
                    actor.tasks.append((actor.handle.work.remote(shard), shard))
                    if in_flight == 0:
                        self._begin_oldest(actor)

    def listen(self) -> None:
        """Wait for a task to end, and act on it; replace actors that died or hang."""
        oldest = {actor.tasks[0][0]: actor for actor in self.actors if actor.tasks}
        done, _ = ray.wait(list(oldest), timeout=WATCH_SECONDS)
        for reference in done:
            self._collect(oldest[reference])
        for actor in self.actors:
            if time.monotonic() > actor.deadline:
                self._lost(actor, "the worker took longer than its deadline")

    def close(self) -> None:
        """End all actors."""
        for actor in self.actors:
            ray.kill(actor.handle)

    def _collect(self, actor: _Actor) -> None:
        reference, shard = actor.tasks[0]
        try:
            result = ray.get(reference)
        except RayActorError as error:
            self._lost(actor, f"the worker died ({_first_line(error)})")
            return
        except RayTaskError as error:
            self._fail(shard, _first_line(error.cause))
        else:
            self._take_result(result)
        actor.tasks.popleft()
        self._begin_oldest(actor)

    def _take_result(self, result: ShardReport | FaceclusterError | None) -> None:
        if isinstance(result, FaceclusterError):
            raise result
        if result:
            self.queue.succeeded()
            self.progress.photos(result.n_photos)
            self.progress.shard(result)

    def _begin_oldest(self, actor: _Actor) -> None:
        shard = actor.tasks[0][1] if actor.tasks else None
        actor.deadline = time.monotonic() + deadline_seconds(shard, self.job.settings) if shard else float("inf")

    def _lost(self, actor: _Actor, detail: str) -> None:
        """Put what an actor had back into the queue: the shard it was at is suspect, the one behind it is not."""
        ray.kill(actor.handle)
        in_hand, *behind = [shard for _, shard in actor.tasks]
        for shard in behind:
            self.queue.put_back(shard)
        self._fail(in_hand, detail)
        self.actors[self.actors.index(actor)] = self._start()

    def _fail(self, shard: Shard | None, detail: str) -> None:
        if shard is None:
            self.false_starts += 1  # a node may be lost at any moment; a worker that never comes up is another matter
            if self.false_starts > MAX_FALSE_STARTS:
                raise WorkerError(f"Workers ended {self.false_starts} times before they began; the last: {detail}")
            return
        lost = self.queue.failed(shard, detail)
        if lost:
            report = give_up(open_library(self.job.library), self.job, lost, detail)
            self.progress.photos(1)
            self.progress.shard(report)

    def _start(self) -> _Actor:
        runner = self.job.settings.runner
        actor_class = ray.remote(ShardActor).options(
            num_cpus=self.job.settings.pack.threads,
            num_gpus=runner.gpus_per_worker,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": WORKER_ENVIRONMENT},
        )
        actor = _Actor(actor_class.remote(self.job))
        actor.tasks.append((actor.handle.ready.remote(), None))
        return actor

    @staticmethod
    def _is_up(actor: _Actor) -> bool:
        return all(shard for _, shard in actor.tasks)


@contextmanager
def _connected(runner: RunnerSettings, n_shards: int) -> Iterator[None]:
    """A connection to the cluster of the settings, or to a small Ray of our own that ends with us."""
    if ray.is_initialized():
        yield
        return
    address = runner.address or os.environ.get("RAY_ADDRESS")
    own = {} if address else {"num_cpus": min(runner.workers or len(os.sched_getaffinity(0)), n_shards)}
    try:
        ray.init(address=address, include_dashboard=None if address else False, log_to_driver=False, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise WorkerError(
            f"No Ray cluster answers at {address or 'this machine'}: {_first_line(error)}. "
            "Start one with `ray start --head`, correct --address, or leave --runner ray out."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _room(runner: RunnerSettings) -> int:
    """How many workers the cluster holds: one a core, or one a share of a GPU."""
    resources = ray.cluster_resources()
    if runner.gpus_per_worker:
        return max(1, int(resources.get("GPU", 0) / runner.gpus_per_worker))
    return max(1, int(resources.get("CPU", 1)))


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
