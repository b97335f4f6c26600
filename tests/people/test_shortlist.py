import numpy as np
import pytest

from facecluster.people import shortlist as module
from facecluster.people.gallery import gallery_of
from facecluster.people.shortlist import NEAREST, VOTED, shortlist
from tests.people.made_up_album import Album


def listed(album, n_people, targets):
    faces = album.faces()
    gallery = gallery_of(faces, album.said(n_people), np.ones(len(faces.clusters), np.bool_))
    pairs = shortlist(faces.vectors, faces.clusters, gallery, np.array(targets, np.int64), album.likeness)
    return list(zip(pairs.faces.tolist(), pairs.persons.tolist(), strict=True))


def family(cosine=0.8, n_people=NEAREST + 3):
    """Faces of so many people, all alike, each named, and one more of the first."""
    album = Album(noise=0.3)
    first = album.person()
    people = [first, *(album.person(like=first, cosine=cosine) for _ in range(n_people - 1))]
    for number, person in enumerate(people):
        album.add(person, said=number)
    (row,) = album.add(first)
    return album, row


def test_the_nearest_people_are_listed_and_no_more():
    album, row = family()
    pairs = listed(album, NEAREST + 3, [row])
    assert len(pairs) == NEAREST
    assert (row, 0) in pairs
    vectors = album.faces().vectors
    nearest = np.argsort(-(vectors[row] @ vectors[:row].T))[:NEAREST]
    assert [person for _, person in pairs] == sorted(nearest.tolist())


def test_strangers_are_not_listed():
    album = Album()
    album.add(album.person(), said=0)
    rows = album.add_strangers(20)
    assert len(listed(album, 1, rows)) <= 2


def test_who_is_named_in_the_cluster_is_listed_however_unlike_up_to_the_most_frequent():
    album = Album()
    for number in range(VOTED + 2):
        album.add(album.person(), number + 1, cluster=0, said=number)
    (row,) = album.add(album.person(), cluster=0)
    assert {(row, person) for person in range(2, VOTED + 2)} <= set(listed(album, VOTED + 2, [row]))
    assert len(listed(album, VOTED + 2, [row])) <= VOTED + 1


def test_blocks_change_nothing(monkeypatch):
    album, row = family()
    album.add_strangers(5, size=2)
    targets = [row, *range(row + 1, row + 11)]
    whole = listed(album, NEAREST + 3, targets)
    monkeypatch.setattr(module, "PRODUCTS", 1)
    assert listed(album, NEAREST + 3, targets) == whole
    assert whole == sorted(set(whole))


@pytest.mark.parametrize("n_people", [0, 1])
def test_nobody_named_or_nobody_asked_for(n_people):
    album = Album()
    album.add(album.person(), 3, cluster=0)
    assert listed(album, n_people, [0, 1, 2]) == []
    assert listed(album, n_people, []) == []
