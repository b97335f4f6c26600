"""What metadata says is read in parts; a reading that was stopped goes on where it was."""

import os

import pytest

from facecluster.errors import ArchiveError, UsageError
from facecluster.pipeline.catalogue import latest_scan, shards_of
from facecluster.pipeline.photos_there import files_there
from facecluster.pipeline.plan import FILE_KEY
from facecluster.pipeline.tags.incoming import reading
from facecluster.settings import Settings
from tests.pipeline.tags.said_files import in_this_process, on_face, sidecar
from tests.pipeline.tags.tagged_library import ANNA, ONE_WORKER, index, tagged_library

PHOTOS = [f"{folder}/{number}.jpg" for folder in "ab" for number in range(3)]


class CrashError(Exception):
    """The power is gone."""


@pytest.fixture
def tagged(tmp_path):
    """Six photos in two folders, each with a sidecar that names it."""
    tagged = tagged_library(tmp_path, PHOTOS)
    for path in PHOTOS:
        say(tagged, path, path)
    return tagged


def say(tagged, path, name):
    (tagged.archive / f"{path}.xmp").write_bytes(sidecar(on_face(ANNA, name)))


def photos_of(tagged):
    scan = latest_scan(tagged.library)
    return files_there(tagged.library, scan, shards_of(tagged.library, scan), [*FILE_KEY, "photo_hash"])


def read(tagged, *, embedded=False, contacts=None, settings=None, on_photos=lambda _done, _total: None):
    table = reading.read_tags(
        tagged.library, photos_of(tagged), contacts, settings or Settings(), on_photos, embedded=embedded
    )
    return table.select(["path", "file", "name", "reason"]).to_pylist()


def names(rows):
    return [row["name"] for row in rows]


class Runner:
    """Works in this process, counts the photos, and loses power after so many shards."""

    def __init__(self, survives=99):
        self.photos = []
        self.survives = survives

    def __call__(self, shards, job, progress, work):
        for number, shard in enumerate(shards):
            if number == self.survives:
                raise CrashError
            self.photos += [file.path for file in shard.files]
            in_this_process([shard], job, progress, work)


@pytest.fixture
def runner(monkeypatch):
    """Put a runner in place."""

    def put(one):
        monkeypatch.setattr(reading, "runner_of", lambda _settings: one)
        return one

    return put


def test_no_photos_are_no_work(tmp_path, runner):
    tagged = tagged_library(tmp_path, [])
    used = runner(Runner())
    assert (read(tagged), used.photos) == ([], [])


def test_rows_come_by_path_however_the_photos_are_cut(tagged, runner, monkeypatch):
    runner(Runner())
    whole = read(tagged)
    assert names(whole) == PHOTOS
    tagged.library.imports.reading.clear()
    monkeypatch.setattr(reading, "PHOTOS_PER_SHARD", 1)
    assert read(tagged) == whole


def test_a_reading_that_was_stopped_goes_on(tagged, runner):
    first = runner(Runner(survives=2))
    with pytest.raises(CrashError):
        read(tagged)
    counts = []
    second = runner(Runner())
    assert names(read(tagged, on_photos=lambda done, total: counts.append((done, total)))) == PHOTOS
    assert sorted([*first.photos, *second.photos]) == PHOTOS
    assert (counts[0], counts[-1]) == ((len(first.photos), 6), (6, 6))
    third = runner(Runner())
    assert names(read(tagged)) == PHOTOS
    assert third.photos == []


@pytest.mark.parametrize("change", ["sidecar", "new sidecar", "photo", "contacts", "embedded"])
def test_what_was_changed_meanwhile_is_read_again(tagged, runner, monkeypatch, change):
    monkeypatch.setattr(reading, "PHOTOS_PER_SHARD", 1)
    runner(Runner())
    read(tagged)
    how, expected = {}, ["a/1.jpg"]
    if change == "sidecar":
        say(tagged, "a/1.jpg", "somebody else")
    elif change == "new sidecar":
        (tagged.archive / "a" / "1.xmp").write_bytes(b"")
        expected = PHOTOS[:3]
    elif change == "photo":
        os.utime(tagged.archive / "a/1.jpg", ns=(0, 0))
        index(tagged)
    else:
        how = {"contacts": b"<contacts><contact id='1' name='X'/></contacts>"} if change == "contacts" else {}
        how |= {"embedded": True} if change == "embedded" else {}
        expected = PHOTOS
    used = runner(Runner())
    rows = read(tagged, **how)
    assert used.photos == expected
    assert names(rows).count("somebody else") == (change == "sidecar")
    assert len([row for row in rows if row["name"]]) == 6


def test_a_worker_that_was_given_up_for_dead_adds_nothing_twice(tagged, runner):
    def twice(shards, job, progress, work):
        in_this_process(shards, job, progress, work)
        with work.open_worker(job) as worker:
            for shard in shards:
                worker.work(reading.Shard(f"late-{shard.name}", shard.files, shard.known))

    runner(twice)
    assert names(read(tagged)) == PHOTOS


def test_a_photo_that_workers_die_over_is_a_row(tagged, runner):
    def deadly(shards, job, progress, work):
        in_this_process(shards[1:], job, progress, work)
        for file in shards[0].files:
            one = reading.Shard(f"alone-{file.path[-5]}", (file,), shards[0].known)
            progress.shard(work.give_up(job, one, "it died"))

    runner(deadly)
    rows = read(tagged)
    lost = [row for row in rows if row["reason"]]
    assert {row["reason"] for row in lost} == {"crash: it died"}
    assert len(rows) == 6


def test_a_photo_that_was_changed_since_it_was_indexed_is_not_taken_for_what_it_was(tagged, runner):
    runner(Runner())
    os.utime(tagged.archive / "b/0.jpg", ns=(0, 0))
    (tagged.archive / "b/2.jpg").unlink()
    rows = [row for row in read(tagged, embedded=True) if row["reason"]]
    assert [(row["file"], row["reason"].split(":")[0]) for row in rows] == [
        ("b/0.jpg", "changed"),
        ("b/2.jpg", "unreadable"),
    ]


def test_a_folder_that_cannot_be_listed_is_told_of(tagged, runner, tmp_path):
    runner(Runner())
    (tagged.archive / "b").rename(tmp_path / "away")
    reasons = {row["file"]: row["reason"] for row in read(tagged)}
    assert [file for file, reason in reasons.items() if reason] == PHOTOS[3:]
    assert "folder" in reasons["b/0.jpg"]


def test_an_archive_that_is_not_there_is_not_begun(tagged, tmp_path):
    tagged.archive.rename(tmp_path / "away")
    with pytest.raises(ArchiveError, match="mounted"):
        read(tagged)


def test_processes_read_the_same(tagged):
    assert names(read(tagged, settings=ONE_WORKER)) == PHOTOS


def test_without_exiftool_nothing_is_begun(tagged, runner, monkeypatch, tmp_path):
    runner(Runner())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="ExifTool"):
        read(tagged, embedded=True)
    assert tagged.library.imports.reading.names() == []
