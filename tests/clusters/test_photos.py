"""clusters.photos: what photos say of a tree of groups, by a second route."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.clusters.photos import MAX_FACES_A_PHOTO, spread_over_photos


@st.composite
def trees(draw):
    """Parents, the faces each cluster holds itself, and the photo of each face."""
    n_clusters = draw(st.integers(1, 8))
    parents = [-1] + [draw(st.integers(0, cluster - 1)) for cluster in range(1, n_clusters)]
    n_faces = draw(st.integers(0, 30))
    holders = [draw(st.integers(0, n_clusters - 1)) for _ in range(n_faces)]
    photos = [draw(st.integers(0, 4)) for _ in range(n_faces)]
    faces_of = [[face for face, holder in enumerate(holders) if holder == cluster] for cluster in range(n_clusters)]
    return np.array(parents), faces_of, np.array(photos, np.int64)


def faces_below(cluster, parents, faces_of):
    below = [other for other in range(len(parents)) if parents[other] == cluster]
    return faces_of[cluster] + [face for other in below for face in faces_below(other, parents, faces_of)]


@given(trees())
def test_every_cluster_is_judged_by_all_faces_below_it(tree):
    parents, faces_of, photos = tree
    found = spread_over_photos(parents, faces_of, photos)
    for cluster in range(len(parents)):
        faces = faces_below(cluster, parents, faces_of)
        distinct = len(set(photos[faces].tolist()))
        assert found[cluster] == (distinct >= 2 and distinct * MAX_FACES_A_PHOTO >= len(faces))
