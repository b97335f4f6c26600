"""What the library knows now: the census of the archive, and the faces of the photos that are there."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Int32

from facecluster.clusters.grid import UNIT_TOLERANCE
from facecluster.clusters.threshold import Calibration
from facecluster.errors import ArchiveError, LibraryError
from facecluster.pipeline.columns import give_back, one_array, rows_among, rows_each_once
from facecluster.pipeline.photos_there import PhotosThere, photos_in
from facecluster.pipeline.plan import Census, Done, take_census
from facecluster.schemas import CLUSTERS, faces_schema
from facecluster.store.library import Library
from facecluster.store.records import Commit, MeasuredCalibration, PackIdentity, Scan
from facecluster.types import Embeddings

PLACES = pa.schema([pa.field(name, pa.int32(), nullable=False) for name in ("photo", "shard", "place")])
"""Where a face lies: on which of some photos, in which of some shards, and in which row of its table of faces."""

SHARDS_AT_ONCE = 500
"""Whose faces are held against the photos that are there: these are put into order anew every time."""


def latest_scan(library: Library) -> Scan:
    """The newest listing of the archive.

    Raises:
        LibraryError: there is none yet.
    """
    scan = library.latest_scan()
    if scan is None:
        raise LibraryError(f"The library in {library.folder} is still empty. Fill it with `facecluster run ARCHIVE`.")
    return scan


def archive_there(scan: Scan) -> Path:
    """The folder that was listed.

    Raises:
        ArchiveError: it is not there.
    """
    archive = Path(scan.archive)
    if not archive.is_dir():
        raise ArchiveError(
            f"There is no folder {archive}, where the photos were: is its disk mounted? If they moved, say where to: "
            "facecluster run FOLDER --moved"
        )
    return archive


def census_of(
    library: Library, listing: pa.Table, fingerprint: str, decoder: str | None = None, *, retry_failed: bool = False
) -> Census:
    """The census of a listing against all commits of a fingerprint (plan.take_census)."""
    commits = [commit for commit in library.commits() if commit.fingerprint == fingerprint]
    done = (Done(commit.decoder, library.photos(commit)) for commit in commits)
    return take_census(listing, done, decoder, retry_failed=retry_failed)


def shards_of(library: Library, scan: Scan) -> tuple[Commit, ...]:
    """The shards of a scan's fingerprint, oldest first."""
    return tuple(commit for commit in library.commits() if commit.fingerprint == scan.fingerprint)


