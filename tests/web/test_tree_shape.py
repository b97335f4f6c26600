"""web.tree_shape: which branches of a condensed tree are drawn, where, and how they narrow."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.web import tree_shape
from facecluster.web.tree_shape import HEIGHT, MAX_BRANCHES, WIDTH, extent_of, legible, outlines_of, owners_of, tree_of
from tests.web.trees import grown, tables, two_people


def random_tree(seed, n_nodes, n_faces):
    """A tree without chance of being nice: any shape, several roots, groups anywhere but below one another."""
    rng = np.random.default_rng(seed)
    nodes = []
    for node in range(n_nodes):
        parent = int(rng.integers(0, node)) if node and rng.random() < 0.8 else None
        birth = 0.3 if parent is None else rng.uniform(nodes[parent][1], 0.9)
        taken = parent is not None and nodes[parent][3]
        founds = not taken and rng.random() < 0.4
        nodes.append((parent, birth, node if founds else None, taken or founds))
    faces = [(int(node), rng.uniform(nodes[node][1], 1)) for node in rng.integers(0, n_nodes, n_faces)]
    faces += [(node, 0.95) for node in range(n_nodes)]
    return tree_of(*tables([row[:3] for row in nodes], faces))


def test_faces_that_no_node_holds_are_not_in_the_tree():
    nodes, faces = two_people()
    tree = tree_of(nodes, pd.concat([faces, pd.DataFrame({"tree_node": [pd.NA], "departure": [pd.NA]})]))
    assert len(tree.holders) == len(faces)


def test_tables_with_nulls_as_pandas_reads_them_are_understood():
    nodes, faces = two_people()
    as_floats = nodes.astype({"parent": "float64", "cluster_id": "float64"})
    for one, other in zip(tree_of(nodes, faces), tree_of(as_floats, faces.astype("float64")), strict=True):
        assert one.tolist() == other.tolist()


def test_children_stand_side_by_side_beneath_their_parent():
    tree = tree_of(*two_people())
    extent = extent_of(tree)
    assert extent.nodes == [0, 1, 2]
    assert extent.face_width == WIDTH / 10
    assert extent.centres == pytest.approx({0: 500, 1: 300, 2: 750})  # of 9 faces, 5 and 4 go on together


def test_roots_stand_side_by_side_largest_first():
    tree = tree_of(*tables([(None, 0.3, None), (None, 0.3, None)], [(0, 0.5)] * 2 + [(1, 0.5)] * 6))
    extent = extent_of(tree)
    assert extent.centres[1] < extent.centres[0]
    assert extent.face_width * 8 + tree_shape.ROOT_GAP == WIDTH


def test_a_branch_narrows_as_faces_leave_and_ends_with_the_last():
    outlines = outlines_of(tree_of(*two_people()), [0, 1, 2])
    assert outlines[0].counts.tolist() == [10, 9, 0]
    assert outlines[0].levels.tolist() == [0, round(HEIGHT / 6), round(HEIGHT / 3)]
    assert outlines[1].counts.tolist() == [5, 0]
    assert outlines[2].counts.tolist() == [4, 3, 0]


def test_the_group_of_a_node_is_the_topmost_above_it():
    tree = tree_of(*tables([(None, 0.3, None), (0, 0.4, 7), (1, 0.5, None), (0, 0.4, None)], [(2, 0.6), (3, 0.6)]))
    assert owners_of(tree).tolist() == [-1, 7, 7, -1]


def test_a_small_tree_is_drawn_as_it_is():
    tree = tree_of(*two_people())
    assert legible(tree) is tree


def test_of_a_large_tree_the_largest_people_are_drawn_and_where_they_part(monkeypatch):
    monkeypatch.setattr(tree_shape, "MAX_FACES_IN_WHOLE", 0)
    monkeypatch.setattr(tree_shape, "MAX_PEOPLE", 2)
    # A trunk (0, 1, 3) sheds a small group (2) and a loose pair of faces before two people part, one of two looks.
    nodes = [(None, 0.3, None), (0, 0.4, None), (0, 0.4, 2), (1, 0.5, None), (1, 0.5, None), (3, 0.6, 0), (3, 0.6, 1)]
    nodes += [(5, 0.7, None), (5, 0.7, None)]
    faces = [
        (0, 0.35),
        (2, 0.6),
        (2, 0.6),
        (4, 0.6),
        (4, 0.6),
        (3, 0.55),
        *[(6, 0.8)] * 3,
        *[(7, 0.9)] * 2,
        *[(8, 0.9)] * 2,
    ]
    tree = legible(tree_of(*tables(nodes, faces)))
    assert tree.parents.tolist() == [-1, 0, 0, 1, 1]
    assert tree.births.tolist() == pytest.approx([0.3, 0.6, 0.6, 0.7, 0.7])
    assert tree.clusters.tolist() == [-1, 0, 1, -1, -1]
    assert tree.sizes.tolist() == [7, 4, 3, 2, 2]
    assert np.bincount(tree.holders).tolist() == [0, 0, 3, 2, 2]


def test_a_large_tree_without_people_has_nothing_to_draw(monkeypatch):
    monkeypatch.setattr(tree_shape, "MAX_FACES_IN_WHOLE", 0)
    assert len(legible(tree_of(*tables([(None, 0.3, None)], [(0, 0.5)] * 3))).parents) == 0


@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(0, 200), st.integers(0, 8))
def test_what_is_drawn_of_any_tree_hangs_together(seed, n_nodes, n_faces, n_people):
    tree = random_tree(seed, n_nodes, n_faces)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree_shape, "MAX_FACES_IN_WHOLE", 0)
        patch.setattr(tree_shape, "MAX_PEOPLE", n_people)
        small = legible(tree)
    assert (small.clusters >= 0).sum() == min(n_people, (tree.clusters >= 0).sum())
    if not len(small.parents):
        return
    assert (small.parents < np.arange(len(small.parents))).all()
    held = np.bincount(small.holders, minlength=len(small.parents))
    sizes = [held[node] + small.sizes[small.parents == node].sum() for node in range(len(held))]
    assert small.sizes.tolist() == sizes
    founded = dict(zip(small.clusters.tolist(), small.sizes.tolist(), strict=True))
    assert all(tree.sizes[tree.clusters == group] == size for group, size in founded.items() if group >= 0)
    extent = extent_of(small)
    for node in extent.nodes:
        half = small.sizes[node] * extent.face_width / 2
        assert extent.centres[node] - half >= -1e-6
        assert extent.centres[node] + half <= WIDTH + 1e-6
        if small.parents[node] >= 0:
            parent = int(small.parents[node])
            reach = small.sizes[parent] * extent.face_width / 2
            assert abs(extent.centres[node] - extent.centres[parent]) <= reach - half + 1e-6
    for outline in outlines_of(small, extent.nodes).values():
        assert (np.diff(outline.levels) >= 0).all()
        assert (np.diff(outline.counts) <= 0).all()
        assert outline.counts[-1] == 0
        assert outline.levels[-1] <= HEIGHT


def test_no_more_branches_are_drawn_than_may_be():
    tree = tree_of(*grown(n_people=20, n_looks=30))
    extent = extent_of(tree)
    assert len(extent.nodes) == MAX_BRANCHES
    assert {int(tree.parents[node]) for node in extent.nodes} - {-1} <= set(extent.nodes)


def test_branches_too_narrow_to_be_seen_are_left_out():
    faces = [(0, 0.5)] * 3000 + [(1, 0.5)] + [(2, 0.9)] * 2 + [(3, 0.9)] * 40
    tree = tree_of(*tables([(None, 0.3, None), (None, 0.3, None), (0, 0.6, None), (0, 0.6, None)], faces))
    assert extent_of(tree).nodes == [0, 3]
