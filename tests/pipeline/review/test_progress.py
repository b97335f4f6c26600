"""pipeline.progress: each face is counted once, as what people and names make of it."""

import pytest

from facecluster.people.statements import Confirm, Ignore, Name, NotAFace, Unignore
from facecluster.pipeline.propagate import propagate_names
from facecluster.pipeline.review.live import Live
from facecluster.pipeline.review.progress import Progress, Sureness, progress_of
from facecluster.pipeline.status import library_status
from facecluster.settings import NamesSettings
from tests.pipeline.made_up_library import grouped, in_clusters
from tests.pipeline.people_library import (
    ANNA,
    BERTA,
    BY_THE_MODEL,
    CARL,
    FACE,
    add_names,
    add_run,
    named,
    people_library,
    told,
)


def progress(library):
    return progress_of(Live(library).now(), library)


@pytest.fixture
def library(tmp_path):
    return people_library(tmp_path)


def test_at_first_faces_are_in_groups_or_alone(library):
    assert progress(library) == Progress(0, 0, 0, 0, 0, grouped=8, alone=2, sureness=None, behind=0)
    assert (progress(library).settled, progress(library).left, progress(library).all) == (0, 8, 10)


def test_each_face_is_counted_once_as_what_it_is(library):
    named(library, ANNA, "Anna", "a1", "a2")
    told(library, Ignore(BERTA, (FACE["b1"],)), NotAFace((FACE["e1"],)), Name(CARL, (FACE["b2"],)))
    add_names(
        library, ("a3", ANNA, 0.99, True), ("c1", ANNA, 0.8, False), ("c2", CARL, 0.9, True), ("d1", BERTA, 0.9, True)
    )
    found = progress(library)
    assert (found.decided, found.automatic, found.ignored, found.not_faces) == (2, 1, 2, 1)
    assert (found.proposed, found.grouped, found.alone) == (1, 3, 0)  # Carl has no name yet
    assert (found.settled, found.left, found.all) == (6, 4, 10)
    assert found.sureness == Sureness(0.995, measured=False, faces=0)


def test_a_name_proposed_for_somebody_who_is_ignored_is_no_work(library):
    told(library, Ignore(BERTA, (FACE["b1"],)))
    add_names(library, ("b2", BERTA, 0.8, False), ("d1", BERTA, 0.7, False))
    found = progress(library)
    assert (found.ignored, found.proposed, found.grouped, found.alone) == (1, 0, 7, 2)
    told(library, Unignore(BERTA), Name(BERTA, (), "Berta"))
    found = progress(library)
    assert (found.decided, found.ignored, found.proposed, found.grouped, found.alone) == (1, 0, 2, 6, 1)


def test_the_numbers_are_those_of_status(library):
    named(library, ANNA, "Anna", "a1", "a2")
    add_names(library, ("a3", ANNA, 0.99, True), ("c1", ANNA, 0.8, False))
    found, people = progress(library), library_status(library)["people"]
    assert (found.decided, found.automatic, found.proposed) == (
        people["human"],
        people["automatic"],
        people["proposed"],
    )


def test_decisions_that_names_know_nothing_of_are_counted(library):
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Berta", "b1")
    assert progress(library).behind == 2
    add_names(library, ("a3", ANNA, 0.99, True))
    assert progress(library).behind == 2  # this table knew none of them


def test_names_of_another_run_say_nothing(library):
    named(library, ANNA, "Anna", "a1", "a2")
    add_names(library, ("a3", ANNA, 0.99, True))
    add_run(library)
    assert (progress(library).automatic, progress(library).sureness, progress(library).behind) == (0, None, 1)


def test_names_that_were_dropped_meanwhile_say_nothing(library):
    moment = None
    for _ in range(4):
        add_names(library, ("a3", ANNA, 0.99, True))
        moment = moment or Live(library).now()
    assert progress_of(moment, library).sureness is None


def test_how_sure_names_are_is_measured_where_faces_were_looked_at(tmp_path):
    library, ids, people = grouped(tmp_path, (400, 300))
    for person, name in ((ANNA, "Anna"), (BERTA, "Berta")):
        faces = ids[people == (person == BERTA)]
        told(library, Name(person, tuple(faces[:2]), name), Confirm(person, tuple(faces[2:-5])))
    summary = propagate_names(library.folder, NamesSettings())
    found = progress(library)
    assert summary.threshold.by_measure
    assert found.sureness == Sureness(summary.threshold.bound, measured=True, faces=summary.threshold.faces)
    assert (found.automatic, found.proposed, found.behind) == (summary.automatic, summary.proposed, 0)


def test_where_no_name_is_sure_enough_there_is_no_sureness(library):
    unsure = {**BY_THE_MODEL, "threshold": {**BY_THE_MODEL["threshold"], "sureness": None}}
    library.add_names(library_names(library), {"run": 1, "journal": 0, **unsure})
    assert progress(library).sureness is None


def library_names(library):
    add_names(library, ("a3", ANNA, 0.7, False))
    return library.names(library.names_numbers()[-1])


@pytest.mark.parametrize(
    ("share", "percent"),
    [
        (0.995, "99.5 %"),
        (0.99, "99 %"),
        (0.98999, "98.9 %"),
        (0.99999, "99.9 %"),
        (0.5, "50 %"),
        (0.985, "98.5 %"),
        (0.29, "29 %"),
    ],
)
def test_a_bound_is_rounded_down(share, percent):
    assert Sureness(share, measured=True, faces=1).percent == percent


def test_a_library_of_no_faces_is_settled(tmp_path):
    library, _ = in_clusters(tmp_path, (1,), [None])
    told(library, NotAFace((library.clusters(1)["face_id"][0].as_py(),)))
    assert progress(library) == Progress(0, 0, 0, 1, 0, 0, 0, None, 1)
