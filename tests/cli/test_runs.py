import json
import re
import shutil
from functools import partial

import pytest
from typer.main import get_command

from facecluster.cli.main import app
from tests.cli.lettered_runs import add_run
from tests.pipeline.small_library import small_library


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path, clusters=None)


@pytest.fixture
def add(library):
    """A function that adds a run to the library; its number."""
    return partial(add_run, library)


def test_every_command_of_the_group_has_help_in_full_sentences(facecluster):
    ended = facecluster("runs", "--help")
    assert ended.code == 0
    commands = get_command(app).commands["runs"].commands
    assert set(commands) == {"list", "diff", "rollback", "prune"}
    assert "..." not in ended.out.split("Commands:")[1]
    for command in commands:
        shown = facecluster("runs", command, "--help")
        assert shown.code == 0
        assert all(option.help for option in commands[command].params)


def test_the_list_says_which_run_counts(facecluster, library, add):
    assert "none yet" in facecluster("runs", "list", "--library", library.folder).out
    add("aab")
    add("aa.", parent=1, kind="warm")
    add("aaa", review=True)
    lines = facecluster("runs", "list", "--library", library.folder).out.splitlines()
    assert [line.split()[:2] for line in lines] == [["run", "3"], ["run", "2"], ["run", "1"]]
    assert lines[0].endswith("(waits for a review)")
    assert "2 Jan 2026, 03:04 UTC: 3 faces, 1 cluster, 1 alone, warm, after run 1" in lines[1]
    assert lines[1].endswith("(current)")
    rows = json.loads(facecluster("runs", "list", "--library", library.folder, "--json").out)["runs"]
    assert [(row["run"], row["current"], row["waiting"]) for row in rows] == [
        (3, False, True),
        (2, True, False),
        (1, False, False),
    ]


def test_what_cannot_be_compared_is_a_sentence(facecluster, library, add):
    add("aab")
    ended = facecluster("runs", "diff", "--library", library.folder)
    assert (ended.code, ended.out) == (2, "")
    assert "it is the first. Name two runs" in ended.err
    ended = facecluster("runs", "diff", 1, 5, "--library", library.folder)
    assert ended.code == 1
    assert "There is no run 5" in ended.err


def test_going_back_and_forth(facecluster, library, add):
    add("aab"), add("aaa")
    assert "run 1, until a newer one is made" in facecluster("runs", "rollback", 1, "--library", library.folder).out
    assert library.current_run() == 1
    assert "as before" in facecluster("runs", "rollback", 1, "--library", library.folder).out
    ended = facecluster("runs", "rollback", 2, "--library", library.folder, "--json")
    assert json.loads(ended.out) == {"library": str(library.folder), "run": 2, "changed": True}
    ended = facecluster("runs", "rollback", 3, "--library", library.folder)
    assert (ended.code, "There is no run 3" in ended.err) == (1, True)


def test_everything_shows_the_run_that_was_gone_back_to(facecluster, demo_library, tmp_path):
    library = shutil.copytree(demo_library, tmp_path / "library")
    people = [("obama-portrait.jpg", "Obama"), ("obama-congress.jpg", "Obama"), ("hopper-tilted.webp", "Hopper")]
    (tmp_path / "labels.csv").write_text("path,identity\n" + "".join(f"{photo},{who}\n" for photo, who in people))
    (tmp_path / "strict.yaml").write_text("cluster: {min_cluster_size: 9}\n")

    def shown():
        status = json.loads(facecluster("status", "--library", library, "--json").out)["run"]
        table = facecluster("export", "--library", library, "--format", "csv").out
        judged = facecluster("evaluate", "--labels", "labels.csv", "--library", library).out
        report = facecluster("report", "--library", library, "--json")
        return status, table, judged, json.loads(report.out)["numbers"]["people"]

    before = shown()
    facecluster("cluster", "--library", library, "--config", "strict.yaml")
    assert all(one != other for one, other in zip(before, shown(), strict=True))
    facecluster("runs", "rollback", 1, "--library", library)
    assert shown() == before


def test_pruning_says_what_it_frees(facecluster, library, add):
    for _ in range(7):
        add("aab")
    would = facecluster("runs", "prune", "--library", library.folder, "--dry-run").out
    assert re.search("^run 2 +0.0 MB$", would, re.MULTILINE)
    assert re.search("^would be removed +2 runs, 0.0 MB$", would, re.MULTILINE)
    found = json.loads(facecluster("runs", "prune", "--library", library.folder, "--json").out)
    assert [gone["run"] for gone in found["removed"]] == [1, 2]
    assert found["bytes"] == sum(gone["bytes"] for gone in found["removed"]) > 0
    (library.run_folder(3) / "run.json").unlink()
    out = facecluster("runs", "prune", "4", "--library", library.folder).out
    assert "left by a run that was ended" in out
    assert library.run_numbers() == [5, 6, 7]
    ended = facecluster("runs", "prune", "--keep", "-1", "--library", library.folder)
    assert ended.code == 2
    ended = facecluster("runs", "prune", "7", "--library", library.folder)
    assert (ended.code, "Run 7 is the current one" in ended.err) == (2, True)
