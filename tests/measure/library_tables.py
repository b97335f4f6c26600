"""Small photos and faces tables, as the library gives them, for tests."""

import numpy as np
import pandas as pd


def photos_table(*rows):
    """Rows of (path, photo_hash), (path, photo_hash, reason of failure); every photo is 400 x 300 px."""
    table = pd.DataFrame([(*row, None)[:3] for row in rows], columns=["path", "photo_hash", "reason"], dtype=object)
    size = np.where(table["reason"].isna(), 1, np.nan)
    status = np.where(table["reason"].isna(), "ok", "error")
    return table.assign(width=400 * size, height=300 * size, status=status)


def faces_table(*rows):
    """Rows of (photo_hash, box, cluster or None); faces are named f0, f1, ..., photos by their hash."""
    table = pd.DataFrame(
        [(photo_hash, *map(float, box)) for photo_hash, box, _ in rows], columns=["photo_hash", "x0", "y0", "x1", "y1"]
    )
    return table.assign(
        face_id=[f"f{number}" for number in range(len(rows))],
        photo_path=[f"{photo_hash}.jpg" for photo_hash in table["photo_hash"]],
        quality=np.float32(0.9),
        cluster_id=pd.array([cluster for *_, cluster in rows], pd.Int32Dtype()),
    )
