import numpy as np
import pytest

from facecluster.people.decisions import who_is_who
from facecluster.people.gallery import (
    ALONE,
    MAX_EXEMPLARS,
    MAX_LOOKS,
    SUMMED_FACES,
    Faces,
    cluster_sums,
    gallery_of,
    said_of,
)
from facecluster.people.statements import Born, Decision, Different, Ignore, Name, NotAFace, Reject
from tests.people.made_up_album import Album

A, B = 0, 1
FACES = [f"{number:020x}-0-0-9-9" for number in range(5)]
ANN, BEN = "a" * 12, "b" * 12


def gallery(album, n_people, counted=None):
    faces = album.faces()
    counted = np.ones(len(faces.clusters), np.bool_) if counted is None else counted
    return faces, gallery_of(faces, album.said(n_people), counted)


def said(*statements):
    return said_of(who_is_who([Decision("0" * 16, "2026-01-01T00:00:00+00:00", "me", "human", statements)], FACES))


def test_whom_a_face_shows_and_whom_not_is_what_was_said():
    told = said(
        Name(ANN, (FACES[0],), "Ann"),
        Name(BEN, (FACES[1],), "Ben"),
        Reject(BEN, (FACES[2],)),
        NotAFace((FACES[3],)),
        Born(BEN, "1970-01-11"),
    )
    assert told.persons.tolist() == [A, B, -1, -1, -1]
    assert told.says_nothing.tolist() == [False, False, False, True, False]
    assert told.rejected.tolist() == [[2, B]]
    np.testing.assert_array_equal(told.born, [np.nan, 10])


def test_a_face_that_is_another_than_a_persons_is_not_that_persons():
    told = said(Name(ANN, (FACES[0],), "Ann"), Different((FACES[0],), (FACES[1],)), Different((FACES[2],), (FACES[3],)))
    assert told.rejected.tolist() == [[1, A]]


def test_nothing_was_said():
    told = said()
    assert told.rejected.shape == (0, 2)
    assert told.born.shape == (0,)
    assert (told.persons == -1).all()


def test_an_ignored_person_is_one_of_the_people():
    assert said(Ignore(ANN, (FACES[4],))).persons.tolist() == [-1, -1, -1, -1, A]


def test_a_cluster_where_one_person_is_named_is_one_look_of_that_person():
    album = Album()
    ann = album.person()
    album.add(ann, 2, cluster=0, said=A)
    album.add(ann, 3, cluster=0)
    album.add(ann, 2, said=A)
    faces, found = gallery(album, 1)
    looks = found.looks
    assert sorted(zip(looks.clusters.tolist(), looks.sizes.tolist(), strict=True)) == [(ALONE, 1), (ALONE, 1), (0, 5)]
    np.testing.assert_allclose(looks.sums[looks.clusters == 0][0], faces.vectors[:5].sum(axis=0), rtol=1e-5)
    assert found.exemplars.tolist() == [[0, 1, 5, 6]]
    assert (found.named.tolist(), found.sizes.tolist()) == ([2], [5])


def test_a_cluster_where_two_are_named_is_nobodys_as_a_whole():
    album = Album()
    album.add(album.person(), 2, cluster=0, said=A)
    album.add(album.person(), 1, cluster=0, said=B)
    album.add(album.person(), 3, cluster=0)
    faces, found = gallery(album, 2)
    assert found.looks.clusters.tolist() == [ALONE, ALONE]
    assert found.looks.sizes.tolist() == [2, 1]
    np.testing.assert_allclose(found.looks.sums[0], faces.vectors[:2].sum(axis=0), rtol=1e-5)
    assert found.votes.of(np.array([0, 0, 0, 7], np.int32), np.array([A, B, 5, A], np.int32)).tolist() == [2, 1, 0, 0]
    assert found.named.tolist() == [3]


def test_what_does_not_count_is_in_no_look_and_no_vote():
    album = Album()
    ann = album.person()
    album.add(ann, 2, cluster=0, said=A)
    album.add(ann, 2, cluster=0)
    faces, found = gallery(album, 1, np.array([True, False, True, False]))
    assert found.exemplars.tolist() == [[0]]
    assert found.sizes.tolist() == [2]
    np.testing.assert_allclose(found.looks.sums[0], faces.vectors[[0, 2]].sum(axis=0), rtol=1e-5)


def test_rejections_are_counted_by_cluster():
    album = Album()
    album.add(album.person(), 3, cluster=0)
    found = gallery_of(album.faces(), album.said(1, rejected=[(0, A), (2, A)]), np.ones(3, np.bool_))
    assert found.rejections.of(np.zeros(1, np.int32), np.full(1, A, np.int32)).tolist() == [2]
    assert found.exemplars.shape == (1, 0)


def test_of_many_named_faces_and_looks_some_stand_for_all():
    album = Album(dimension=4)
    ann, ben = album.person(), album.person()
    for cluster in range(MAX_LOOKS + 4):
        album.add(ann, cluster + 1, cluster=cluster, said=A)
    album.add(ben, 2, said=B)
    _, found = gallery(album, 2)
    n_named = sum(range(1, MAX_LOOKS + 5))
    exemplars = found.exemplars[A]
    assert len(exemplars) == MAX_EXEMPLARS
    assert len(set(exemplars.tolist())) == MAX_EXEMPLARS
    assert np.diff(exemplars).max() <= n_named / MAX_EXEMPLARS + 1
    assert found.exemplars[B].tolist() == [n_named, n_named + 1] + [-1] * (MAX_EXEMPLARS - 2)
    assert found.looks.sizes[found.looks.persons == A].tolist() == list(range(5, MAX_LOOKS + 5))
    assert (np.diff(found.looks.persons) >= 0).all()


@pytest.mark.parametrize("n_faces", [0, 1, SUMMED_FACES + 3])
def test_sums_of_clusters_are_those_of_a_loop(n_faces):
    random = np.random.default_rng(0)
    vectors = random.normal(size=(n_faces, 2)).astype(np.float32)
    clusters = random.integers(-1, 3, n_faces).astype(np.int32)
    sums, sizes = cluster_sums(vectors, clusters, 4)
    for cluster in range(4):
        np.testing.assert_allclose(sums[cluster], vectors[clusters == cluster].sum(axis=0), rtol=1e-2, atol=1e-2)
        assert sizes[cluster] == np.count_nonzero(clusters == cluster)


def test_without_faces_there_is_an_empty_gallery():
    empty = Faces(np.empty((0, 4), np.float32), *(np.empty(0, kind) for kind in (np.int32, np.int64, np.float64)))
    found = gallery_of(empty, Album(dimension=4).said(1), np.empty(0, np.bool_))
    assert (len(found.looks.persons), len(found.sizes), found.exemplars.shape) == (0, 0, (1, 0))
