import os
import sys
import time

import psutil
import pytest

from facecluster.errors import PackError, WorkerError
from facecluster.pipeline.queue import MAX_FALSE_STARTS
from facecluster.pipeline.tags.outgoing.writing import How, Which, write_tags
from facecluster.settings import RunnerSettings, Settings
from tests.end_to_end.album import FAILING, quick_settings
from tests.end_to_end.command import Command
from tests.end_to_end.contents import contents_of
from tests.pipeline.tags.tagged_library import ANNA, tagged_library
from tests.pipeline.troubled import (
    BAFFLING,
    DEADLY,
    ENDLESS,
    ENVIRONMENT_FILE,
    Ledger,
    TellTaleWorker,
    TroubledWorker,
    WitnessWorker,
    plan_for,
    still_born,
    without_weights,
)

ray = pytest.importorskip("ray")
cluster_utils = pytest.importorskip("ray.cluster_utils")

from facecluster.pipeline.ray import run_ray  # noqa: E402  # Ray may be missing
from facecluster.pipeline.worker import INDEXING  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    # Of Ray's own code.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
]

END_SECONDS = 30.0  # for processes to be gone
SETTINGS = {"kind": "ray", "workers": 2}


@pytest.fixture(scope="module")
def cluster():
    """Three nodes of Ray on this machine, the first with no room for workers, and a connection to them."""
    with pytest.MonkeyPatch.context() as patch:  # as if facecluster were installed on them
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        yield from nodes()


def nodes():
    cluster = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": 100_000_000}
    )
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
    ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_everything_is_committed_and_counted_once(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS))
    ledger = Ledger()
    run_ray(plan.shards, plan.job, ledger)
    assert ledger.settled == ledger.most == len(plan.rows()) == 29
    assert sorted(report.shard for report in ledger.reports) == sorted(shard.name for shard in plan.shards)


def test_a_command_joins_a_cluster_by_its_address_and_leaves_it_running(cluster, archive, tmp_path):
    settings = quick_settings(runner={"kind": "ray", "address": cluster.address})
    code, output = Command(archive, tmp_path / "library", settings).end()
    assert code == 0, output
    assert len(contents_of(tmp_path / "library").photos) == 29
    assert len([node for node in ray.nodes() if node["Alive"]]) == 3


def test_no_shards_need_no_actors(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS))
    run_ray([], plan.job, Ledger())
    assert plan.library.commits() == []


def test_a_photo_that_kills_hangs_or_baffles_workers_costs_its_own_row(cluster, archive, tmp_path):
    limits = SETTINGS | {"shard_seconds": 3.0, "photo_seconds": 0.5, "max_attempts": 1}
    plan = plan_for(archive, tmp_path, quick_settings(runner=limits, index={"photos_per_shard": 2}))
    ledger = Ledger()
    run_ray(plan.shards, plan.job, ledger, INDEXING._replace(open_worker=TroubledWorker))
    rows = plan.rows()
    assert len(rows) == ledger.settled == 29
    assert set(rows.index[rows["status"] == "error"]) == {DEADLY, ENDLESS, BAFFLING, FAILING}
    assert rows.loc[DEADLY, "reason"].startswith("crash: the worker died (")
    assert rows.loc[ENDLESS, "reason"] == "crash: the worker took longer than its deadline"
    assert rows.loc[BAFFLING, "reason"] == "crash: RuntimeError: no idea"


def test_damaged_weights_end_the_run_with_their_own_sentence(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS))
    with pytest.raises(PackError, match=r"^the weights are damaged; install facecluster again$"):
        run_ray(plan.shards, plan.job, Ledger(), INDEXING._replace(open_worker=without_weights))


def test_workers_that_never_begin_end_the_run(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS | {"workers": 1}))
    with pytest.raises(WorkerError, match=f"^{MAX_FALSE_STARTS} workers in a row"):
        run_ray(plan.shards, plan.job, Ledger(), INDEXING._replace(open_worker=still_born))


def test_workers_report_nothing_home(cluster, archive, tmp_path, monkeypatch):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS))
    run_ray(plan.shards[:1], plan.job, Ledger(), INDEXING._replace(open_worker=WitnessWorker))
    environment = (tmp_path / ENVIRONMENT_FILE).read_text().splitlines()
    assert {"ORT_DISABLE_TELEMETRY=1", "RAY_USAGE_STATS_ENABLED=0"} <= set(environment)


def test_a_cluster_without_a_gpu_refuses_work_for_gpus(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner={"kind": "ray", "workers": 0, "gpus_per_worker": 0.5}))
    with pytest.raises(WorkerError, match=r"has room for a worker: expected 1 CPU and 0.5 GPU"):
        run_ray(plan.shards, plan.job, Ledger())


class Striking(Ledger):
    """Progress that does some harm once a number of shards are committed."""

    def __init__(self, after, harm):
        super().__init__()
        self.after = after
        self.harm = harm

    def shard(self, report):
        super().shard(report)
        if len(self.reports) == self.after:
            self.harm()


def test_killed_workers_cost_nothing(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS, index={"photos_per_shard": 1}))
    pids = tmp_path / "pids"

    def kill_the_workers():
        for path in pids.iterdir():
            psutil.Process(int(path.name)).kill()

    ledger = Striking(3, kill_the_workers)
    run_ray(plan.shards, plan.job, ledger, INDEXING._replace(open_worker=TellTaleWorker))
    rows = plan.rows()
    assert len(rows) == ledger.settled == 29
    assert set(rows.index[rows["status"] == "error"]) == {FAILING}


def test_a_lost_node_costs_nothing(cluster, archive, tmp_path):
    """Shards of one photo with one try each: a node's loss held against a photo would cost its row."""
    limits = SETTINGS | {"max_attempts": 1}
    plan = plan_for(archive, tmp_path, quick_settings(runner=limits, index={"photos_per_shard": 1}))
    node = cluster.list_all_nodes()[-1]
    ledger = Striking(4, lambda: cluster.remove_node(node, allow_graceful=False))
    run_ray(plan.shards, plan.job, ledger)
    cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
    rows = plan.rows()
    assert len(rows) == ledger.settled == 29
    assert set(rows.index[rows["status"] == "error"]) == {FAILING}


def test_tags_are_written_on_a_cluster(cluster, tmp_path):
    tagged = tagged_library(tmp_path, [f"{number}.jpg" for number in range(120)])
    tagged.name(ANNA, *(f"{number}.jpg" for number in range(120)))
    settled = []
    settings = Settings(runner=RunnerSettings(**SETTINGS))
    summary = write_tags(tagged.library, Which(), How(), settings, lambda *counts: settled.append(counts))
    assert (summary.written, summary.failed) == (120, 0)
    assert settled[-1] == (120, 120)
    assert len(list(tagged.archive.glob("*.jpg.xmp"))) == 120


def test_no_worker_outlives_its_run(cluster, archive, tmp_path):
    plan = plan_for(archive, tmp_path, quick_settings(runner=SETTINGS))
    run_ray(plan.shards, plan.job, Ledger(), INDEXING._replace(open_worker=TellTaleWorker))
    pids = [int(path.name) for path in (tmp_path / "pids").iterdir()]
    assert len(pids) >= 2
    deadline = time.monotonic() + END_SECONDS
    while any(map(psutil.pid_exists, pids)):
        assert time.monotonic() < deadline, "a worker or its decoder is still there"
        time.sleep(0.1)
