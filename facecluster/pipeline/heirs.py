"""Photos that were changed -> whose heirs the faces in them are, found when a run first sees them, and kept."""

from datetime import UTC, datetime
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from facecluster.people.heirs import Versions, find_heirs
from facecluster.people.matching import PHOTO_DIGITS
from facecluster.people.stand_ins import Heirs, heirs_in
from facecluster.pipeline.catalogue import census_of, embeddings_of
from facecluster.schemas import PHOTOS, faces_schema
from facecluster.store.library import Library
from facecluster.store.records import Scan

FACE_COLUMNS = ["face_id", "photo_hash", "x0", "y0", "x1", "y1", "embedding"]
PHOTO_COLUMNS = ["path", "photo_hash", "width", "height", "taken_at"]

_known: WeakKeyDictionary[Library, tuple[int, Heirs]] = WeakKeyDictionary()
"""With the number of the last table: a page that asks at every click reads them once."""


def heirs_of(library: Library) -> Heirs:
    """All faces of photos that were changed, and which of them are one.

    Raises:
        LibraryError: a table is damaged.
    """
    last = last_heirs(library)
    known = _known.get(library)
    if known is None or known[0] != last:
        known = _known[library] = last, heirs_in(library.heirs(last))
    return known[1]


def last_heirs(library: Library) -> int:
    """The number of the last table of heirs; 0: there is none."""
    return max(library.heirs_numbers(), default=0)


def add_new_heirs(library: Library, scan: Scan, *, all_: bool = False) -> int:
    """Find the heirs of the faces of photos that were changed since the newest run, and keep them; how many.

    A file is changed when it was indexed with other bytes before, which are nowhere in the archive now.

    Args:
        library: held for writing.
        scan: the newest.
        all_: look at all photos that were ever changed.

    Raises:
        LibraryError: a table is damaged.
        StorageError: a write failed.
    """
    runs = library.run_numbers()
    if runs and not all_ and library.run_record(runs[-1]).get("scan") == scan.number:
        return 0
    history = _history(library)
    were, are = _changed_photos(library, scan, history)
    if runs and not all_ and len(were):
        were = were.loc[_changed_since(_photos_of_run(library, runs[-1]), were, are)]
    if were.empty:
        return 0
    are = are.loc[are["file"].isin(were["file"])]
    found = find_heirs(*(_versions(library, photos, history) for photos in (were, are)))
    known = heirs_of(library).one(found["face_id"], found["heir"])
    new = found.filter(pa.array(~known))
    if len(new):
        library.add_heirs(new, {"scan": scan.number, "created_at": datetime.now(UTC).isoformat(timespec="seconds")})
    return len(new)


def _history(library: Library) -> pd.DataFrame:
    """All photo files with faces that were ever indexed, and in which shard under which fingerprint; oldest first."""
    frames = [
        library.photos(commit).to_pandas().assign(shard=commit.shard, fingerprint=commit.fingerprint)
        for commit in library.commits()
    ]
    rows = pd.concat(frames or [PHOTOS.empty_table().to_pandas().assign(shard="", fingerprint="")])
    return rows.loc[rows["n_faces"] > 0, [*PHOTO_COLUMNS, "shard", "fingerprint"]]


def _changed_photos(library: Library, scan: Scan, history: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The versions of files that are nowhere now, and the versions of these files that are there; both with `file`."""
    current = census_of(library, library.listing(scan), scan.fingerprint).current
    are = current.loc[current["n_faces"] > 0, PHOTO_COLUMNS].assign(fingerprint=scan.fingerprint)
    paths = pd.Index(are["path"])
    were = history.assign(file=paths.get_indexer(pd.Index(history["path"])))
    were = were.loc[(were["file"] >= 0) & ~were["photo_hash"].isin(current["photo_hash"])]
    return were.drop_duplicates(["path", "photo_hash"], keep="last"), are.assign(file=np.arange(len(are)))


def _photos_of_run(library: Library, run: int) -> pd.Index:
    """The beginnings of the hashes of the photos whose faces a run grouped."""
    return pd.Index(pc.unique(pc.utf8_slice_codeunits(library.clusters(run)["face_id"], 0, PHOTO_DIGITS)).to_pandas())


def _changed_since(known: pd.Index, were: pd.DataFrame, are: pd.DataFrame) -> np.ndarray:
    """Of which versions that are gone a run still knew faces, or did not know the version that is there."""
    now = are.set_index("file")["photo_hash"].reindex(were["file"])
    was_known, is_known = (hashes.str[:PHOTO_DIGITS].isin(known).to_numpy() for hashes in (were["photo_hash"], now))
    return was_known | ~is_known


def _versions(library: Library, photos: pd.DataFrame, history: pd.DataFrame) -> Versions:
    """The faces of these photos."""
    faces = _faces_of(library, photos, history)
    rows = faces.select(FACE_COLUMNS[:-1]).to_pandas().assign(row=np.arange(len(faces))).merge(photos, on="photo_hash")
    return Versions(
        ids=rows["face_id"].to_numpy(str),
        files=rows["file"].to_numpy(np.int64),
        photos=pd.factorize(rows["photo_hash"])[0].astype(np.int64),
        sizes=rows[["width", "height"]].to_numpy(np.float64),
        taken=rows["taken_at"].to_numpy("datetime64[ms]"),
        boxes=rows[["x0", "y0", "x1", "y1"]].to_numpy(np.float64),
        vectors=embeddings_of(faces)[rows["row"].to_numpy()],
    )


def _faces_of(library: Library, photos: pd.DataFrame, history: pd.DataFrame) -> pa.Table:
    """FACE_COLUMNS of the faces of these photos, each once, out of the shards that may have them."""
    asked = history.merge(photos[["photo_hash", "fingerprint"]].drop_duplicates())
    hashes = dict(list(asked.groupby("shard")["photo_hash"]))
    tables = [faces_schema(library.identity.pack.dimension).empty_table().select(FACE_COLUMNS)]
    for commit in library.commits():
        if commit.shard in hashes and commit.faces.rows:
            table = library.faces(commit, FACE_COLUMNS)
            tables.append(table.filter(pc.is_in(table["photo_hash"], pa.array(hashes[commit.shard].unique()))))
    faces = pa.concat_tables(tables)
    _, first = np.unique(faces["face_id"].to_numpy().astype(str), return_index=True)
    return faces.take(pa.array(first))
