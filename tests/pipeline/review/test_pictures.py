import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from facecluster.pipeline.review.pictures import spots_of, spots_together, thumbnails, vectors, vectors_by_shard
from tests.pipeline.painted_library import Painted, id_of, moment_of, painted_library, rows_of

FACES = [
    Painted(
        f"{number}.jpg", colour=(number * 8, 255 - number * 8, 90), vector=tuple(np.eye(4)[number % 4]), shard=shard
    )
    for number, shard in enumerate([0] * 20 + [1] + [2] * 9)
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return painted_library(tmp_path_factory.mktemp("painted"), FACES)


@pytest.fixture(scope="module")
def moment(library):
    return moment_of(library)


def faces_in_order(moment):
    by_id = {id_of(face): face for face in FACES}
    return [by_id[name] for name in moment.people.faces["face_id"]]


@given(rows=st.lists(st.integers(0, len(FACES) - 1), max_size=30))
def test_pictures_and_vectors_come_in_the_order_asked_for(library, moment, rows):
    faces, spots = faces_in_order(moment), spots_of(moment.present, np.array(rows, np.int64))
    for row, jpeg in zip(rows, thumbnails(library, spots), strict=True):
        seen = Image.open(io.BytesIO(jpeg)).getpixel((80, 80))
        assert np.abs(np.subtract(seen, faces[row].colour)).max() < 6
    expected = np.array([faces[row].vector for row in rows], np.float32).reshape(-1, 4)
    np.testing.assert_array_equal(vectors(library, spots), expected)


def test_pictures_together_are_those_of_each_in_turn(library, moment):
    some = [spots_of(moment.present, np.array(rows, np.int64)) for rows in ([29, 0, 20], [], [7], [20, 3])]
    each = [jpeg for spots in some for jpeg in thumbnails(library, spots)]
    assert thumbnails(library, spots_together(some)) == each
    assert len(each) == 6


def test_vectors_by_shard_are_the_same_in_pieces(library, moment):
    spots = spots_of(moment.present, np.arange(len(FACES)))
    pieces = list(vectors_by_shard(library, spots))
    assert sorted(len(at) for at, _ in pieces) == [1, 9, 20]
    together = np.zeros((len(FACES), 4), np.float32)
    for at, some in pieces:
        together[at] = some
    np.testing.assert_array_equal(together, vectors(library, spots))


def test_a_shard_that_cannot_be_read_is_told_and_left_blank(tmp_path, caplog):
    library = painted_library(tmp_path, FACES)
    moment = moment_of(library)
    damaged = library.folder / "index" / "000001-0001" / "faces.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-1])
    spots = spots_of(moment.present, rows_of(moment, [FACES[0], FACES[20], FACES[29]]))
    pictures = thumbnails(library, spots)
    assert [bool(jpeg) for jpeg in pictures] == [True, False, True]
    assert "faces.parquet is damaged" in caplog.text
    np.testing.assert_array_equal(np.linalg.norm(vectors(library, spots), axis=1), [1, 0, 1])
