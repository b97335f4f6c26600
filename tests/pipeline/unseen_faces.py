"""Faces that somebody drew and no detector sees, in libraries of faces that detectors saw."""

import numpy as np

from facecluster.pipeline.catalogue import census_of, latest_scan
from facecluster.pipeline.rows import FaceRow, face_id, faces_table, known_rows, photos_table
from facecluster.pipeline.tags.drawn.drawing import next_turn, shard_folder
from facecluster.schemas import PHOTOS
from tests.pipeline.small_library import jpeg

BOX = (500.0, 10.0, 540.0, 60.0)
"""Where hand-made libraries have no faces."""


def add_unseen(library, path, box=BOX):
    """Draw a face in a photo of a library; its id."""
    scan = latest_scan(library)
    current = census_of(library, library.listing(scan), scan.fingerprint).current
    (photo,) = known_rows(_table(current.loc[current["path"] == path])).values()
    face = FaceRow(face_id(photo.photo_hash, box), photo.photo_hash, box, None, 0.0, 0.0, jpeg(200))
    folder = shard_folder(scan.number, next_turn(scan.number, (commit.shard for commit in library.commits())))
    photos = photos_table([photo._replace(n_faces=photo.n_faces + 1, status="ok")])
    no_vector = np.zeros((1, library.identity.pack.dimension), np.float32)
    library.add_shard(folder, photos, faces_table([face], no_vector), scan.fingerprint, "decoder")
    library.add_scan(library.listing(scan), scan.archive, scan.fingerprint, scan.listed_at)
    return face.face_id


def _table(frame):
    return PHOTOS.empty_table().from_pandas(frame, PHOTOS, preserve_index=False)
