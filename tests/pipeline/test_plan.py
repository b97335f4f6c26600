import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facecluster.clusters.threshold import Calibration
from facecluster.errors import PhotoError, PhotoFault
from facecluster.packs.pack import Manifest
from facecluster.pipeline.plan import (
    SMALLEST_SHARD,
    Done,
    fingerprint,
    halve,
    listing_table,
    plan_shards,
    shard_name,
    take_census,
)
from facecluster.pipeline.rows import PhotoRow, failed_row, photos_table
from facecluster.schemas import SCAN
from facecluster.settings import Settings
from facecluster.store.archive import Listing, PhotoFile

MANIFEST = Manifest("test", 4, 112, 0.5, "none", Calibration(0.1, 0.1, 0.6), "a" * 64)


def listing_of(*files, unreadable=()):
    return Listing(list(files), list(unreadable), 0, 0, 0)


def table_of(*files, unreadable=(), before=None):
    return listing_table(listing_of(*files, unreadable=unreadable), before)


def ok(file, photo_hash="h"):
    return PhotoRow(*file, photo_hash, 10, 10, 10, 10, 1, None, "ok", None, 1)


def done(*rows, decoder="d"):
    return Done(decoder, photos_table(rows))


A, B, C = PhotoFile("a.jpg", 1, 100), PhotoFile("b.jpg", 2, 100), PhotoFile("sub/c.jpg", 3, 100)


def names(frame):
    return frame["path"].tolist()


def test_everything_is_pending_at_first():
    census = take_census(table_of(A, B), [], "d")
    assert names(census.pending) == ["a.jpg", "b.jpg"]
    assert census.current.empty
    assert census.vanished.empty
    assert census.changed == 0


def test_a_second_pass_has_nothing_to_do():
    census = take_census(table_of(A, B), [done(ok(A)), done(ok(B))], "d")
    assert names(census.current) == ["a.jpg", "b.jpg"]
    assert census.pending.empty


def test_a_changed_file_is_pending_and_its_old_row_does_not_count():
    newer = A._replace(modified_ns=200)
    census = take_census(table_of(newer), [done(ok(A))], "d")
    assert names(census.pending) == ["a.jpg"]
    assert census.changed == 1
    assert census.current.empty
    assert census.vanished.empty


def test_a_vanished_file_keeps_its_row_and_comes_back_without_work():
    commits = [done(ok(A)), done(ok(B))]
    census = take_census(table_of(A), commits, "d")
    assert names(census.vanished) == ["b.jpg"]
    census = take_census(table_of(A, B), commits, "d")
    assert names(census.current) == ["a.jpg", "b.jpg"]
    assert census.pending.empty


def test_the_newest_row_of_a_file_counts():
    failed = failed_row(A, None, PhotoError(PhotoFault.UNREADABLE, "I/O error"))
    census = take_census(table_of(A), [done(failed), done(ok(A))], "d")
    assert census.current["status"].tolist() == ["ok"]


@pytest.mark.parametrize(
    ("fault", "decoder", "retry", "pending"),
    [
        (PhotoFault.CORRUPT, "d", False, False),
        (PhotoFault.CORRUPT, "newer", False, True),
        (PhotoFault.CORRUPT, "d", True, True),
        (PhotoFault.CORRUPT, None, False, False),
        (PhotoFault.UNREADABLE, "d", False, True),
        (PhotoFault.UNREADABLE, None, False, False),
        (PhotoFault.TIMEOUT, "d", False, False),
    ],
)
def test_failed_photos_are_tried_again_when_there_is_hope(fault, decoder, retry, pending):
    row = failed_row(A, "h", PhotoError(fault, "detail: with colons"))
    census = take_census(table_of(A), [done(row)], decoder, retry_failed=retry)
    assert (names(census.pending) == ["a.jpg"]) is pending
    assert (names(census.current) == ["a.jpg"]) is not pending


