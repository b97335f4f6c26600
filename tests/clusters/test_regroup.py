"""clusters.regroup: a library that grows, and what people say of it, against a fresh grouping."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.graph import make_graph
from facecluster.clusters.group import group_faces
from facecluster.clusters.merge import Suggestions
from facecluster.clusters.regroup import Before, regroup_faces
from facecluster.clusters.score import score_groups
from facecluster.settings import ClusterSettings

from .people import PRIOR, people_faces, said, same_partition, unit
from .test_group import group, hard_library

NOBODY_ELSE = Suggestions(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


def nearest(grid, n_founders, floor):
    return make_graph(grid, n_founders, floor).nearest


def warm(vectors, labels, new=(), touched=(), freed=(), same=(), different=(), qualities=None, photos=None, **changed):
    """The groups of now, where some faces had those labels and others are new."""
    n_faces = len(vectors)

    def marked(rows):
        return np.isin(np.arange(n_faces), np.array(rows, int))

    labels = np.where(marked(new), -1, labels).astype(np.int32)
    before = Before(labels, marked(new), marked(touched), marked(freed), NOBODY_ELSE)
    qualities = np.ones(n_faces, np.float32) if qualities is None else np.asarray(qualities, np.float32)
    photos = np.arange(n_faces) if photos is None else np.asarray(photos, np.int64)
    links = said(n_faces, same, different)
    vectors = np.asarray(vectors, np.float32)
    return regroup_faces(vectors, qualities, photos, ClusterSettings(**changed), PRIOR, nearest, links, before)


def with_more(vectors, new, qualities=None, photos=None):
    """A library grouped without some faces, then with them."""
    new = np.asarray(new, int)
    old = np.setdiff1d(np.arange(len(vectors)), new)
    qualities = np.ones(len(vectors)) if qualities is None else np.asarray(qualities)
    photos = np.arange(len(vectors)) if photos is None else np.asarray(photos)
    labels = np.full(len(vectors), -1)
    labels[old] = group(vectors[old], qualities[old], photos[old]).labels
    return warm(vectors, labels, new, qualities=qualities, photos=photos), labels


@pytest.mark.parametrize("seed", range(3))
def test_new_faces_find_their_people_and_each_other(seed):
    vectors, people = people_faces([20, 12, 6, 4, 3, 2, 1, 1], seed=seed)
    # Of large people a few, of the next all, of one all but one, and a stranger.
    new = [0, 1, 20, *range(32, 38), 39, 40, 41, 48]
    found, _ = with_more(vectors, new)
    assert same_partition(found.labels, people)
    assert (np.diff(np.bincount(found.labels[found.labels >= 0])) <= 0).all()


def test_a_new_face_and_one_that_was_alone_are_a_person():
    vectors, people = people_faces([2, 5])
    found, before = with_more(vectors, [1])
    assert before[0] == -1
    assert same_partition(found.labels, people)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_faces(n):
    vectors, _ = people_faces([2])
    assert warm(vectors[:n], [-1] * n, range(n)).labels.tolist() == [[], [-1], [0, 0]][n]
    assert warm(vectors[:n], [-1] * n).labels.tolist() == [-1] * n, "nothing is new, so nothing is looked at"


def test_without_news_everything_stays():
    vectors, qualities, photos = hard_library()
    before = group(vectors, qualities, photos)
    after = warm(vectors, before.labels, qualities=qualities, photos=photos)
    assert np.array_equal(after.labels, before.labels)
    assert np.array_equal(after.strengths, before.strengths)
    assert np.array_equal(after.rivals, before.rivals)


@given(st.integers(0, 100), st.data())
@settings(max_examples=25)
def test_groups_of_before_stay_whole_whatever_is_new(seed, data):
    vectors, _ = people_faces([14, 9, 6, 4, 3, 3, 2, 1, 1], spread=1.0, seed=seed)
    new = data.draw(st.lists(st.integers(0, len(vectors) - 1), unique=True, max_size=12))
    found, before = with_more(vectors, new)
    for group_before in range(before.max() + 1):
        now = set(found.labels[before == group_before].tolist())
        assert len(now) == 1
        assert now != {-1}


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_a_library_that_grew_is_as_right_as_a_fresh_one(share):
    vectors, people = people_faces([150, 90, 40] + [5] * 60 + [3] * 60 + [1] * 200, spread=1.0)
    random = np.random.default_rng(0)
    photos, qualities = random.integers(0, len(people) // 2, len(people)), random.random(len(people)) ** 0.4
    new = random.choice(len(people), int(share * len(people)), replace=False)
    grown, _ = with_more(vectors, new, qualities, photos)
    fresh = group(vectors, qualities, photos)
    apart = score_groups(people, grown.labels).bcubed.f - score_groups(people, fresh.labels).bcubed.f
    assert apart > -0.01


def test_what_is_said_to_be_two_people_parts_a_group():
    vectors, _ = people_faces([20, 9])
    labels = np.repeat([0, 1], [20, 9])
    found = warm(vectors, labels, same=[[0, 1], [2, 3]]).labels
    assert found[0] == found[1] != found[2] == found[3]
    assert (found[20:] == found[20]).all()
    apart = warm(vectors, labels, different=[[4, 5]]).labels
    assert apart[4] < 0 or apart[4] != apart[5]


def test_what_is_said_to_be_one_makes_two_groups_one():
    vectors, _ = people_faces([8, 6, 5])
    labels = np.repeat([0, 1, 2], [8, 6, 5])
    assert same_partition(warm(vectors, labels, same=[[0, 8]]).labels, np.repeat([0, 2], [14, 5]))


def test_what_is_no_longer_said_no_longer_holds():
    """Two people whom somebody had made one, and took that back."""
    vectors, people = people_faces([8, 6, 5])
    labels = np.repeat([0, 2], [14, 5])
    assert same_partition(warm(vectors, labels).labels, labels), "a group stays, however it came about"
    assert same_partition(warm(vectors, labels, touched=[0, 8], freed=[0, 8]).labels, people)


def test_people_whom_somebody_held_apart_become_one_when_that_is_taken_back():
    vectors, _ = people_faces([20])
    labels = np.arange(20) % 2
    assert same_partition(warm(vectors, labels).labels, labels)
    assert len(set(warm(vectors, labels, touched=[3]).labels.tolist())) == 1


def test_poor_faces_join_and_nothing_else():
    vectors, people = people_faces([10, 4], spread=0.6)
    poor = np.where(people == 1, 0.1, 0.9)
    poor[:3] = 0.1
    found, _ = with_more(vectors, [0, 1, 5, 11, 12], poor)
    assert found.labels.tolist() == [0] * 10 + [-1] * 4


def test_a_poor_face_that_was_alone_joins_those_that_came():
    vectors, _ = people_faces([8, 5])
    qualities = np.append([0.1], np.ones(12))
    found, before = with_more(vectors, range(1, 8), qualities)
    assert before[0] == -1
    assert found.labels.tolist() == [0] * 8 + [1] * 5


def test_a_poor_face_that_is_said_to_be_somebody_else_leaves():
    vectors, _ = people_faces([8])
    qualities = np.append(np.ones(7), 0.1)
    assert warm(vectors, [0] * 8, qualities=qualities, different=[[7, 2]]).labels.tolist() == [0] * 7 + [-1]


def test_a_group_that_has_grown_is_weighed_against_others_anew():
    """Age by age: the ages in the middle come last."""
    rng = np.random.default_rng(0)
    young, old = unit(rng.normal(size=(2, 256)))
    ages = np.repeat(np.linspace(0, 1, 6), 10)
    centres = unit(young * (1 - ages[:, None]) + old * ages[:, None] + unit(rng.normal(size=256)))
    vectors = unit(centres + 0.6 * unit(rng.normal(size=(60, 256))))
    labels = np.repeat([0, 1, 2], 20)
    labels[20:40] = -1
    labels[40:] = 1
    assert len(set(warm(vectors, labels, range(20, 40)).labels.tolist())) == 1


def test_suggestions_of_before_stay_while_they_are_open():
    vectors, _ = people_faces([5, 4, 3, 2, 1])
    labels = np.array([0] * 5 + [1] * 4 + [2] * 3 + [3] * 2 + [-1], np.int32)
    ones, others = np.array([0, 5, 0, 9, 0], np.int32), np.array([5, 9, 9, 12, 14], np.int32)
    suggestions = Suggestions(ones, others, np.linspace(-0.1, -0.5, 5).astype(np.float32))
    nothing = np.zeros(15, bool)
    before = Before(labels, nothing, nothing, nothing, suggestions)
    good, photos = np.ones(15, np.float32), np.arange(15)

    def told(**links):
        arguments = vectors, good, photos, ClusterSettings(), PRIOR, nearest, said(15, **links), before
        found = regroup_faces(*arguments).suggestions
        return sorted(zip(found.ones.tolist(), found.others.tolist(), strict=True))

    everything = [(0, 5), (0, 9), (0, 14), (5, 9), (9, 12)]
    assert told() == everything
    assert told(different=[[6, 1]]) == everything[1:]
    assert told(same=[[1, 2], [10, 11]]) == [(0, 5), (0, 14), (5, 9), (9, 12)], "two people now"
    assert told(same=[[9, 12]]) == everything[:4], "one person now"


def test_a_contradiction_is_refused():
    vectors, _ = people_faces([6])
    with pytest.raises(ValueError, match="different people's, found them joined"):
        warm(vectors, [0] * 6, same=[[0, 1]], different=[[1, 0]])


def test_full_and_warm_begin_alike():
    """From nothing a warm start finds the same people."""
    vectors, people = people_faces([30, 12, 6, 3, 2, 1, 1])
    assert same_partition(warm(vectors, [-1] * 55, range(55)).labels, people)
    arguments = np.ones(55, np.float32), np.arange(55), ClusterSettings(), PRIOR
    assert same_partition(group_faces(vectors, *arguments).labels, people)
