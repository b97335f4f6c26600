"""clusters.merge: parts of people made people, by made-up people whose parts are known."""

from bisect import bisect_left

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.candidates import propose, to_parts
from facecluster.clusters.evidence import FAR_SHORT
from facecluster.clusters.grid import to_grid
from facecluster.clusters.merge import merge_parts
from facecluster.clusters.neighbours import nearest_neighbours

from .people import people_faces, said, same_partition, unit, yardstick_of


def merged(vectors, labels, photos=None, same=(), different=(), n_library=None, links=None):
    """People as labels of faces, and suggestions."""
    grid, labels = to_grid(np.asarray(vectors, np.float32)), np.asarray(labels, np.int32)
    photos = np.arange(len(grid)) if photos is None else np.asarray(photos, np.int64)
    yardstick = yardstick_of(len(grid), n_library or len(grid))
    parts = to_parts(labels)
    candidates = propose(grid, nearest_neighbours(grid, 32, 0.2), parts, yardstick)
    found = merge_parts(grid, photos, parts, candidates, yardstick, links or said(len(grid), same, different))
    return found.people[parts.labels], found.suggestions


def halves(sizes, **options):
    """People in two parts each, as the labels of the parts, and who they are."""
    vectors, people = people_faces(sizes, **options)
    return vectors, people * 2 + np.arange(len(people)) % 2, people


def at_cosine(one, other, cosine):
    """A vector at a cosine to the one, in the plane with the other."""
    aside = unit(other - (one @ other) * one)
    return cosine * one + np.sqrt(1 - cosine**2) * aside


def alike_groups(size, cosine, seed=0):
    """Two groups of two people whose directions have a cosine, in 256 dimensions."""
    ones, others, *faces = people_faces([1] * (2 + 2 * size), dimension=256, seed=seed)[0]
    directions = np.repeat([ones, at_cosine(ones, others, cosine)], size, axis=0)
    return unit(directions + 0.75 * np.array(faces)), np.repeat([0, 1], size)


@pytest.mark.parametrize("sizes", [[4, 4], [40, 12, 6, 4], [200, 30, 4]])
def test_two_halves_of_a_person_are_one_and_two_people_are_not(sizes):
    vectors, parts, people = halves(sizes)
    found, suggestions = merged(vectors, parts)
    assert same_partition(found, people)
    assert len(suggestions.ones) == 0


def test_single_faces_find_their_person():
    vectors, people = people_faces([30, 10, 1])
    labels = people.copy()
    labels[[3, 8, 31, 40]] = -1
    assert same_partition(merged(vectors, labels)[0], people)


@pytest.mark.parametrize("seed", range(6))
def test_people_from_single_faces_alone(seed):
    vectors, people = people_faces([12, 9, 5, 2, 1, 1], seed=seed)
    assert same_partition(merged(vectors, np.full(30, -1))[0], people)


@pytest.mark.parametrize("n", [0, 1])
def test_who_has_nobody_stays_alone(n):
    found, suggestions = merged(np.eye(4)[:n], np.full(n, -1))
    assert found.tolist() == list(range(n))
    assert [len(column) for column in suggestions] == [0, 0, 0]


@pytest.mark.parametrize(("cosine", "one"), [(0.9, True), (0.1, False)])
def test_two_faces(cosine, one):
    found, suggestions = merged([[1, 0], [cosine, np.sqrt(1 - cosine**2)]], [-1, -1])
    assert (found[0] == found[1]) == one
    assert len(suggestions.ones) == 0  # of two single faces there is nothing to suggest


@pytest.mark.parametrize("bad", [1, 2])
def test_faces_that_are_in_the_wrong_group_do_not_make_two_large_ones_one(bad):
    vectors, people = people_faces([60, 60])
    labels = people.copy()
    labels[:bad] = 1
    found, _ = merged(vectors, labels)
    assert same_partition(found, labels)


def test_a_face_between_two_large_groups_does_not_make_them_one():
    vectors, people = people_faces([60, 60])
    between = unit(vectors[people == 0].mean(axis=0) + vectors[people == 1].mean(axis=0))
    found, _ = merged([*vectors, between], [*people, -1])
    assert same_partition(found[:-1], people)


def test_large_groups_need_less_likeness_than_pairs():
    """Siblings by a cosine that is not enough for two faces in a large library, but for two groups of ten is."""
    vectors, people = alike_groups(10, cosine=0.6)
    assert len(set(merged(vectors[[0, 10]], [-1, -1], n_library=100_000)[0])) == 2
    assert len(set(merged(vectors, people, n_library=100_000)[0])) == 1


def test_shared_photos_raise_what_is_needed():
    """Two groups that are made one, unless they stand side by side in photos; many of those say no more than a few."""
    cosines = np.arange(0.3, 1.0, 0.02)

    def least_cosine(shared):
        photos = np.arange(24)
        photos[12 : 12 + shared] = np.arange(shared)

        def one(cosine):
            return len(set(merged(*alike_groups(12, cosine), photos, n_library=5000)[0])) == 1

        return bisect_left(cosines, True, key=one)

    needed = [least_cosine(shared) for shared in (0, 1, 3, 12)]
    assert needed[0] < needed[1] < needed[2] == needed[3] < len(cosines)


def test_one_photo_that_both_stand_in_does_not_part_a_person_of_plenty():
    """A mirror."""
    vectors, parts, people = halves([120, 20])
    photos = np.arange(140)
    photos[1] = 0
    assert same_partition(merged(vectors, parts, photos)[0], people)


def test_what_is_said_to_be_different_is_never_one():
    vectors, parts, people = halves([20, 6])
    found, _ = merged(vectors, parts, different=[[0, 1]])
    assert same_partition(found, np.where(people == 0, parts, 9))


