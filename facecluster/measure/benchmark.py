"""How fast the index pass is on this machine: runs made one after the other, so that their ratios mean something."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from facecluster.errors import ArchiveError
from facecluster.packs.load import describe_pack
from facecluster.pipeline.catalogue import census_of
from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.index import pack_identity
from facecluster.pipeline.plan import fingerprint, listing_table, plan_shards
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.worker import INDEXING, Job, ShardReport
from facecluster.settings import RunnerSettings, Settings
from facecluster.store.archive import Listing, list_photos
from facecluster.store.library import create_library

STEPS_SHOWN = ("read", "decode", "detect", "embed", "write", "total")


@dataclass
class Timed:
    """One index pass over the sample, as its driver saw it. Is the Progress of the pass."""

    runner: RunnerSettings
    started: float = field(default_factory=perf_counter)
    ready_at: float | None = None  # the first worker had loaded its pack
    first_photo_at: float | None = None
    ended: float = 0.0
    n_photos: int = 0
    n_faces: int = 0
    n_failed: int = 0
    peak_memory_mb: float = 0.0  # of one worker and its decoder
    steps: StepSeconds = field(default_factory=StepSeconds)  # added up over the workers

    def ready(self) -> None:
        """A worker is up."""
        self.ready_at = self.ready_at or perf_counter()

    def photos(self, count: int) -> None:
        """So many photos more were settled."""
        self.first_photo_at = self.first_photo_at or perf_counter()
        self.n_photos += count
        self.ended = perf_counter()

    def shard(self, report: ShardReport) -> None:
        """A shard was committed."""
        self.n_faces += report.n_faces
        self.n_failed += report.n_failed
        self.peak_memory_mb = max(self.peak_memory_mb, report.peak_memory_mb)
        self.steps.add(report.seconds)
        self.ended = perf_counter()

    @property
    def first_photo_seconds(self) -> float:
        """From the start, workers' start-up and the loading of the pack included."""
        return (self.first_photo_at or self.ended) - self.started

    @property
    def seconds_per_photo(self) -> float:
        """Of the whole pass, from the moment the first worker was up."""
        return (self.ended - (self.ready_at or self.started)) / max(self.n_photos, 1)


def sample_photos(archive: Path, settings: Settings, count: int) -> Listing:
    """At most `count` photos of an archive, evenly spread over its listing.

    Raises:
        ArchiveError: there is no photo.
    """
    listing = list_photos(archive, settings.archive)
    if not listing.files:
        raise ArchiveError(f"No photos in {archive}.")
    files = listing.files
    step = max(1.0, len(files) / count)
    return listing._replace(files=[files[int(index * step)] for index in range(min(count, len(files)))])


def timed_pass(listing: Listing, archive: Path, settings: Settings) -> Timed:
    """One index pass over a sample into a library that is thrown away."""
    manifest = describe_pack(settings.pack)
    prints = fingerprint(manifest, settings)
    with tempfile.TemporaryDirectory(prefix="facecluster-benchmark-") as folder:
        library = create_library(Path(folder), pack_identity(manifest))
        census = census_of(library, listing_table(listing, None), prints)
        shards = plan_shards(census, 1, prints, settings.index.photos_per_shard)
        timed = Timed(settings.runner)
        runner_of(settings.runner)(shards, Job(archive, Path(folder), 1, prints, settings), timed, INDEXING)
    return timed


def with_runner(settings: Settings, **changes: object) -> Settings:
    """The settings with another runner section."""
    return settings.model_copy(update={"runner": settings.runner.model_copy(update=changes)})


def figures(one: Timed, all_cores: Timed, over_ray: Timed | None, photos_ahead: int) -> dict[str, float]:
    """The numbers to print; times in seconds unless the name says otherwise."""
    steps, photos = one.steps, one.n_photos
    found = {
        "photos": photos,
        "faces": one.n_faces,
        "failed": one.n_failed,
        **{f"{step}_ms_per_photo": 1000 * getattr(steps, step) / photos for step in STEPS_SHOWN},
        "outside_decode_and_networks": steps.overhead,
        "first_photo_seconds": one.first_photo_seconds,
        "peak_memory_mb": max(one.peak_memory_mb, all_cores.peak_memory_mb),
        "photos_per_second_1_worker": 1 / one.seconds_per_photo,
        "workers": all_cores.runner.workers,
        "photos_per_second": 1 / all_cores.seconds_per_photo,
        "speed_up": one.seconds_per_photo / all_cores.seconds_per_photo,
        "photos_ahead": photos_ahead,
        "hours_ahead": photos_ahead * all_cores.seconds_per_photo / 3600,
    }
    if over_ray:
        found["ray_photos_per_second"] = 1 / over_ray.seconds_per_photo
        found["ray_over_local"] = over_ray.seconds_per_photo / all_cores.seconds_per_photo
    return found
