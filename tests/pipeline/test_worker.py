import os
import subprocess
import sys

import psutil
import pytest

from facecluster.errors import LibraryError
from facecluster.pipeline.worker import (
    ShardWorker,
    core_count,
    deadline_seconds,
    decoder_signature,
    give_up,
    in_a_line,
    peak_memory_mb,
)
from facecluster.settings import DecodeSettings
from tests.end_to_end.album import quick_settings
from tests.pipeline.troubled import plan_for


@pytest.fixture(scope="module")
def worker(archive, tmp_path_factory):
    """A worker that has done its first shard."""
    plan = plan_for(archive, tmp_path_factory.mktemp("worker"), quick_settings())
    with ShardWorker(plan.job) as worker:
        yield worker, plan, worker.work(plan.shards[0])
    assert worker.decoder.pid is None


def test_a_shard_is_committed_and_reported(worker):
    _, plan, report = worker
    (commit,) = plan.library.commits()
    assert (report.shard, report.n_photos) == (plan.shards[0].name, len(plan.shards[0].files))
    assert (commit.shard, commit.photos.rows, commit.faces.rows) == (report.shard, report.n_photos, report.n_faces)
    assert commit.decoder == decoder_signature(plan.job.settings.decode)
    assert (plan.rows()["status"] == "error").sum() == report.n_failed
    assert 0 < report.seconds.write < report.seconds.total


def test_a_shard_that_is_there_already_is_not_written_again(worker):
    one, plan, _ = worker
    with pytest.raises(FileExistsError):
        one.work(plan.shards[0])
    assert len(plan.library.commits()) == 1


def test_memory_is_that_of_the_worker_and_its_decoder(worker):
    one, _, report = worker
    assert report.peak_memory_mb > peak_memory_mb(os.getpid()) * 0.5
    assert peak_memory_mb(one.decoder.pid) > 10


def test_the_decoder_ends_with_its_worker(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings())
    with ShardWorker(plan.job) as one:
        one.work(plan.shards[0])
        child = psutil.Process(one.decoder.pid)
    assert not child.is_running()


def test_a_worker_without_a_library_says_so(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings())
    (plan.library.folder / "library.json").unlink()
    with pytest.raises(LibraryError, match="no library"):
        ShardWorker(plan.job)


def test_a_photo_given_up_is_a_row_without_faces(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(index={"photos_per_shard": 1}))
    report = give_up(plan.job, plan.shards[0], "the worker died")
    assert (report.n_photos, report.n_failed, report.n_faces) == (1, 1, 0)
    (row,) = plan.rows().reset_index().to_dict("records")
    assert row["path"] == plan.shards[0].files[0].path
    assert (row["status"], row["reason"]) == ("error", "crash: the worker died")


def test_a_shard_has_more_time_the_more_photos_it_has(archive, tmp_path):
    settings = quick_settings(runner={"shard_seconds": 10.0, "photo_seconds": 2.0})
    shards = plan_for(archive, tmp_path, settings).shards
    assert deadline_seconds(shards[0], settings) == 10 + 2 * len(shards[0].files)


@pytest.mark.parametrize(
    "change",
    [{"max_megapixels": 1.5}, {"timeout_seconds": 21.0}, {"memory_mb": 1501}],
    ids=lambda change: next(iter(change)),
)
def test_every_limit_of_the_decoder_is_in_its_signature(change):
    assert decoder_signature(DecodeSettings(**change)) != decoder_signature(DecodeSettings())


def test_memory_of_a_process_that_is_gone_is_nothing():
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert peak_memory_mb(done.pid) == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\ntwo"), "ValueError: one"),
        (MemoryError(), "MemoryError"),
        (RuntimeError("  x "), "RuntimeError: x"),
    ],
)
def test_an_error_is_told_in_a_line(error, line):
    assert in_a_line(error) == line


def test_there_is_a_core_to_work_on():
    assert 1 <= core_count() <= os.cpu_count()
