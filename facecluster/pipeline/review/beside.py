"""The other faces of the photos that some faces stand on."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from facecluster.pipeline.targets import Rows


class Beside(NamedTuple):
    """Faces that stand beside others on their photos, in no order."""

    rows: Rows
    of: Rows  # place of that other among those asked for


def beside(faces: pd.DataFrame, rows: Rows) -> Beside:
    """The other faces of the photos of these faces, which themselves may be others' others.

    Args:
        faces: column photo; sorted by face id, so that the faces of a photo are neighbours.
        rows: of the faces asked for.
    """
    photos = faces["photo"].to_numpy()
    found = [Beside(rows[:0], rows[:0])]
    for step in (-1, 1):
        of, others = np.arange(len(rows)), rows + step
        while len(others):
            inside = (others >= 0) & (others < len(photos))
            of, others = of[inside], others[inside]
            same = photos[others] == photos[rows[of]]
            of, others = of[same], others[same]
            found.append(Beside(others, of))
            others = others + step
    return Beside(*map(np.concatenate, zip(*found, strict=True)))
