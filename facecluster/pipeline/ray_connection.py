"""The connection to a Ray cluster: the one that is named, or a small Ray of our own on this machine."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import ray

from facecluster.errors import WorkerError
from facecluster.settings import RunnerSettings

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # read when Ray starts: nothing is reported anywhere

MIN_STORE_BYTES = 100_000_000
"""For the objects of a Ray of our own; left alone, Ray would take a third of the memory. It wants 75 MB at least."""

ANSWER_SECONDS = 10.0
"""For a cluster to answer at its address; Ray itself would go on asking for minutes."""

NO_PROXY_THERE = "http://127.0.0.1:9"
"""The discard port of this machine: whoever is sent there is refused at once."""

WORKER_ENVIRONMENT = {"ORT_DISABLE_TELEMETRY": "1", "RAY_USAGE_STATS_ENABLED": "0"}


@contextmanager
def connected(runner: RunnerSettings, cpus: int, store_bytes: int = MIN_STORE_BYTES) -> Iterator[None]:
    """A connection to the cluster of the settings, or to a Ray of our own that ends with us.

    Args:
        runner: says where the cluster is.
        cpus: of a Ray of our own.
        store_bytes: the most that its objects may take.

    Raises:
        WorkerError: no cluster answers.
    """
    if ray.is_initialized():
        yield
        return
    address = runner.address or os.environ.get("RAY_ADDRESS")
    try:
        if address:
            _knock(address)
            ray.init(address, log_to_driver=False, logging_level=logging.ERROR)
        else:
            with _no_questions_to_the_cloud():
                ray.init(
                    "local",  # else Ray would join whatever cluster was last started on this machine
                    num_cpus=cpus,
                    object_store_memory=max(store_bytes, MIN_STORE_BYTES),
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                )
    except (OSError, RuntimeError, ValueError) as error:
        raise WorkerError(
            f"No Ray cluster answers at {address or 'this machine'}: {first_line(error)}. "
            "Start one with `ray start --head`, correct --address, or leave --runner ray out."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def room(cpus: int, gpus: float = 0.0) -> int:
    """How many workers that need so much each the nodes of the cluster hold.

    Raises:
        WorkerError: none.
    """
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    needs = {"CPU": cpus, "GPU": gpus}
    places = sum(min(int(node.get(kind, 0) / need) for kind, need in needs.items() if need) for node in nodes)
    if not places:
        raise WorkerError(
            f"No node of the Ray cluster has room for a worker: expected {cpus} CPU and {gpus:g} GPU free to Ray. "
            "Start Ray on a larger node, or lower pack.threads or runner.gpus_per_worker."
        )
    return places


@contextmanager
def _no_questions_to_the_cloud() -> Iterator[None]:
    """Processes started within cannot ask cloud metadata servers by HTTP which cloud this is.

    Ray's dashboard does, usage statistics or not (ray/_common/usage/usage_lib.py). Nothing of facecluster's uses HTTP.
    """
    before = {name: os.environ.get(name) for name in ("http_proxy", "no_proxy")}
    os.environ |= {"http_proxy": NO_PROXY_THERE, "no_proxy": ""}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _knock(address: str) -> None:
    """See whether anything listens at host:port or ray://host:port; other addresses (auto) are for Ray to look up.

    Raises:
        OSError: nothing does.
        ValueError: the port is no number.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()


def first_line(error: object) -> str:
    """The first line of what an error says, or its kind."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
