import json
import shutil

import pytest

from facecluster.measure import calibrate
from facecluster.store.library import open_library

from .test_evaluate import PEOPLE


@pytest.fixture
def library(demo_library, tmp_path):
    return shutil.copytree(demo_library, tmp_path / "library")


@pytest.fixture
def labels(tmp_path, monkeypatch):
    """Of the four people of the demo, who are enough for once."""
    monkeypatch.setattr(calibrate, "MIN_PEOPLE", 4)
    path = tmp_path / "labels.csv"
    path.write_text("path,identity\n" + "".join(f"{photo},{name}\n" for photo, name in PEOPLE.items()))
    return path


def test_what_was_measured_stands_beside_the_packs_word_and_is_used(facecluster, library, labels):
    ended = facecluster("calibrate", labels, "--library", library)
    assert ended.code == 0
    lines = dict(line.split("  ", 1) for line in ended.out.splitlines())
    assert "(pack: 0.093 +- 0.089)" in lines["strangers"]
    assert "(pack: 0.602)" in lines["one person"]
    assert lines["from"].strip().startswith("labels.csv: 11 faces of 4 people, 4 of them")
    assert lines["written"].strip().startswith("calibration 1;")
    status = facecluster("status", "--library", library).out
    assert "calibration  1 of" in status
    assert "the calibration has changed since: run `facecluster cluster`" in status
    assert "(run 2)" in facecluster("cluster", "--library", library).out
    measured = open_library(library).calibration()
    assert open_library(library).run_record(2)["calibration"]["genuine_median"] == measured.genuine_median
    assert "has changed since" not in facecluster("status", "--library", library).out


def test_a_dry_run_writes_nothing(facecluster, library, labels):
    ended = facecluster("calibrate", labels, "--dry-run", "--library", library)
    assert (ended.code, "nothing: --dry-run" in ended.out) == (0, True)
    assert not (library / "calibration").exists()


def test_back_to_the_pack(facecluster, library, labels):
    facecluster("calibrate", labels, "--library", library)
    assert facecluster("calibrate", "--reset", "--library", library).code == 0
    assert "(run 1, as before)" in facecluster("cluster", "--library", library).out
    assert "from the pack embedded" in facecluster("status", "--library", library).out
    assert open_library(library).calibration().genuine_median == 0.602


def test_json_holds_the_same(facecluster, library, labels):
    record = json.loads(facecluster("calibrate", labels, "--library", library, "--json").out)
    measured = open_library(library).calibration()
    assert record["calibration"]["number"] == 1
    assert record["calibration"]["genuine_median"] == measured.genuine_median
    assert record["pack"]["genuine_median"] == 0.602


@pytest.mark.parametrize("arguments", [[], ["labels.csv", "--reset"], ["--reset", "--dry-run"], ["missing.csv"]])
def test_wrong_usage(arguments, facecluster, library):
    ended = facecluster("calibrate", *arguments, "--library", library)
    assert (ended.code, ended.out) == (2, "")
    assert "xpected" in ended.err


def test_too_few_people_are_said_and_nothing_is_written(facecluster, library, labels, monkeypatch):
    monkeypatch.setattr(calibrate, "MIN_PEOPLE", 20)
    ended = facecluster("calibrate", labels, "--library", library)
    assert (ended.code, ended.out) == (2, "")
    assert "expected at least 20 known people with two photos" in ended.err
    assert open_library(library).calibration() is None
