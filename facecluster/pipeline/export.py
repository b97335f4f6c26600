"""The library as one flat table, for other tools."""

import pandas as pd

from facecluster.pipeline.catalogue import census_of, clustered_faces, latest_scan
from facecluster.store.library import Library

FACE_COLUMNS = [
    "photo_path",
    "photo_hash",
    "face_id",
    "x0",
    "y0",
    "x1",
    "y1",
    "score",
    "quality",
    "cluster_id",
    "strength",
]
PHOTO_COLUMNS = ["photo_path", "photo_hash", "status", "reason", "n_faces"]

VANISHED = "vanished"
"""Status in an export of a photo that was indexed and is no longer in the archive."""


def export_faces(library: Library) -> pd.DataFrame:
    """FACE_COLUMNS of every face of the photos in the archive, by photo; a face that stands alone has no cluster_id."""
    scan = latest_scan(library)
    photos = census_of(library, library.listing(scan), scan.fingerprint).current
    faces = clustered_faces(library, scan, photos, ["x0", "y0", "x1", "y1", "score", "quality"])
    return faces[FACE_COLUMNS].sort_values(["photo_path", "face_id"], ignore_index=True)


def export_photos(library: Library) -> pd.DataFrame:
    """A row a photo file that is or was in the archive (PHOTO_COLUMNS), by path."""
    scan = latest_scan(library)
    census = census_of(library, library.listing(scan), scan.fingerprint)
    photos = pd.concat([census.current, census.vanished.assign(status=VANISHED)])
    return photos.rename(columns={"path": "photo_path"})[PHOTO_COLUMNS].sort_values("photo_path", ignore_index=True)
