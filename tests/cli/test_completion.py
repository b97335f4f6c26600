import os
import shutil
import subprocess
import sys

import pytest
import typer

from facecluster.cli import completion
from facecluster.people.statements import Name
from tests.pipeline.people_library import ANNA, BERTA, CARL, FACE, named, people_library, told

HOSTILE = ["$(touch x)", "`touch x`", "a;touch x", "\\$(touch x)", "a' b", 'a" b', "-rf", "*", "a|b", "#a", "~", "a\\"]


def context(folder):
    """What typer hands to a completion: the words so far, parsed."""
    command = typer.main.get_command(typer.Typer(callback=lambda: None))
    made = typer.Context(command)
    made.params["library"] = folder
    return made


@pytest.fixture
def library(tmp_path):
    library = people_library(tmp_path)
    named(library, ANNA, "Anna María", "a1")
    named(library, BERTA, "Berta", "b1")
    told(library, Name(CARL, (FACE["c1"],)))
    return library


def test_names_numbers_and_ids(library):
    made = context(library.folder)
    assert completion.people(made, "") == ["Anna María", "Berta", CARL]
    assert completion.people(made, "anna m") == ["Anna María"]
    assert completion.clusters(made, "") == ["0", "1", "2"]
    assert completion.people_and_clusters(made, "b") == ["Berta"]
    assert completion.decisions(made, "") == ["3", "2", "1"]


def test_bash_alone_must_be_told_that_a_blank_belongs_to_the_word(library, monkeypatch):
    monkeypatch.setenv(completion.SHELL_VARIABLE, "complete_bash")
    assert completion.people(context(library.folder), "Anna") == [r"Anna\ María"]
    monkeypatch.setenv(completion.SHELL_VARIABLE, "complete_fish")
    assert completion.people(context(library.folder), "Anna") == ["Anna María"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_a_shell_could_run_is_never_offered(name, library):
    named(library, "f" * 12, name, "d1")
    assert completion.people(context(library.folder), "")[-1] == "f" * 12


def test_two_of_one_name_are_offered_by_their_ids(library):
    named(library, "f" * 12, "berta", "d1")
    assert completion.people(context(library.folder), "")[1:] == [BERTA, CARL, "f" * 12]


def test_no_library_no_offer_and_no_error(tmp_path):
    for folder in (tmp_path / "none", tmp_path):
        for offer in (completion.people, completion.clusters, completion.people_and_clusters, completion.decisions):
            assert offer(context(folder), "") == []


def test_a_damaged_journal_is_no_matter_of_the_tab_key(library, capfd):
    first, *_, last = sorted((library.folder / "journal").glob("*.jsonl"))
    last.write_bytes(last.read_bytes()[:-9])
    assert completion.people(context(library.folder), "") == ["Anna María", "Berta"]
    first.unlink()
    assert completion.people(context(library.folder), "") == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_the_program_answers_bash_quickly_and_without_the_machinery_of_runs(library):
    script = (
        "import sys; from facecluster.cli.main import main\n"
        "try: main()\n"
        "finally: assert not {'numba', 'onnxruntime', 'ray'} & set(sys.modules), 'heavy'"
    )
    asked = {
        "_FACECLUSTER_COMPLETE": "complete_bash",
        "COMP_WORDS": "facecluster people show An",
        "COMP_CWORD": "3",
        "FACECLUSTER_LIBRARY": str(library.folder),
    }
    ended = subprocess.run(
        [sys.executable, "-c", script], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("Anna\\ María\n", "")
