import os

import pytest

from facecluster.errors import WorkerError
from facecluster.settings import RunnerSettings

pytest.importorskip("ray")

from facecluster.pipeline.ray_connection import _no_questions_to_the_cloud, connected, first_line


@pytest.mark.parametrize("address", ["127.0.0.1:1", "ray://127.0.0.1:1", "[::1]:1", "127.0.0.1:port"])
def test_an_address_where_nobody_answers_is_told_at_once(address):
    wanted = rf"^No Ray cluster answers at {address.replace('[', '.').replace(']', '.')}: .* leave --runner ray out\.$"
    with pytest.raises(WorkerError, match=wanted), connected(RunnerSettings(kind="ray", address=address), cpus=1):
        pytest.fail("expected no connection")


def test_the_environment_may_name_the_cluster(monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with pytest.raises(WorkerError, match=r"at 127\.0\.0\.1:1"), connected(RunnerSettings(kind="ray"), cpus=1):
        pytest.fail("expected no connection")


def test_ray_reports_nothing_home():
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"


def test_the_way_to_the_cloud_is_closed_only_while_ray_starts(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://proxy:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    with _no_questions_to_the_cloud():
        assert os.environ["http_proxy"] == "http://127.0.0.1:9"
        assert os.environ["no_proxy"] == ""
    assert os.environ["http_proxy"] == "http://proxy:3128"
    assert "no_proxy" not in os.environ


@pytest.mark.parametrize(("error", "line"), [(ValueError("one\ntwo"), "one"), (ValueError(), "ValueError")])
def test_an_error_in_a_line(error, line):
    assert first_line(error) == line
