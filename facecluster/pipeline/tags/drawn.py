"""Regions that show no face that was found -> faces of the library, so that a name can stand on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.packs.load import describe_pack
from facecluster.people.matching import MIN_OVERLAP, overlap_of
from facecluster.pipeline.catalogue import census_of, faces_of, latest_scan
from facecluster.pipeline.index import pack_identity
from facecluster.pipeline.plan import LEAST_SHARDS, SMALLEST_SHARD, Shard, shard_name
from facecluster.pipeline.rows import face_id
from facecluster.pipeline.runners import runner_of
from facecluster.pipeline.tags.drawing import DRAWING, TASKS, DrawingJob, next_turn
from facecluster.pipeline.worker import ShardReport
from facecluster.schemas import PHOTOS
from facecluster.settings import Settings
from facecluster.store.archive import PhotoFile
from facecluster.store.library import Library, open_or_create_library
from facecluster.store.records import Scan

EDGES = ("x0", "y0", "x1", "y1")

REGIONS = pa.schema(
    [
        pa.field("photo_hash", pa.string(), nullable=False),
        *(pa.field(edge, pa.float32(), nullable=False) for edge in EDGES),  # px, upright, full size
    ]
)
"""A row a region that somebody drew around a face."""

MIN_SIDE_PX = 8
"""Of the shorter side of a region, within its photo: what is smaller was clicked, not drawn."""

Box = tuple[float, ...]


class Drawn(NamedTuple):
    """What a region has become: one of the two is None."""

    face_id: str | None
    reason: str | None  # why it is no face of the library


@dataclass(frozen=True)
class _Photo:
    """A photo that can be looked at, and its faces, by their ids."""

    photo_hash: str
    width: int  # upright, px
    height: int
    found: dict[str, Box] = field(default_factory=dict)  # that are there
    new: dict[str, Box] = field(default_factory=dict)  # that its regions add


def draw_faces(
    library: Library, regions: pa.Table, settings: Settings, on_photos: Callable[[int, int], None]
) -> list[Drawn]:
    """The face that each region shows, in their order; those that are not in the library yet are put there.

    A region that overlaps a face of its photo by half, or another region before it, is that face. Each other becomes a
    face of its own: with a vector where a detector that is told where to look sees one, else without. What is committed
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
    photos = _photos_of(library, scan, files)
    reasons = dict(files.loc[files["status"] == "error", ["photo_hash", "reason"]].itertuples(index=False))
    drawn = [_placed(row, photos.get(row["photo_hash"]), reasons) for row in regions.to_pylist()]
    lost = _work_off(_tasks(files, photos), library, scan, settings, on_photos)
    hashes = regions["photo_hash"].to_pylist()
    return [_done(one, photos.get(name), lost) for one, name in zip(drawn, hashes, strict=True)]


def _files_of(library: Library, scan: Scan, hashes: pa.Array) -> pd.DataFrame:
    """The files of photos as the census knows them (schemas.PHOTOS), by path."""
    current = census_of(library, library.listing(scan), scan.fingerprint).current
    return current.loc[current["photo_hash"].isin(hashes.to_pylist())].sort_values("path")


def _photos_of(library: Library, scan: Scan, files: pd.DataFrame) -> dict[str, _Photo]:
    """The photos that can be looked at, with their faces, by hash."""
    usable = files.loc[files["status"] != "error"]
    first = usable.drop_duplicates("photo_hash")
    sizes = first[["photo_hash", "width", "height"]].itertuples(index=False)
    photos = {name: _Photo(name, int(width), int(height)) for name, width, height in sizes}
    for face in faces_of(library, scan, usable, EDGES).to_pylist():
        photos[face["photo_hash"]].found[face["face_id"]] = _box(face)
    return photos


def _placed(region: Mapping[str, Any], photo: _Photo | None, reasons: Mapping[str, str]) -> Drawn:
    """What a region becomes if all goes well; a new face is noted in its photo."""
    if photo is None:
        return Drawn(None, reasons.get(region["photo_hash"], "the photo is not in the archive any more"))
    ends = (photo.width, photo.height) * 2
    box = tuple(float(np.float32(min(max(edge, 0), end))) for edge, end in zip(_box(region), ends, strict=True))
    if not min(box[2] - box[0], box[3] - box[1]) >= MIN_SIDE_PX:  # so that nan is too small, too
        return Drawn(None, f"a region of less than {MIN_SIDE_PX} px within the photo")
    known = {**photo.found, **photo.new}
    overlaps = overlap_of(np.tile(np.array(box), (len(known), 1)), np.array(list(known.values())).reshape(-1, 4))
    if overlaps.max(initial=0) >= MIN_OVERLAP:
        return Drawn(list(known)[int(overlaps.argmax())], None)
    name = face_id(photo.photo_hash, box)
    photo.new[name] = box
    return Drawn(name, None)


