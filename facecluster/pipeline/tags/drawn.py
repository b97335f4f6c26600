"""Regions that show no face that was found -> faces of the library, so that a name can stand on them."""

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa

from facecluster.settings import Settings
from facecluster.store.library import Library

REGIONS = pa.schema(
    [
        pa.field("photo_hash", pa.string(), nullable=False),
        *(pa.field(edge, pa.float32(), nullable=False) for edge in ("x0", "y0", "x1", "y1")),  # px, upright, full size
    ]
)
"""A row a region that somebody drew around a face."""


class Drawn(NamedTuple):
    """What a region has become: one of the two is None."""

    face_id: str | None
    reason: str | None  # why it is no face of the library


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
    raise NotImplementedError
