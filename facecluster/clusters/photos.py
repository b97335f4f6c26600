"""Groups against the photos their faces stand in: one person is rarely twice in a photo, seldom in only one."""

import numpy as np
from jaxtyping import Bool, Int64

MAX_FACES_A_PHOTO = 5
"""Of one person, on average over a group: strips and collages show somebody a few times over. A group beyond it is a
painting or a crowd whose faces are alike to the network because of how they were made."""


def spread_over_photos(
    parents: Int64[np.ndarray, "clusters"], faces_of: list[list[int]], photos: Int64[np.ndarray, "n"]
) -> Bool[np.ndarray, "clusters"]:
    """Whether the faces of each cluster of a tree, its descendants' included, could be one person's by their photos.

    They stand in two photos at least, and in one for every `MAX_FACES_A_PHOTO` of them. Faces of one photo alone are
    left alone: grouping them tells nobody anything, and they are nearly always different people.

    Args:
        parents: the parent of each cluster, -1 of the root; parents come before their children.
        faces_of: the faces that each cluster holds itself, by row of `photos`.
        photos: a number for the photo each face stands in.
    """
    seen = [set(photos[faces].tolist()) for faces in faces_of]
    counts = [len(faces) for faces in faces_of]
    plausible = np.zeros(len(parents), np.bool_)
    for cluster in range(len(parents) - 1, -1, -1):
        plausible[cluster] = len(seen[cluster]) >= max(2, counts[cluster] / MAX_FACES_A_PHOTO)
        parent = parents[cluster]
        if parent >= 0:
            # The smaller set goes into the larger: n log n in all, however deep the tree.
            small, large = sorted((seen[cluster], seen[parent]), key=len)
            large |= small
            seen[parent], seen[cluster] = large, set()
            counts[parent] += counts[cluster]
    return plausible
