"""tests.benchmarks.review_memory: every step is taken, and the memory is that of a process of its own."""

import sys

import pytest

from tests.benchmarks.review_memory import main


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells the memory of a process on Linux")
def test_every_step_is_measured(capsys, tmp_path):
    steps = main(400, tmp_path / "library")
    printed = capsys.readouterr().out
    assert all(f"| {step.what} |" in printed for step in steps)
    assert [step.what for step in steps][:2] == ["before", "opening"]
    peaks = [step.peak_mb for step in steps]
    assert peaks == sorted(peaks)
    assert peaks[0] > 0
    assert main(400, tmp_path / "library"), "the library that is there is taken again"
