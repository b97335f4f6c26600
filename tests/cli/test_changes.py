import json
from functools import partial

import pytest

from tests.cli.lettered_runs import FACES, add_run, name
from tests.pipeline.small_library import small_library

ADA, NAMESAKE, BOB = "a1" * 6, "a2" * 6, "b1" * 6


@pytest.fixture
def library(tmp_path):
    return small_library(tmp_path, clusters=None)


@pytest.fixture
def add(library):
    """A function that adds a run to the library; its number."""
    return partial(add_run, library)


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
