"""tests.benchmarks.used_by: what orphans use counts too."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux alone")

BUSY = "from time import process_time\nwhile process_time() < .3: b'x' * 60_000_000"
LEAVE = f"import subprocess, sys; subprocess.Popen([sys.executable, '-S', '-c', {BUSY!r}]); sys.exit(3)"


def test_orphans_are_waited_for_and_counted(tmp_path):
    command = [sys.executable, "-m", "tests.benchmarks.used_by", tmp_path / "used", sys.executable, "-S", "-c", LEAVE]
    ended = subprocess.run(command, check=False)
    used = json.loads((tmp_path / "used").read_text())
    assert ended.returncode == 3
    assert used["cpu_seconds"] >= 0.3
    assert used["peak_mb"] > 50
    assert used["seconds"] > 0
