"""Regions and found faces: which region is of which face, whatever picture its file draws in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.metadata import matching
from facecluster.metadata.frames import Frames, all_turned, stored_boxes
from facecluster.metadata.matching import FoundFaces, Regions, is_first, match_regions, overlaps

FACE = (0.3, 0.2, 0.4, 0.4)


def regions(*boxes, documents=None, photos=None):
    n_boxes = len(boxes)
    return Regions(
        np.array(photos or [0] * n_boxes, np.int64),
        np.array(documents or photos or [0] * n_boxes, np.int64),
        np.array(boxes, np.float64).reshape(-1, 4),
    )


def faces(*boxes, upright=None, photos=None):
    stored = np.array(boxes, np.float64).reshape(-1, 4)
    turned = stored if upright is None else np.array(upright, np.float64).reshape(-1, 4)
    return FoundFaces(np.array(photos or [0] * len(boxes), np.int64), stored, turned)


def larger(box, times):
    """The box, so many times as wide and as high, around the same centre."""
    x, y, w, h = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]
    return (x - w * times / 2, y - h * times / 2, x + w * times / 2, y + h * times / 2)


def moved(box, by):
    """The box, moved to the right by so many times its width."""
    step = by * (box[2] - box[0])
    return (box[0] + step, box[1], box[2] + step, box[3])


def test_nothing_is_of_nothing():
    assert len(match_regions(regions(), faces()).faces) == 0
    assert len(match_regions(regions(), faces(FACE)).faces) == 0
    found = match_regions(regions(FACE), faces())
    assert (found.faces.tolist(), found.upright.tolist()) == ([-1], [False])


def test_a_region_is_of_the_face_it_lies_on():
    found = match_regions(regions(FACE, moved(FACE, 3)), faces(moved(FACE, 3.1), FACE))
    assert found.faces.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("box", "is_face"),
    [
        (larger(FACE, 2.4), True),
        (larger(FACE, 0.42), True),
        (larger(FACE, 2.6), False),
        (moved(FACE, 0.5), True),
        (moved(FACE, 0.6), False),
        (larger(moved(FACE, 0.45), 2), True),
        (larger(moved(FACE, 0.55), 2), False),
    ],
)
def test_regions_may_be_larger_or_smaller_or_beside(box, is_face):
    assert (match_regions(regions(box), faces(FACE)).faces >= 0).tolist() == [is_face]


def test_the_face_beside_is_not_met_by_a_generous_region():
    beside = moved(FACE, 1.05)
    assert match_regions(regions(larger(FACE, 2.4)), faces(beside)).faces.tolist() == [-1]
    assert match_regions(regions(larger(FACE, 2.4), larger(beside, 2.4)), faces(beside, FACE)).faces.tolist() == [1, 0]


def test_a_face_is_of_one_region_of_a_document_the_one_that_overlaps_it_most():
    near, nearer = moved(FACE, 0.3), moved(FACE, 0.1)
    assert match_regions(regions(near, nearer), faces(FACE)).faces.tolist() == [-1, 0]
    assert match_regions(regions(near, near), faces(FACE)).faces.tolist() == [0, -1]
    assert match_regions(regions(near, nearer, documents=[0, 1]), faces(FACE)).faces.tolist() == [0, 0]


def test_a_region_that_lost_its_face_takes_the_next():
    between = moved(FACE, 0.25)
    found = match_regions(regions(between, FACE), faces(FACE, moved(FACE, 0.6)))
    assert found.faces.tolist() == [1, 0]


def test_faces_of_other_photos_are_not_met():
    found = match_regions(regions(FACE, FACE, photos=[0, 2]), faces(FACE, FACE, photos=[1, 2]))
    assert found.faces.tolist() == [-1, 1]


def test_a_document_that_meets_faces_only_upright_draws_upright():
    upright = (0.6, 0.3, 0.8, 0.4)
    elsewhere = (0.0, 0.0, 0.1, 0.1)
    found = match_regions(regions(upright, elsewhere), faces(FACE, upright=[upright]))
    assert (found.faces.tolist(), found.upright.tolist()) == ([0, -1], [True, True])


def test_a_document_that_meets_as_many_faces_as_stored_draws_as_stored():
    upright = (0.6, 0.3, 0.8, 0.4)
    found = match_regions(regions(FACE, upright), faces(FACE, upright=[upright]))
    assert (found.faces.tolist(), found.upright.tolist()) == ([0, -1], [False, False])


def test_a_chance_meeting_as_stored_does_not_outweigh_two_upright():
    upright = [(0.6, 0.3, 0.8, 0.4), (0.1, 0.7, 0.2, 0.9)]
    found = match_regions(regions(*upright, FACE), faces(FACE, (0.5, 0.5, 0.6, 0.6), upright=upright))
    assert (found.faces.tolist(), found.upright.tolist()) == ([0, 1, -1], [True, True, True])


def test_documents_of_one_photo_may_draw_differently():
    upright = (0.6, 0.3, 0.8, 0.4)
    found = match_regions(regions(FACE, upright, documents=[4, 2]), faces(FACE, upright=[upright]))
    assert (found.faces.tolist(), found.upright.tolist()) == ([0, 0], [False, True])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_either_picture_finds_the_faces_whatever_the_orientation(orientation):
    corners = np.array([[60 + 55 * face, 5 + 30 * face] for face in range(6)], np.float64)
    boxes = np.hstack([corners, corners + 50])  # all in the upper left: nowhere near themselves when turned
    width, height = (500, 800) if orientation > 4 else (800, 500)
    frame = Frames(*(np.full(6, value) for value in (width, height, orientation)))
    stored, upright = stored_boxes(boxes, frame), stored_boxes(boxes, all_turned(frame))
    found = FoundFaces(np.zeros(6, np.int64), stored, upright)
    for drawn in (stored, upright):
        assert match_regions(regions(*drawn[::-1]), found).faces.tolist() == [5, 4, 3, 2, 1, 0]


def test_two_hundred_regions_in_one_photo():
    columns, rows = np.meshgrid(np.arange(20), np.arange(10))
    corners = np.column_stack([columns.ravel() / 20, rows.ravel() / 10])
    boxes = np.hstack([corners, corners + np.array([0.04, 0.08])])
    order = np.random.default_rng(0).permutation(200)
    assert (match_regions(regions(*boxes[order]), faces(*boxes)).faces == order).all()


def test_first_of_their_kind():
    assert is_first(np.array([3, 1, 3, 1, 2])).tolist() == [True, True, False, False, True]
    assert is_first(np.array([], np.int64)).tolist() == []


def box_strategy():
    edge = st.integers(0, 90).map(lambda hundredths: hundredths / 100)
    side = st.integers(2, 40).map(lambda hundredths: hundredths / 100)
    return st.builds(lambda x, y, w, h: (x, y, x + w, y + h), edge, edge, side, side)


placed = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), box_strategy()), max_size=12)


@settings(max_examples=50)
@given(placed, placed, st.integers(1, 5))
def test_matching_in_pieces_is_matching_one_by_one(drawn, there, at_once):
    some = regions(*(box for *_, box in drawn), photos=[photo for photo, *_ in drawn])
    some = some._replace(documents=np.array([photo * 2 + document for photo, document, _ in drawn], np.int64))
    found = faces(*(box for *_, box in there), photos=[photo for photo, *_ in there])
    whole = match_regions(some, found).faces
    before = matching.PAIRS_AT_ONCE
    try:
        matching.PAIRS_AT_ONCE = at_once
        assert (match_regions(some, found).faces == whole).all()
    finally:
        matching.PAIRS_AT_ONCE = before
    assert whole.tolist() == greedily(some, found)  # upright and stored are one here


def greedily(some, found):
    """The same, pair by pair, the largest overlap first."""
    pairs = []
    for row, (photo, document, box) in enumerate(zip(*some, strict=True)):
        for face, (of, other, _) in enumerate(zip(*found, strict=True)):
            overlap = float(overlaps(box[None], other[None])[0])
            if photo == of and _near(box, other, overlap):
                pairs.append((-overlap, row, face, document))
    matched, taken = [-1] * len(some.photos), set()
    for _, row, face, document in sorted(pairs):
        if matched[row] < 0 and (document, face) not in taken:
            matched[row] = face
            taken.add((document, face))
    return matched


def _near(box, other, overlap):
    if overlap >= matching.MIN_OVERLAP:
        return True
    areas = sorted((side[2] - side[0]) * (side[3] - side[1]) for side in (box, other))
    centres = [((side[0] + side[2]) / 2, (side[1] + side[3]) / 2) for side in (box, other)]
    held = all(
        side[0] <= x <= side[2] and side[1] <= y <= side[3] for side, (x, y) in zip((other, box), centres, strict=True)
    )
    return held and areas[1] <= matching.MAX_AREAS_APART * areas[0]
