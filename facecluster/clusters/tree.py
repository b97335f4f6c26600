"""A spanning forest to HDBSCAN's condensed tree: which clusters of faces there are, at any cosine."""

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float32, Int32, Int64

from facecluster.clusters.compiled import compiled
from facecluster.clusters.forest import Forest, root_of


class CondensedTree(NamedTuple):
    """Every face leaves one cluster or was in none; a cluster is a root, or born as its parent falls apart.

    Parents come before their children. A cluster is born below the cosine at which any face leaves it, and below that
    at which it falls apart, except that these may be the floor of a root.
    """

    face_parents: Int32[np.ndarray, "n"]  # the cluster each face leaves last; -1: its component is too small for one
    face_cosines: Float32[np.ndarray, "n"]  # nothing less alike than this holds it there; -1: it was in none
    parents: Int32[np.ndarray, "clusters"]  # -1 of a root
    births: Float32[np.ndarray, "clusters"]  # cosine at which the cluster parts from its parent; the floor of a root
    sizes: Int32[np.ndarray, "clusters"]  # faces at birth


def condensed_tree(forest: Forest, n_faces: int, min_size: int, floor: float) -> CondensedTree:
    """The condensed tree of each component of at least `min_size` faces.

    Where several edges have one cosine, the clusters that they join part from one another at once, so the tree does not
    depend on the order of the faces. The `hdbscan` package parts them two by two, in an order that hangs on that of the
    faces: where core cosines make many edges equal, it agrees with this, and with itself, but nearly.

    Args:
        forest: of the faces.
        n_faces: how many there are.
        min_size: faces that make a cluster, at least 2.
        floor: cosine below which the forest has no edges, where its roots are born.

    Source: Campello et al., "Hierarchical Density Estimates for Data Clustering", 2015.
    """
    if min_size < 2:
        raise ValueError(f"expected at least 2 faces in a cluster, found min_size {min_size}")
    tree, absorbers = _condense(*forest, n_faces, min_size, np.float32(floor))
    while (absorbers[absorbers] != absorbers).any():
        absorbers = absorbers[absorbers]
    # Clusters were numbered as they formed, children before parents.
    formed = np.flatnonzero(absorbers == np.arange(len(absorbers)))[::-1]
    numbers = np.empty(len(absorbers) + 1, np.int32)
    numbers[formed] = np.arange(len(formed))
    numbers[:-1], numbers[-1] = numbers[absorbers], -1  # the last stands for no cluster
    face_parents, face_cosines, parents, births = tree
    face_parents, parents, births = numbers[face_parents], numbers[parents[formed]], births[formed]
    _leave_at_birth(face_parents, face_cosines, parents, births)
    held = np.bincount(face_parents[face_parents >= 0], minlength=len(parents))
    return CondensedTree(face_parents, face_cosines, parents, births, subtree_sums(parents, held))


def _leave_at_birth(
    face_parents: Int32[np.ndarray, "n"],
    face_cosines: Float32[np.ndarray, "n"],
    parents: Int32[np.ndarray, "clusters"],
    births: Float32[np.ndarray, "clusters"],
) -> None:
    """A face that leaves a cluster at its birth leaves the parent together with it."""
    faces = np.flatnonzero(face_parents >= 0)
    holders = face_parents[faces]
    at_birth = (parents[holders] >= 0) & (births[holders] == face_cosines[faces])
    face_parents[faces[at_birth]] = parents[holders[at_birth]]


@compiled
@no_type_check  # what checks shapes in the tests would stand between numba and the function
def subtree_sums(
    parents: Int32[np.ndarray, "clusters"], values: Int64[np.ndarray, "clusters"]
) -> Int32[np.ndarray, "clusters"]:
    """The sum over each cluster and all its descendants; parents come before their children."""
    sums = values.astype(np.int32)
    for cluster in range(len(parents) - 1, -1, -1):
        if parents[cluster] >= 0:
            sums[parents[cluster]] += sums[cluster]
    return sums


@compiled
@no_type_check
def _condense(
    first: Int32[np.ndarray, "m"],
    second: Int32[np.ndarray, "m"],
    cosines: Float32[np.ndarray, "m"],
    n_faces: int,
    min_size: int,
    floor: float,
) -> tuple[tuple, Int64[np.ndarray, "clusters"]]:
    """Parents and cosines of faces, parents and births of clusters; and of what each cluster became part, or itself.

    One pass over the edges, from the most alike downwards. What formed at the very cosine of an edge is not known in
    full yet and grows: of the clusters that the edge joins, the one of higher rank takes the other in.
    """
    components, sizes, clusters = np.arange(n_faces), np.ones(n_faces, np.int32), np.full(n_faces, -1, np.int32)
    rings = np.arange(n_faces)  # the next face of the same component, round and round, while it is too small
    face_parents, face_cosines = np.full(n_faces, -1, np.int32), np.full(n_faces, -1, np.float32)
    parents, births = np.full(n_faces, -1, np.int32), np.full(n_faces, floor, np.float32)
    absorbers, formed_at, is_leaf = np.arange(n_faces), np.empty(n_faces, np.float32), np.zeros(n_faces, np.bool_)
    n_clusters = 0
    for edge in range(len(first)):
        cosine = cosines[edge]
        large, small = root_of(components, first[edge]), root_of(components, second[edge])
        if sizes[large] < sizes[small]:
            large, small = small, large
        components[small] = large
        sizes[large] += sizes[small]
        upper, lower = clusters[large], clusters[small]
        if upper < 0:
            rings[large], rings[small] = rings[small], rings[large]
            if sizes[large] < min_size:
                continue
            upper, n_clusters = n_clusters, n_clusters + 1
            formed_at[upper], is_leaf[upper] = cosine, True
        if lower < 0:
            face = small
            while face_parents[face] < 0:
                face_parents[face], face_cosines[face] = upper, cosine
                face = rings[face]
        else:
            if _rank(formed_at, is_leaf, upper, cosine) < _rank(formed_at, is_leaf, lower, cosine):
                upper, lower = lower, upper
            if formed_at[lower] == cosine:
                absorbers[lower] = upper
            else:
                if formed_at[upper] > cosine:
                    formed_at[n_clusters] = cosine
                    parents[upper], births[upper] = n_clusters, cosine
                    upper, n_clusters = n_clusters, n_clusters + 1
                parents[lower], births[lower] = upper, cosine
        clusters[large] = upper
    tree = face_parents, face_cosines, parents[:n_clusters], births[:n_clusters]
    return tree, absorbers[:n_clusters]


@compiled
@no_type_check
def _rank(
    formed_at: Float32[np.ndarray, "clusters"], is_leaf: Bool[np.ndarray, "clusters"], cluster: int, cosine: float
) -> int:
    """Above clusters that had formed before: those that fall apart at the cosine. Below: those with nothing in them."""
    if formed_at[cluster] > cosine:
        return 1
    return 0 if is_leaf[cluster] else 2
