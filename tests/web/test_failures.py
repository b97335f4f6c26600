import pytest

from facecluster.errors import PhotoError, PhotoFault
from facecluster.web.failures import ADVICE, MAX_FAILED_A_FAULT, UNKNOWN_FAULT, FailedPhoto, fault_groups
from tests.web.tables import photos_table


def failed(path, reason):
    return {"path": path, "status": "error", "reason": reason, "n_faces": 0}


def test_photos_that_did_not_fail_are_in_no_group():
    assert fault_groups(photos_table()) == ()
    assert fault_groups(photos_table({}, {"status": "no_face", "n_faces": 0})) == ()


@pytest.mark.parametrize("fault", PhotoFault)
@pytest.mark.parametrize("detail", ["", "12 bytes missing: expected 34"])
def test_every_reason_a_photo_error_writes_is_understood(fault, detail):
    (group,) = fault_groups(photos_table(failed("a.jpg", str(PhotoError(fault, detail)))))
    assert (group.title, group.advice) == ADVICE[fault]
    assert group.photos == (FailedPhoto("a.jpg", detail),)


def test_the_most_frequent_fault_comes_first_and_paths_are_in_order():
    rows = [failed("c.jpg", "empty"), failed("b.jpg", "corrupt: y"), failed("a.jpg", "corrupt: x")]
    groups = fault_groups(photos_table(*rows))
    assert [group.title for group in groups] == ["Damaged", "Empty"]
    assert [photo.path for photo in groups[0].photos] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("reason", ["meteor: strike", "no colon", "", None])
def test_a_reason_of_no_known_fault_is_shown_whole(reason):
    (group,) = fault_groups(photos_table(failed("a.jpg", reason), failed("b.jpg", reason)))
    assert (group.title, group.advice) == UNKNOWN_FAULT
    assert [photo.detail for photo in group.photos] == [reason or ""] * 2


def test_what_is_over_the_cap_is_counted():
    rows = [failed(f"{i:04}.jpg", "corrupt") for i in range(MAX_FAILED_A_FAULT + 3)]
    (group,) = fault_groups(photos_table(*rows))
    assert len(group.photos) == MAX_FAILED_A_FAULT
    assert (group.n_photos, group.n_left_out) == (MAX_FAILED_A_FAULT + 3, 3)


def test_photos_can_be_listed_from_any_place_on():
    rows = [failed(f"{i:04}.jpg", "corrupt") for i in range(MAX_FAILED_A_FAULT + 3)]
    (group,) = fault_groups(photos_table(*rows), MAX_FAILED_A_FAULT)
    assert (group.fault, [photo.path for photo in group.photos]) == ("corrupt", ["0100.jpg", "0101.jpg", "0102.jpg"])
    assert (group.n_photos, group.n_left_out) == (MAX_FAILED_A_FAULT + 3, 0)
