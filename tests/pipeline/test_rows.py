from datetime import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facecluster.errors import PhotoError, PhotoFault
from facecluster.pipeline.rows import (
    FaceRow,
    copy_row,
    face_id,
    faces_table,
    failed_row,
    known_rows,
    photo_row,
    photos_table,
)
from facecluster.schemas import PHOTOS, faces_schema
from facecluster.store.archive import PhotoFile
from facecluster.types import DecodedPhoto

FILE = PhotoFile("a.jpg", 10, 1_700_000_000_123_456_789)
PHOTO = DecodedPhoto(np.zeros((2, 3, 3), np.uint8), 30, 20, 20, 30, 6, "2001-02-03T04:05:06")
HASH = "0123456789abcdef" * 4


def test_no_rows_make_empty_tables_of_the_right_kind():
    assert photos_table([]).equals(PHOTOS.empty_table())
    assert faces_table([], np.empty((0, 7), np.float32)).equals(faces_schema(7).empty_table())


def test_photo_rows_come_back_from_their_table():
    rows = {
        "1": photo_row(FILE, "1", PHOTO, 2),
        "2": photo_row(FILE, "2", PHOTO._replace(taken_at=None), 0),
        "3": failed_row(FILE, "3", PhotoError(PhotoFault.CORRUPT, "no end")),
    }
    table = photos_table(list(rows.values()))
    assert table.schema.equals(PHOTOS)
    assert known_rows(table) == rows
    assert rows["1"].taken_at == datetime(2001, 2, 3, 4, 5, 6)  # noqa: DTZ001  # local time, as the camera wrote it
    assert [row.status for row in rows.values()] == ["ok", "no_face", "error"]
    assert rows["3"].reason == "corrupt: no end"


def test_a_copy_has_its_own_file_and_all_else_of_the_original():
    original = photo_row(FILE, HASH, PHOTO, 2)
    copy = copy_row(PhotoFile("b.jpg", 10, 5), original)
    assert copy[:3] == ("b.jpg", 10, 5)
    assert copy[3:] == original[3:]


@given(st.lists(st.floats(-50, 5000, width=32), min_size=4, max_size=4))
def test_a_face_is_named_by_its_photo_and_its_box_in_whole_pixels(box):
    name = face_id(HASH, box)
    assert name == face_id(HASH, [round(edge) for edge in box])
    assert name.startswith(f"{HASH[:20]}-")
    assert face_id("f" * 64, box) != name


@given(st.integers(0, 5), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_face_rows_stand_beside_their_own_vectors(n, dimension, seed):
    random = np.random.default_rng(seed)
    rows = [
        FaceRow(f"face {i}", HASH, (i, 1, 2, 3), random.random((5, 2), np.float32), i / 10, 0.5, bytes([i]))
        for i in range(n)
    ]
    vectors = random.random((n, dimension), np.float32)
    table = faces_table(rows, vectors)
    assert table.schema.equals(faces_schema(dimension))
    for row, vector, found in zip(rows, vectors, table.to_pylist(), strict=True):
        assert (found["face_id"], found["x0"], found["thumbnail"]) == (row.face_id, row.box[0], row.thumbnail)
        np.testing.assert_array_equal(np.float32(found["landmarks"]).reshape(5, 2), row.landmarks)
        np.testing.assert_array_equal(np.float16(found["embedding"]), vector.astype(np.float16))


def test_a_face_without_landmarks_gets_no_vector():
    seen = FaceRow("a", HASH, (1, 2, 3, 4), np.ones((5, 2), np.float32), 0.5, 0.75, b"jpeg")
    unseen = seen._replace(face_id="b", landmarks=None, score=0.0, quality=0.0)
    vectors = np.eye(3, dtype=np.float32)
    table = faces_table([unseen, seen, unseen], vectors)
    assert table.schema.equals(faces_schema(3))
    assert table["landmarks"].to_pylist() == [None, [1.0] * 10, None]
    assert table["embedding"].to_pylist() == [None, [0, 1, 0], None]
    assert faces_table([seen], vectors[1:2]).equals(table.slice(1, 1))