def faces_of(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> pa.Table:
    """The faces of these photos, each once, sorted by face id: face_id, photo_hash and `columns` of the faces table.

    A photo that two workers looked at at once has its faces in two shards; they are the same faces.

    Raises:
        LibraryError: `columns` has the embedding, and a shard one that is not of unit length.
    """
    names = list(dict.fromkeys(["face_id", "photo_hash", *columns]))
    return placed_faces(library, shards_of(library, scan), photos_in(photos).hashes, names).select(names)


def seen_faces_of(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> pa.Table:
    """The same without unseen faces (schemas.faces_schema): those with a vector."""
    faces = faces_of(library, scan, photos, [*columns, "quality"])
    return faces.filter(pc.greater(faces["quality"], 0)).select(["face_id", "photo_hash", *columns])


def placed_faces(
    library: Library, shards: Sequence[Commit], hashes: pa.StringArray, columns: Sequence[str]
) -> pa.Table:
    """The same of the photos of these hashes in these shards, with PLACES, and without photo_hash if not asked for."""
    faces = pa.concat_tables(_parts(library, shards, hashes, columns)).combine_chunks()
    return faces.take(rows_each_once(one_array(faces["face_id"])))


def _parts(
    library: Library, shards: Sequence[Commit], hashes: pa.StringArray, columns: Sequence[str]
) -> Iterator[pa.Table]:
    """These faces as they come, shard by shard."""
    names = list(dict.fromkeys(["face_id", "photo_hash", *columns]))
    empty = faces_schema(library.identity.pack.dimension).empty_table().select(names)
    for first in range(0, max(len(shards), 1), SHARDS_AT_ONCE):
        some = enumerate(shards[first : first + SHARDS_AT_ONCE], first)
        read = (_placed(library.faces(commit, names), shard) for shard, commit in some if commit.faces.rows)
        there = _there(pa.concat_tables([_placed(empty, 0), *read]), hashes, columns)
        _check_vectors(there, library, shards)
        yield there


def _placed(table: pa.Table, shard: int) -> pa.Table:
    """The faces of a shard, with its number and their rows."""
    table = table.append_column(PLACES.field("shard"), pa.array(np.full(len(table), shard, np.int32)))
    return table.append_column(PLACES.field("place"), pa.array(np.arange(len(table), dtype=np.int32)))


def _there(faces: pa.Table, hashes: pa.StringArray, columns: Sequence[str]) -> pa.Table:
    """The faces of the photos of these hashes, with the numbers of these photos; the hash only if asked for."""
    photos = pc.index_in(faces["photo_hash"], hashes)
    faces = faces if "photo_hash" in columns else faces.drop_columns("photo_hash")
    return faces.append_column(PLACES.field("photo"), photos).filter(photos.is_valid())


def rows_of_faces(library: Library, scan: Scan, face_ids: Iterable[str], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Columns of some faces, shard by shard: those of all faces of a large archive would not fit into memory."""
    wanted = pd.Index(face_ids, dtype=object).unique()
    for commit in shards_of(library, scan):
        if not commit.faces.rows:
            continue
        found = _among(library.faces(commit, ["face_id"])["face_id"], wanted)
        if pc.any(found).as_py():
            yield library.faces(commit, columns).filter(found)


def vectors_of_faces(library: Library, scan: Scan, face_ids: Iterable[str]) -> tuple[list[str], Embeddings]:
    """The ids of those of these faces that the library has a vector of, each once and sorted, and these vectors."""
    empty = faces_schema(library.identity.pack.dimension).empty_table().select(["face_id", "embedding"])
    rows = pa.concat_tables([empty, *rows_of_faces(library, scan, face_ids, empty.column_names)])
    rows = rows.filter(rows["embedding"].is_valid())
    found, first = np.unique(rows["face_id"].to_numpy().astype(str), return_index=True)
    return found.tolist(), embeddings_of(rows.take(pa.array(first)))


def vectors_at(
    library: Library, shards: Sequence[Commit], of: Int32[np.ndarray, "n"], places: Int32[np.ndarray, "n"]
) -> Embeddings:
    """The vectors of faces by where they lie: in which of the shards, and in which row of its faces.

    Raises:
        LibraryError: a shard is damaged, or gone.
    """
    vectors = np.empty((len(of), library.identity.pack.dimension), np.float32)
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        if len(rows):
            found = library.face_rows(shards[int(of[rows[0]])], places[rows].astype(np.int64), ["embedding"])
            vectors[rows] = embeddings_of(found)
    return vectors


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
    """The vectors of a faces table, (n, d), at float32; zeros of unseen faces, which are like nobody."""
    column = one_array(faces["embedding"])
    dimension = column.type.list_size
    flat = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32).reshape(-1, dimension)
    if not column.null_count:
        return flat
    vectors = np.zeros((len(faces), dimension), np.float32)
    vectors[column.is_valid().to_numpy(zero_copy_only=False)] = flat
    return vectors


def _among(column: pa.ChunkedArray, index: pd.Index) -> pa.Array:
    """Which texts of a column are in an index; Arrow would make its table of all of them anew for every shard."""
    return pa.array(index.get_indexer(column.to_numpy()) >= 0)


def _check_vectors(faces: pa.Table, library: Library, shards: Sequence[Commit]) -> None:
    if "embedding" not in faces.column_names:
        return
    for part in faces.to_batches():
        vectors = embeddings_of(pa.table(part))
        lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
        odd = ~(np.abs(lengths - 1) <= UNIT_TOLERANCE)  # so that nan is odd too
        odd &= part["embedding"].is_valid().to_numpy(zero_copy_only=False)
        if odd.any():
            row = int(np.argmax(odd))
            shard = shards[part["shard"][row].as_py()].shard
            raise LibraryError(
                f"The shard {shard} of {library.folder} is damaged: expected vectors of length 1, found "
                f"{lengths[row]:.4g} at face {part['face_id'][row]}. Delete {library.folder / 'index' / shard}, "
                "then index the archive again: the photos of that shard are looked at anew."
            )


def clustered_faces(library: Library, scan: Scan, photos: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The faces of these photos with their cluster in the current run (columns of schemas.CLUSTERS), sorted by face id.

    Each face has the hash of its photo and its first path, `photo_path`; those that no run has seen have no cluster.
    """
    there, names = photos_in(photos), ["photo_hash", *columns]
    faces = dated_faces(library, shards_of(library, scan), there, names).drop_columns([*PLACES.names, "taken_at"])
    return with_clusters(library, library.current_run(), faces)


def dated_faces(library: Library, shards: Sequence[Commit], photos: PhotosThere, columns: Sequence[str]) -> pa.Table:
    """The faces of these photos (placed_faces) with `photo_path` and `taken_at`, local time, null where not known."""
    faces = placed_faces(library, shards, photos.hashes, columns)
    of = one_array(faces["photo"])
    faces = faces.append_column("photo_path", photos.paths.take(of))
    return faces.append_column("taken_at", photos.taken_at.take(of))


def with_clusters(library: Library, run: int | None, faces: pa.Table) -> pd.DataFrame:
    """The faces with their rows in the clusters of a run (columns of schemas.CLUSTERS), empty where they have none."""
    clusters = library.clusters(run) if run else CLUSTERS.empty_table()
    rows = rows_among(one_array(faces["face_id"]), clusters["face_id"])
    found = clusters.drop_columns("face_id").take(rows)
    del clusters
    give_back()
    return pd.concat([faces.to_pandas(), found.to_pandas(types_mapper={pa.int32(): pd.Int32Dtype()}.get)], axis=1)
