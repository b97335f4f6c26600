"""The photo files of a shard with those who are to stand in their metadata, as metadata says it."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from facecluster.metadata.frames import Frames, stored_boxes
from facecluster.metadata.words import Frame, Shown
from facecluster.pipeline.plan import Shard
from facecluster.pipeline.tags.outgoing.shown import BOX, FRAME
from facecluster.store.archive import PhotoFile

NO_FRAME = Frame(1, 1, 1)
"""Of a photo on which nobody is shown: nothing is placed in it."""


class PhotoShown(NamedTuple):
    """A photo file, and whom its metadata is to show."""

    file: PhotoFile
    shown: tuple[Shown, ...]
    frame: Frame


def shown_on(shard: Shard) -> Iterator[PhotoShown]:
    """Each file of a shard, in order, with its rows among those that are known beside it (schemas.SHOWN)."""
    rows = shard.known
    width, height, orientation = (rows[name].to_numpy() for name in FRAME)
    boxes = np.stack([rows[edge].to_numpy() for edge in BOX], axis=1)
    stored = stored_boxes(boxes, Frames(width, height, orientation))
    frames = list(map(Frame, width.tolist(), height.tolist(), orientation.tolist()))
    shown = [Shown(name, _box(box)) for name, box in zip(rows["name"].to_pylist(), stored.tolist(), strict=True)]
    rows_of = _rows_by_path(rows)
    for file in shard.files:
        here = rows_of.get(file.path, [])
        yield PhotoShown(file, tuple(shown[row] for row in here), frames[here[0]] if here else NO_FRAME)


def _box(edges: list[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    return left, top, right, bottom


def _rows_by_path(rows: pa.Table) -> dict[str, list[int]]:
    by_path: dict[str, list[int]] = {}
    for row, path in enumerate(rows["path"].to_pylist()):
        by_path.setdefault(path, []).append(row)
    return by_path
