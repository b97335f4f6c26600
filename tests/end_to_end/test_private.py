"""Nothing leaves the machine: what the system sees of a whole run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DEMO_ALBUM

COMMAND = "import sys; from facecluster.cli.main import main; sys.argv[0] = 'facecluster'; main()"

OWN_ADDRESSES = re.compile(r'"(127\.|::1"|::ffff:127\.|0\.0\.0\.0")')

ROUTE_QUESTION = 'sin_port=htons(53), sin_addr=inet_addr("8.8.8.8")'
"""Ray connects a datagram socket to learn which of its own addresses faces outwards; that sends nothing."""


def strangers_called(folder: Path, *arguments: str) -> list[str]:
    """The calls with which a command of ours, or a process of its, turned to an address outside this machine."""
    trace = folder / "trace"
    # CI hides the telemetry of ONNX Runtime, so it is not told that it is in one.
    hidden = {"CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY", "RAY_USAGE_STATS_ENABLED"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-c", COMMAND, "run", str(DEMO_ALBUM), "--library", str(folder / "library"), *arguments]
    strace = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    subprocess.run([*strace, *command], check=True, env=environment | {"HOME": str(folder)}, capture_output=True)
    lines = trace.read_text(errors="replace").splitlines()
    return [line for line in lines if "sa_family=AF_INET" in line and not OWN_ADDRESSES.search(line)]


needs_strace = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")


@needs_strace
def test_a_run_calls_nobody(tmp_path):
    assert strangers_called(tmp_path) == []
    assert not list(tmp_path.rglob("*deviceid*")), "ONNX Runtime left a device id"


@needs_strace
@pytest.mark.slow
def test_a_run_on_a_ray_of_its_own_calls_nobody_beyond_this_machine(tmp_path):
    own = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    calls = [line for line in strangers_called(tmp_path, "--runner", "ray", "--workers", "1") if "connect(" in line]
    assert [line for line in calls if ROUTE_QUESTION not in line and not any(address in line for address in own)] == []
