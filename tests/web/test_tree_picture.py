"""web.tree_picture: what the picture of a condensed tree says, and that its outlines are as wide as their faces."""

import re

import numpy as np
import pandas as pd
import pytest

from facecluster.clusters.forest import spanning_forest
from facecluster.clusters.grid import to_grid
from facecluster.clusters.neighbours import nearest_neighbours
from facecluster.clusters.tree import condensed_tree
from facecluster.web import tree_shape
from facecluster.web.tree_picture import MAX_LISTED, MAX_SCALE_WIDTH, Mark, tree_picture
from facecluster.web.tree_shape import HEIGHT, WIDTH
from tests.clusters.people import people_faces
from tests.web.trees import grown, tables, two_people

NUMBERS = {0: 2, 1: 1}


def corners(path):
    """The points that a path of M, H, V and Z goes through."""
    points = []
    for letter, values in re.findall(r"([MHV])([^MHVZ]*)", path):
        x, y = points[-1] if points else (0, 0)
        if letter == "M":
            x, y = map(float, values.split())
        elif letter == "H":
            x = float(values)
        else:
            y = float(values)
        points.append((x, y))
    return points


def area(path):
    """Of what the path goes around, by the shoelace formula."""
    x, y = np.array(corners(path)).T
    return abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum()) / 2


def tree_of_vectors(vectors, people, floor):
    """The tables of a run whose groups are the topmost branches of one person each."""
    neighbours = nearest_neighbours(to_grid(vectors), 16, floor)
    forest = spanning_forest(neighbours, neighbours.cosines[:, 0].copy(), floor)
    tree = condensed_tree(forest, len(vectors), 2, floor)
    held = [set() for _ in tree.parents]
    for face in np.flatnonzero(tree.face_parents >= 0):
        held[tree.face_parents[face]].add(int(people[face]))
    for node in range(len(held) - 1, -1, -1):
        if tree.parents[node] >= 0:
            held[tree.parents[node]] |= held[node]
    pure = [len(persons) == 1 for persons in held]
    founds = [pure[node] and (parent < 0 or not pure[parent]) for node, parent in enumerate(tree.parents)]
    nodes = pd.DataFrame(
        {
            "node": np.arange(len(held)),
            "parent": pd.array([parent if parent >= 0 else None for parent in tree.parents.tolist()], "Int32"),
            "birth": tree.births,
            "size": tree.sizes,
            "cluster_id": pd.array([min(held[node]) if founds[node] else None for node in range(len(held))], "Int32"),
        }
    )
    in_tree = tree.face_parents >= 0
    faces = pd.DataFrame(
        {
            "tree_node": pd.Series(tree.face_parents, dtype="Int32").where(in_tree),
            "departure": pd.Series(tree.face_cosines, dtype="Float32").where(in_tree),
        }
    )
    return nodes, faces


def test_a_tree_without_branches_has_no_picture():
    nodes, faces = tables([], [])
    assert tree_picture(nodes, faces, {}) is None
    assert tree_picture(nodes, pd.DataFrame({"tree_node": [pd.NA] * 5, "departure": [pd.NA] * 5}), {}) is None


def test_branches_say_who_they_are():
    picture = tree_picture(*two_people(), NUMBERS)
    assert [(branch.kind, branch.title) for branch in picture.branches] == [
        ("loose", "Several people: 10 faces held together by a likeness above 0.30"),
        ("chosen", "Person 2: 5 faces held together by a likeness above 0.50"),
        ("chosen", "Person 1: 4 faces held together by a likeness above 0.50"),
    ]
    assert picture.listed == tuple(branch.title for branch in picture.branches[1:])
    assert picture.persons == (Mark("2", 30, 33.25), Mark("1", 75, 33.25))
    assert (picture.n_people, picture.n_faces, picture.n_shown, picture.is_whole) == (2, 10, 10, True)


