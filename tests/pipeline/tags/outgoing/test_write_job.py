from facecluster.pipeline.catalogue import latest_scan
from facecluster.pipeline.tags.outgoing.ledger_state import ledger_of
from facecluster.pipeline.tags.outgoing.photo_shown import NO_FRAME, shown_on
from facecluster.pipeline.tags.outgoing.shown import Which, no_people, shown_people
from facecluster.pipeline.tags.outgoing.write_job import PHOTOS_A_SHARD, How, WriteJob, plan_writing
from facecluster.store.ledger import Intent, bucket_of
from tests.metadata.one_box import upright_box
from tests.pipeline.tags.tagged_library import ANNA, BERTA, NAMES, ONE_WORKER, box_of, tagged_library


def job_of(tagged, **more):
    options = {"reverting": False, "how": How()} | more
    return WriteJob(tagged.archive, tagged.library.folder, 1, "tags", ONE_WORKER, **options)


def planned(tagged, **more):
    shown = shown_people(tagged.library, latest_scan(tagged.library), Which())
    return plan_writing(job_of(tagged, **more), tagged.library, shown)


def test_nothing_to_do_is_no_shard(tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    assert planned(tagged) == []
    assert plan_writing(job_of(tagged, reverting=True), tagged.library, no_people()) == []


def test_every_photo_that_shows_somebody_is_in_one_shard_with_whom_it_shows(tmp_path):
    photos = {f"{number % 7}/{number}.jpg": number % 8 + 1 for number in range(3 * PHOTOS_A_SHARD)}
    tagged = tagged_library(tmp_path, photos)
    tagged.name(BERTA, *list(photos)[:-1])
    tagged.name(ANNA, *list(photos)[:-1])
    shards = planned(tagged)
    found = [photo for shard in shards for photo in shown_on(shard)]
    assert sorted(photo.file.path for photo in found) == sorted(list(photos)[:-1])
    buckets = [{bucket_of(file.path) for file in shard.files} for shard in shards]
    assert sum(map(len, buckets)) == len(set().union(*buckets)), "a bucket is in one shard"
    for photo in found:
        assert [shown.name for shown in photo.shown] == [NAMES[ANNA], NAMES[BERTA]], "from left to right"
        back = upright_box(photo.shown[1].box, photo.frame)
        assert all(abs(edge - there) < 1e-4 for edge, there in zip(back, box_of(BERTA), strict=True))


def test_photos_of_the_ledger_are_visited_while_they_are_there(tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    ledger = ledger_of(tagged.library, tagged.archive)
    for photo in ("one.jpg", "gone.jpg"):
        bucket = ledger.bucket(bucket_of(photo))
        file = f"{photo}.xmp"
        bucket.settle(bucket.intend([Intent(file, None, "sha", photo, {"people": ["Anna"]}, None)]), [file])
    (shard,) = planned(tagged)
    assert [(photo.file.path, photo.shown, photo.frame) for photo in shown_on(shard)] == [("one.jpg", (), NO_FRAME)]
    shards = plan_writing(job_of(tagged, reverting=True), tagged.library, no_people())
    assert sorted(file.path for shard in shards for file in shard.files) == ["gone.jpg", "one.jpg"]


def test_what_a_crash_left_open_is_settled_unless_nothing_is_to_be_written(tmp_path):
    tagged = tagged_library(tmp_path, ["one.jpg"])
    bucket = ledger_of(tagged.library, tagged.archive).bucket(bucket_of("one.jpg"))
    bucket.intend([Intent("one.jpg.xmp", None, "sha", "one.jpg", {"people": ["Anna"]}, None)])
    lines = list((tagged.library.folder / "ledger").rglob("*.jsonl"))
    planned(tagged, how=How(dry_run=True))
    assert list((tagged.library.folder / "ledger").rglob("*.jsonl")) == lines
    planned(tagged)
    assert len(list((tagged.library.folder / "ledger").rglob("*.jsonl"))) == len(lines) + 1
