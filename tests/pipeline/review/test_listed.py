import numpy as np
import pytest

from facecluster.people.statements import Cover, Ignore, NotAFace
from facecluster.pipeline.open_faces import free_faces
from facecluster.pipeline.people import people_of
from facecluster.pipeline.review.listed import Listed
from facecluster.pipeline.review.lists import units_listed
from facecluster.pipeline.targets import clusters_of_faces
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, add_names, named, people_library, told


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def units(library, name):
    return units_listed(people_of(library), name)


def row(library, name):
    return people_of(library).faces["face_id"].tolist().index(FACE[name])


def test_people_by_their_faces(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "b1", "b2", "b3")
    told(library, Ignore(CARL, (FACE["d1"],)), Cover(BERTA, FACE["b3"]))
    add_names(library, ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.7, False))
    assert list(units(library, "people")) == [
        Listed("person", BERTA, "Berta", 3, 0, row(library, "b3"), "2020-05-01", "2020-05-01"),
        Listed("person", ANNA, "Anna", 2, 1, row(library, "a1"), "2020-05-01", "2020-05-01"),
    ]
    assert list(units(library, "ignored")) == [Listed("person", CARL, None, 1, 0, row(library, "d1"), None, None)]


def test_nobody_is_known_yet(library):
    assert list(units(library, "people")) == list(units(library, "ignored")) == []
    assert units(library, "people")[:120] == []


def test_a_person_whose_faces_are_gone_is_listed_without_a_picture(library):
    told(library, Ignore(CARL, (FACE["d1"],)))
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "a1")
    (berta, anna) = units(library, "people")
    assert (berta.name, anna) == ("Berta", Listed("person", ANNA, "Anna", 0, 0, None, None, None))


def test_who_has_only_names_that_spread_is_shown_by_the_best_of_those(library):
    named(library, ANNA, "Anna", "a1")
    named(library, BERTA, "Berta", "a1")
    add_names(library, ("a2", ANNA, 0.99, True), ("b2", ANNA, 0.99, True), ("b1", ANNA, 0.5, False))
    (anna, _) = units(library, "people")
    assert (anna.faces, anna.proposed, anna.cover) == (2, 1, row(library, "b2"))


def test_groups_by_the_faces_that_an_answer_is_of(library):
    named(library, ANNA, "Anna", "a1", "c1", "c2")
    told(library, NotAFace((FACE["b1"],)))
    add_names(library, ("b2", ANNA, 0.7, False))
    assert list(units(library, "groups")) == [
        Listed("cluster", "0", None, 2, 0, row(library, "a2"), "2020-05-01", "2021-07-01"),
        Listed("cluster", "1", None, 2, 0, row(library, "b2"), "2020-05-01", "2020-05-01"),
    ]


def test_a_group_whose_names_are_all_proposed_or_sure_is_not_asked_about(library):
    named(library, ANNA, "Anna", "d1")
    add_names(
        library, ("a1", ANNA, 0.7, False), ("a2", ANNA, 0.99, True), ("a3", ANNA, 0.7, False), ("c1", ANNA, 1, True)
    )
    assert [(unit.id, unit.faces) for unit in units(library, "groups")] == [("1", 3), ("2", 1)]


def test_a_window_is_a_slice_and_the_last_is_found_from_behind(library):
    groups = units(library, "groups")
    assert groups[1:3] == list(groups)[1:3]
    assert groups[-1] == list(groups)[-1]
    with pytest.raises(IndexError):
        groups[3]


def test_the_groups_hold_every_face_that_is_grouped_and_free(library):
    named(library, ANNA, "Anna", "a1", "d1")
    people = people_of(library)
    groups = units_listed(people, "groups")
    clusters = clusters_of_faces(people)[free_faces(people)]
    assert {int(unit.id): unit.faces for unit in groups} == {
        number: int((clusters == number).sum()) for number in np.unique(clusters).tolist() if number >= 0
    }
