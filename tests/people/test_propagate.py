import numpy as np
import pytest

from facecluster.people.gallery import ALONE, Faces, Said
from facecluster.people.propagate import CHILD_DAYS, CHILD_ODDS, LEAST_PROBABILITY, TWICE, spread_names
from facecluster.people.who import NOBODY
from tests.people.made_up_album import NOISE, Album, by_face

SURE = 0.9
A, B, C = 0, 1, 2


def spread(album, n_people=1, **said):
    return by_face(spread_names(album.faces(), album.said(n_people, **said), album.likeness))


def odds(probability):
    return probability / (1 - probability)


def test_where_nobody_is_named_nothing_is_proposed():
    album = Album()
    album.add(album.person(), 5, cluster=0)
    assert spread(album, 0) == {}
    assert spread(album, 3) == {}, "people of whom no face is there"


def test_no_faces_are_no_proposals():
    assert spread(Album(), 1) == {}


def test_one_named_face_names_its_cluster_and_no_stranger():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    others = album.add(ann, 9, cluster=0)
    album.add_strangers(30)
    album.add_strangers(10, size=3)
    proposals = spread(album)
    assert sorted(proposals) == others
    assert {person for person, _, _ in proposals.values()} == {A}
    assert sum(sureness > SURE for _, _, sureness in proposals.values()) >= 8


def test_named_faces_need_no_name():
    album = Album()
    ann = album.person()
    album.add(ann, 3, cluster=0, said=A)
    assert spread(album) == {}


@pytest.mark.parametrize(("dimension", "noise"), [(128, 0.7), (128, 1.0), (512, 0.8), (512, 1.2)])
def test_networks_whose_cosines_mean_other_things_are_told_by_their_calibration(dimension, noise):
    album = Album(dimension=dimension, noise=noise)
    ann, ben = album.person(), album.person()
    for person, said in ((ann, A), (ben, B)):
        album.add(person, 2, cluster=said, said=said)
        album.add(person, 6, cluster=said)
    album.add_strangers(40)
    proposals = spread(album, 2)
    assert {row: person for row, (person, _, _) in proposals.items()} == {
        row: said for row, said in enumerate([A] * 8 + [B] * 8) if row not in {0, 1, 8, 9}
    }


def test_a_face_alone_is_known_by_the_persons_own_faces():
    album = Album(noise=0.6)
    ann = album.person()
    album.add(ann, 5, said=A)
    (alone,) = album.add(ann)
    (stranger,) = album.add(album.person())
    proposals = spread(album)
    assert proposals[alone][0] == A
    assert proposals[alone][1] > 0.5
    assert stranger not in proposals


def test_a_person_may_have_two_looks_and_need_not_look_like_their_mean():
    album = Album(noise=0.6)
    young = album.person()
    old = album.person(like=young, cosine=0.1)
    album.add(young, 4, said=A)
    album.add(old, 4, said=A)
    rows = album.add(young) + album.add(old)
    (between,) = album.add(album.person(like=young, cosine=0.35))
    proposals = spread(album)
    assert [proposals[row][0] for row in rows] == [A, A]
    assert between not in proposals


def test_a_cluster_without_named_faces_speaks_as_a_whole():
    together, alone = Album(), Album()
    for album, cluster in ((together, 1), (alone, ALONE)):
        ann = album.person()
        album.add(ann, 4, cluster=0, said=A)
        album.add(ann, 8, cluster=cluster)
        album.add(0.5 * ann + album.person(), cluster=cluster, noise=0.3)
    grouped, single = spread(together), spread(alone)
    assert sorted(grouped) == sorted(single) == [*range(4, 13)]
    assert grouped[12][1] > 0.5 > single[12][1]
    assert all(grouped[row][1] > single[row][1] for row in single)


