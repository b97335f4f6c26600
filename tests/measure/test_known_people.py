"""measure.known_people: labels -> the people of faces."""

from pathlib import Path

import pytest

from facecluster.errors import UsageError
from facecluster.measure.known_people import FalseDetections, MissedLabel, known_people
from facecluster.measure.labels import NOBODY, Box, Label

from .library_tables import faces_table, photos_table

LEFT, RIGHT = (40, 60, 120, 160), (180, 60, 260, 160)
LEFT_BOX, RIGHT_BOX = Box(*map(float, LEFT)), Box(*map(float, RIGHT))


def known(photos, faces, *labels, pick="largest", archive=Path("/photos")):
    made = [Label(*(*label, None)[:3]) for label in labels]
    return known_people(photos, faces, made, archive=archive, label_folder=Path("/photos"), pick=pick)


def who(found):
    """Name by row."""
    names = [found.names[person] for person in found.people]
    return dict(zip(found.rows.tolist(), names, strict=True))


def one_face_a_photo(count):
    """Photos 0.jpg, 1.jpg, ... of one face each."""
    photos = photos_table(*((f"{i}.jpg", f"h{i}") for i in range(count)))
    return photos, faces_table(*((f"h{i}", LEFT, None) for i in range(count)))


def test_labels_without_boxes_name_the_face_of_their_photo():
    found = known(*one_face_a_photo(4), ("2.jpg", "B"), ("0.jpg", "A"), ("1.jpg", ""), ("3.jpg", "A"))
    assert who(found) == {0: "A", 2: "B", 3: "A"}
    assert found.rows.tolist() == [0, 2, 3]
    assert found.names == ("A", "B")
    assert (found.missed, found.left_out, found.outside, found.false_detections) == ((), 0, 0, ())


def test_a_label_whose_face_was_not_found_is_missed():
    photos = photos_table(
        ("a.jpg", "h0"), ("b.jpg", "h1"), ("c.jpg", "h2", "corrupt: cut"), ("d.jpg", None, "unreadable")
    )
    faces = faces_table(("h0", LEFT, 0))
    labels = [("a.jpg", "A", RIGHT_BOX), ("b.jpg", "B"), ("c.jpg", "C"), ("d.jpg", "D"), ("e.jpg", "E")]
    found = known(photos, faces, *labels)
    assert who(found) == {}
    assert found.missed == (
        MissedLabel("a.jpg", "A", "no face in the labelled box"),
        MissedLabel("b.jpg", "B", "no face found"),
        MissedLabel("c.jpg", "C", "corrupt: cut"),
        MissedLabel("d.jpg", "D", "unreadable"),
        MissedLabel("e.jpg", "E", "not in the library"),
    )


def test_boxes_name_each_face_of_a_group_photo():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"))
    faces = faces_table(("h0", RIGHT, 1), ("h0", LEFT, 0), ("h1", LEFT, 0))
    found = known(photos, faces, ("a.jpg", "A", LEFT_BOX), ("a.jpg", "B", RIGHT_BOX), ("b.jpg", "A"))
    assert who(found) == {0: "B", 1: "A", 2: "A"}


def test_several_names_without_boxes_are_left_out_and_counted():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"), ("copy of b.jpg", "h1"))
    faces = faces_table(("h0", RIGHT, 0), ("h0", LEFT, 1), ("h1", LEFT, 1))
    labels = [("a.jpg", "A"), ("a.jpg", "B", LEFT_BOX), ("b.jpg", "B"), ("copy of b.jpg", "C")]
    found = known(photos, faces, *labels)
    assert (who(found), found.left_out) == ({1: "B"}, 3)


def test_copies_and_repeated_rows_count_once():
    photos = photos_table(("a.jpg", "h0"), ("copy.jpg", "h0"), ("b.jpg", "h1"))
    faces = faces_table(("h0", LEFT, 0), ("h1", LEFT, 0))
    found = known(photos, faces, ("a.jpg", "A"), ("copy.jpg", "A"), ("a.jpg", "A", LEFT_BOX), ("b.jpg", "A"))
    assert (who(found), found.missed, found.left_out) == ({0: "A", 1: "A"}, (), 0)


def test_of_two_people_with_one_face_the_nearer_box_has_it():
    near, far = LEFT_BOX, Box(50, 80, 140, 200)
    for order in ([("0.jpg", "A", near), ("0.jpg", "B", far)], [("0.jpg", "B", far), ("0.jpg", "A", near)]):
        found = known(*one_face_a_photo(1), *order)
        assert found.missed == (MissedLabel("0.jpg", "B", "its face is nearer to the box of A"),)
        assert who(found) == {0: "A"}


def test_faces_on_photos_of_nobody_are_false_detections():
    photos = photos_table(("a.jpg", "h0"), ("b.jpg", "h1"), ("c.jpg", "h2"))
    faces = faces_table(("h0", LEFT, None), ("h0", RIGHT, None), ("h2", LEFT, None))
    found = known(photos, faces, *((path, NOBODY) for path in ("a.jpg", "a.jpg", "b.jpg", "gone.jpg")))
    assert found.false_detections == (FalseDetections("a.jpg", 2),)
    assert (who(found), found.missed) == ({}, ())


def test_the_central_face_is_picked_where_asked():
    photos = photos_table(("a.jpg", "h0"))
    faces = faces_table(("h0", (0, 0, 150, 150), 0), ("h0", (190, 140, 220, 170), 1))
    assert who(known(photos, faces, ("a.jpg", "A"), pick="center")) == {1: "A"}
    assert who(known(photos, faces, ("a.jpg", "A"))) == {0: "A"}


def test_labels_of_other_archives_are_counted_not_missed():
    labels = [("quick/0.jpg", "A"), ("quick/1.jpg", "A"), ("bench/2.jpg", "B"), ("bench/3.jpg", "")]
    found = known(*one_face_a_photo(2), *labels, archive=Path("/photos/quick"))
    assert (len(who(found)), found.outside, found.missed) == (2, 2, ())


def test_labels_of_other_archives_only_are_refused():
    photos, faces = one_face_a_photo(1)
    with pytest.raises(UsageError, match=r"found 1 labels of other files, for example 'bench/2\.jpg'"):
        known(photos, faces, ("bench/2.jpg", "B"), archive=Path("/photos/quick"))
    with pytest.raises(UsageError, match=r"found 0 labels of other files$"):
        known(photos, faces)


def test_a_library_without_faces_misses_every_label():
    found = known(photos_table(("a.jpg", "h0")), faces_table(), ("a.jpg", "A"))
    assert (who(found), len(found.missed)) == ({}, 1)
