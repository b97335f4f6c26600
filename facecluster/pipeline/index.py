"""The index pass: list the archive, plan what is missing, have it worked off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import pyarrow as pa

from facecluster.errors import ArchiveError
from facecluster.packs.load import describe_pack
from facecluster.packs.pack import Manifest
from facecluster.pipeline.catalogue import census_of
from facecluster.pipeline.clock import StepSeconds
from facecluster.pipeline.plan import Census, fingerprint, listing_table, plan_shards
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.tally import Tally
from facecluster.pipeline.worker import INDEXING, Job, decoder_signature
from facecluster.settings import Settings
from facecluster.store.archive import Listing, list_photos
from facecluster.store.library import Library, open_or_create_library
from facecluster.store.records import PackIdentity, Scan


@dataclass(frozen=True)
class IndexSummary:
    """What an index pass found and did."""

    listed: int  # photo files in the archive
    indexed: int  # files this pass looked at, copies included
    already: int  # files known from before
    changed: int  # of `indexed`: files that had other bytes before
    vanished: int  # files known from before that are gone now; their rows stay
    failed: int  # files of the archive that cannot be used, from this and earlier passes
    faces_found: int  # by this pass
    unreadable_folders: tuple[str, ...]
    seconds: float
    step_seconds: StepSeconds  # added up over all workers


def index_archive(
    archive: Path,
    folder: Path,
    settings: Settings,
    on_photos: Callable[[int, int], None],
    *,
    retry_failed: bool = False,
    moved: bool = False,
) -> IndexSummary:
    """Bring the index of a library up to date with its archive; only new and changed photos are decoded.

    Args:
        archive: root of the photo archive; read, never written.
        folder: of the library; made if it is not there.
        settings: all of them.
        on_photos: is told how many photo files of how many are settled.
        retry_failed: try photos again that failed before.
        moved: accept that the archive this library knows now stands at another path.

    Raises:
        FaceclusterError: see errors.py; what was committed stays.
    """
    started = perf_counter()
    archive = archive.expanduser().resolve()
    manifest = describe_pack(settings.pack)
    listing = list_photos(archive, settings.archive)
    if not listing.files:
        raise ArchiveError(f"No photos in {archive}: is its disk mounted, is the path right? Nothing was changed.")
    library = open_or_create_library(folder, pack_identity(manifest))
    with library.locked():
        library.sweep()
        library.journal.pack()
        before = library.latest_scan()
        _check_same_archive(before, archive, moved=moved)
        prints, decoder = fingerprint(manifest, settings), decoder_signature(settings.decode)
        table = listing_table(listing, library.listing(before) if before else None)
        census = census_of(library, table, prints, decoder, retry_failed=retry_failed)
        tally = Tally(on_photos, len(census.pending))
        if _is_new(table, before, library, archive, prints, census):
            scan = library.add_scan(table, str(archive), prints, datetime.now(UTC).isoformat(timespec="seconds"))
            _work_off(census, scan, library, settings, tally)
        after = census_of(library, table, prints)
    return _summary(listing, census, after, tally, perf_counter() - started)


def pack_identity(manifest: Manifest) -> PackIdentity:
    """What a library keeps of a pack's manifest."""
    return PackIdentity(
        manifest.name,
        manifest.sha256,
        manifest.dimension,
        manifest.calibration.impostor_median,
        manifest.calibration.impostor_sd,
        manifest.calibration.genuine_median,
        manifest.licence,
    )


def _check_same_archive(before: Scan | None, archive: Path, *, moved: bool) -> None:
    if before and before.archive != str(archive) and not moved:
        raise ArchiveError(
            f"This library is of the archive {before.archive}, not of {archive}. If the archive has moved, add "
            "--moved; for another archive choose another --library."
        )


def _is_new(table: pa.Table, before: Scan | None, library: Library, archive: Path, prints: str, census: Census) -> bool:
    """Whether there is anything that the newest scan does not say already."""
    if before is None or len(census.pending):
        return True
    return (before.archive, before.fingerprint) != (str(archive), prints) or not table.equals(library.listing(before))


def _work_off(census: Census, scan: Scan, library: Library, settings: Settings, tally: Tally) -> None:
    shards = plan_shards(census, scan.number, scan.fingerprint, settings.index.photos_per_shard)
    if shards:
        job = Job(Path(scan.archive), library.folder.resolve(), scan.number, scan.fingerprint, settings)
        runner_of(settings.runner)(shards, job, tally, INDEXING)


def _summary(listing: Listing, census: Census, after: Census, tally: Tally, seconds: float) -> IndexSummary:
    return IndexSummary(
        listed=len(listing.files),
        indexed=len(census.pending),
        already=len(census.current),
        changed=census.changed,
        vanished=len(after.vanished),
        failed=list(after.current["status"]).count("error"),
        faces_found=sum(report.n_faces for report in tally.reports),
        unreadable_folders=tuple(listing.unreadable),
        seconds=seconds,
        step_seconds=tally.seconds,
    )
