"""What the commands of `facecluster tags` share."""

import subprocess
import sys

import pytest
from typer.main import get_command

from facecluster.cli.main import app
from facecluster.cli.tags_options import DECIDED, SHOWN_REASONS, Provenance, print_reasons, which_of
from facecluster.errors import UsageError
from facecluster.pipeline.person_counts import PROVENANCES
from facecluster.pipeline.tags.outgoing.shown import Which

COMMANDS = get_command(app).commands["tags"].commands
HEAVY = {"lxml", "numpy", "onnxruntime", "pandas", "pyarrow", "ray", "rich.progress"}


def test_every_command_has_help_json_strict_and_a_library(facecluster):
    assert set(COMMANDS) == {"import", "write", "revert", "album"}
    listed = facecluster("tags", "--help").out.split("Commands:")[1]
    assert "..." not in listed
    for name, command in COMMANDS.items():
        flags = {flag for option in command.params for flag in option.opts}
        assert {"--library", "--json", "--strict"} <= flags, name
        assert f"\n  {name} " in listed
        assert all(option.help for option in command.params), name


@pytest.mark.parametrize("arguments", [["tags", "--help"], ["tags", "write", "--nonsense"]])
def test_help_and_mistakes_load_nothing_heavy(arguments):
    script = (
        "import atexit, sys; from facecluster.cli.main import main\n"
        f"atexit.register(lambda: print('LOADED', *(set(sys.modules) & {HEAVY})))\n"
        f"sys.argv = ['facecluster', *{arguments}]\nmain()"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines()[-1].split() == ["LOADED"]


def test_provenances_are_those_of_the_people():
    assert [str(one) for one in Provenance] == list(PROVENANCES)


def test_by_default_what_people_decided_is_meant():
    assert which_of(None, None, None) == Which()
    assert set(map(str, DECIDED)) == Which().provenances


def test_what_is_asked_for_is_meant():
    asked = which_of([Provenance.AUTOMATIC], 0.9, ["Anna"])
    assert asked == Which(frozenset({"automatic"}), 0.9, ("Anna",))


@pytest.mark.parametrize(
    ("provenances", "probability", "why"),
    [
        (None, 0.5, "add --provenance automatic"),
        (["human"], 0.0, "add --provenance automatic"),
        (["automatic"], float("nan"), "from 0 to 1, found nan"),
    ],
)
def test_a_probability_that_means_nothing_is_refused(provenances, probability, why):
    with pytest.raises(UsageError, match=why):
        which_of(provenances and list(map(Provenance, provenances)), probability, None)


WRONG = [
    (["write", "--provenance", "gossip"], "gossip"),
    (["write", "--min-probability", "1.5", "--provenance", "automatic"], "from 0 to 1, found 1.5"),
    (["write", "--sidecar-style", "long"], "long"),
    (["write", "--min-probability", "0.5"], "add --provenance automatic"),
    (["write", "--address", "auto"], "add --runner ray"),
    (["revert", "--person", "Anna"], "No such option"),
    (["import", "--contacts", "nowhere.xml"], "Cannot read nowhere.xml: No such file or directory"),
    (["import", "--contacts", "."], "Cannot read .: Is a directory"),
    (["import", "--address", "auto"], "add --runner ray"),
    (["album"], "Missing argument"),
    (["album", "album", "--min-probability", "0.5"], "add --provenance automatic"),
]


@pytest.mark.parametrize(("arguments", "why"), WRONG)
def test_what_makes_no_sense_is_refused_before_any_work(facecluster, arguments, why):
    ended = facecluster("tags", *arguments, "--library", "nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert why in " ".join(ended.err.split())


@pytest.mark.parametrize("arguments", [["write"], ["revert"], ["import"], ["album", "album"]])
def test_a_library_that_is_not_there_is_a_sentence(facecluster, arguments, tmp_path):
    ended = facecluster("tags", *arguments, "--library", "nowhere")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.splitlines()[-1].startswith("facecluster: There is no library in nowhere.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [0, 1, SHOWN_REASONS, SHOWN_REASONS + 1])
def test_a_few_reasons_are_shown_and_the_others_counted(capsys, count):
    print_reasons("failed", [f"IMG_{number}.xmp: broken\x1b[2J" for number in range(count)])
    lines = capsys.readouterr().out.splitlines()
    shown = min(count, SHOWN_REASONS)
    assert lines[:1] == ([f"failed ({count})"] if count else [])
    assert lines[1 : shown + 1] == [rf"  IMG_{number}.xmp: broken\x1b[2J" for number in range(shown)]
    assert lines[shown + 1 :] == (["  and 1 more: --json lists them all"] if count > SHOWN_REASONS else [])
