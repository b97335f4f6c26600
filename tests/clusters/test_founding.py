"""clusters.founding: the strict tree, and people made of its groups."""

import numpy as np
import pytest

from facecluster.clusters.coherence import LARGE
from facecluster.clusters.founding import found_groups, read_tree
from facecluster.clusters.graph import make_graph
from facecluster.clusters.grid import to_grid
from facecluster.clusters.threshold import link_threshold
from facecluster.settings import ClusterSettings

from .people import PRIOR, people_faces, said, same_partition, unit, yardstick_of

FLOOR = 0.225


def trunk_of(vectors, photos=None, different=(), prior=PRIOR, **changed):
    grid = to_grid(np.asarray(vectors, np.float32))
    photos = np.arange(len(grid)) if photos is None else np.asarray(photos, np.int64)
    forest = make_graph(grid, len(grid), FLOOR).forest
    false_links = ClusterSettings(**changed).false_links
    floor = link_threshold(len(grid), prior.impostor_median, prior.impostor_sd, false_links)
    return read_tree(grid, forest, photos, floor, prior, said(len(grid), (), different))


def founded_by(vectors, photos=None, same=(), different=(), **changed):
    grid = to_grid(np.asarray(vectors, np.float32))
    photos = np.arange(len(grid)) if photos is None else np.asarray(photos, np.int64)
    graph, links = make_graph(grid, len(grid), FLOOR), said(len(grid), same, different)
    return found_groups(grid, photos, graph, ClusterSettings(**changed), PRIOR, yardstick_of(len(grid)), links)


def test_the_tree_gives_people_and_leaves_strangers_alone():
    vectors, people = people_faces([30, 12, 5, 2, 1, 1, 1])
    trunk = trunk_of(vectors)
    assert same_partition(trunk.labels, np.where(people > 3, -1, people))
    assert set(trunk.labels.tolist()) == set(range(-1, 4))
    assert trunk.chosen.shape == trunk.tree.parents.shape
    assert ((trunk.outliers >= 0) & (trunk.outliers <= 1)).all()
    assert (trunk.outliers[people > 3] == 1).all()


@pytest.mark.parametrize("n", [0, 1])
def test_few_faces_have_no_group(n):
    for labels in (trunk_of(np.eye(4)[:n]).labels, founded_by(np.eye(4)[:n]).labels):
        assert labels.dtype == np.int32
        assert labels.tolist() == [-1] * n


def test_no_group_of_the_tree_hangs_together_below_what_strangers_reach():
    """In a larger library the same faces need more: here budgets stand for sizes."""
    pair = [[1, 0, 0], [0.35, np.sqrt(1 - 0.35**2), 0], [0, 0, 1]]
    assert trunk_of(pair, false_links=0.01).labels.tolist() == [0, 0, -1]
    assert trunk_of(pair, false_links=1e-5).labels.tolist() == [-1, -1, -1]


def test_strangers_who_are_more_alike_make_the_tree_stricter():
    pair = [[1, 0, 0], [0.45, np.sqrt(1 - 0.45**2), 0], [0, 0, 1]]
    assert trunk_of(pair).labels.tolist() == [0, 0, -1]
    assert trunk_of(pair, prior=PRIOR._replace(impostor_median=0.25)).labels.tolist() == [-1] * 3


def test_two_large_people_on_a_row_of_faces_are_no_group():
    vectors, people = people_faces([2 * LARGE, 2 * LARGE], spread=0.6)
    one, other = (unit(vectors[people == person].mean(axis=0)) for person in (0, 1))
    noise = people_faces([1] * 5, seed=7)[0]
    row = unit(unit(np.linspace(one, other, 7)[1:-1]) + 0.8 * noise)
    together = [*vectors, *row]
    assert (trunk_of(together).tree.sizes == len(together)).any(), "the row would bridge if it could"
    assert same_partition(trunk_of(together).labels[: len(people)], people)
    assert same_partition(founded_by(together).labels[: len(people)], people)


def test_faces_of_one_photo_are_no_group_of_the_tree():
    vectors, people = people_faces([6, 6])
    photos = np.where(people == 0, 0, np.arange(12))
    assert same_partition(trunk_of(vectors, photos).labels, np.where(people == 0, -1, 1))


def test_a_group_of_the_tree_holds_no_two_faces_that_differ():
    vectors, _ = people_faces([12], spread=0.5)
    assert len(set(trunk_of(vectors).labels.tolist())) == 1
    labels = trunk_of(vectors, different=[[0, 1], [0, 2]]).labels
    assert labels[0] < 0 or labels[0] not in labels[[1, 2]]


def test_people_are_found_whatever_the_tree_parts():
    """A person of two looks, each a group of its own for the tree."""
    looks = people_faces([1] * 3, dimension=256)[0]
    means = np.repeat(unit([1.3 * looks[0] + looks[1], 1.3 * looks[0] + looks[2]]), 12, axis=0)
    vectors = unit(means + 0.35 * people_faces([1] * 24, dimension=256, seed=1)[0])
    founded = founded_by(vectors)
    assert len(set(founded.labels.tolist())) == 1
    assert founded.labels[0] >= 0


@pytest.mark.parametrize("size", [2, 3, 5])
def test_people_of_fewer_faces_than_asked_for_are_none(size):
    vectors, people = people_faces([6, 5, 3, 2, 1])
    sizes = np.bincount(people)
    expected = np.where(sizes[people] >= size, people, -1)
    assert same_partition(founded_by(vectors, min_cluster_size=size).labels, expected)


def test_people_of_one_photo_alone_are_none_unless_others_join_them():
    vectors, people = people_faces([4, 4, 3])
    photos = np.array([0] * 4 + [1] * 3 + [2] + [3] * 3)
    found = founded_by(vectors, photos).labels
    assert (found[people != 1] == -1).all()


@pytest.mark.parametrize("seed", range(3))
def test_what_was_said_holds(seed):
    vectors, people = people_faces([10, 8, 1, 1], seed=seed)
    found = founded_by(vectors, same=[[0, 18]], different=[[1, 2], [3, 4]]).labels
    assert found[0] == found[18] >= 0
    assert found[1] < 0 or found[1] != found[2]
    assert found[3] < 0 or found[3] != found[4]
    assert same_partition(found[people == 1], np.zeros(8, np.int32))


def test_what_was_said_makes_a_person_of_few_faces_in_one_photo():
    vectors, _ = people_faces([1, 1, 1])
    founded = founded_by(vectors, photos=[7, 7, 8], same=[(0, 1)], min_cluster_size=3)
    assert founded.labels[0] == founded.labels[1] >= 0
    assert founded.labels[2] == -1


def test_a_contradiction_is_refused():
    with pytest.raises(ValueError, match="different people's, found them joined"):
        founded_by(people_faces([6])[0], same=[[0, 1], [1, 2]], different=[[0, 2]])
