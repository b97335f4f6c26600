import json
import logging
import os
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version

import pytest
from typer.main import get_command

from facecluster.cli.main import app
from facecluster.pipeline import status as status_module

COMMANDS = [command.callback.__name__ for command in app.registered_commands]
MAIN = [sys.executable, "-c", "from facecluster.cli.main import main; main()"]
HEAVY = {
    *("hdbscan", "jinja2", "numpy", "onnxruntime", "pandas", "pyarrow", "ray"),
    *("rich.progress", "scipy", "starlette", "uvicorn"),
}
PATIENCE_SECONDS = 60


def test_help_names_every_command_in_full_sentences(facecluster):
    ended = facecluster("--help")
    assert ended.code == 0
    for command in COMMANDS:
        assert f"\n  {command} " in ended.out
    assert "..." not in ended.out.split("Commands:")[1]


def test_no_command_at_all_is_wrong_usage_and_shows_the_help(facecluster):
    ended = facecluster()
    assert ended.code == 2
    assert "Commands:" in ended.out + ended.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_for_itself_and_each_option(command, facecluster):
    ended = facecluster(command, "--help")
    assert ended.code == 0
    registered = get_command(app).commands[command]
    assert registered.help.splitlines()[0] in " ".join(ended.out.split())
    for option in registered.params:
        assert option.help, option.name
        assert all(flag in ended.out for flag in option.opts if flag.startswith("-"))


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["run", "--nonsense"]])
def test_help_and_mistakes_load_nothing_heavy(arguments):
    script = (
        "import atexit, sys; from facecluster.cli.main import main\n"
        f"atexit.register(lambda: print('LOADED', *(set(sys.modules) & {HEAVY})))\n"
        f"sys.argv = ['facecluster', *{arguments}]\nmain()"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines()[-1].split() == ["LOADED"]


def test_the_version_is_the_packages(facecluster):
    try:
        expected = version("facecluster")
    except PackageNotFoundError:
        pytest.skip("facecluster is not installed here, so its version is not known")
    assert facecluster("--version") == (0, f"facecluster {expected}\n", "")


def test_a_command_that_is_none_is_wrong_usage(facecluster):
    ended = facecluster("nonsense")
    assert ended.code == 2
    assert ended.out == ""
    assert "No such command" in ended.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "--format", "foo"], "'--format': 'foo' is not one of 'csv', 'json', 'parquet'."),
        (["people", "list", "--sort", "foo"], "'--sort': 'foo' is not one of 'faces', 'name'."),
        (["tags", "write", "--provenance", "foo"], "'--provenance': 'foo' is not one of 'human', 'imported', "),
        (["tags", "write", "--workers", "1.5"], "'--workers': expected a whole number, found '1.5'."),
        (["tags", "write", "--min-probability", "x"], "'--min-probability': expected a number, found 'x'."),
    ],
)
def test_a_wrong_value_is_told_in_plain_words(arguments, sentence, facecluster):
    ended = facecluster(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert f"Invalid value for {sentence}" in " ".join(ended.err.split())


def test_an_error_is_a_sentence_and_an_exit_code(facecluster):
    ended = facecluster("status", "--library", "nowhere")
    assert ended.code == 1
    assert ended.out == ""
    assert ended.err.startswith("facecluster: There is no library in nowhere.")
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [["--debug", "status"], ["status", "--debug"]])
def test_debug_adds_the_traceback_wherever_it_stands(arguments, facecluster):
    ended = facecluster(*arguments, "--library", "nowhere")
    assert ended.code == 1
    assert "Traceback" in ended.err
    assert ended.err.splitlines()[-1].startswith("facecluster: There is no library")


def test_a_bug_is_a_sentence_too(facecluster, monkeypatch, demo_library):
    def stumble(_library):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(status_module, "library_status", stumble)
    ended = facecluster("status", "--library", demo_library)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "facecluster: This should not have happened: ZeroDivisionError: division by zero. "
        "Run the command again with --debug to see where.\n"
    )
    assert "in stumble" in facecluster("status", "--library", demo_library, "--debug").err


def test_a_fault_that_ends_nothing_is_told_in_a_sentence(facecluster, demo_library, monkeypatch):
    looked = status_module.library_status

    def stumble_and_go_on(library):
        for name in ("uvicorn.error", "asyncio", "facecluster.web"):
            logging.getLogger(name).error("no words for a user", exc_info=ZeroDivisionError("division by zero"))
        logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
        return looked(library)

    monkeypatch.setattr(status_module, "library_status", stumble_and_go_on)
    ended = facecluster("status", "--library", demo_library)
    assert ended.code == 0
    assert ended.err == 3 * (
        "facecluster: This should not have happened: ZeroDivisionError: division by zero. "
        "Run the command again with --debug to see where.\n"
    )
    debugged = facecluster("status", "--library", demo_library, "--debug").err.splitlines()
    assert debugged.count("ZeroDivisionError: division by zero") == 3


def test_control_characters_of_an_error_do_not_reach_the_terminal(facecluster):
    ended = facecluster("status", "--library", "a\x1b[2Jb\u202ec")
    assert ended.code == 1
    assert "\x1b" not in ended.err
    assert "\u202e" not in ended.err
    assert r"a\x1b[2Jb\u202ec" in ended.err


def test_a_reader_that_goes_away_is_no_error_worth_a_traceback(demo_library):
    command = [*MAIN, "export", "--library", str(demo_library)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait()


def test_an_interrupted_run_says_so_and_goes_on_next_time(demo_album, tmp_path):
    library = tmp_path / "library"
    command = [*MAIN, "run", str(demo_album), "--library", str(library), "--include", "obama-*", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + PATIENCE_SECONDS
    while not (library / "scans").exists():
        assert process.poll() is None
        assert time.monotonic() < end
    process.send_signal(2)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert out == ""
    assert "facecluster: Interrupted." in err
    assert "Traceback" not in err
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["numbers"]["photos"] == 3


def test_an_encoding_that_lacks_a_character_gets_an_escape(demo_library, tmp_path):
    link = tmp_path / "\u65e5"
    link.symlink_to(demo_library)
    command = [*MAIN, "status", "--library", str(link)]
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    ended = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert rb"/\u65e5" in ended.stdout
