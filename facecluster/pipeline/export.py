"""The library as one flat table, for other tools."""

import numpy as np
import pandas as pd
import pyarrow as pa

from facecluster.pipeline.catalogue import census_of, latest_scan
from facecluster.pipeline.people import people_of
from facecluster.store.library import Library

FACES_EXPORT = pa.schema(
    [
        pa.field("photo_path", pa.string(), nullable=False),  # relative to the archive; of copies, the first
        pa.field("photo_hash", pa.string(), nullable=False),
        pa.field("face_id", pa.string(), nullable=False),
        *(pa.field(edge, pa.float32(), nullable=False) for edge in ("x0", "y0", "x1", "y1")),  # px, upright, full size
        pa.field("score", pa.float32(), nullable=False),  # of the detector, 0..1
        pa.field("quality", pa.float32(), nullable=False),  # 0..1; 0: only drawn, no detector sees it
        pa.field("cluster_id", pa.int32()),  # null: alone, or not grouped
        pa.field("strength", pa.float32()),  # of its membership, 0..1; null: not grouped
        pa.field("person", pa.string()),  # name; null: nobody, or somebody without a name
        pa.field("provenance", pa.string()),  # human | imported | automatic | proposed; null: nobody
        pa.field("probability", pa.float32()),  # that it is this person, 0..1; 1 for human and imported
    ]
)
"""A row a face: the columns, and their order, are a promise to other programs."""

PHOTOS_EXPORT = pa.schema(
    [
        pa.field("photo_path", pa.string(), nullable=False),
        pa.field("photo_hash", pa.string()),  # null: the bytes could not be read
        pa.field("status", pa.string(), nullable=False),  # ok | no_face | error | vanished
        pa.field("reason", pa.string()),  # of an error
        pa.field("n_faces", pa.int32(), nullable=False),
    ]
)
"""A row a photo file: a promise too."""

VANISHED = "vanished"
"""Status in an export of a photo that was indexed and is no longer in the archive."""

BOX_DECIMALS = 2  # of a pixel
SHARE_DECIMALS = 4  # of numbers from 0 to 1

DECIMALS = {
    **dict.fromkeys(("x0", "y0", "x1", "y1"), BOX_DECIMALS),
    **dict.fromkeys(("score", "quality", "strength", "probability"), SHARE_DECIMALS),
}


def export_faces(library: Library) -> pa.Table:
    """FACES_EXPORT of every face of the photos in the archive, by photo and face id.

    What somebody said to be no face has a row too, with nobody as its person.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    people = people_of(library, ["photo_hash", "x0", "y0", "x1", "y1", "score", "quality"])
    faces = people.faces.assign(person=people.names_of_faces())
    for name, decimals in DECIMALS.items():
        faces[name] = np.round(faces[name].to_numpy(np.float32), decimals)
    return _table(faces.sort_values(["photo_path", "face_id"]), FACES_EXPORT)


def export_photos(library: Library) -> pa.Table:
    """PHOTOS_EXPORT of every photo file that is in the archive and indexed, or once was, by path.

    Raises:
        LibraryError: the library is empty or damaged.
    """
    scan = latest_scan(library)
    census = census_of(library, library.listing(scan), scan.fingerprint)
    photos = pd.concat([census.current, census.vanished.assign(status=VANISHED)])
    return _table(photos.rename(columns={"path": "photo_path"}).sort_values("photo_path"), PHOTOS_EXPORT)


def _table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The columns of a schema, with nothing of pandas in the metadata."""
    return pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False).replace_schema_metadata(None)
