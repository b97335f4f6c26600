"""A grouping -> the tables of a run."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from jaxtyping import Int32

from facecluster.clusters.group import Grouping
from facecluster.clusters.selection import topmost
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables


def run_tables(face_ids: Sequence[str], grouping: Grouping, ids: Int32[np.ndarray, "n"]) -> RunTables:
    """The tables of a grouping of these faces, row by row; `ids` is the cluster of each, for its group."""
    names = np.full(int(grouping.labels.max(initial=-1)) + 2, -1, np.int32)  # the last stands for no group
    grouped = grouping.labels >= 0
    names[grouping.labels[grouped]] = ids[grouped]
    told = grouping._replace(labels=ids, rivals=names[grouping.rivals])
    faces = np.array(face_ids, object)
    return RunTables(_clusters_table(faces, told), _tree_table(told), _suggestions_table(faces, told))


def _clusters_table(faces: np.ndarray, grouping: Grouping) -> pa.Table:
    tree = grouping.tree
    columns = [
        pa.array(faces, pa.string()),
        _numbers(grouping.labels),
        pa.array(grouping.strengths, pa.float32()),
        _numbers(grouping.rivals),
        pa.array(grouping.rival_cosines, pa.float32(), mask=np.isnan(grouping.rival_cosines)),
        pa.array(grouping.outliers, pa.float32()),
        _numbers(tree.face_parents),
        pa.array(tree.face_cosines, pa.float32(), mask=tree.face_parents < 0),
    ]
    return pa.table(columns, CLUSTERS)


def _tree_table(grouping: Grouping) -> pa.Table:
    tree = grouping.tree
    columns = [
        pa.array(np.arange(len(tree.parents)), pa.int32()),
        _numbers(tree.parents),
        pa.array(tree.births, pa.float32()),
        pa.array(tree.sizes, pa.int32()),
        _numbers(_groups_of_nodes(grouping)),
    ]
    return pa.table(columns, TREE)


def _groups_of_nodes(grouping: Grouping) -> Int32[np.ndarray, "nodes"]:
    """The group that most faces of each node are in, which began at it; -1 where none did, or it came to nothing."""
    tree = grouping.tree
    owners = np.append(topmost(tree, grouping.chosen), -1)[tree.face_parents]
    held = (owners >= 0) & (grouping.labels >= 0)
    pairs, counts = np.unique(owners[held].astype(np.int64) << 32 | grouping.labels[held], return_counts=True)
    rising = np.lexsort((-pairs, counts))  # of equals the smaller number is written last
    groups = np.full(len(tree.parents), -1, np.int32)
    groups[pairs[rising] >> 32] = pairs[rising] & 0xFFFFFFFF
    return groups


def _suggestions_table(faces: np.ndarray, grouping: Grouping) -> pa.Table:
    ones, others, evidence = grouping.suggestions
    columns = [
        pa.array(faces[ones], pa.string()),
        pa.array(faces[others], pa.string()),
        _numbers(grouping.labels[ones]),
        _numbers(grouping.labels[others]),
        pa.array(evidence, pa.float32()),
    ]
    return pa.table(columns, SUGGESTIONS)


def _numbers(values: Int32[np.ndarray, "n"]) -> pa.Array:
    """Numbers from 0, null where they are -1."""
    return pa.array(values, pa.int32(), mask=values < 0)
