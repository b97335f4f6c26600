import os
import signal

import psutil
import pytest

from facecluster.errors import PackError, WorkerError
from facecluster.pipeline import local
from facecluster.pipeline.local import run_local
from facecluster.pipeline.queue import MAX_FALSE_STARTS
from facecluster.pipeline.worker import INDEXING
from tests.end_to_end.album import FAILING, quick_settings
from tests.pipeline.troubled import (
    BAFFLING,
    DEADLY,
    ENDLESS,
    ENVIRONMENT_FILE,
    Ledger,
    TroubledWorker,
    WitnessWorker,
    plan_for,
    still_born,
    without_weights,
)


@pytest.fixture(autouse=True)
def nothing_left_behind():
    """No test may leave a worker or a decoder; Python's resource tracker stays with this process."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = [child for child in psutil.Process().children(recursive=True) if child not in before and child.is_running()]
    assert [child.cmdline() for child in left if "resource_tracker" not in " ".join(child.cmdline())] == []


def test_no_shards_need_no_workers(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner={"workers": 2}))
    ledger = Ledger()
    run_local([], plan.job, ledger)
    assert (ledger.settled, ledger.reports) == (0, [])
    assert plan.library.commits() == []


def test_everything_is_committed_and_counted_once(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner={"workers": 2}))
    ledger = Ledger()
    run_local(plan.shards, plan.job, ledger)
    assert ledger.settled == ledger.most == len(plan.rows()) == 29
    assert sorted(report.shard for report in ledger.reports) == sorted(shard.name for shard in plan.shards)
    assert sum(report.n_failed for report in ledger.reports) == 1
    once = plan.rows().drop_duplicates("photo_hash")
    assert sum(report.n_faces for report in ledger.reports) == once["n_faces"].sum()


@pytest.mark.slow
def test_a_photo_that_kills_hangs_or_baffles_workers_costs_its_own_row(archive, tmp_path):
    limits = {"workers": 2, "shard_seconds": 3.0, "photo_seconds": 0.5}
    plan = plan_for(archive, tmp_path, quick_settings(runner=limits, index={"photos_per_shard": 2}))
    ledger = Ledger()
    run_local(plan.shards, plan.job, ledger, INDEXING._replace(open_worker=TroubledWorker))
    rows = plan.rows()
    assert len(rows) == ledger.settled == ledger.most == 29
    assert set(rows.index[rows["status"] == "error"]) == {DEADLY, ENDLESS, BAFFLING, FAILING}
    assert rows.loc[DEADLY, "reason"] == "crash: the worker died (exit code 7)"
    assert rows.loc[ENDLESS, "reason"] == "crash: the worker took longer than its deadline"
    assert rows.loc[BAFFLING, "reason"] == "crash: RuntimeError: no idea"


def test_damaged_weights_end_the_run_with_their_own_sentence(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner={"workers": 2}))
    with pytest.raises(PackError, match=r"^the weights are damaged; install facecluster again$"):
        run_local(plan.shards, plan.job, Ledger(), INDEXING._replace(open_worker=without_weights))


def test_workers_that_never_begin_end_the_run(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings())
    with pytest.raises(WorkerError, match=f"^{MAX_FALSE_STARTS} workers in a row.*exit code 9"):
        run_local(plan.shards, plan.job, Ledger(), INDEXING._replace(open_worker=still_born))


def test_one_worker_that_is_killed_before_it_begins_is_replaced(archive, tmp_path, monkeypatch):
    plan = plan_for(archive, tmp_path, quick_settings())
    start, started = local._Pool._start, []

    def kill_the_first(pool, false_starts):
        worker = start(pool, false_starts)
        if not started:
            worker.process.kill()
        started.append(worker)
        return worker

    monkeypatch.setattr(local._Pool, "_start", kill_the_first)
    run_local(plan.shards[:1], plan.job, Ledger())
    assert len(started) == 2
    assert len(plan.library.commits()) == 1


class Interrupting(Ledger):
    """Progress during which somebody presses Ctrl-C."""

    def shard(self, report):
        super().shard(report)
        os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_ends_the_workers_and_keeps_what_is_committed(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner={"workers": 2}))
    with pytest.raises(KeyboardInterrupt):
        run_local(plan.shards, plan.job, Interrupting())
    assert 1 <= len(plan.library.commits()) < len(plan.shards)


class BrokenTerminal(Ledger):
    """Progress that cannot be shown any more, as when standard error is closed."""

    def photos(self, count):
        raise BrokenPipeError


def test_trouble_of_the_progress_is_not_taken_for_a_workers(archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings())
    with pytest.raises(BrokenPipeError):
        run_local(plan.shards, plan.job, BrokenTerminal())


def test_workers_report_nothing_home(archive, tmp_path, monkeypatch):
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    plan = plan_for(archive, tmp_path, quick_settings())
    run_local(plan.shards[:1], plan.job, Ledger(), INDEXING._replace(open_worker=WitnessWorker))
    environment = (tmp_path / ENVIRONMENT_FILE).read_text().splitlines()
    assert "ORT_DISABLE_TELEMETRY=1" in environment


def test_a_shard_of_an_earlier_attempt_does_not_stand_in_the_way_of_giving_up(archive, tmp_path):
    """The worker wrote a table and died; the row that gives its photo up goes elsewhere."""
    plan = plan_for(archive, tmp_path, quick_settings(runner={"max_attempts": 1}, index={"photos_per_shard": 1}))
    (shard,) = [shard for shard in plan.shards if shard.files[0].path == DEADLY]
    folder = plan.library.folder / "index" / shard.name
    folder.mkdir(parents=True)
    (folder / "photos.parquet").write_bytes(b"half a table")
    run_local([shard], plan.job, Ledger(), INDEXING._replace(open_worker=TroubledWorker))
    assert plan.rows().loc[DEADLY, "status"] == "error"