def test_what_is_said_to_be_different_stays_so_whatever_comes_between():
    """Ten parts of a person, of which two must not be one's: the eight others go to one of them, or the other."""
    vectors, _ = people_faces([40])
    labels = np.arange(40) // 4
    found, _ = merged(vectors, labels, different=[[0, 39]])
    assert found[0] != found[39]
    assert len(set(found.tolist())) == 2


def test_what_is_said_to_be_one_is_one_whatever_the_evidence():
    vectors, people = people_faces([10, 8, 1, 1])
    labels = np.where(people > 1, -1, people)
    found, _ = merged(vectors, labels, same=[[0, 18], [18, 19]])
    assert same_partition(found, np.where(people > 1, 0, people))


def test_what_is_said_to_be_one_has_a_common_rest():
    """Three parts are one by word of mouth; a fourth that must differ from the third differs from all."""
    vectors, _ = people_faces([40])
    found, _ = merged(vectors, np.arange(40) // 10, same=[[0, 10], [10, 20]], different=[[20, 30]])
    assert same_partition(found, np.repeat([0, 3], [30, 10]))


@pytest.mark.parametrize("different", [[[0, 25]], [[25, 0]], [[1, 2]]])
def test_a_contradiction_is_refused(different):
    vectors, people = people_faces([10, 10, 10])
    with pytest.raises(ValueError, match=r"rows \d+ and \d+ to be different people's, found them joined"):
        merged(vectors, people, same=[[3, 12], [12, 26]], different=different)


def test_people_of_two_names_are_never_one():
    """Ten parts of one person by the evidence, of which somebody knows three to be somebody else's."""
    vectors, _ = people_faces([40])
    named = said(40, same=[[0, 4], [36, 37], [20, 20]])
    found, suggestions = merged(vectors, np.arange(40) // 4, links=named)
    assert found[0] == found[4]
    assert len({found[0], found[36], found[20]}) == len(set(found.tolist())) == 3
    assert len(suggestions.ones) == 0


def test_a_part_of_two_people_is_refused():
    vectors, people = people_faces([10, 10])
    with pytest.raises(ValueError, match="part to be one person's, found another person's in row"):
        merged(vectors, people, same=[[0, 12], [1, 13]])


def test_pairs_that_lack_little_are_suggested():
    """A row of couples of groups, from strangers to the same: between apart and one lies what is worth a question."""
    gaps, suggested, joined = [], [], []
    for cosine in np.arange(0.3, 1, 0.02):
        vectors, people = alike_groups(8, cosine)
        found, suggestions = merged(vectors, people, n_library=5000)
        joined.append(found[0] == found[8])
        suggested.append(len(suggestions.ones))
        gaps += suggestions.evidence.tolist()
    assert joined == sorted(joined)
    assert joined[-1]
    assert not joined[0]
    assert suggested[0] == 0
    assert 1 <= sum(suggested) < 10
    assert not any(one and other for one, other in zip(joined, suggested, strict=True))
    assert all(FAR_SHORT <= gap < 0 for gap in gaps)
    assert gaps == sorted(gaps)  # they rise with the cosine


def test_suggestions_come_strongest_first_and_name_the_first_faces_of_two_people():
    groups = [alike_groups(8, cosine, seed)[0] for seed, cosine in enumerate(np.arange(0.3, 0.75, 0.02))]
    vectors, parts = np.concatenate(groups), np.repeat(np.arange(2 * len(groups)), 8)
    found, suggestions = merged(vectors, parts, n_library=5000)
    assert len(suggestions.ones) > 2
    assert (np.diff(suggestions.evidence) <= 0).all()
    assert ((suggestions.evidence < 0) & (suggestions.evidence >= FAR_SHORT)).all()
    for one, other in zip(suggestions.ones, suggestions.others, strict=True):
        assert found[one] != found[other]
        assert one == np.flatnonzero(found == found[one])[0]
        assert other == np.flatnonzero(found == found[other])[0]


def test_what_is_said_to_be_different_is_not_suggested():
    for cosine in np.arange(0.3, 1, 0.02):
        vectors, people = alike_groups(8, cosine)
        _, suggestions = merged(vectors, people, different=[[0, 8]], n_library=5000)
        assert len(suggestions.ones) == 0


@given(st.randoms(use_true_random=False), st.integers(0, 50))
@settings(max_examples=25)
def test_order_of_rows_changes_nothing(random, seed):
    vectors, parts, _ = halves([14, 9, 6, 4, 3, 2, 2, 1, 1, 1], spread=1.0, seed=seed)
    parts[::5] = -1
    order = list(range(len(vectors)))
    random.shuffle(order)
    before, suggestions = merged(vectors, dense(parts), n_library=3000)
    after, shuffled = merged(vectors[order], dense(parts[order]), n_library=3000)
    assert same_partition(before[order], after)
    assert shuffled.evidence == pytest.approx(suggestions.evidence, abs=1e-5)


def dense(labels):
    names, numbers = np.unique(labels, return_inverse=True)
    return numbers - (names[0] < 0)


def test_a_person_who_grows_step_by_step_is_weighed_anew():
    """Age by age: the youngest and the oldest are strangers, yet each age is like the next."""
    rng = np.random.default_rng(0)
    young, old = unit(rng.normal(size=(2, 256)))
    ages = np.repeat(np.linspace(0, 1, 6), 10)
    centres = unit(young * (1 - ages[:, None]) + old * ages[:, None] + unit(rng.normal(size=256)))
    vectors = unit(centres + 0.6 * unit(rng.normal(size=(60, 256))))
    assert len(set(merged(vectors, np.arange(60) // 10)[0])) == 1