def test_what_hangs_below_a_group_is_a_part_of_it():
    nodes, faces = tables([(None, 0.3, 1), (0, 0.5, None), (0, 0.5, None)], [(1, 0.8)] * 3 + [(2, 0.8)] * 2)
    picture = tree_picture(nodes, faces, NUMBERS)
    assert [branch.kind for branch in picture.branches] == ["chosen", "within", "within"]
    assert picture.branches[1].title.startswith("Part of person 1: 3 faces")
    assert len(picture.listed) == 1


def test_a_group_whose_photos_are_gone_has_no_number():
    picture = tree_picture(*two_people(), {1: 1})
    assert picture.branches[1].title.startswith("A person who is gone: 5 faces")
    assert [mark.text for mark in picture.persons] == ["1"]


def test_cosines_stand_beside_the_levels_they_mean():
    picture = tree_picture(*two_people(), NUMBERS)
    assert [tick.text for tick in picture.ticks] == ["0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"]
    assert (picture.ticks[0].top, picture.ticks[-1].top) == (0, 100)
    left, top = np.array(corners(picture.branches[1].path)).T
    assert (min(top), max(top)) == pytest.approx((HEIGHT * 2 / 6, HEIGHT * 5 / 6), abs=0.5)
    assert (min(left), max(left)) == (50, 550)


def test_the_scale_is_a_round_number_of_faces():
    for n_faces in (2, 3, 10, 40, 333, 590):
        picture = tree_picture(*tables([(None, 0.3, 0)], [(0, 0.5)] * n_faces), NUMBERS)
        assert picture.scale_faces / 10 ** int(np.log10(picture.scale_faces)) in (1, 2, 5)
        assert picture.scale_percent == pytest.approx(100 * picture.scale_faces / n_faces, abs=0.01)
        assert picture.scale_faces == 1 or picture.scale_percent * WIDTH / 100 <= MAX_SCALE_WIDTH + 0.1


def test_cosines_of_copies_above_one_do_not_leave_the_picture():
    picture = tree_picture(*tables([(None, 0.3, 0)], [(0, 1.0001)] * 4), NUMBERS)
    assert max(y for _, y in corners(picture.branches[0].path)) <= HEIGHT
    assert float(picture.ticks[-1].text) >= 1


def test_areas_are_faces_times_the_cosine_they_stay():
    """Two routes: the area of the outlines, and the sum over the table."""
    vectors, people = people_faces([30, 25, 20, 12, 6, 3], spread=0.9)
    nodes, faces = tree_of_vectors(vectors, people, floor=0.2)
    picture = tree_picture(nodes, faces, {cluster: cluster + 1 for cluster in range(6)})
    assert picture.n_people == 6
    assert picture.n_shown == len(vectors)
    births = nodes["birth"].to_numpy()
    stays = (faces["departure"] - births[faces["tree_node"].to_numpy(np.int64)]).sum()
    own = nodes.loc[nodes["parent"].notna()]
    lives = (own["size"] * (own["birth"] - births[own["parent"].to_numpy(np.int64)])).sum()
    span = float(picture.ticks[-1].text) - births.min()
    expected = (stays + lives) * picture.scale_percent * WIDTH / 100 / picture.scale_faces * HEIGHT / span
    assert sum(area(branch.path) for branch in picture.branches) == pytest.approx(expected, rel=0.02)


def test_the_order_of_faces_does_not_matter():
    nodes, faces = two_people()
    assert tree_picture(nodes, faces.iloc[::-1], NUMBERS) == tree_picture(nodes, faces, NUMBERS)


def test_the_picture_of_a_crowd_stays_small_and_says_what_it_leaves_out():
    nodes, faces = grown(n_people=500, n_looks=10)
    picture = tree_picture(nodes, faces, {cluster: cluster + 1 for cluster in range(500)})
    assert not picture.is_whole
    assert picture.n_people == tree_shape.MAX_PEOPLE
    assert (picture.n_shown, picture.n_faces) == (tree_shape.MAX_PEOPLE * 30, 15_000)
    assert len(picture.listed) == MAX_LISTED
    assert sum(len(branch.path) + len(branch.title) for branch in picture.branches) < 200_000
