"""Workers that meet trouble, for runners to survive. Runners make them in other processes, by the names here."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from facecluster.errors import PackError
from facecluster.packs.load import describe_pack
from facecluster.pipeline.catalogue import census_of, latest_scan
from facecluster.pipeline.index import pack_identity
from facecluster.pipeline.plan import Shard, fingerprint, listing_table, plan_shards
from facecluster.pipeline.worker import Job, ShardReport, ShardWorker
from facecluster.store.archive import list_photos
from facecluster.store.library import Library, open_or_create_library

DEADLY, ENDLESS, BAFFLING = "coffee.jpg", "hopper-portrait.jpg", "obama-congress.jpg"
"""Photos of the test archive."""

ENVIRONMENT_FILE = "environment.txt"


class TroubledWorker(ShardWorker):
    """Dies of one photo, hangs at another and has no idea what to do with a third."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        sound = self.tools.read

        def read(path: str) -> bytes:
            if path == DEADLY:
                os._exit(7)
            if path == ENDLESS:
                time.sleep(3600)
            if path == BAFFLING:
                raise RuntimeError("no idea")
            return sound(path)

        self.tools = replace(self.tools, read=read)


class WitnessWorker(ShardWorker):
    """Leaves its environment beside its library."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        lines = [f"{name}={value}" for name, value in os.environ.items()]
        job.library.with_name(ENVIRONMENT_FILE).write_text("\n".join(lines))


class TellTaleWorker(ShardWorker):
    """Leaves its process id, and its decoder's, in a folder beside the library for each shard it begins."""

    def work(self, shard: Shard, on_photo=lambda: None) -> ShardReport:
        folder = self.job.library.with_name("pids")
        folder.mkdir(exist_ok=True)
        (folder / str(os.getpid())).touch()
        report = super().work(shard, on_photo)
        if self.decoder.pid:
            (folder / str(self.decoder.pid)).touch()
        return report


def still_born(job: Job) -> ShardWorker:
    """Dies before it is ready."""
    os._exit(9)


def without_weights(job: Job) -> ShardWorker:
    """Cannot load its pack."""
    raise PackError("the weights are damaged; install facecluster again")


class Ledger:
    """Progress, added up."""

    def __init__(self) -> None:
        self.settled = 0
        self.most = 0
        self.reports: list[ShardReport] = []

    def photos(self, count: int) -> None:
        self.settled += count
        self.most = max(self.most, self.settled)

    def ready(self):
        pass

    def shard(self, report: ShardReport) -> None:
        self.reports.append(report)


class Plan(NamedTuple):
    """A library with a listing and the shards to bring it up to date."""

    library: Library
    shards: list[Shard]
    job: Job

    def rows(self) -> pd.DataFrame:
        """The photo rows so far, by path."""
        scan = latest_scan(self.library)
        census = census_of(self.library, self.library.listing(scan), scan.fingerprint)
        return census.current.set_index("path")


def plan_for(archive: Path, folder: Path, settings) -> Plan:
    """As pipeline.index does it, up to the runner."""
    manifest = describe_pack(settings.pack)
    prints = fingerprint(manifest, settings)
    library = open_or_create_library(folder / "library", pack_identity(manifest))
    before = library.latest_scan()
    table = listing_table(list_photos(archive, settings.archive), library.listing(before) if before else None)
    scan = library.add_scan(table, str(archive), prints, "2026-01-01T00:00:00+00:00")
    shards = plan_shards(census_of(library, table, prints), scan.number, prints, settings.index.photos_per_shard)
    return Plan(library, shards, Job(archive, library.folder, scan.number, prints, settings))