def _tasks(files: pd.DataFrame, photos: Mapping[str, _Photo]) -> pa.Table:
    """What is to be done (drawing.TASKS), the copies of a photo together, photos by their first path."""
    drawn_in = [name for name in files["photo_hash"].unique() if name in photos and photos[name].new]
    order = {name: place for place, name in enumerate(drawn_in)}
    some = files.loc[files["photo_hash"].isin(drawn_in)]
    some = some.iloc[np.argsort(some["photo_hash"].map(order), kind="stable")]
    rows = pa.Table.from_pandas(some[PHOTOS.names], PHOTOS, preserve_index=False)
    known = [photos[name] for name in some["photo_hash"]]
    for name, faces in (("regions", [one.new for one in known]), ("others", [one.found for one in known])):
        kind = TASKS.field(name)
        rows = rows.append_column(kind, pa.array([list(map(list, some.values())) for some in faces], kind.type))
    return rows


def _work_off(
    tasks: pa.Table, library: Library, scan: Scan, settings: Settings, on_photos: Callable[[int, int], None]
) -> dict[str, str]:
    """Have all of it done; the photos that could not be used, by hash, and why."""
    if not len(tasks):
        return {}
    turn = next_turn(scan.number, (commit.shard for commit in library.commits()))
    job = DrawingJob(Path(scan.archive), library.folder.resolve(), scan.number, scan.fingerprint, settings, turn)
    shards = _shards_of(tasks, scan, settings.index.photos_per_shard)
    tally = _Tally(on_photos, sum(len(shard.files) for shard in shards))
    runner_of(settings.runner)(shards, job, tally, DRAWING)
    hashes = dict(zip(tasks["path"].to_pylist(), tasks["photo_hash"].to_pylist(), strict=True))
    return {hashes[path]: reason for path, reason in tally.lost.items()}


def _shards_of(tasks: pa.Table, scan: Scan, photos_per_shard: int) -> list[Shard]:
    """The photos in pieces, each with the rows of all its copies."""
    starts = np.flatnonzero(np.r_[True, pc.not_equal(tasks["photo_hash"][1:], tasks["photo_hash"][:-1]).to_numpy()])
    ends = np.r_[starts[1:], len(tasks)]
    length = min(photos_per_shard, max(SMALLEST_SHARD, -(-len(starts) // LEAST_SHARDS)))
    shards = []
    for first in range(0, len(starts), length):
        piece = slice(first, first + length)
        looked_at = tasks.take(pa.array(starts[piece])).select(["path", "size", "modified_at"])
        columns = looked_at.set_column(2, "modified_at", looked_at["modified_at"].cast(pa.int64())).columns
        files = tuple(map(PhotoFile, *(column.to_pylist() for column in columns)))
        known = tasks.slice(starts[piece][0], ends[piece][-1] - starts[piece][0])
        shards.append(Shard(shard_name(scan.number, scan.fingerprint, files), files, known))
    return shards


class _Tally:
    """Progress that hands the count of photos on and gathers what was lost."""

    def __init__(self, on_photos: Callable[[int, int], None], total: int) -> None:
        self.on_photos = on_photos
        self.total = total
        self.done = 0
        self.lost: dict[str, str] = {}

    def ready(self) -> None:
        """A worker is up: the count may begin to move."""
        self.on_photos(self.done, self.total)

    def photos(self, count: int) -> None:
        """So many photos more were settled."""
        self.done += count
        self.on_photos(self.done, self.total)

    def shard(self, report: ShardReport) -> None:
        """A shard was committed."""
        self.lost.update(report.lost)


def _done(drawn: Drawn, photo: _Photo | None, lost: Mapping[str, str]) -> Drawn:
    """What a region has become."""
    if photo and drawn.face_id in photo.new and photo.photo_hash in lost:
        return Drawn(None, lost[photo.photo_hash])
    return drawn


def _box(row: Mapping[str, Any]) -> Box:
    return tuple(float(row[edge]) for edge in EDGES)
