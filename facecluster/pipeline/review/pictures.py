"""Faces of an open library -> their pictures and vectors, read where they lie."""

import logging
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from jaxtyping import Int32, Int64

from facecluster.errors import LibraryError
from facecluster.pipeline.catalogue import embeddings_of
from facecluster.pipeline.people import PresentFaces
from facecluster.pipeline.targets import Rows
from facecluster.store.library import Library
from facecluster.store.records import Commit
from facecluster.types import Embeddings

logger = logging.getLogger(__name__)


class Spots(NamedTuple):
    """Where faces lie in a library: for good, as no shard is ever changed."""

    shards: tuple[Commit, ...]
    numbers: Int32[np.ndarray, "n"]  # of the shard of each face, in `shards`
    places: Int32[np.ndarray, "n"]  # of its row in that shard


def spots_of(present: PresentFaces, rows: Rows) -> Spots:
    """Where the faces of these rows lie, in their order."""
    numbers, places = (present.table[name].iloc[rows].to_numpy(np.int32) for name in ("shard", "place"))
    return Spots(present.shards, numbers, places)


def spots_together(some: Sequence[Spots]) -> Spots:
    """Spots in the same shards, one after the other; at least one."""
    numbers, places = (np.concatenate(columns) for columns in zip(*(spots[1:] for spots in some), strict=True))
    return Spots(some[0].shards, numbers, places)


def thumbnails(library: Library, spots: Spots) -> list[bytes]:
    """The pictures of faces, as JPEGs, in their order; empty where a shard cannot be read, which is logged."""
    found = [b""] * len(spots.places)
    for at, table in _read(library, spots, "thumbnail"):
        for place, jpeg in zip(at.tolist(), table["thumbnail"].to_pylist(), strict=True):
            found[place] = jpeg
    return found


def vectors(library: Library, spots: Spots) -> Embeddings:
    """The vectors of faces, (n, d), in their order; zeros where a shard cannot be read, which is logged."""
    found = np.zeros((len(spots.places), library.identity.pack.dimension), np.float32)
    for at, some in vectors_by_shard(library, spots):
        found[at] = some
    return found


def vectors_by_shard(library: Library, spots: Spots) -> Iterator[tuple[Int64[np.ndarray, "m"], Embeddings]]:
    """The same piece by piece, for more faces than should be held at once: places among `spots`, and their vectors."""
    for at, table in _read(library, spots, "embedding"):
        yield at, embeddings_of(table)


def _read(library: Library, spots: Spots, column: str) -> Iterator[tuple[Int64[np.ndarray, "m"], pa.Table]]:
    """Shard by shard: which of the faces lie there, and a column of theirs."""
    for number in np.unique(spots.numbers).tolist():
        at = np.flatnonzero(spots.numbers == number)
        try:
            table = library.face_rows(spots.shards[number], spots.places[at].astype(np.int64), [column])
        except LibraryError as error:
            logger.warning("%s The faces in it are shown without pictures, and not compared.", error)
            continue
        yield at, table
