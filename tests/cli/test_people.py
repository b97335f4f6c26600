"""The whole of `facecluster people` on real photos, and what is wrong with each of its commands."""

import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from typer.main import get_command

from facecluster.cli.main import app
from facecluster.pipeline.people import people_of
from facecluster.store.library import open_library
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, add_names, named, people_library

COMMANDS = get_command(app).commands["people"].commands
BULK = ("name", "merge", "split", "reject", "ignore", "confirm", "undo", "import")


@pytest.fixture
def people(facecluster, tmp_path):
    """`facecluster people` of a small library of Anna (a1, a2), another Anna (b1) and Carl (c1, and c2 proposed)."""
    library = people_library(tmp_path)
    named(library, ANNA, "Anna", "a1", "a2")
    named(library, BERTA, "Anna", "b1")
    named(library, CARL, "Carl", "c1")
    add_names(library, ("c2", CARL, 0.8, False))
    return lambda *words: facecluster("people", *words, "--library", library.folder)


def lines_of(folder):
    return sorted(path.read_bytes() for path in (folder / "library" / "journal").glob("*.jsonl"))


def test_every_command_has_help_json_and_a_library():
    for name, command in COMMANDS.items():
        flags = {flag for option in command.params for flag in option.opts}
        assert command.help, name
        assert {"--library", "--json"} <= flags, name
        assert name not in BULK or "--dry-run" in flags, name


def test_help_names_every_command_in_a_whole_sentence(facecluster):
    listed = facecluster("people", "--help").out.split("Commands:")[1]
    assert "..." not in listed
    for name in COMMANDS:
        assert f"\n  {name} " in listed


NONSENSE = [
    (["name", "Anne", "0"], 'Nobody is called "Anne". Did you mean "Anna"?'),
    (["name", "Anna", "0"], f"may be one of 2 people: {ANNA} (Anna, 2 faces), {BERTA} (Anna, 1 face). Give the id."),
    (["name", "Carl", "7"], 'Run 1 has no cluster "7"'),
    (["name", "Carl", "1,2"], 'the id of a face, found "1,2"'),
    (["name", "Carl", "0", "--born", "2001-01-01"], "--born goes with --new"),
    (["name", "Dora", "0", "--new", "--born", "2001-13-01"], "A day is written like"),
    (["name", "Do\nra", "0", "--new"], "a control character"),
    (["name", "\x1b[2JDora", "0", "--new"], "a control character"),
    (["name", "D" * 10_000, "0", "--new"], "at most 200 characters, this one has 10,000"),
    (["name", "D" * 10_000, "0"], "(10,000 characters)"),
    (["name", "", "0", "--new"], "at least one letter"),
    (["name", "Do\u202era", "0", "--new"], "an invisible character"),
    (["rename", "Carl", " "], "at least one letter"),
    (["born", "Carl", "soon"], "A day is written like"),
    (["cover", "Carl", "2"], "Expected the id of a face, found cluster 2"),
    (["cover", "Carl", FACE["a1"]], "Expected a face of Carl"),
    (["merge", "Carl", "carl"], "There is nothing to make one of"),
    (["merge", "Carl", CARL], "There is nothing to make one of"),
    (["merge", "0", "1"], f"said to be Anna ({ANNA}) and Anna ({BERTA})"),
    (["differ", "Carl", "abba"], "faces in common"),
    (["split", "Carl", FACE["c1"]], "Expected some faces of Carl"),
    (["split", "Carl", "2", "--to", "Carl"], "Expected somebody else than Carl"),
    (["split", "Carl", "2", "--new"], "--new goes with --to"),
    (["split", ANNA, FACE["b1"]], "which was said to be Anna"),
    (["confirm", ANNA], "nothing to confirm"),
    (["reject", "Carl", FACE["a1"]], "which was said to be Anna"),
    (["reject", "Carl", "0" * 20 + "-1-2-3-4"], "No photo that is there now has the face"),
    (["not-a-face", "Carl"], 'found "Carl"'),
    (["ignore", "Dora"], 'Nobody is called "Dora"'),
    (["unignore", "2"], 'Nobody is called "2"'),
    (["undo", "9"], "shows the 3 there are"),
    (["show", "9"], 'no cluster "9"'),
    (["history", "--person", "Dora"], 'Nobody is called "Dora"'),
    (["import", "nowhere.json"], "Cannot read nowhere.json"),
]


@pytest.mark.parametrize(("words", "sentence"), NONSENSE, ids=[" ".join(words)[:40] for words, _ in NONSENSE])
def test_nonsense_is_a_sentence_and_writes_nothing(words, sentence, people, tmp_path):
    before = lines_of(tmp_path)
    ended = people(*words)
    assert (ended.code, ended.out) == (2, "")
    assert sentence in ended.err
    assert ended.err.startswith("facecluster: ")
    assert ended.err.count("\n") == 1, "no line break and no control character of a name comes through"
    assert "\x1b" not in ended.err
    assert lines_of(tmp_path) == before


