import json
import os

import pytest


def test_figures_fit_together(facecluster, demo_album):
    ended = facecluster("benchmark", demo_album, "--sample", "4", "--photos", "3600", "--workers", "1", "--json")
    assert ended.code == 0
    found = json.loads(ended.out)
    assert found["photos"] == 4
    assert found["failed"] == 0
    assert found["workers"] == 1
    steps = sum(found[f"{step}_ms_per_photo"] for step in ("read", "decode", "detect", "embed", "write"))
    assert 0 < steps <= found["total_ms_per_photo"]
    assert 0 < found["outside_decode_and_networks"] < 1
    assert found["hours_ahead"] * found["photos_per_second"] == pytest.approx(1)
    assert found["speed_up"] * found["photos_per_second_1_worker"] == pytest.approx(found["photos_per_second"])
    assert found["peak_memory_mb"] > 50
    assert os.listdir() == [], "expected nothing to be kept"


def test_one_photo_is_enough(facecluster):
    ended = facecluster("benchmark", "--sample", "1", "--workers", "1")
    assert ended.code == 0
    assert ended.out.startswith("photos       1 with ")
    assert "photos would take" in ended.out


def test_an_archive_without_photos_is_refused(facecluster, tmp_path):
    ended = facecluster("benchmark", tmp_path)
    assert ended.code == 1
    assert "No photos" in ended.err
