"""What the library knows now: the census of the archive, and the faces of the photos that are there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.clusters.grid import UNIT_TOLERANCE
from facecluster.clusters.threshold import Calibration
from facecluster.errors import LibraryError
from facecluster.pipeline.plan import Census, Done, take_census
from facecluster.schemas import CLUSTERS, faces_schema
from facecluster.store.library import Library
from facecluster.store.records import Commit, MeasuredCalibration, PackIdentity, Scan
from facecluster.types import Embeddings

PLACES = pa.schema([pa.field("shard", pa.int32(), nullable=False), pa.field("place", pa.int32(), nullable=False)])
"""Where a face lies: which shard of some, and which row of its table."""


def latest_scan(library: Library) -> Scan:
    """The newest listing of the archive.

    Raises:
        LibraryError: there is none yet.
    """
    scan = library.latest_scan()
    if scan is None:
        raise LibraryError(f"The library in {library.folder} is still empty. Fill it with `facecluster run ARCHIVE`.")
    return scan


def census_of(
    library: Library, listing: pa.Table, fingerprint: str, decoder: str | None = None, *, retry_failed: bool = False
) -> Census:
    """The census of a listing against all commits of a fingerprint (plan.take_census)."""
    commits = [commit for commit in library.commits() if commit.fingerprint == fingerprint]
    done = (Done(commit.decoder, library.photos(commit)) for commit in commits)
    return take_census(listing, done, decoder, retry_failed=retry_failed)


class PlacedFaces(NamedTuple):
    """Faces, and where in the library each of them lies."""

    table: pa.Table  # with `shard`, a place in `shards`, and `place`, a row of that shard's table of faces
    shards: tuple[Commit, ...]  # all of the scan's fingerprint


def faces_of(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> pa.Table:
    """The faces of these photos, each once, sorted by face id: face_id, photo_hash and `columns` of the faces table.

    A photo that two workers looked at at once has its faces in two shards; they are the same faces.

    Raises:
        LibraryError: `columns` has the embedding, and a shard one that is not of unit length.
    """
    return placed_faces(library, scan, photos, columns).table.drop_columns(PLACES.names)


def placed_faces(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> PlacedFaces:
    """The same faces, and where they lie."""
    names = list(dict.fromkeys(["face_id", "photo_hash", *columns]))
    schema = faces_schema(library.identity.pack.dimension)
    present = pd.Index(photos["photo_hash"].dropna().unique(), dtype=object)
    empty = schema.empty_table().select(names)
    tables = [_placed(empty, 0)]
    shards = _shards(library, scan)
    for shard, commit in enumerate(shards):
        if not commit.faces.rows:
            continue
        table = library.faces(commit, names)
        tables.append(_placed(table, shard).filter(_among(table["photo_hash"], present)))
        if "embedding" in names:
            _check_vectors(tables[-1], library, commit)
    faces = pa.concat_tables(tables)
    ids = faces["face_id"].to_numpy(zero_copy_only=False).astype(str)
    _, first = np.unique(ids, return_index=True)
    return PlacedFaces(faces.take(pa.array(first)), shards)


def _shards(library: Library, scan: Scan) -> tuple[Commit, ...]:
    return tuple(commit for commit in library.commits() if commit.fingerprint == scan.fingerprint)


def _placed(table: pa.Table, shard: int) -> pa.Table:
    """The faces of a shard with PLACES."""
    places = [np.full(len(table), shard, np.int32), np.arange(len(table), dtype=np.int32)]
    for field, values in zip(PLACES, places, strict=True):
        table = table.append_column(field, pa.array(values))
    return table


def rows_of_faces(library: Library, scan: Scan, face_ids: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of some faces, shard by shard: those of all faces of a large archive would not fit into memory."""
    wanted = pd.Index(face_ids, dtype=object).unique()
    for commit in _shards(library, scan):
        if not commit.faces.rows:
            continue
        found = _among(library.faces(commit, ["face_id"])["face_id"], wanted)
        if pc.any(found).as_py():
            yield library.faces(commit, columns).filter(found)


def vectors_of_faces(library: Library, scan: Scan, face_ids: Iterable[str]) -> tuple[list[str], Embeddings]:
    """The ids of those of these faces that the library has, each once and sorted, and their vectors."""
    empty = faces_schema(library.identity.pack.dimension).empty_table().select(["face_id", "embedding"])
    rows = pa.concat_tables([empty, *rows_of_faces(library, scan, face_ids, empty.column_names)])
    found, first = np.unique(rows["face_id"].to_numpy().astype(str), return_index=True)
    return found.tolist(), embeddings_of(rows.take(pa.array(first)))


def prior_of(library: Library) -> Calibration:
    """What cosines mean in a library: what was measured there last, else what its pack says."""
    measured = library.calibration()
    return _calibration(measured) if measured else calibration_of_pack(library)


def calibration_of_pack(library: Library) -> Calibration:
    """What the pack of a library says of cosines."""
    return _calibration(library.identity.pack)


def _calibration(source: MeasuredCalibration | PackIdentity) -> Calibration:
    return Calibration(source.impostor_median, source.impostor_sd, source.genuine_median)


def embeddings_of(faces: pa.Table) -> Embeddings:
    """The vectors of a faces table, (n, d), at float32."""
    column = faces["embedding"].combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    return flat.astype(np.float32).reshape(len(faces), column.type.list_size)


def _among(column: pa.ChunkedArray, index: pd.Index) -> pa.Array:
    """Which texts of a column are in an index; Arrow would make its table of all of them anew for every shard."""
    return pa.array(index.get_indexer(column.to_numpy()) >= 0)


def _check_vectors(faces: pa.Table, library: Library, commit: Commit) -> None:
    vectors = embeddings_of(faces)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    odd = ~(np.abs(lengths - 1) <= UNIT_TOLERANCE)  # so that nan is odd too
    if odd.any():
        row = int(np.argmax(odd))
        raise LibraryError(
            f"The shard {commit.shard} of {library.folder} is damaged: expected vectors of length 1, found "
            f"{lengths[row]:.4g} at face {faces['face_id'][row]}. Delete {library.folder / 'index' / commit.shard}, "
            "then index the archive again: the photos of that shard are looked at anew."
        )


def clustered_faces(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The faces of these photos with their cluster in the current run (columns of schemas.CLUSTERS), sorted by face id.

    Each face has the first path of its photo as `photo_path`; faces that no run has seen yet have no cluster.
    """
    return with_clusters(library, faces_of(library, scan, photos, columns), photos)


def with_clusters(library: Library, faces: pa.Table, photos: pd.DataFrame) -> pd.DataFrame:
    """The same for faces that were read already."""
    run = library.current_run()
    clusters = library.clusters(run) if run else CLUSTERS.empty_table()
    frame = clusters.to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)
    first = photos.dropna(subset="photo_hash").sort_values("path").drop_duplicates("photo_hash")
    paths = pd.DataFrame({"photo_hash": first["photo_hash"], "photo_path": first["path"]})
    return faces.to_pandas().merge(frame, on="face_id", how="left").merge(paths, on="photo_hash", how="left")
