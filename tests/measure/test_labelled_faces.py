"""measure.labelled_faces: which face of a photo a label means."""

import numpy as np
import pytest

from facecluster.measure.labelled_faces import FaceFinder, PhotoFaces, choose_face
from facecluster.measure.labels import Box

from .library_tables import faces_table, photos_table


def photo(*boxes, fault=None, size=(400.0, 300.0)):
    rows = np.arange(len(boxes)) + 10
    return PhotoFaces("h", fault, *size, rows, np.array(boxes, np.float32).reshape(-1, 4))


LEFT, RIGHT, SMALL = (40, 60, 120, 160), (180, 60, 260, 160), (190, 140, 210, 165)


def test_the_box_means_the_face_it_overlaps_most():
    choice = choose_face(photo(LEFT, RIGHT), Box(185, 65, 255, 155), "largest")
    assert choice.row == 11
    assert choice.overlap == pytest.approx(70 * 90 / (80 * 100))


@pytest.mark.parametrize(
    "loose", [Box(20, 10, 140, 200), Box(60, 90, 100, 140), Box(40, 100, 120, 260)], ids=["head", "inner", "shifted"]
)
def test_boxes_drawn_looser_tighter_or_shifted_still_mean_the_face(loose):
    assert choose_face(photo(LEFT, RIGHT), loose, "largest").row == 10


@pytest.mark.parametrize(
    "elsewhere", [Box(300, 60, 380, 160), Box(110, 60, 190, 160), Box(0, 0, 400, 300)], ids=["far", "between", "whole"]
)
def test_a_box_around_no_face_or_far_too_large_means_none(elsewhere):
    faces = photo(LEFT) if elsewhere.x0 == 0 else photo(LEFT, RIGHT)
    choice = choose_face(faces, elsewhere, "largest")
    assert (choice.row, choice.problem) == (None, "no face in the labelled box")


def test_without_a_box_the_largest_or_the_central_face_is_meant():
    faces = photo(SMALL, LEFT)
    assert choose_face(faces, None, "largest").row == 11
    assert choose_face(faces, None, "center").row == 10


def test_of_two_faces_on_the_centre_the_nearer_is_meant():
    assert choose_face(photo((150, 50, 390, 290), SMALL), None, "center").row == 11


def test_no_face_on_the_centre():
    choice = choose_face(photo(LEFT), None, "center")
    assert (choice.row, choice.problem) == (None, "no face on the centre of the photo")


@pytest.mark.parametrize(("faces", "problem"), [(photo(), "no face found"), (photo(fault="corrupt: x"), "corrupt: x")])
@pytest.mark.parametrize("box", [None, Box(0, 0, 10, 10)])
def test_a_photo_without_faces_says_why(faces, problem, box):
    assert choose_face(faces, box, "center").problem == problem


def test_faces_of_copies_and_failures_by_path():
    finder = FaceFinder(
        photos_table(
            ("a.jpg", "h1"), ("copy.jpg", "h1"), ("bad.jpg", "h2", "corrupt: cut"), ("gone.jpg", None, "unreadable")
        ),
        faces_table(("h0", LEFT, None), ("h1", RIGHT, 0), ("h1", LEFT, 1)),
    )
    found = finder.photo("a.jpg")
    assert (found.rows.tolist(), found.width, found.height) == ([1, 2], 400, 300)
    assert found.boxes.tolist() == [list(map(float, RIGHT)), list(map(float, LEFT))]
    assert finder.photo("copy.jpg").rows.tolist() == [1, 2]
    assert finder.photo("bad.jpg").fault == "corrupt: cut"
    assert finder.photo("gone.jpg").fault == "unreadable"
    assert finder.photo("unknown.jpg") is None
