import numpy as np
import pytest

from facecluster.people.heirs import ELSEWHERE_COSINE, IN_PLACE_COSINE, UNCHANGED_COSINE, Versions, find_heirs
from facecluster.schemas import HEIRS

BOX = (100, 100, 200, 200)
SIZE = (400, 300)
NEVER = "NaT"


def versions(*faces):
    """Faces: id, file, version of the photo, angle of the vector in the plane, box, size, time."""
    rows = [(*face, *(BOX, SIZE, NEVER)[len(face) - 4 :]) for face in faces]
    ids, files, photos, angles, boxes, sizes, taken = zip(*rows, strict=True) if rows else [[]] * 7
    angles = np.array(angles, np.float64)
    return Versions(
        np.array(ids, str),
        np.array(files, np.int64),
        np.array(photos, np.int64),
        np.array(sizes, np.float64).reshape(-1, 2),
        np.array(taken, "datetime64[ms]"),
        np.array(boxes, np.float64).reshape(-1, 4),
        np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float16),
    )


def found(were, are):
    table = find_heirs(versions(*were), versions(*are))
    assert table.schema.equals(HEIRS)
    return list(zip(table["face_id"].to_pylist(), table["heir"].to_pylist(), strict=True))


def angle(cosine):
    return float(np.arccos(cosine))


def test_nothing_has_no_heirs():
    face = ("a", 0, 0, 0.0)
    assert found([], []) == found([face], []) == found([], [face]) == []


@pytest.mark.parametrize("margin", [0.005, -0.005])
@pytest.mark.parametrize(
    ("limit", "box", "size"),
    [
        (IN_PLACE_COSINE, BOX, SIZE),
        (IN_PLACE_COSINE, (104, 104, 204, 204), SIZE),
        (IN_PLACE_COSINE, (50, 50, 100, 100), (200, 150)),  # half the size
        (ELSEWHERE_COSINE, (40, 60, 140, 160), (300, 250)),  # cut
        (ELSEWHERE_COSINE, (100, 200, 200, 300), (300, 400)),  # turned
    ],
)
def test_what_is_asked_of_the_same_face(limit, box, size, margin):
    heir = ("b", 0, 1, angle(limit + margin), box, size)
    assert found([("a", 0, 0, 0.0)], [heir]) == ([("a", "b")] if margin > 0 else [])


def test_another_place_in_a_picture_of_the_same_size_is_another_face():
    assert found([("a", 0, 0, 0.0)], [("b", 0, 1, 0.0, (130, 100, 230, 200))]) == []


@pytest.mark.parametrize(("cosine", "pairs"), [(UNCHANGED_COSINE - 0.01, []), (1, [("a", "b")])])
def test_a_picture_of_another_time_must_be_the_very_same(cosine, pairs):
    times = ["2020-01-01T10:00:00", "2020-01-01T10:00:01"]
    were, are = (("a", 0, 0, 0.0, BOX, SIZE), ("b", 0, 1, angle(cosine), BOX, SIZE))
    assert found([(*were, times[0])], [(*are, times[1])]) == pairs
    assert found([(*were, times[0])], [(*are, times[0])]) == [("a", "b")]
    assert found([(*were, times[0])], [(*are, NEVER)]) == [("a", "b")]


def test_faces_of_other_files_are_not_looked_at():
    assert found([("a", 0, 0, 0.0)], [("b", 1, 1, 0.0)]) == []


def test_each_face_has_one_heir_and_is_one_the_nearest_first():
    were = [("a", 0, 0, 0.0), ("b", 0, 0, angle(0.99))]
    are = [("c", 0, 1, 0.05), ("d", 0, 1, angle(0.97))]
    assert found(were, are) == [("a", "c"), ("b", "d")]
    assert found(were, are[:1]) == [("a", "c")]
    assert found(were[:1], are) == [("a", "c")]


def test_several_versions_of_a_file_have_the_same_heir():
    were = [("a", 0, 0, 0.0), ("b", 0, 1, 0.01)]
    assert found(were, [("c", 0, 2, 0.0)]) == [("a", "c"), ("b", "c")]


def test_copies_that_were_changed_alike_are_found_once_and_otherwise_twice():
    were = [("a", 0, 0, 0.0), ("a", 1, 0, 0.0)]
    assert found(were, [("c", 0, 1, 0.0), ("c", 1, 1, 0.0)]) == [("a", "c")]
    assert found(were, [("c", 0, 1, 0.0), ("d", 1, 2, 0.0)]) == [("a", "c"), ("a", "d")]


def test_many_pairs_are_looked_at_piece_by_piece(monkeypatch):
    were = [(f"a{number}", number, 0, number / 5) for number in range(7)]
    are = [(f"b{number}", number, 1, number / 5) for number in range(7)]
    whole = found(were, are)
    monkeypatch.setattr("facecluster.people.heirs.PAIRS_AT_ONCE", 3)
    assert found(were, are) == whole == [(f"a{number}", f"b{number}") for number in range(7)]
