"""Shards on a Ray cluster: actors that each hold a pack and pull shards.

Only shards (names of photos) and reports (counts) cross Ray; pixels and tables never do. All nodes must see the
archive and the library under the same paths. Ray retries nothing by itself: what failed goes through the same queue
as on one machine.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import ray
from ray.actor import ActorHandle
from ray.exceptions import ActorUnavailableError, RayActorError, RayError, RayTaskError

from facecluster.errors import FaceclusterError
from facecluster.pipeline.crew import WATCH_SECONDS, Crew
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import check_false_starts
from facecluster.pipeline.ray_connection import WORKER_ENVIRONMENT, connected, first_line, room
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

SHARDS_IN_FLIGHT = 2
"""An actor works on one shard while the next waits at its door, so that it never idles for a round trip."""


class ShardActor:
    """A worker inside a Ray actor. Errors that end a run travel as values, since Ray would wrap them."""

    def __init__(self, open_worker: Callable[[Job], Worker], job: Job) -> None:
        self.error: FaceclusterError | None = None
        try:
            self.worker = open_worker(job)
        except FaceclusterError as error:
            self.error = error

    def ready(self) -> str | FaceclusterError:
        """The node this runs on once the pack is loaded, or why it is not."""
        return self.error or ray.get_runtime_context().get_node_id()

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
    false_starts: int  # actors before this one that died in its place before they were ready
    node: str | None = None  # None: not ready yet
    tasks: deque[tuple[ray.ObjectRef, Shard | None]] = field(default_factory=deque)
    deadline: float = float("inf")  # on time.monotonic(), of the oldest task


def run_ray(shards: Sequence[Shard], job: Job, progress: Progress, work: Work = INDEXING) -> None:
    """Have shards worked off by actors of a Ray cluster; returns when every one is committed.

    What is done with them, `work`, opens a worker in each of them.

    Raises:
        FaceclusterError: a worker met what no other worker would survive either.
        WorkerError: no cluster answers, it has no room, or nothing succeeds any more.
    """
    runner, threads = job.settings.runner, job.settings.pack.threads
    with connected(runner, min(runner.workers or core_count(), len(shards)) * threads):
        _Fleet(shards, job, progress, work).work_off()


class _Fleet(Crew):
    """Actors somewhere on the cluster."""

    def __init__(self, shards: Sequence[Shard], job: Job, progress: Progress, work: Work) -> None:
        super().__init__(shards, job, progress, work)
        self.actors: list[_Actor] = []

    def start(self) -> None:
        """Start as many actors as there is work and room for."""
        settings = self.job.settings
        wanted = settings.runner.workers or room(settings.pack.threads, settings.runner.gpus_per_worker)
        for _ in range(min(wanted, len(self.queue))):
            self.actors.append(self._start(false_starts=0))

    def at_work(self) -> bool:
        """Whether any actor has a shard."""
        return any(shard for actor in self.actors for _, shard in actor.tasks)

    def hand_out(self) -> None:
        """Fill the actors that are up, one shard each in turn, so that a short queue is shared evenly."""
        for in_flight in range(SHARDS_IN_FLIGHT):
            for actor in self.actors:
                if actor.node and len(actor.tasks) == in_flight and (shard := self.queue.take()):
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
        except RayError as error:
            if not (shard and isinstance(error, RayTaskError)):
                self._lost(actor, f"the worker died ({_said(error)})", blameless=self._is_networks_fault(actor, error))
                return
            self.failed(shard, in_a_line(error.cause))
        else:
            self._take_result(actor, result)
        actor.tasks.popleft()
        self._begin_oldest(actor)

    def _take_result(self, actor: _Actor, result: str | ShardReport | FaceclusterError) -> None:
        match result:
            case FaceclusterError():
                raise result
            case ShardReport():
                self.queue.succeeded()
                self.progress.photos(result.n_photos)
                self.progress.shard(result)
            case str():
                actor.node, actor.false_starts = result, 0
                self.progress.ready()

    def _begin_oldest(self, actor: _Actor) -> None:
        shard = actor.tasks[0][1] if actor.tasks else None
        actor.deadline = time.monotonic() + deadline_seconds(shard, self.job.settings) if shard else float("inf")

    @staticmethod
    def _is_networks_fault(actor: _Actor, error: RayError) -> bool:
        """Whether an actor was lost with its node, or out of reach: no photo did that."""
        gone = {node["NodeID"] for node in ray.nodes() if not node["Alive"]}
        return actor.node in gone or isinstance(error, ActorUnavailableError)

    def _lost(self, actor: _Actor, detail: str, *, blameless: bool = False) -> None:
        """Replace an actor. The shard it was at is suspect unless it is `blameless`, the one behind it is not."""
        ray.kill(actor.handle)
        in_hand, *behind = [shard for _, shard in actor.tasks]
        for shard in filter(None, behind):
            self.queue.put_back(shard)
        if in_hand and blameless:
            self.queue.interrupted(in_hand, detail)
        elif in_hand:
            self.failed(in_hand, detail)
        false_starts = 0 if actor.node else actor.false_starts + 1
        check_false_starts(false_starts, detail)
        self.actors[self.actors.index(actor)] = self._start(false_starts)

    def _start(self, false_starts: int) -> _Actor:
        runner = self.job.settings.runner
        actor_class = ray.remote(ShardActor).options(
            num_cpus=self.job.settings.pack.threads,
            num_gpus=runner.gpus_per_worker,
            max_restarts=0,
            max_task_retries=0,
            runtime_env={"env_vars": WORKER_ENVIRONMENT},
        )
        actor = _Actor(cast("ActorHandle", actor_class.remote(self.work.open_worker, self.job)), false_starts)
        actor.tasks.append((actor.handle.ready.remote(), None))
        return actor


def _said(error: RayError) -> str:
    """One line of an error; of one that was raised while an actor was made, the last, which names it."""
    failed_to_begin = isinstance(error, RayActorError) and error.actor_init_failed
    return str(error).strip().splitlines()[-1] if failed_to_begin else first_line(error)
