"""clusters.photos: what photos say of trees of groups, by a second route."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.photos import MAX_FACES_A_PHOTO, spread_over_photos


@st.composite
def trees(draw):
    """Parents, the cluster that holds each face, and its photo."""
    n_clusters = draw(st.integers(0, 8))
    parents = [draw(st.integers(-1, cluster - 1)) for cluster in range(n_clusters)]
    n_faces = draw(st.integers(0, 30))
    holders = [draw(st.integers(-1, n_clusters - 1)) for _ in range(n_faces)]
    photos = [draw(st.integers(0, 4)) for _ in range(n_faces)]
    return np.array(parents, np.int32), np.array(holders, np.int32), np.array(photos, np.int64)


def faces_below(cluster, parents, holders):
    below = [faces_below(child, parents, holders) for child in np.flatnonzero(parents == cluster)]
    return np.concatenate([np.flatnonzero(holders == cluster), *below])


@given(trees())
@settings(max_examples=150)
def test_every_cluster_is_judged_by_all_faces_below_it(tree):
    parents, holders, photos = tree
    found = spread_over_photos(parents, holders, photos)
    assert len(found) == len(parents)
    for cluster in range(len(parents)):
        faces = faces_below(cluster, parents, holders)
        distinct = len(set(photos[faces].tolist()))
        assert found[cluster] == (distinct >= 2 and distinct * MAX_FACES_A_PHOTO >= len(faces))


def test_a_tree_as_deep_as_it_has_clusters():
    depth = 20_000
    parents = np.arange(-1, depth - 1, dtype=np.int32)
    found = spread_over_photos(parents, np.arange(depth, dtype=np.int32), np.arange(depth) // 4)
    assert found[:-4].all()
    assert not found[-4:].any()
