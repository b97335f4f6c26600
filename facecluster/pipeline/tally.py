"""How far a run over shards is, for whoever waits, and what its workers told."""

from collections.abc import Callable

from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.worker import ShardReport


class Tally:
    """Progress that hands the count of photo files on, and keeps what workers report."""

    def __init__(self, on_photos: Callable[[int, int], None], total: int, done: int = 0) -> None:
        self.on_photos = on_photos
        self.total = total
        self.done = done
        self.reports: list[ShardReport] = []

    def ready(self) -> None:
        """A worker is up: the count may begin to move."""
        self.on_photos(self.done, self.total)

    def photos(self, count: int) -> None:
        """So many photo files more were settled."""
        self.done += count
        self.on_photos(self.done, self.total)

    def shard(self, report: ShardReport) -> None:
        """A shard was committed."""
        self.reports.append(report)

    @property
    def seconds(self) -> StepSeconds:
        """Of all workers together."""
        seconds = StepSeconds()
        for report in self.reports:
            seconds.add(report.seconds)
        return seconds
