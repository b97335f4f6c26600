"""Tables of runs that never were, for the tests of the pages."""

import io

import numpy as np
import pandas as pd
from PIL import Image

from facecluster.web.face_map import FaceMap, faces_on_map, map_of
from facecluster.web.groups import with_groups
from facecluster.web.report import RunFacts
from facecluster.web.tree_picture import TreePicture, tree_picture
from tests.clusters.people import people_faces
from tests.web.trees import two_people

NAMING = ["person", "name", "provenance"]
FACTS = RunFacts("/srv/library", "/srv/albums/summer", 3, "2026-11-21T23:44:05+00:00", "embedded", 41.7)


def jpeg(shade: int = 128, size: tuple[int, int] = (16, 16)) -> bytes:
    """A plain picture; the shade tells it from others."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (shade % 256, 90, 90)).save(buffer, "JPEG")
    return buffer.getvalue()


def photos_table(*rows: dict[str, object]) -> pd.DataFrame:
    """Photo rows from what is special about each; the rest is an ordinary photo with one face."""
    usual = {"status": "ok", "reason": None, "n_faces": 1, "taken_at": pd.NaT, "width": 640, "height": 480}
    table = pd.DataFrame(
        [{"path": f"photo-{i}.jpg", "photo_hash": f"hash-{i}", **usual, **row} for i, row in enumerate(rows)],
        columns=["path", "photo_hash", *usual],
    )
    return table.assign(taken_at=pd.to_datetime(table["taken_at"]))


def faces_table(*rows: dict[str, object]) -> pd.DataFrame:
    """Face rows from what is special about each; by default face i stands alone in photo i."""
    usual = {"x0": 8.0, "y0": 8.0, "x1": 72.0, "y1": 88.0, "score": 0.9, "quality": 0.5, "strength": 0.0}
    table = pd.DataFrame(
        [
            {
                "face_id": f"face-{i:05}",
                "photo_hash": f"hash-{i}",
                "photo_path": f"photo-{i}.jpg",
                "cluster_id": None,
                "person": -1,
                "name": None,
                "provenance": None,
                "thumbnail": jpeg(i),
                **usual,
                **row,
            }
            for i, row in enumerate(rows)
        ],
        columns=["face_id", "photo_hash", "photo_path", "cluster_id", *NAMING, "thumbnail", *usual],
    )
    return with_groups(table.astype({"cluster_id": "Int32", "person": "int32"}))


def crowd(cluster_sizes: list[int], n_alone: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Photos and faces of a library with clusters of these sizes, one face a photo."""
    clusters = np.repeat(np.arange(len(cluster_sizes)), cluster_sizes).tolist() + [None] * n_alone
    return photos_table(*[{}] * len(clusters)), faces_table(*({"cluster_id": cluster} for cluster in clusters))


def pictures() -> dict[str, FaceMap | TreePicture | None]:
    """A map of three people and four faces alone, and the tree of two people."""
    _, faces = crowd([10, 6, 4], n_alone=4)
    vectors, _ = people_faces([10, 6, 4, 1, 1, 1, 1])
    vector_of = dict(zip(faces["face_id"], vectors, strict=True))
    ids = faces_on_map(faces)
    face_map = map_of(faces, ids, np.array([vector_of[face_id] for face_id in ids]))
    return {"face_map": face_map, "tree": tree_picture(*two_people(), {0: 2, 1: 1})}