def test_files_of_an_unreadable_folder_are_offline_not_gone():
    before = table_of(A, C)
    now = table_of(A, unreadable=["sub"], before=before)
    assert now.to_pydict()["offline"] == [False, True]
    census = take_census(now, [done(ok(A)), done(ok(C))], "d")
    assert names(census.current) == ["a.jpg", "sub/c.jpg"]
    assert census.vanished.empty
    assert take_census(now, [done(ok(A))], "d").pending.empty
    assert take_census(table_of(A, C, before=now), [done(ok(A))], "d").pending["path"].tolist() == ["sub/c.jpg"]


files = st.lists(
    st.builds(PhotoFile, st.text("abc/", min_size=1, max_size=6), st.integers(0, 20), st.just(5)),
    max_size=200,
    unique_by=lambda file: file.path,
)


@settings(max_examples=40)
@given(files, st.integers(1, 40), st.randoms(use_true_random=False))
def test_shards_hold_every_file_once_whatever_the_order(found, length, random):
    shards = plan_shards(take_census(table_of(*found), [], "d"), 1, "p", length)
    assert sorted(file for shard in shards for file in shard.files) == sorted(found)
    assert all(len(shard.files) <= length or len(shard.files) <= SMALLEST_SHARD for shard in shards)
    shuffled = found.copy()
    random.shuffle(shuffled)
    again = plan_shards(take_census(table_of(*shuffled), [], "d"), 1, "p", length)
    assert [shard.name for shard in again] == [shard.name for shard in shards]


def test_likely_copies_share_a_shard():
    twins = [PhotoFile("a.jpg", 7, 1), PhotoFile("z.jpg", 7, 1)]
    others = [PhotoFile(f"m{i:03}.jpg", 100 + i, 1) for i in range(400)]
    shards = plan_shards(take_census(table_of(*twins, *others), [], "d"), 1, "p", 50)
    assert any(set(twins) <= set(shard.files) for shard in shards)


def test_a_shard_knows_the_photos_its_files_may_be_copies_of():
    moved = PhotoFile("moved.jpg", A.size, 500)
    census = take_census(table_of(moved, B), [done(ok(A, "hash a")), done(ok(B, "hash b"))], "d")
    (shard,) = plan_shards(census, 2, "p", 50)
    assert shard.known["photo_hash"].to_pylist() == ["hash a"]


def test_no_two_attempts_share_a_name():
    assert (
        len({shard_name(1, "p", [A]), shard_name(2, "p", [A]), shard_name(1, "q", [A]), shard_name(1, "p", [A], 2)})
        == 4
    )
    assert shard_name(1, "p", [A, B]) == shard_name(1, "p", [B, A])


def test_halves_are_the_whole():
    (shard,) = plan_shards(take_census(table_of(A, B, C), [], "d"), 1, "p", 50)
    first, second = halve(shard, 1, "p")
    assert first.files + second.files == shard.files
    assert len({shard.name, first.name, second.name}) == 3


def test_what_decides_rows_is_in_the_fingerprint_and_nothing_else():
    base = fingerprint(MANIFEST, Settings())
    assert fingerprint(MANIFEST, Settings()) == base
    assert fingerprint(MANIFEST, Settings.model_validate({"runner": {"workers": 7}})) == base
    assert fingerprint(MANIFEST, Settings.model_validate({"pack": {"embed_batch": 7}})) == base
    assert fingerprint(MANIFEST, Settings.model_validate({"detect": {"min_score": 0.7}})) != base
    assert fingerprint(MANIFEST, Settings.model_validate({"index": {"thumbnail_px": 64}})) != base


def test_the_listing_table_has_its_schema_and_the_times_of_the_files():
    table = table_of(A, B._replace(modified_ns=250))
    assert table.schema.equals(SCAN)
    assert table["modified_at"].cast(pa.int64()).to_pylist() == [100, 250]
    assert table["path"].to_pylist() == ["a.jpg", "b.jpg"]
