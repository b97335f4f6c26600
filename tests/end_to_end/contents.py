"""What a library says of its archive, in a form that does not depend on how the work was cut or who did it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from facecluster.pipeline.catalogue import census_of, embeddings_of, faces_of, latest_scan
from facecluster.schemas import faces_schema
from facecluster.store.library import open_library

ROUNDING = 2**-10
"""Two values that differ in the last bit of float32 may differ in the last bit of float16: 2^-11 below 1."""

BOX_PX = 0.01


class Contents(NamedTuple):
    """All current rows of a library, sorted."""

    photos: pd.DataFrame  # by path
    faces: pd.DataFrame  # by face id, numbers only
    embeddings: np.ndarray


def contents_of(folder: Path) -> Contents:
    """The photos of the newest listing and their faces; nothing may be pending."""
    library = open_library(folder)
    scan = latest_scan(library)
    census = census_of(library, library.listing(scan), scan.fingerprint)
    assert census.pending.empty
    columns = faces_schema(library.identity.pack.dimension).names
    faces = faces_of(library, scan, census.current, columns)
    frame = faces.drop_columns(["embedding", "thumbnail"]).to_pandas()
    return Contents(census.current.sort_values("path", ignore_index=True), frame, embeddings_of(faces))


def assert_same(one: Contents, other: Contents) -> None:
    """Same rows and ids; numbers equal to rounding."""
    pd.testing.assert_frame_equal(one.photos, other.photos)
    numbers = ["x0", "y0", "x1", "y1", "score", "quality"]
    assert one.faces["face_id"].tolist() == other.faces["face_id"].tolist()
    assert one.faces["photo_hash"].tolist() == other.faces["photo_hash"].tolist()
    np.testing.assert_allclose(one.faces[numbers], other.faces[numbers], rtol=0, atol=BOX_PX)
    landmarks = [np.stack(contents.faces["landmarks"].to_list()) for contents in (one, other)]
    np.testing.assert_allclose(*landmarks, rtol=0, atol=BOX_PX)
    np.testing.assert_allclose(one.embeddings, other.embeddings, rtol=0, atol=ROUNDING)


def commit_count(folder: Path) -> int:
    """Shards committed so far."""
    return len(list(folder.glob("index/*/commit.json")))
