"""people.matching: a reference finds its face by name, else by where it is in which photo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facecluster.faces.detect import MAX_OVERLAP
from facecluster.people.matching import MAX_OVERLAP_OF_TWO, places_of, rows_of
from facecluster.pipeline.rows import face_id
from tests.people.naive import overlap, place_by_place


def face(left, width=100, photo=1, top=-20):
    return f"{photo:020x}-{left}-{top}-{left + width}-{top + 100}"


def test_two_faces_of_a_detector_are_two_here():
    assert MAX_OVERLAP_OF_TWO == MAX_OVERLAP


def test_what_the_index_calls_a_face_is_read():
    photo = "ab" * 32
    assert rows_of([f"{photo[:20]}--9-0-100-100"], [face_id(photo, (-3.4, 0, 99.6, 100))]).tolist() == [0]


@pytest.mark.parametrize("references", [[], [face(0)], [face(0), face(300)]])
def test_none_one_and_two_of_no_faces(references):
    assert rows_of(references, []).tolist() == [-1] * len(references)
    assert len(set(places_of(references, []).of.tolist())) == len(references)


def test_a_face_is_found_by_its_name_first():
    faces = [face(300), face(20), face(0)]  # the last two overlap by .67
    assert rows_of([face(0), face(20), face(300), face(0)], faces).tolist() == [2, 1, 0, 2]


@pytest.mark.parametrize(("left", "row"), [(33, 0), (34, -1), (-33, 0), (-34, -1)])
def test_a_box_that_moved_by_a_third_is_still_the_face(left, row):
    assert rows_of([face(left)], [face(0)]).tolist() == [row]


def test_another_photo_is_another_face():
    assert rows_of([face(0, photo=2)], [face(0)]).tolist() == [-1]


def test_the_face_that_is_overlapped_most_is_meant():
    assert rows_of([face(30)], [face(10), face(40), face(60)]).tolist() == [1]
    assert rows_of([face(20)], [face(40), face(0)]).tolist() == [1]  # equally: the one further left


def test_old_and_new_boxes_of_one_face_are_one_face():
    assert rows_of([face(0), face(8), face(-12), face(20)], [face(0), face(300)]).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("upside_down", [False, True])
def test_of_two_faces_on_one_the_better_has_it(upside_down):
    def part(top, bottom):
        return f"{1:020x}-0-{100 - bottom}-100-{100 - top}" if upside_down else f"{1:020x}-0-{top}-100-{bottom}"

    there, better, worse = part(0, 100), part(0, 62), part(44, 100)
    assert overlap(better, there) > overlap(worse, there) > 0.5
    assert overlap(better, worse) < 0.3
    assert rows_of([worse, better], [there]).tolist() == [-1, 0]
    assert rows_of([worse], [there]).tolist() == [0]
    assert rows_of([worse, better, there], [there]).tolist() == [-1, 0, 0]


def test_faces_that_are_gone_have_places_of_their_own_one_each():
    places = places_of([face(0), face(300), face(5), face(0), "no face", face(0, photo=2)], [face(600)])
    assert places.of.min() >= 1
    assert places.of.max() < places.end
    one, other, again, same, strange, elsewhere = places.of.tolist()
    assert one == again == same
    assert len({one, other, strange, elsewhere}) == 4


@pytest.mark.parametrize(
    "strange",
    [
        "",
        "x",
        "0" * 20,
        face(0) + "-1",
        face(0).upper() + "A",
        f"{1:020x}-00--20-100-80",
        f"{1:020x}-5-5-5-5",
        "\N{GRINNING FACE}" * 9,
    ],
)
def test_what_is_no_id_of_a_face_means_no_face_but_one_called_so(strange):
    assert rows_of([strange, face(2)], [face(0)]).tolist() == [-1, 0]
    assert rows_of([strange], [face(0), strange]).tolist() == [1]
    assert rows_of([face(2)], [strange, face(0)]).tolist() == [1]


edges = st.integers(-4, 12)
boxes = st.tuples(st.integers(1, 2), edges, edges, st.integers(1, 9), st.integers(1, 9)).map(
    lambda box: f"{box[0]:020x}-{box[1]}-{box[2]}-{box[1] + box[3]}-{box[2] + box[4]}"
)


@given(st.lists(boxes, max_size=9), st.lists(boxes, max_size=6, unique=True))
def test_places_are_those_found_one_by_one(references, faces):
    places = places_of(references, faces)
    meant = place_by_place(references, faces)
    assert [faces[row] if row >= 0 else None for row in rows_of(references, faces)] == [
        meant[reference] if meant[reference] in faces else None for reference in references
    ]
    same = np.equal.outer(places.of, places.of)
    assert same.tolist() == [[meant[one] == meant[other] for other in references] for one in references]
    assert all(0 <= place < places.end for place in places.of)


@given(st.lists(boxes, max_size=9), st.lists(boxes, max_size=6, unique=True), st.randoms())
def test_neither_the_order_of_faces_nor_of_references_matters(references, faces, chance):
    found = dict(zip(references, rows_of(references, faces), strict=True))
    other_references, other_faces = chance.sample(references, len(references)), chance.sample(faces, len(faces))
    for reference, row in zip(other_references, rows_of(other_references, other_faces), strict=True):
        assert (row < 0) == (found[reference] < 0)
        assert row < 0 or other_faces[row] == faces[found[reference]]
