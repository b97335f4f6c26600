from dataclasses import replace

import pytest

from facecluster.errors import ArchiveError
from facecluster.measure.benchmark import Timed, figures, sample_photos, timed_pass, with_runner
from facecluster.pipeline.clock import StepSeconds
from facecluster.settings import RunnerSettings, Settings


def _timed(workers=1, seconds=12.0, photos=11):
    """A pass whose workers were up after one second and had the first photo after two."""
    steps = StepSeconds(read=0.5, decode=2.0, detect=3.0, embed=4.0, write=0.5, total=10.0)
    return Timed(
        RunnerSettings(workers=workers),
        started=100.0,
        ready_at=101.0,
        first_photo_at=102.0,
        ended=100.0 + seconds,
        n_photos=photos,
        n_faces=20,
        n_failed=1,
        peak_memory_mb=500.0 * workers,
        steps=steps,
    )


def test_figures_of_known_times():
    found = figures(_timed(), _timed(2, 6.5), _timed(2, 12.0), photos_ahead=7200)
    assert found["first_photo_seconds"] == 2
    assert found["photos_per_second_1_worker"] == pytest.approx(1)
    assert found["photos_per_second"] == pytest.approx(2)
    assert found["speed_up"] == pytest.approx(2)
    assert found["hours_ahead"] == pytest.approx(1)
    assert found["ray_photos_per_second"] == pytest.approx(1)
    assert found["ray_over_local"] == pytest.approx(2), "of the time: twice as long"
    assert found["outside_decode_and_networks"] == pytest.approx(0.1)
    assert found["detect_ms_per_photo"] == pytest.approx(1000 * 3 / 11)
    assert found["peak_memory_mb"] == 1000
    assert "ray_over_local" not in figures(_timed(), _timed(2), None, 1)


def test_a_single_photo_has_a_speed():
    assert replace(_timed(photos=1), ended=102.0).seconds_per_photo == 1


def test_a_sample_is_spread_over_the_archive(tmp_path):
    for number in range(10):
        (tmp_path / f"{number}.jpg").write_bytes(b"")
    assert [file.path for file in sample_photos(tmp_path, Settings(), 3).files] == ["0.jpg", "3.jpg", "6.jpg"]
    assert len(sample_photos(tmp_path, Settings(), 10).files) == 10
    assert len(sample_photos(tmp_path, Settings(), 99).files) == 10


def test_an_archive_without_photos_is_refused(tmp_path):
    with pytest.raises(ArchiveError, match="No photos"):
        sample_photos(tmp_path, Settings(), 3)


def test_a_pass_counts_what_it_saw_and_keeps_nothing(demo_album, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = with_runner(Settings(), kind="local", workers=1)
    timed = timed_pass(sample_photos(demo_album, settings, 2), demo_album, settings)
    assert (timed.n_photos, timed.n_failed) == (2, 0)
    assert timed.n_faces >= 1
    assert 0 < timed.first_photo_seconds <= timed.ended - timed.started
    assert list(tmp_path.iterdir()) == []
