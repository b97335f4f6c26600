"""What a worker does, whoever runs it: hold the tools, turn shards into tables, commit them."""

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow.compute as pc

from facecluster.errors import PhotoError, PhotoFault
from facecluster.faces.decode import DECODER_VERSION
from facecluster.packs.load import load_pack
from facecluster.pipeline.clock import StepClock, StepSeconds
from facecluster.pipeline.decoder import DecoderProcess
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.rows import faces_table, failed_row, photos_table
from facecluster.pipeline.shard import Tools, process_shard
from facecluster.settings import DecodeSettings, Settings
from facecluster.store.archive import read_photo
from facecluster.store.library import open_library


@dataclass(frozen=True)
class Job:
    """What every worker of one index pass needs to know; small, and the same for all."""

    archive: Path
    library: Path
    scan: int
    fingerprint: str
    settings: Settings


class ShardReport(NamedTuple):
    """What a worker tells of a shard it has committed."""

    shard: str
    n_photos: int
    n_failed: int
    n_faces: int
    seconds: StepSeconds
    peak_memory_mb: float  # of the worker and its decoder together; 0 where the system does not say
    lost: tuple[tuple[str, str], ...] = ()  # path and reason of photos of which no table says that they failed


class Progress(Protocol):
    """Is told how the work goes on."""

    def ready(self) -> None:
        """A worker is up: its pack is loaded."""
        ...

    def photos(self, count: int) -> None:
        """So many photo files more were settled; negative where a failed shard takes its own back."""
        ...

    def shard(self, report: ShardReport) -> None:
        """A shard was committed."""
        ...


class Worker(Protocol):
    """Works shards off, one after the other, in a process of its own."""

    def work(self, shard: Shard, on_photo: Callable[[], None] = lambda: None) -> ShardReport:
        """Commit a shard; `on_photo` is called once for each file settled."""
        ...

    def __enter__(self) -> Any:
        """The worker itself, ready."""
        ...

    def __exit__(self, *_: object) -> None:
        """End whatever it holds."""
        ...


class Work(NamedTuple):
    """What is to be done with shards, whoever runs it. Both are sent to other processes by name."""

    open_worker: Callable[[Any], Worker]  # the job -> what a runner makes in each of its processes
    give_up: Callable[[Any, Shard, str], ShardReport]  # commits the only photo of a shard as one that workers die over


class Runner(Protocol):
    """Has shards worked off by workers, and returns when every one is committed."""

    def __call__(self, shards: Sequence[Shard], job: Job, progress: Progress, work: Work) -> None:
        """Run the shards of a job."""
        ...


class ShardWorker(contextlib.AbstractContextManager["ShardWorker"]):
    """A loaded pack, a decoder process and an open library."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.library = open_library(job.library)
        self.decoder = DecoderProcess(job.settings.decode)
        pack = load_pack(job.settings.pack, job.settings.detect)
        self.tools = Tools(partial(read_photo, job.archive), self.decoder, pack, job.settings)

    def work(self, shard: Shard, on_photo: Callable[[], None] = lambda: None) -> ShardReport:
        """Process a shard and commit it."""
        tables = process_shard(shard, self.tools, on_photo)
        clock = StepClock()
        with clock("write"), clock("total"):
            self.library.add_shard(
                shard.name,
                tables.photos,
                tables.faces,
                self.job.fingerprint,
                decoder_signature(self.job.settings.decode),
            )
        tables.seconds.add(clock.seconds)
        n_failed = pc.sum(pc.equal(tables.photos["status"], "error")).as_py() or 0
        return ShardReport(
            shard.name, len(shard.files), n_failed, tables.faces.num_rows, tables.seconds, self.peak_memory_mb()
        )

    def peak_memory_mb(self) -> float:
        """The most memory that the worker and its decoder have held, MB."""
        return sum(peak_memory_mb(pid) for pid in (os.getpid(), self.decoder.pid) if pid)

    def __exit__(self, *_: object) -> None:
        """End the decoder process."""
        self.decoder.close()


def give_up(job: Job, shard: Shard, detail: str) -> ShardReport:
    """Commit the only photo of a shard as one that workers cannot survive."""
    library = open_library(job.library)
    rows = [failed_row(shard.files[0], None, PhotoError(PhotoFault.CRASH, detail))]
    no_faces = faces_table([], np.empty((0, library.identity.pack.dimension), np.float32))
    library.add_shard(shard.name, photos_table(rows), no_faces, job.fingerprint, decoder_signature(job.settings.decode))
    return ShardReport(shard.name, 1, 1, 0, StepSeconds(), 0.0)


INDEXING = Work(ShardWorker, give_up)


def in_a_line(error: BaseException) -> str:
    """The kind of an error and the first line of what it says."""
    return ": ".join([type(error).__name__, *str(error).strip().splitlines()[:1]])


def core_count() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_memory_mb(pid: int) -> float:
    """The most memory a process has ever held, MB; 0 where there is no /proc."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0.0)


def decoder_signature(settings: DecodeSettings) -> str:
    """A name for all that decides whether a photo can be decoded; when it changes, failed photos are tried again."""
    limits = f"{settings.max_megapixels:g} MP, {settings.timeout_seconds:g} s, {settings.memory_mb} MB"
    return f"{DECODER_VERSION}; {limits}"


def deadline_seconds(shard: Shard, settings: Settings) -> float:
    """How long a worker may take over a shard before it is given up for hung."""
    return settings.runner.shard_seconds + settings.runner.photo_seconds * len(shard.files)
