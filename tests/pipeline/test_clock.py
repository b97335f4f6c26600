import pytest

from facecluster.pipeline import clock as clock_module
from facecluster.pipeline.clock import StepClock, StepSeconds


@pytest.fixture
def ticking(monkeypatch):
    """A counter of seconds that a test moves by hand."""
    now = [0.0]
    monkeypatch.setattr(clock_module, "perf_counter", lambda: now[0])
    return now


def test_time_is_charged_to_its_step_and_adds_up(ticking):
    clock = StepClock()
    for seconds in (1.0, 2.0):
        with clock("total"), clock("decode"):
            ticking[0] += seconds
    assert clock.seconds == StepSeconds(decode=3.0, total=3.0)


def test_time_before_an_error_counts(ticking):
    clock = StepClock()
    with pytest.raises(ValueError, match="broken"), clock("read"):
        ticking[0] += 4.0
        raise ValueError("broken")
    assert clock.seconds.read == 4.0


def test_seconds_of_workers_add_up():
    seconds = StepSeconds(read=1, total=2)
    seconds.add(StepSeconds(read=10, embed=5, total=20))
    assert seconds == StepSeconds(read=11, embed=5, total=22)


def test_overhead_is_the_share_outside_decoding_and_networks():
    assert StepSeconds(read=1, decode=3, detect=3, embed=2, write=1, total=10).overhead == pytest.approx(0.2)
    assert StepSeconds().overhead == 0
