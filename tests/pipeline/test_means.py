import subprocess
import sys

import pytest

from facecluster.pipeline.means import threads_of
from facecluster.pipeline.worker import core_count
from facecluster.settings import RunnerSettings


@pytest.mark.parametrize("kind", ["local", "ray"])
def test_threads_are_no_more_than_workers_and_cores(kind):
    assert threads_of(RunnerSettings(kind=kind)) == core_count()
    assert threads_of(RunnerSettings(kind=kind, workers=1)) == 1
    assert threads_of(RunnerSettings(kind=kind, workers=4096)) == core_count()


@pytest.mark.parametrize("module", ["pipeline.index", "pipeline.ray", "pipeline.status", "pipeline.export", "cli.main"])
def test_who_does_not_cluster_needs_no_compiler(module):
    script = f"import sys, facecluster.{module}; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
