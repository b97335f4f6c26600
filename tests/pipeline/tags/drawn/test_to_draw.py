"""pipeline.tags.drawn.to_draw: which faces regions add to their photos, and how the work is cut."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.people.matching import MIN_OVERLAP, overlap_of
from facecluster.pipeline.plan import SMALLEST_SHARD
from facecluster.pipeline.rows import PhotoRow, face_id, photos_table
from facecluster.pipeline.tags.drawn.drawing import TASKS, with_more_faces
from facecluster.pipeline.tags.drawn.to_draw import (
    EDGES,
    Drawn,
    DrawnPhoto,
    photos_with_faces,
    place_region,
    shards_to_draw,
    tasks_table,
)
from facecluster.schemas import PHOTOS

HASH = "0123456789abcdef" * 4
TOO_SMALL = Drawn(None, "expected a region of at least 8 px a side within the photo")


def photo(**faces):
    return DrawnPhoto(HASH, 400, 300, dict(faces))


def region(*box):
    return dict(zip(EDGES, box, strict=True))


def files_table(*files):
    """Files by path: path, hash, number of faces; None: it failed."""
    rows = [
        PhotoRow(path, 7, 5, name * 64, status="error", reason="corrupt: short")
        if count is None
        else PhotoRow(path, 7, 5, name * 64, 400, 300, 400, 300, 1, None, "ok" if count else "no_face", None, count)
        for path, name, count in files
    ]
    return photos_table(rows).to_pandas()


def test_a_region_adds_a_face_called_by_its_box_within_the_photo():
    one = photo()
    assert place_region(region(-20, 10.4, 60, 310), one) == (face_id(HASH, (0, 10.4, 60, 300)), None)
    assert list(one.new) == [f"{HASH[:20]}-0-10-60-300"]
    assert list(one.new.values()) == [pytest.approx((0, 10.4, 60, 300))]


@pytest.mark.parametrize(
    "box", [(10, 10, 17, 90), (10, 10, 90, 17.9), (-90, 10, 7, 90), (500, 10, 590, 90), (90, 10, 10, 90)]
)
def test_what_is_too_small_within_its_photo_is_no_face(box):
    assert place_region(region(*box), photo()) == TOO_SMALL
    for edge in range(4):
        lost = list(map(float, (10, 10, 90, 90)))
        lost[edge] = np.nan
        assert place_region(region(*lost), photo()) == TOO_SMALL


def test_the_smallest_region_that_is_one():
    assert place_region(region(392, 0, 400, 8), photo()).face_id


def test_a_region_that_overlaps_a_face_by_half_is_that_face():
    one = photo(mine=(100.0, 100.0, 200.0, 200.0), other=(150.0, 100.0, 250.0, 200.0))
    assert place_region(region(95, 105, 190, 200), one) == ("mine", None)
    assert place_region(region(145, 100, 245, 200), one) == ("other", None)
    assert one.new == {}
    added = place_region(region(20, 100, 110, 200), one).face_id
    assert place_region(region(22, 100, 112, 200), one) == (added, None)
    assert list(one.new) == [added]


boxes = st.tuples(*[st.floats(-50, 450, width=32)] * 4)


@given(st.lists(boxes, max_size=8))
def test_no_two_faces_that_are_added_could_be_taken_for_each_other(drawn):
    one = photo(found=(10.0, 10.0, 120.0, 120.0))
    names = [place_region(region(*box), one) for box in drawn]
    faces = np.array([*one.found.values(), *one.new.values()])
    for row in range(len(faces)):
        others = np.delete(faces, row, axis=0)
        assert (overlap_of(np.broadcast_to(faces[row], others.shape), others) < MIN_OVERLAP).all()
    assert {name.face_id for name in names if name.face_id} <= {*one.found, *one.new}
    again = photo(**one.found, **one.new)
    assert [place_region(region(*box), again) for box in drawn] == names, "what is there stays what it is"
    assert again.new == {}


def test_photos_that_failed_are_not_looked_at():
    files = files_table(("a.jpg", "a", 1), ("b.jpg", "b", None), ("c.jpg", "a", 1))
    face = {"face_id": "f", "photo_hash": "a" * 64, **region(1, 2, 30, 40)}
    gone = {**face, "photo_hash": "b" * 64}
    assert photos_with_faces(files, [face, gone]) == {"a" * 64: DrawnPhoto("a" * 64, 400, 300, {"f": (1, 2, 30, 40)})}


def test_tasks_are_of_all_files_of_the_photos_that_get_faces():
    files = files_table(("a.jpg", "a", 0), ("b.jpg", "b", 2), ("c.jpg", "c", 1), ("d.jpg", "a", 0), ("e.jpg", "e", 1))
    photos = photos_with_faces(files, [{"face_id": "f", "photo_hash": "c" * 64, **region(1, 2, 30, 40)}])
    place_region(region(100, 100, 200, 200), photos["c" * 64])
    place_region(region(100, 100, 200, 200), photos["a" * 64])
    place_region(region(10, 10, 50, 50), photos["a" * 64])
    tasks = tasks_table(files, photos)
    assert tasks.schema.equals(TASKS)
    assert tasks["path"].to_pylist() == ["a.jpg", "d.jpg", "c.jpg"]
    assert tasks["regions"].to_pylist()[0] == [[100, 100, 200, 200], [10, 10, 50, 50]]
    assert tasks["others"].to_pylist() == [[], [], [[1, 2, 30, 40]]]
    after = with_more_faces(tasks)
    assert after.schema.equals(PHOTOS)
    assert after["n_faces"].to_pylist() == [2, 2, 2]
    assert after["status"].to_pylist() == ["ok"] * 3


def test_where_nothing_is_to_be_drawn_there_is_no_task_and_no_shard():
    files = files_table(("a.jpg", "a", 0))
    tasks = tasks_table(files, photos_with_faces(files, []))
    assert len(tasks) == 0
    assert shards_to_draw(tasks, 1, "print", 500) == []
    assert len(tasks_table(files.iloc[:0], {})) == 0


@settings(max_examples=25)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=40), st.integers(1, 20))
def test_every_photo_is_in_one_shard_with_all_its_copies(copies, photos_per_shard):
    names = [f"{photo:02x}" * 32 for photo in range(len(copies))]
    rows = [PhotoRow(f"{c}-{p:02}.jpg", 7, 5, names[p], 9, 9, 9, 9, 1) for p, n in enumerate(copies) for c in range(n)]
    files = photos_table(sorted(rows)).to_pandas()
    photos = {name: DrawnPhoto(name, 99, 99, {}, {"new": (1, 2, 30, 40)}) for name in names}
    shards = shards_to_draw(tasks_table(files, photos), 3, "print", photos_per_shard)
    looked_at = [file.path for shard in shards for file in shard.files]
    assert looked_at == [f"0-{photo:02}.jpg" for photo in range(len(copies))]
    assert all(file.modified_ns == 5 for shard in shards for file in shard.files)
    assert max(len(shard.files) for shard in shards) <= min(photos_per_shard, SMALLEST_SHARD)
    known = [shard.known["photo_hash"].to_pylist() for shard in shards]
    assert [sorted(set(some)) for some in known] == [[names[int(f.path[2:4])] for f in shard.files] for shard in shards]
    assert sum(map(len, known)) == sum(copies)
    assert len({shard.name for shard in shards}) == len(shards)
    assert pd.Series(looked_at).is_monotonic_increasing
