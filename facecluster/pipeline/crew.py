"""What both runners do alike: keep workers busy until every shard is committed or given up."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from facecluster.pipeline.plan import Shard
from facecluster.pipeline.queue import ShardQueue
from facecluster.pipeline.worker import Job, Progress, Work

WATCH_SECONDS = 1.0
"""How often deadlines are looked at while nothing happens."""


class Crew(ABC):
    """The workers of one job and the queue they draw from."""

    def __init__(self, shards: Sequence[Shard], job: Job, progress: Progress, work: Work) -> None:
        self.job = job
        self.progress = progress
        self.work = work
        self.queue = ShardQueue(shards, job.scan, job.fingerprint, job.settings.runner.max_attempts)

    def work_off(self) -> None:
        """Return when every shard is committed; workers are ended in any case."""
        try:
            self.start()
            while len(self.queue) > 0 or self.at_work():
                self.hand_out()
                self.listen()
        finally:
            self.close()

    def failed(self, shard: Shard, detail: str) -> None:
        """A worker was lost over a shard, or could not finish it: try again, or give its only photo up as a row."""
        if lost := self.queue.failed(shard, detail):
            report = self.work.give_up(self.job, lost, detail)
            self.progress.photos(1)
            self.progress.shard(report)

    @abstractmethod
    def start(self) -> None:
        """Start as many workers as there is work and room for."""

    @abstractmethod
    def at_work(self) -> bool:
        """Whether any worker has a shard."""

    @abstractmethod
    def hand_out(self) -> None:
        """Give shards to workers that are ready for them."""

    @abstractmethod
    def listen(self) -> None:
        """Wait for word from the workers, and act on it; replace those that died or hang."""

    @abstractmethod
    def close(self) -> None:
        """End all workers, whatever they do."""
