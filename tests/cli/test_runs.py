import json
import os
import re
import subprocess
import sys

import pyarrow as pa
import pytest
from typer.main import get_command

from facecluster.cli.main import app
from facecluster.cli.review_changes import offer
from facecluster.people.statements import Name
from facecluster.pipeline.journal import decide
from facecluster.schemas import CLUSTERS, SUGGESTIONS, TREE
from facecluster.store.library import RunTables
from tests.pipeline.small_library import small_library

ADA, NAMESAKE, BOB = "a1" * 6, "a2" * 6, "b1" * 6
FACES = [f"{row:020x}-0-0-9-9" for row in range(30)]


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path, clusters=None)


@pytest.fixture
def add(library):
    """A function that adds a run in which the faces are in the clusters of these letters, `.` alone, `-` not there."""

    def add_run(clusters, **record):
        there = [(face, letter) for face, letter in zip(FACES, clusters, strict=False) if letter != "-"]
        numbers = [None if letter == "." else ord(letter) - ord("a") for _, letter in there]
        rows = [
            {"face_id": face, "cluster_id": number, "strength": 1, "outlier": 0}
            for (face, _), number in zip(there, numbers, strict=True)
        ]
        tables = RunTables(pa.Table.from_pylist(rows, CLUSTERS), TREE.empty_table(), SUGGESTIONS.empty_table())
        counts = {"faces": len(rows), "clusters": len(set(numbers) - {None}), "alone": numbers.count(None)}
        return library.add_run(tables, {**counts, "created_at": "2026-01-02T03:04:05+00:00", **record})

    return add_run


def name(library, person, what, *rows):
    decide(library, lambda _: (Name(person, tuple(FACES[row] for row in rows), what),), "tester")


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


def test_what_changed_is_told_names_at_stake_first(facecluster, library, add):
    add("aaaabbbccddd...ggghhhhh")
    add("aaeebbbbbddd..cggggghhh.", parent=1)
    name(library, ADA, "Ada Lovelace", 0)
    name(library, BOB, "Bob", 4, 7)
    ended = facecluster("runs", "diff", "--library", library.folder)
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "From run 1 to run 2: 24 faces, 16 stayed, 1 added, 6 moved to another cluster, 1 joined a cluster",
        "",
        "Clusters of people",
        "  clusters 1 (3), 2 (2) merged (Bob): 1, 5 faces",
        "  cluster 0 (Ada Lovelace) split: 4 faces -> 0 (2), 4 (2)",
        "",
        "People",
        "  Ada Lovelace: -2 faces (4 -> 2)",
        "",
        "Clusters",
        "  cluster 2 is new: 1 face",
        "  cluster 7 shrank: 5 -> 3 faces",
        "  cluster 6 grew: 3 -> 5 faces",
    ]


def test_names_at_stake_are_told_in_words(facecluster, library, add):
    add("aabbccc")
    add("aaaab.-")
    name(library, ADA, "Ada", 0)
    name(library, NAMESAKE, "Ada", 2, 3)
    name(library, BOB, None, 4, 5)
    out = facecluster("runs", "diff", 1, 2, "--library", library.folder).out
    assert "\n  cluster 0 holds faces of Ada (a2a2) and Ada (a1a1) (3 decided faces)\n" in out
    assert "\n  somebody without a name (b1b1) fell apart: 2 decided faces, now in cluster 1 and 1 alone\n" in out
    add("----..-")
    out = facecluster("runs", "diff", 2, 3, "--library", library.folder).out
    assert "\n  Ada (a2a2): none of 2 decided faces is left\n" in out


def test_long_lists_are_cut_and_whole_in_json(facecluster, library, add):
    add("aabbccddeeffgghhiijjkkll")
    add("aa......................")
    lines = facecluster("runs", "diff", 1, 2, "--library", library.folder).out.splitlines()
    assert lines[-1] == "  ... 1 more: see --json"
    assert len([line for line in lines if "is gone: 2 faces" in line]) == 10
    found = json.loads(facecluster("runs", "diff", 1, 2, "--library", library.folder, "--json").out)
    assert (found["before"], found["after"], len(found["clusters"]), len(found["changes"])) == (1, 2, 11, 22)
    assert found["faces"]["left"] == 22
    assert found["changes"][0] == {
        "face_id": FACES[2],
        "change": "left",
        "cluster_before": 1,
        "cluster_after": None,
        "name_before": None,
        "name_after": None,
    }


def test_names_are_told_as_they_are_and_in_ascii_json(facecluster, library, add):
    add("aab")
    add("aaa")
    name(library, ADA, "<b>=cmd()/../שלום", 0)
    assert "(<b>=cmd()/../שלום)" in facecluster("runs", "diff", 1, 2, "--library", library.folder).out
    ended = facecluster("runs", "diff", 1, 2, "--library", library.folder, "--json")
    assert ended.out.isascii()
    assert json.loads(ended.out)["called"] == {ADA: "<b>=cmd()/../שלום"}


def test_runs_that_group_alike_are_called_so(facecluster, library, add):
    add("aab"), add("bba")
    ended = facecluster("runs", "diff", 1, 2, "--library", library.folder)
    assert ended.out == "Run 2 groups the faces as run 1 does.\n"


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


def offered(library, run, answer):
    """What a person at a terminal reads who gives this answer, and whether the run counts then."""
    script = (
        "import sys; from pathlib import Path; from facecluster.cli.review_changes import offer\n"
        f"sys.exit(17 if offer(Path({str(library.folder)!r}), {run}, json=False) else 18)"
    )
    ours, theirs = os.openpty()
    with os.fdopen(ours, "r+b", buffering=0) as terminal:
        asked = subprocess.Popen([sys.executable, "-c", script], stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        terminal.write(answer)
        shown = b""
        try:
            while piece := terminal.read(4096):
                shown += piece
        except OSError:  # the other end is closed
            pass
        return shown.decode(), asked.wait() == 17


@pytest.mark.parametrize(("answer", "counts"), [(b"y\n", True), (b"n\n", False), (b"\n", False)])
def test_a_run_counts_when_somebody_at_a_terminal_says_so(library, add, answer, counts):
    add("aab")
    add("aaa", review=True)
    shown, took = offered(library, 2, answer)
    assert "clusters 0 (2), 1 (1) merged: 0, 3 faces" in shown
    assert "Make run 2 the current one? [y/N]" in shown
    assert took is counts
    assert library.current_run() == (2 if counts else 1)
    assert ("runs rollback 2" in shown) is not counts


@pytest.mark.parametrize("json", [True, False])
def test_where_nobody_is_a_run_waits_and_it_is_said_how_to_take_it(library, add, capsys, json):
    add("aab")
    add("aaa", review=True)
    assert not offer(library.folder, 2, json=json)
    out, err = capsys.readouterr()
    assert out == ""
    assert f"`facecluster runs diff 1 2 --library {library.folder}`" in err
    assert f"`facecluster runs rollback 2 --library {library.folder}`" in err
    assert library.current_run() == 1


def test_the_first_run_and_the_current_one_are_not_asked_for(library, add, capsys):
    add("aab", review=True)
    assert library.current_run() is None
    assert offer(library.folder, 1, json=False)
    assert library.current_run() == 1
    assert offer(library.folder, 1, json=False)
    assert capsys.readouterr() == ("", "")
