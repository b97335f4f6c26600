"""Regions, and the faces that their photos have -> the faces that are to be drawn, cut in shards. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.people.matching import MIN_OVERLAP, overlap_of
from facecluster.pipeline.columns import rows_alone
from facecluster.pipeline.plan import LEAST_SHARDS, SMALLEST_SHARD, Shard, shard_name
from facecluster.pipeline.rows import face_id
from facecluster.pipeline.tags.drawn.drawing import TASKS
from facecluster.schemas import PHOTOS
from facecluster.store.archive import PhotoFile

EDGES = ("x0", "y0", "x1", "y1")

MIN_SIDE_PX = 8
"""Of the shorter side of a region, within its photo: what is smaller was clicked, not drawn."""

Box = tuple[float, ...]
"""Its edges, px, upright, full size."""


class Drawn(NamedTuple):
    """What a region becomes: one of the two is None."""

    face_id: str | None
    reason: str | None  # why it is no face of the library


@dataclass(frozen=True)
class DrawnPhoto:
    """A photo that can be looked at, and its faces, by their ids."""

    photo_hash: str
    width: int  # upright, px
    height: int
    found: dict[str, Box] = field(default_factory=dict)  # that are there
    new: dict[str, Box] = field(default_factory=dict)  # that its regions add


def photos_with_faces(files: pd.DataFrame, faces: Iterable[Mapping[str, Any]]) -> dict[str, DrawnPhoto]:
    """The photos that can be looked at, with their faces, by hash.

    Args:
        files: rows of schemas.PHOTOS.
        faces: of these photos: face_id, photo_hash and EDGES.
    """
    usable = files.loc[files["status"] != "error"].drop_duplicates("photo_hash")
    sizes = usable[["photo_hash", "width", "height"]].itertuples(index=False)
    photos = {name: DrawnPhoto(name, int(width), int(height)) for name, width, height in sizes}
    for face in faces:
        if photo := photos.get(face["photo_hash"]):
            photo.found[face["face_id"]] = _box(face)
    return photos


def place_region(region: Mapping[str, Any], photo: DrawnPhoto) -> Drawn:
    """What a region becomes if its photo can be read; a face that it adds is noted there.

    A region that overlaps a face by half is that face: what is said of a face is said of all boxes that do
    (people.matching).
    """
    ends = (photo.width, photo.height) * 2
    box = tuple(float(np.float32(min(max(edge, 0), end))) for edge, end in zip(_box(region), ends, strict=True))
    if not np.min([box[2] - box[0], box[3] - box[1]]) >= MIN_SIDE_PX:  # so that nan is too small, too
        return Drawn(None, f"expected a region of at least {MIN_SIDE_PX} px a side within the photo")
    known = {**photo.found, **photo.new}
    others = np.array(list(known.values()), np.float64).reshape(-1, 4)
    overlaps = overlap_of(np.broadcast_to(np.array(box), others.shape), others)
    if overlaps.max(initial=0) >= MIN_OVERLAP:
        return Drawn(list(known)[int(overlaps.argmax())], None)
    name = face_id(photo.photo_hash, box)
    photo.new[name] = box
    return Drawn(name, None)


def tasks_table(files: pd.DataFrame, photos: Mapping[str, DrawnPhoto]) -> pa.Table:
    """What is to be done (drawing.TASKS) in the photos that get new faces, in the order of their first paths.

    Args:
        files: rows of schemas.PHOTOS, by path.
        photos: by hash.
    """
    wanted = [name for name in files["photo_hash"].unique() if name in photos and photos[name].new]
    places = pd.Index(wanted).get_indexer(pd.Index(files["photo_hash"]))
    order = np.argsort(places, kind="stable")
    rows = files.iloc[order[np.count_nonzero(places < 0) :]]
    table = pa.Table.from_pandas(rows[PHOTOS.names], PHOTOS, preserve_index=False)
    known = [photos[name] for name in rows["photo_hash"]]
    for name, faces in (("regions", [one.new for one in known]), ("others", [one.found for one in known])):
        kind = TASKS.field(name)
        table = table.append_column(kind, pa.array([list(some.values()) for some in faces], kind.type))
    return table


def shards_to_draw(tasks: pa.Table, scan: int, fingerprint: str, photos_per_shard: int) -> list[Shard]:
    """The tasks as shards of photos; what is known beside them are the tasks, of all copies."""
    hashes = tasks["photo_hash"].to_pylist()
    starts = [row for row, name in enumerate(hashes) if row == 0 or name != hashes[row - 1]]
    length = min(photos_per_shard, max(SMALLEST_SHARD, -(-len(starts) // LEAST_SHARDS)))
    shards = []
    for first in range(0, len(starts), length):
        photos = starts[first : first + length]
        end = starts[first + length] if first + length < len(starts) else len(tasks)
        files = _files(tasks.take(pa.array(photos)))
        known = rows_alone(tasks, photos[0], end)
        shards.append(Shard(shard_name(scan, fingerprint, files), files, known))
    return shards


def _files(tasks: pa.Table) -> tuple[PhotoFile, ...]:
    times = pc.cast(tasks["modified_at"], pa.int64())
    return tuple(map(PhotoFile, tasks["path"].to_pylist(), tasks["size"].to_pylist(), times.to_pylist()))


def _box(row: Mapping[str, Any]) -> Box:
    return tuple(float(row[edge]) for edge in EDGES)
