import numpy as np
import pytest

from facecluster.clusters.group import Grouping, group_faces
from facecluster.clusters.merge import Suggestions
from facecluster.clusters.threshold import Calibration
from facecluster.clusters.tree import CondensedTree
from facecluster.pipeline.run_tables import run_tables
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.settings import ClusterSettings

FACES = [f"face {number}" for number in range(7)]


def ints(*values):
    return np.array(values, np.int32)


def floats(*values):
    return np.array(values, np.float32)


def grouping():
    """Nodes 1 and 2 are chosen and became one group, as did 3 with 4 in it; 5 came to nothing; face 6 is alone."""
    tree = CondensedTree(
        face_parents=ints(1, 1, 2, 4, 3, 5, -1),
        face_cosines=floats(0.9, 0.9, 0.8, 0.7, 0.6, 0.6, -1),
        parents=ints(-1, 0, 0, -1, 3, -1),
        births=floats(0.4, 0.5, 0.5, 0.4, 0.65, 0.4),
        sizes=ints(3, 2, 1, 2, 1, 1),
    )
    return Grouping(
        labels=ints(0, 0, 0, 1, 1, -1, -1),
        strengths=floats(0.9, 0.9, 0.8, 0.7, 0.6, 0, 0),
        rivals=ints(1, -1, -1, 0, -1, -1, 0),
        rival_cosines=floats(0.3, np.nan, np.nan, 0.3, np.nan, np.nan, 0.2),
        outliers=floats(0, 0, 0.1, 0, 0.2, 0, 1),
        tree=tree,
        chosen=np.array([False, True, True, True, True, True]),
        suggestions=Suggestions(ints(0, 3), ints(3, 6), floats(-0.2, -0.7)),
    )


def test_each_face_has_its_place_in_the_tree_and_no_number_where_it_has_none():
    clusters = run_tables(FACES, grouping(), grouping().labels).clusters
    assert clusters.schema.equals(CLUSTERS, check_metadata=True)
    assert clusters["face_id"].to_pylist() == FACES
    assert clusters["cluster_id"].to_pylist() == [0, 0, 0, 1, 1, None, None]
    assert clusters["tree_node"].to_pylist() == [1, 1, 2, 4, 3, 5, None]
    assert clusters["departure"].to_pylist()[5:] == [pytest.approx(0.6), None]
    assert clusters["rival_cosine"].null_count == 4
    assert clusters["outlier"].to_pylist()[-1] == 1


def test_nodes_that_groups_began_with_name_their_group():
    tree = run_tables(FACES, grouping(), grouping().labels).tree
    assert tree.schema.equals(TREE, check_metadata=True)
    assert tree["node"].to_pylist() == [0, 1, 2, 3, 4, 5]
    assert tree["parent"].to_pylist() == [None, 0, 0, None, 3, None]
    assert tree["cluster_id"].to_pylist() == [None, 0, 0, 1, None, None], "4 is a part of 3, 5 came to nothing"


def test_suggestions_name_a_face_of_either_group():
    suggestions = run_tables(FACES, grouping(), grouping().labels).suggestions
    assert suggestions.schema.equals(SUGGESTIONS, check_metadata=True)
    assert suggestions.drop_columns("evidence").to_pylist() == [
        {"face_a": "face 0", "face_b": "face 3", "cluster_a": 0, "cluster_b": 1},
        {"face_a": "face 3", "face_b": "face 6", "cluster_a": 1, "cluster_b": None},
    ]
    np.testing.assert_allclose(suggestions["evidence"].to_numpy(), [-0.2, -0.7], rtol=1e-6)


def test_no_faces_are_empty_tables():
    none = np.empty(0, np.float32)
    found = group_faces(
        np.empty((0, 8), np.float32), none, none.astype(np.int64), ClusterSettings(), Calibration(0.1, 0.1, 0.6)
    )
    assert [table.num_rows for table in run_tables([], found, found.labels)] == [0, 0, 0]


def test_the_faces_of_a_node_are_as_many_as_it_says():
    random = np.random.default_rng(1)
    vectors = np.repeat(random.normal(size=(12, 64)), 6, axis=0) + 0.45 * random.normal(size=(72, 64))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    good = np.ones(72, np.float32)
    found = group_faces(vectors, good, np.arange(72), ClusterSettings(), Calibration(0, 0.125, 0.8))
    tables = run_tables([f"{number:02}" for number in range(72)], found, found.labels)
    clusters, tree = tables.clusters.to_pandas(), tables.tree.to_pandas()
    held = clusters["tree_node"].value_counts().reindex(tree["node"], fill_value=0).to_numpy(copy=True)
    for node, parent in zip(tree["node"][::-1], tree["parent"][::-1], strict=True):
        if parent >= 0:
            held[int(parent)] += held[node]
    np.testing.assert_array_equal(held, tree["size"])
    founded = tree.dropna(subset="cluster_id")
    assert set(founded["cluster_id"]) == set(clusters["cluster_id"].dropna())
