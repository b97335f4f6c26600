"""The main job on real photographs, by the command line in processes of its own. They stand beside the project."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"
MAIN = [sys.executable, "-c", "from facecluster.cli.main import main; main()"]
PATIENCE_SECONDS = 600
"""For a pass over a hundred photos on a busy machine; it ends a hang, and measures nothing."""


def facecluster(*arguments):
    """Standard output of a command that must succeed, run elsewhere than in the project."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FACECLUSTER_")}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [*MAIN, *map(str, arguments)]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, cwd="/", env=environment
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def rows_of(library, *flags):
    return list(csv.DictReader(facecluster("export", "--library", library, *flags).splitlines()))


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The library of seventy photos of families, groups and public figures, and what its run said."""
    if not (PHOTOS / "quick").is_dir():
        pytest.skip("the labelled photographs are not here")
    library = tmp_path_factory.mktemp("quick") / "library"
    return library, json.loads(facecluster("run", PHOTOS / "quick", "--library", library, "--json"))


def test_the_people_of_quick_are_told_apart(quick):
    library, _ = quick
    found = json.loads(facecluster("evaluate", "--labels", PHOTOS / "labels.csv", "--library", library, "--json"))
    assert found["bcubed"]["f"] >= 0.99
    assert found["missed"] == []
    assert found["false_detections"] == []


def test_photos_of_nobody_have_no_face(quick):
    library, _ = quick
    nobody = [row for row in rows_of(library, "--photos") if "no_face/" in row["photo_path"]]
    with (PHOTOS / "labels.csv").open() as file:
        named = {row["path"].removeprefix("quick/") for row in csv.DictReader(file) if row["identity"] == "_none_"}
    labelled = [row for row in nobody if row["photo_path"] in named]
    assert len(labelled) == 5
    assert {row["status"] for row in labelled} == {"no_face"}


def test_export_report_and_status_agree(quick):
    library, run = quick
    status = json.loads(facecluster("status", "--library", library, "--json"))
    photos, faces = rows_of(library, "--photos"), rows_of(library)
    for name in ("ok", "no_face", "error"):
        assert sum(row["status"] == name for row in photos) == status["photos"][name]
    assert len(photos) == status["photos"]["indexed"] == run["numbers"]["photos"]
    assert len(faces) == status["faces"] == run["numbers"]["faces"] == sum(int(row["n_faces"]) for row in photos)
    assert len({row["cluster_id"] for row in faces} - {""}) == run["numbers"]["people"]


def test_a_second_run_decodes_nothing_and_changes_nothing(quick):
    library, first = quick
    before = facecluster("export", "--library", library)
    again = json.loads(facecluster("run", PHOTOS / "quick", "--library", library, "--json"))
    assert again["index"]["indexed"] == 0
    assert again["index"]["step_seconds"]["decode"] == 0
    assert again["run"]["run"] == first["run"]["run"]
    assert facecluster("export", "--library", library) == before


@pytest.mark.slow
@pytest.mark.skipif(not (PHOTOS / "awkward").is_dir(), reason="the awkward photographs are not here")
def test_every_awkward_file_ends_as_a_row(tmp_path):
    run = json.loads(facecluster("run", PHOTOS / "awkward", "--library", tmp_path / "library", "--json"))
    rows = rows_of(tmp_path / "library", "--photos")
    assert len(rows) == run["index"]["listed"] == run["index"]["indexed"]
    assert {row["status"] for row in rows} == {"ok", "no_face", "error"}
    for row in rows:
        assert (row["status"] == "error") == bool(row["reason"]), row
        assert (row["status"] == "ok") == (int(row["n_faces"]) > 0), row
