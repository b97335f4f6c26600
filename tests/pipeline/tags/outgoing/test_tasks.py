import pytest

from facecluster.metadata.words import Frame, Shown, Values
from facecluster.pipeline.tags.outgoing.ledger_state import values_to_json
from facecluster.pipeline.tags.outgoing.photo_shown import PhotoShown
from facecluster.pipeline.tags.outgoing.tasks import tasks_of
from facecluster.store.archive import PhotoFile
from facecluster.store.ledger import Owned
from facecluster.store.sidecars import Target

ANNA, BERTA = Shown("Anna", (0.1, 0.1, 0.2, 0.2)), Shown("Berta", None)


def photo(*shown):
    return PhotoShown(PhotoFile("a/one.jpg", 1, 2), shown, Frame(10, 10, 1))


def ours(*names, of="a/one.jpg"):
    return Owned(of, "sha", values_to_json(Values(people=names)), None)


def target(*, name="one.jpg.xmp", exists=False, shared_with=None):
    return Target(f"a/{name}", exists, shared_with)


def told(tasks):
    return [(task.file[2:], tuple(one.name for one in task.shown), task.error and task.error.fault) for task in tasks]


@pytest.mark.parametrize(("exists", "in_place"), [(False, False), (True, False), (False, True), (True, True)])
def test_nobody_and_nothing_of_ours_is_no_task(exists, in_place):
    assert tasks_of(photo(), target(exists=exists), {}, in_place=in_place) == []


def test_a_sidecar_is_made_or_added_to():
    for exists in (False, True):
        assert told(tasks_of(photo(ANNA), target(exists=exists), {}, in_place=False)) == [
            ("one.jpg.xmp", ("Anna",), None)
        ]


def test_what_is_ours_is_visited_though_nobody_is_shown():
    owned = {"a/one.jpg.xmp": ours("Anna")}
    assert told(tasks_of(photo(), target(exists=True), owned, in_place=False)) == [("one.jpg.xmp", (), None)]


def test_what_is_ours_elsewhere_goes():
    owned = {"a/one.xmp": ours("Anna")}
    tasks = tasks_of(photo(ANNA), target(exists=True), owned, in_place=False)
    assert told(tasks) == [("one.xmp", (), None), ("one.jpg.xmp", ("Anna",), None)]


def test_a_photo_is_written_with_the_sidecar_that_would_hide_it():
    assert told(tasks_of(photo(ANNA), target(), {}, in_place=True)) == [("one.jpg", ("Anna",), None)]
    assert told(tasks_of(photo(ANNA), target(exists=True), {}, in_place=True)) == [
        ("one.jpg", ("Anna",), None),
        ("one.jpg.xmp", ("Anna",), None),
    ]


def test_names_in_a_photo_that_no_longer_hold_are_told():
    owned = {"a/one.jpg": ours("Anna", "Berta")}
    assert told(tasks_of(photo(ANNA), target(), owned, in_place=False)) == [("one.jpg", ("Anna",), "in_place")]
    assert told(tasks_of(photo(ANNA), target(exists=True), owned, in_place=False))[1][0] == "one.jpg.xmp"
    assert told(tasks_of(photo(), target(), owned, in_place=True)) == [("one.jpg", (), None)]
    still_right = tasks_of(photo(ANNA, BERTA), target(), owned, in_place=False)
    assert told(still_right) == [("one.jpg.xmp", ("Anna", "Berta"), None)]


def test_the_sidecar_of_another_photo_is_left_to_it():
    shared = target(name="one.xmp", exists=True, shared_with="a/one.cr2")
    assert told(tasks_of(photo(ANNA), shared, {}, in_place=False)) == [("one.xmp", ("Anna",), "shared")]
    theirs, once_ours = {"a/one.xmp": ours("Anna", of="a/one.cr2")}, {"a/one.xmp": ours("Anna")}
    assert tasks_of(photo(), shared, theirs, in_place=False) == []
    assert told(tasks_of(photo(), shared, once_ours, in_place=False)) == [("one.xmp", (), None)]
