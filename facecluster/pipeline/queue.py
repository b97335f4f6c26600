"""Which shard comes next, and what to do with one that failed. Knows no runner; both runners obey it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from facecluster.errors import WorkerError
from facecluster.pipeline.plan import Shard, halve, shard_name

FUTILE_FAILURES = 50
"""So many failures with no shard done between them are the machine's fault, not a photo's."""


class ShardQueue:
    """Shards waiting for a worker.

    A shard that takes its worker down, or outlives its deadline, is halved until the photo at fault stands alone;
    that photo is tried `max_attempts` times and then given up.
    """

    def __init__(self, shards: Sequence[Shard], scan: int, fingerprint: str, max_attempts: int) -> None:
        self.waiting = deque(shards)
        self.scan = scan
        self.fingerprint = fingerprint
        self.max_attempts = max_attempts
        self.attempts: dict[str, int] = {}  # of single photos, by path
        self.failures_in_a_row = 0

    def __len__(self) -> int:
        """Shards waiting."""
        return len(self.waiting)

    def take(self) -> Shard | None:
        """The next shard, or None when none is waiting."""
        return self.waiting.popleft() if self.waiting else None

    def put_back(self, shard: Shard) -> None:
        """Return a shard that was taken but not begun."""
        self.waiting.appendleft(shard)

    def succeeded(self) -> None:
        """A shard was committed."""
        self.failures_in_a_row = 0

    def failed(self, shard: Shard, detail: str) -> Shard | None:
        """Arrange for another try; the shard itself if it is one photo that has had all its tries.

        Raises:
            WorkerError: nothing succeeds any more.
        """
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= FUTILE_FAILURES:
            raise WorkerError(
                f"Workers failed {FUTILE_FAILURES} times with no shard done in between; the last said: {detail}. "
                "Whatever is committed stays. Mend the cause (memory, runtime, weights), then run again."
            )
        if len(shard.files) > 1:
            self.waiting.extend(halve(shard, self.scan, self.fingerprint))
            return None
        path = shard.files[0].path
        self.attempts[path] = self.attempts.get(path, 1) + 1
        if self.attempts[path] > self.max_attempts:
            return shard
        name = shard_name(self.scan, self.fingerprint, shard.files, self.attempts[path])
        self.waiting.append(replace(shard, name=name))
        return None