def test_of_a_cluster_of_two_people_each_face_is_its_own():
    album = Album(noise=0.7)
    ann, ben = album.person(), album.person()
    album.add(ann, 2, cluster=0, said=A)
    album.add(ben, 2, cluster=0, said=B)
    ours, theirs = album.add(ann, 5, cluster=0), album.add(ben, 5, cluster=0)
    (strange,) = album.add(album.person(), cluster=0)
    proposals = spread(album, 2)
    assert {proposals[row][0] for row in ours} == {A}
    assert {proposals[row][0] for row in theirs} == {B}
    assert strange not in proposals or proposals[strange][2] < SURE


def test_a_stranger_in_the_cluster_is_not_named_unasked():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    album.add(ann, 9, cluster=0)
    (strange,) = album.add(album.person(), cluster=0)
    proposals = spread(album)
    assert strange not in proposals or proposals[strange][2] < SURE


def test_whom_somebody_said_it_is_not_is_never_proposed():
    album = Album()
    ann, ben = album.person(), album.person()
    album.add(ann, cluster=0, said=A)
    album.add(ben, cluster=1, said=B)
    row, other = album.add(ann, 2, cluster=0)
    assert spread(album, 2)[row][0] == A
    refused = spread(album, 2, rejected=[(row, A)])
    assert row not in refused
    assert refused[other][0] == A, "of the other faces nothing was said"
    assert spread(album, 2, rejected=[(row, B)])[row][0] == A


def test_nobody_is_on_a_photo_taken_before_the_birth():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    (before,), (after,) = album.add(ann, cluster=0, day=9_999.5), album.add(ann, cluster=0, day=10_000.5)
    (undated,) = album.add(ann, cluster=0)
    assert sorted(spread(album)) == [before, after, undated]
    assert sorted(spread(album, born={A: 10_000})) == [after, undated]


def test_a_child_must_be_surer_than_others():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    (child,) = album.add(ann, cluster=0, day=CHILD_DAYS - 1)
    (grown,) = album.add(ann, cluster=0, day=CHILD_DAYS + 1)
    unknown, known = spread(album), spread(album, born={A: 0})
    assert known[grown] == unknown[grown]
    assert known[child][1] == unknown[child][1]
    assert odds(known[child][2]) == pytest.approx(odds(known[child][1]) / CHILD_ODDS)
    assert known[grown][2] == known[grown][1]


def test_of_two_faces_of_a_photo_the_more_probable_may_have_the_name_unasked():
    album = Album(seed=1)
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    album.add(ann, 5, cluster=0)
    (like,) = album.add(ann, cluster=0, photo=7, noise=0.5)
    (less,) = album.add(ann, cluster=0, photo=7)
    (alone,) = album.add(ann, cluster=0)
    proposals = spread(album)
    assert proposals[like][2] == proposals[like][1] > SURE
    assert proposals[alone][2] == proposals[alone][1] > SURE
    assert proposals[less][:1] == (A,)
    assert proposals[less][2] == 0
    one_photo_each = Album(seed=1)
    one_photo_each.rows = album.rows | {"photos": list(range(len(album.rows["photos"])))}
    free = spread(one_photo_each)[less]
    assert odds(proposals[less][1]) == pytest.approx(odds(free[1]) * TWICE, rel=1e-4)
    assert free[2] == free[1]


def test_a_person_whom_somebody_named_on_the_photo_is_on_it_no_second_time_unasked():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A, photo=7)
    (second,) = album.add(ann, cluster=0, photo=7)
    (elsewhere,) = album.add(ann, cluster=0)
    proposals = spread(album)
    assert proposals[second][2] == 0
    assert proposals[elsewhere][2] > SURE


def test_who_is_second_on_a_photo_may_be_somebody_else():
    album = Album(noise=0.5)
    ann = album.person()
    ben = album.person(like=ann, cosine=0.9)
    album.add(ann, 4, said=A)
    album.add(ben, 4, said=B)
    (ours,), (either,) = album.add(ann, photo=7, noise=0.2), album.add(0.52 * ann + 0.48 * ben, photo=7, noise=0.2)
    proposals = spread(album, 2)
    assert (proposals[ours][0], proposals[either][0]) == (A, B)