DECISIONS = [
    (["name", "Carl", "2"], "name", 1),
    (["name", "Dora", "0", "--new"], "name", 1),
    (["split", ANNA, FACE["a2"]], "split", 1),
    (["confirm", "Carl"], "confirm", 1),
    (["reject", "Carl", "2"], "reject", 2),
    (["not-a-face", FACE["d1"]], "notaface", 1),
    (["merge", "Carl", FACE["d1"]], "name", 1),
    (["differ", "Carl", "1"], "reject", 2),
    (["rename", "Carl", "Karl"], "rename", 0),
    (["born", "Carl", "2001-01-01"], "born", 0),
    (["born", "Carl", "unknown"], "born", 0),
    (["cover", "Carl", FACE["c1"]], "cover", 1),
    (["ignore", "Carl", "1"], "ignore", 2),
    (["undo", "3"], "undo", 0),
]


@pytest.mark.parametrize(("words", "kind", "faces"), DECISIONS, ids=[" ".join(words)[:40] for words, *_ in DECISIONS])
def test_a_decision_says_what_was_decided_and_how_to_undo_it(words, kind, faces, people, tmp_path):
    told = json.loads(people(*words, "--json").out)
    assert (told["dry_run"], told["number"], told["faces"]) == (False, 4, faces)
    assert told["statements"][0]["kind"] == kind
    assert len(told["decision"]) == 16
    assert len(lines_of(tmp_path)) == 4
    words = told["undo"].split()
    assert words[:4] == ["facecluster", "people", "undo", "4"]
    assert people(*words[2:4]).code == 0
    assert json.loads(people("history", "--json").out)["decisions"][1]["undone_by"] == 5


@pytest.mark.parametrize("words", [words for words, *_ in DECISIONS if words[0] in BULK], ids=lambda words: words[0])
def test_a_dry_run_decides_nothing(words, people, tmp_path):
    before = lines_of(tmp_path)
    tried = people(*words, "--dry-run")
    assert (tried.code, tried.err) == (0, "")
    assert "nothing: this was a dry run" in tried.out
    record = json.loads(people(*words, "--dry-run", "--json").out)
    assert (record["dry_run"], record["decision"], record["undo"]) == (True, None, None)
    assert lines_of(tmp_path) == before


def test_two_who_decide_at_once_are_both_heard(tmp_path):
    folder = people_library(tmp_path).folder
    script = "from facecluster.cli.main import main; main()"
    command = [sys.executable, "-c", script, "people"]
    ways = [("name", name, cluster, "--new") for name, cluster in (("Anna", "0"), ("Berta", "1"), ("Carl", "2"))]
    running = [subprocess.Popen([*command, *way, "--library", str(folder)], stdout=subprocess.DEVNULL) for way in ways]
    assert [process.wait() for process in running] == [0, 0, 0]
    known = people_of(open_library(folder)).known
    assert {one.person.name: one.human for one in known} == {"Anna": 3, "Berta": 3, "Carl": 2}


def test_the_story_of_an_album(facecluster, demo_library, tmp_path):
    """Name, reject, ignore and undo on real photos; what is exported says the same."""
    folder = shutil.copytree(demo_library, tmp_path / "library")

    def run(*words):
        ended = facecluster(*words, "--library", folder)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    def exported():
        rows = json.loads(run("export", "--format", "json"))
        return Counter((row["person"], row["provenance"]) for row in rows)

    run("people", "name", "Ada", "0", "--new", "--born", "1990-01-01")
    run("people", "name", "Ben", "1", "--new")
    faces = json.loads(run("people", "show", "Ada", "--json"))["faces"]
    assert {face["cluster_id"] for face in faces} == {0}
    named = exported()
    assert named["Ada", "human"] == len(faces)
    run("people", "reject", "Ada", faces[0]["face_id"])
    assert exported()["Ada", "human"] == len(faces) - 1
    run("people", "undo", "3")
    assert exported() == named
    run("people", "merge", "Ben", "Ada")
    assert exported()["Ben", "human"] == named["Ada", "human"] + named["Ben", "human"]
    run("people", "export", "backup.json")
    run("people", "undo", "5")
    assert exported() == named
    other = shutil.copytree(demo_library, tmp_path / "other")
    facecluster("people", "import", "backup.json", "--library", other)
    (ben,) = people_of(open_library(other)).known
    assert ben.human == named["Ada", "human"] + named["Ben", "human"]


def test_a_new_name_that_may_be_mistaken_is_warned_of(people):
    ended = people("name", "carl", "1", "--new")
    assert ended.code == 0
    assert f"Note: somebody else is called so too ({CARL})" in ended.err
    ended = people("rename", ANNA, "\u0410nna")
    assert (ended.code, "mixes Latin and Cyrillic letters" in ended.err) == (0, True)
    assert people("name", "Emil", FACE["e1"], "--new").err == ""
    named_so = people("split", ANNA, FACE["a2"], "--to", "emil", "--new", "--json")
    assert "Note: somebody else is called so too" in named_so.err
    assert json.loads(named_so.out)["statements"][0]["name"] == "emil"
