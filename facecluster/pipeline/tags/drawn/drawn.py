"""Regions that show no face that was found -> faces of the library, so that a name can stand on them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.packs.load import describe_pack
from facecluster.pipeline.catalogue import census_of, faces_of, latest_scan
from facecluster.pipeline.index import pack_identity
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.tags.drawn.drawing import DRAWING, DrawingJob, next_turn
from facecluster.pipeline.tags.drawn.to_draw import (
    EDGES,
    Drawn,
    DrawnPhoto,
    photos_with_faces,
    place_region,
    shards_to_draw,
    tasks_table,
)
from facecluster.pipeline.tally import Tally
from facecluster.settings import Settings
from facecluster.store.library import Library, open_or_create_library
from facecluster.store.records import Scan

REGIONS = pa.schema(
    [
        pa.field("photo_hash", pa.string(), nullable=False),
        *(pa.field(edge, pa.float32(), nullable=False) for edge in EDGES),  # px, upright, full size
    ]
)
"""A row a region that somebody drew around a face."""

GONE = "the photo is not in the archive any more"


def draw_faces(
    library: Library, regions: pa.Table, settings: Settings, on_photos: Callable[[int, int], None]
) -> list[Drawn]:
    """The face that each region shows, in their order; those that are not in the library yet are put there.

    A region that overlaps a face of its photo by half, or another region before it, is that face. Each other becomes a
    face of its own: with a vector where a detector that is told where to look sees one, else unseen. What is committed
    stays if this is ended on the way, and is not done again.

    Args:
        library: held for writing.
        regions: REGIONS, of photos of the newest scan; boxes are cut to their photos.
        settings: all of them.
        on_photos: is told how many photos of how many are done.

    Raises:
        FaceclusterError: see errors.py; what was committed stays.
    """
    open_or_create_library(library.folder, pack_identity(describe_pack(settings.pack)))  # refuses another pack
    scan = latest_scan(library)
    files = _files_of(library, scan, pc.unique(regions["photo_hash"]))
    photos = photos_with_faces(files, faces_of(library, scan, files, EDGES).to_pylist())
    failed = dict(files.loc[files["status"] == "error", ["photo_hash", "reason"]].itertuples(index=False))
    rows = regions.to_pylist()
    placed = [_placed(region, photos, failed) for region in rows]
    lost = _work_off(tasks_table(files, photos), library, scan, settings, on_photos)
    return [_done(one, photos.get(row["photo_hash"]), lost) for one, row in zip(placed, rows, strict=True)]


def _files_of(library: Library, scan: Scan, hashes: pa.Array) -> pd.DataFrame:
    """The files of photos as the census knows them (schemas.PHOTOS), by path."""
    current = census_of(library, library.listing(scan), scan.fingerprint).current
    return current.loc[current["photo_hash"].isin(hashes.to_pylist())].sort_values("path")


def _placed(region: Mapping[str, Any], photos: Mapping[str, DrawnPhoto], failed: Mapping[str, str]) -> Drawn:
    """What a region becomes if all goes well."""
    photo = photos.get(region["photo_hash"])
    return place_region(region, photo) if photo else Drawn(None, failed.get(region["photo_hash"], GONE))


def _work_off(
    tasks: pa.Table, library: Library, scan: Scan, settings: Settings, on_photos: Callable[[int, int], None]
) -> dict[str, str]:
    """Have all of it done; the photos that could not be used, by hash, and why."""
    if not len(tasks):
        return {}
    turn = next_turn(scan.number, (commit.shard for commit in library.commits()))
    job = DrawingJob(Path(scan.archive), library.folder.resolve(), scan.number, scan.fingerprint, settings, turn)
    shards = shards_to_draw(tasks, scan.number, scan.fingerprint, settings.index.photos_per_shard)
    tally = Tally(on_photos, sum(len(shard.files) for shard in shards))
    runner_of(settings.runner)(shards, job, tally, DRAWING)
    # Whoever has the library open reads its faces anew when there is another scan.
    library.add_scan(library.listing(scan), scan.archive, scan.fingerprint, scan.listed_at)
    hashes = dict(zip(tasks["path"].to_pylist(), tasks["photo_hash"].to_pylist(), strict=True))
    return {hashes[path]: reason for report in tally.reports for path, reason in report.lost}


def _done(placed: Drawn, photo: DrawnPhoto | None, lost: Mapping[str, str]) -> Drawn:
    """What a region has become."""
    if photo and placed.face_id in photo.new and photo.photo_hash in lost:
        return Drawn(None, lost[photo.photo_hash])
    return placed
