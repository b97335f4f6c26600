"""Which shard comes next, and what to do with one that failed. Knows no runner; both runners obey it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from facecluster.errors import WorkerError
from facecluster.pipeline.plan import Shard, halve, shard_name

FUTILE_FAILURES = 50
"""So many failures with no shard done between them are the machine's fault, not a photo's."""

MAX_FALSE_STARTS = 3
"""Workers that end one after the other in one place before they have begun; one may be bad luck (a lost node, the
system's out-of-memory killer)."""


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
        self.renamed = 1  # times a shard was given another name; 1 stands for the names of the plan
        self.attempts: dict[str, int] = {}  # of single photos, by path
        self.failures_in_a_row = 0

    def __len__(self) -> int:
        """Shards waiting."""
        return len(self.waiting)

    def take(self) -> Shard | None:
        """The next shard, or None when none is waiting."""
        return self.waiting.popleft() if self.waiting else None

    def put_back(self, shard: Shard) -> None:
        """Return a shard that was not finished through no fault of its own; it is the next to be taken.

        Its worker may have begun to write, so it gets a new name.
        """
        self.waiting.appendleft(self._renamed(shard))

    def succeeded(self) -> None:
        """A shard was committed."""
        self.failures_in_a_row = 0

    def interrupted(self, shard: Shard, detail: str) -> None:
        """Return a shard whose worker was lost with its node: no photo is suspect.

        Raises:
            WorkerError: nothing succeeds any more.
        """
        self._count_failure(detail)
        self.put_back(shard)

    def failed(self, shard: Shard, detail: str) -> Shard | None:
        """Arrange for another try; if it is one photo that has had all its tries, a shard to commit as given up.

        Raises:
            WorkerError: nothing succeeds any more.
        """
        self._count_failure(detail)
        if len(shard.files) > 1:
            self.waiting.extend(halve(shard, self.scan, self.fingerprint))
            return None
        path = min(shard.files).path
        self.attempts[path] = self.attempts.get(path, 0) + 1
        if self.attempts[path] >= self.max_attempts:
            return self._renamed(shard)
        self.waiting.append(self._renamed(shard))
        return None

    def _count_failure(self, detail: str) -> None:
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= FUTILE_FAILURES:
            raise WorkerError(
                f"Workers failed {FUTILE_FAILURES} times with no shard done in between; the last said: {detail}. "
                "Whatever is committed stays. Mend the cause (memory, runtime, weights), then run again."
            )

    def _renamed(self, shard: Shard) -> Shard:
        self.renamed += 1
        return replace(shard, name=shard_name(self.scan, self.fingerprint, shard.files, self.renamed))


def check_false_starts(count: int, detail: str) -> None:
    """Refuse to go on when workers keep ending before they begin.

    Raises:
        WorkerError: `count` in a row have.
    """
    if count >= MAX_FALSE_STARTS:
        raise WorkerError(
            f"{count} workers in a row ended before they began; the last: {detail}. "
            "Run `facecluster benchmark` to see whether the networks run on this machine."
        )