@pytest.mark.parametrize(("cosine", "asked"), [(0.95, True), (0.6, False)])
def test_between_look_alikes_a_human_is_asked(cosine, asked):
    album = Album(noise=0.5)
    ann = album.person()
    ben = album.person(like=ann, cosine=cosine)
    album.add(ann, 2, cluster=0, said=A, noise=0.4)
    (row,) = album.add(ann, cluster=0, noise=0.4)
    album.add(ben, cluster=1, said=B, noise=2)
    album.add(ben, 20, cluster=1, noise=0.3)
    person, probability, sureness = spread(album, 2)[row]
    assert person == A
    assert probability > SURE
    assert sureness == (0 if asked else probability)


def test_siblings_of_whom_one_is_named_are_not_both_named():
    album = Album()
    ann = album.person()
    sister = album.person(like=ann, cosine=0.5)
    album.add(ann, cluster=0, said=A)
    ours, hers = album.add(ann, 8, cluster=0), album.add(sister, 8, cluster=1)
    proposals = spread(album)
    assert all(proposals[row][0] == A for row in ours)
    assert all(proposals[row][2] < SURE for row in hers if row in proposals)


def test_what_is_no_face_has_no_name_and_says_nothing():
    album = Album()
    ann = album.person()
    album.add(ann, cluster=0, said=A)
    (pattern,) = album.add(ann, cluster=0, no_face=True)
    (other,) = album.add(ann, cluster=0)
    proposals = spread(album)
    assert pattern not in proposals
    pattern_gone = Album()
    pattern_gone.rows = {
        name: [value for row, value in enumerate(rows) if row != pattern] for name, rows in album.rows.items()
    }
    assert spread(pattern_gone)[other - 1] == pytest.approx(proposals[other], rel=1e-5)


def test_proposals_are_likely_and_one_a_face():
    proposals = spread_names(*crowd(), Album().likeness)
    assert (np.diff(proposals.faces) > 0).all()
    assert (proposals.probabilities >= LEAST_PROBABILITY).all()
    assert (proposals.sureness <= proposals.probabilities).all()
    assert len(proposals.faces) > 60


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_order_of_the_faces_changes_nothing(seed):
    faces, said = crowd()
    order = np.random.default_rng(seed).permutation(len(faces.clusters))
    place = np.argsort(order)
    shuffled = Faces(*(column[order] for column in faces))
    rejected = np.column_stack([place[said.rejected[:, 0]], said.rejected[:, 1]])
    moved = Said(said.persons[order], said.says_nothing[order], rejected, said.born)
    before = by_face(spread_names(faces, said, Album().likeness))
    after = by_face(spread_names(shuffled, moved, Album().likeness))
    assert {int(order[row]): found[0] for row, found in after.items()} == {
        row: found[0] for row, found in before.items()
    }
    for row, found in after.items():
        assert found == pytest.approx(before[int(order[row])], rel=1e-3, abs=1e-4)


def crowd():
    """Thirty people, siblings by twos, each in a cluster and alone; of every second a face or three are named."""
    album = Album(seed=5, noise=NOISE)
    rejected = []
    for number in range(15):
        person = album.person()
        for sibling, who in enumerate((person, album.person(like=person, cosine=0.5))):
            named = number if sibling == 0 else NOBODY
            album.add(who, 1 + 2 * (number % 2), cluster=2 * number + sibling, said=named)
            rows = album.add(who, 6, cluster=2 * number + sibling) + album.add(who, 2)
            if sibling == 0 and number == 3:
                rejected.append((rows[0], number))
    album.rows["photos"] = [row // 2 for row in range(len(album.rows["photos"]))]
    return album.faces(), album.said(15, rejected=rejected)
