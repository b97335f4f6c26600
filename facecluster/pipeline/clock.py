"""Where the time of a shard goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import perf_counter


@dataclass
class StepSeconds:
    """Seconds spent in each step of one or more shards; `total` holds the rest too (rows, alignment)."""

    read: float = 0.0
    decode: float = 0.0  # waiting for the decoder
    detect: float = 0.0
    embed: float = 0.0
    write: float = 0.0
    total: float = 0.0

    def add(self, other: "StepSeconds") -> None:
        """Add the seconds of another."""
        for name, seconds in asdict(other).items():
            setattr(self, name, getattr(self, name) + seconds)

    @property
    def overhead(self) -> float:
        """Share of the time outside decoding and networks, 0..1; 0 before any work."""
        return 1 - (self.decode + self.detect + self.embed) / self.total if self.total else 0.0


class StepClock:
    """Adds up what passes within `with clock("detect"):`."""

    def __init__(self) -> None:
        self.seconds = StepSeconds()

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Charge the time within to a step of StepSeconds."""
        start = perf_counter()
        try:
            yield
        finally:
            setattr(self.seconds, step, getattr(self.seconds, step) + perf_counter() - start)
