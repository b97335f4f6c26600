"""What the README says of the command line is what the command line has."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from facecluster.cli.main import app

README = Path(__file__).parents[1] / "README.md"
COMMANDS = get_command(app).commands
PARTS = [  # of commands that are groups
    (group, name) for group, command in COMMANDS.items() for name in getattr(command, "commands", {})
]
SHELL = {"--install-completion", "--show-completion"}  # of typer, once for all


@pytest.fixture(scope="module")
def readme():
    return README.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lines(readme):
    """The lines of the README's sh blocks that run facecluster, and its code spans."""
    blocks = re.findall(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    shell = [line for block in blocks for line in block.splitlines() if "facecluster" in line]
    return shell + re.findall(r"`([^`\n]+)`", readme)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command, lines):
    assert any(re.search(rf"(^|\bfacecluster ){command}\b", line) for line in lines)


@pytest.mark.parametrize(("group", "part"), PARTS)
def test_every_part_of_a_command_is_in_the_readme(group, part, lines):
    assert any(re.search(rf"\b{group} {part}\b", line) for line in lines)


def test_every_command_the_readme_runs_exists(lines):
    run = {name for line in lines for name in re.findall(r"(?:^|&& )facecluster ([a-z]+)", line)}
    assert run <= set(COMMANDS)


def test_every_flag_in_the_readme_exists(lines):
    commands = [get_command(app), *COMMANDS.values(), *(COMMANDS[group].commands[part] for group, part in PARTS)]
    known = {flag for command in commands for option in command.params for flag in option.opts} | {"--help"} | SHELL
    ours = [line for line in lines if re.match(r"--[a-z]|(.*&& )?facecluster ", line)]
    assert {flag for line in ours for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)} <= known
